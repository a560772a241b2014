"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 3.42,
    "name_late": 6.69,
    "service": 0.84,
    "service_late": 4.28,
    "summary": 3.87,
    "summary_late": 4.8,
    "documentation": 2.28,
    "documentation_late": 1.78,
    "members": 2.28,
    "members_late": 3.42,
    # Share of the wish that also stands in these fields.
    "name_and_service": -1.48,
    "any_summary": -0.34,
    "any_members": 0.1,
    "any_service": 0.69,
    # The name against the wish.
    "name_rarity": -2.67,
    "covered": -0.63,
    "uncovered": 0.0,
    "whole": -0.91,
    "neighbours": -2.23,
    "head": -0.2,
    "head_last": 0.57,
    "head_pair": 3.65,
    "first": 1.31,
    "extra": -0.29,
    "joined": 0.97,
    "plural": 0.71,
    # The verb.
    "verb": -0.62,
    "verb_exact": 0.85,
    "verb_in_wish": 0.78,
    "verb_missing": -1.39,
    "verb_covered": 0.61,
    "verb_whole": 1.76,
    "verb_only": 1.39,
    "verb_rare": 0.97,
    # The service.
    "most_used": 0.52,
    "well_known": 0.23,
    "age": 0.6,
    "topic": -0.86,
    "topic_elsewhere": 5.29,
    "owned": 0.61,
    "topic_pair": 1.14,
    # What is left over.
    "missing": -2.56,
    "unnamed": -2.59,
    "summary_covered": -1.0,
    "service_said": 1.23,
    "late_only": -1.06,
    # The first sentence of the documentation, in order.
    "in_order": 2.79,
    "starts_alike": 0.51,
    "thing": 0.77,
    # One or many, lists or details, verbs that contradict each other.
    "batch_asked": 1.43,
    "batch_unasked": -1.58,
    "many": 0.68,
    "many_one": -0.76,
    "plural_one": -0.25,
    "list_one": -1.57,
    "list_many": -0.25,
    "opposed": -1.13,
    "removes": -0.98,
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": 0.31,
    "place": -0.23,
    # The operation.
    "deprecated": -1.0,
    # The reviewed wishes.
    "wish": 19.0,
    "wish_same": 2.0,
}
