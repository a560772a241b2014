"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 3.6,
    "name_late": 6.91,
    "service": 1.48,
    "service_late": 5.13,
    "summary": 4.86,
    "summary_late": 5.47,
    "documentation": 3.26,
    "documentation_late": 2.83,
    "members": 2.77,
    "members_late": 4.2,
    # Share of the wish that also stands in these fields.
    "name_and_service": -2.01,
    "any_summary": -0.28,
    "any_members": 0.28,
    "any_service": 0.77,
    # The name against the wish.
    "name_rarity": -3.01,
    "covered": 0.69,
    "uncovered": 0.1,
    "whole": -1.53,
    "neighbours": -1.17,
    "head": 0.37,
    "head_last": 0.48,
    "first": 0.96,
    "extra": -0.18,
    "joined": 1.56,
    "plural": 0.82,
    # The verb.
    "verb": -0.88,
    "verb_exact": 1.19,
    "verb_in_wish": 1.55,
    "verb_missing": -2.36,
    "verb_covered": 0.49,
    "verb_whole": 2.17,
    "verb_only": 1.38,
    "verb_rare": 1.13,
    # The service.
    "common": 0.59,
    "age": 0.64,
    "size": 1.37,
    "topic": 1.46,
    "topic_elsewhere": 4.89,
    # What is left over.
    "missing": -2.12,
    "unnamed": -2.11,
    "summary_covered": 1.16,
    "service_said": 2.37,
    "late_only": -1.15,
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": 0.28,
    "place": -0.28,
    # The operation.
    "deprecated": -1.0,
    # The reviewed wishes.
    "wish": 10.0,
    "wish_same": 4.0,
}
