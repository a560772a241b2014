"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 4.41,
    "name_late": 7.32,
    "service": 1.58,
    "service_late": 4.76,
    "summary": 4.95,
    "summary_late": 5.31,
    "documentation": 3.47,
    "documentation_late": 2.78,
    "members": 2.91,
    "members_late": 4.16,
    # Share of the wish that also stands in these fields.
    "name_and_service": -2.13,
    "any_summary": -0.2,
    "any_members": 0.29,
    "any_service": 0.91,
    # The name against the wish.
    "name_rarity": -2.85,
    "covered": 0.89,
    "uncovered": -0.05,
    "whole": -1.49,
    "neighbours": -1.13,
    "head": 0.32,
    "head_last": 0.5,
    "first": 1.0,
    "extra": -0.11,
    "joined": 1.74,
    "plural": 0.82,
    # The verb.
    "verb": -0.16,
    "verb_exact": 1.15,
    "verb_in_wish": 1.63,
    "verb_missing": -1.94,
    "verb_covered": 0.16,
    "verb_whole": 2.17,
    "verb_only": 1.75,
    "verb_rare": 1.07,
    # The service.
    "common": 0.57,
    "age": 0.69,
    "size": 1.46,
    "topic": 1.6,
    "topic_elsewhere": 4.89,
    # What is left over.
    "missing": -2.04,
    "unnamed": -1.5,
    "summary_covered": 1.19,
    "service_said": 2.43,
    "late_only": -1.13,
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": 0.28,
    "place": -0.25,
    # The operation.
    "deprecated": -1.0,
    # The reviewed wishes.
    "wish": 10.0,
    "wish_same": 4.0,
}
