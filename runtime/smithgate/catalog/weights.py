"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 4.69,
    "name_late": 8.08,
    "service": 1.52,
    "service_late": 5.0,
    "summary": 4.71,
    "summary_late": 5.46,
    "documentation": 3.04,
    "documentation_late": 2.77,
    "members": 3.19,
    "members_late": 4.54,
    # Share of the wish that also stands in these fields.
    "name_and_service": -2.1,
    "any_summary": -0.71,
    "any_members": -0.02,
    "any_service": 1.07,
    # The name against the wish.
    "name_rarity": -3.28,
    "covered": -0.35,
    "uncovered": 0.2,
    "whole": -1.06,
    "neighbours": -1.89,
    "head": 0.09,
    "head_last": 0.66,
    "head_pair": 4.28,
    "first": 1.35,
    "extra": -0.35,
    "joined": 1.48,
    "plural": 0.67,
    # The verb.
    "verb": -0.2,
    "verb_exact": 1.03,
    "verb_in_wish": 0.86,
    "verb_missing": -1.09,
    "verb_covered": 0.73,
    "verb_whole": 1.81,
    "verb_only": 1.4,
    "verb_rare": 0.9,
    # The service.
    "most_used": 0.85,
    "well_known": 0.32,
    "age": 0.53,
    "topic": 0.09,
    "topic_elsewhere": 5.75,
    "topic_pair": 1.0,
    # What is left over.
    "missing": -2.18,
    "unnamed": -2.34,
    "summary_covered": 1.22,
    "service_said": 1.79,
    "late_only": -1.35,
    # One or many, lists or details, verbs that contradict each other.
    "batch_asked": 1.43,
    "batch_unasked": -1.42,
    "many": 0.77,
    "many_one": -0.86,
    "plural_one": -0.11,
    "list_one": -1.57,
    "list_many": -0.21,
    "opposed": -1.29,
    "removes": -0.89,
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": 0.3,
    "place": -0.24,
    # The operation.
    "deprecated": -1.0,
    # The reviewed wishes.
    "wish": 16.0,
    "wish_same": 2.0,
}
