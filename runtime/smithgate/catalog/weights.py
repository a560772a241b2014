"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 4.27,
    "name_late": 7.45,
    "service": 1.49,
    "service_late": 5.12,
    "summary": 4.99,
    "summary_late": 5.56,
    "documentation": 3.43,
    "documentation_late": 2.98,
    "members": 2.93,
    "members_late": 4.33,
    # Share of the wish that also stands in these fields.
    "name_and_service": -2.16,
    "any_summary": -0.23,
    "any_members": 0.3,
    "any_service": 0.92,
    # The name against the wish.
    "name_rarity": -2.8,
    "covered": 0.88,
    "uncovered": 0.08,
    "whole": -1.58,
    "neighbours": -1.04,
    "head": 0.36,
    "head_last": 0.48,
    "first": 0.95,
    "extra": -0.16,
    "joined": 1.64,
    "plural": 0.82,
    # The verb.
    "verb": -0.63,
    "verb_exact": 1.16,
    "verb_in_wish": 1.57,
    "verb_missing": -2.25,
    "verb_covered": 0.4,
    "verb_whole": 2.18,
    "verb_only": 1.48,
    "verb_rare": 1.15,
    # The service.
    "common": 0.57,
    "age": 0.68,
    "size": 1.5,
    "topic": 1.62,
    "topic_elsewhere": 4.83,
    # What is left over.
    "missing": -2.0,
    "unnamed": -1.43,
    "summary_covered": 1.18,
    "service_said": 2.43,
    "late_only": -1.16,
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": 0.27,
    "place": -0.27,
    # The operation.
    "deprecated": -1.0,
    # The reviewed wishes.
    "wish": 10.0,
    "wish_same": 4.0,
}
