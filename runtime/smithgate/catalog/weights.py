"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 4.11,
    "name_late": 2.51,
    "service": 2.07,
    "service_late": 3.45,
    "summary": 4.59,
    "summary_late": 3.72,
    "documentation": 4.02,
    "documentation_late": 3.41,
    "members": 2.26,
    "members_late": 2.73,
    # Share of the wish that also stands in these fields.
    "name_and_service": -2.45,
    "any_summary": 3.72,
    "any_members": 1.11,
    "any_service": 3.06,
    # The name against the wish.
    "name_rarity": 2.3,
    "covered": 0.32,
    "uncovered": -0.53,
    "whole": -0.33,
    "neighbours": 2.07,
    "head": 0.65,
    "plural": 0.78,
    # The verb.
    "verb": 0.55,
    "verb_exact": 1.05,
    "verb_in_wish": 1.33,
    "verb_missing": -1.54,
    "verb_covered": 1.37,
    "verb_whole": 1.29,
    "verb_only": 1.21,
    "verb_rare": 1.77,
    # The service.
    "common": 0.61,
    "age": 0.72,
    "size": 0.98,
    "topic": 1.89,
    "topic_elsewhere": 2.96,
    # The operation.
    "deprecated": -1.0,
    # The reviewed wishes.
    "wish": 15.0,
    "wish_same": 4.0,
}
