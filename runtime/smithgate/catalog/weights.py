"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, float] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": 4.55,
    "name_late": 7.79,
    "service": 1.57,
    "service_late": 4.89,
    "summary": 4.66,
    "summary_late": 5.32,
    "documentation": 3.06,
    "documentation_late": 2.76,
    "members": 3.24,
    "members_late": 4.47,
    # Share of the wish that also stands in these fields.
    "name_and_service": -2.16,
    "any_summary": -0.7,
    "any_members": 0.01,
    "any_service": 1.07,
    # The name against the wish.
    "name_rarity": -3.24,
    "covered": -0.33,
    "uncovered": 0.26,
    "whole": -1.03,
    "neighbours": -1.96,
    "head": 0.08,
    "head_last": 0.65,
    "head_pair": 4.26,
    "first": 1.39,
    "extra": -0.37,
    "joined": 1.65,
    "plural": 0.69,
    # The verb.
    "verb": -0.19,
    "verb_exact": 1.03,
    "verb_in_wish": 0.81,
    "verb_missing": -1.08,
    "verb_covered": 0.74,
    "verb_whole": 1.75,
    "verb_only": 1.44,
    "verb_rare": 0.87,
    # The service.
    "most_used": 0.88,
    "well_known": 0.33,
    "age": 0.45,
    "topic": 0.03,
    "topic_elsewhere": 5.78,
    "topic_pair": 1.06,
    # What is left over.
    "missing": -2.17,
    "unnamed": -2.37,
    "summary_covered": 1.21,
    "service_said": 1.74,
    "late_only": -1.37,
    # One or many, lists or details, verbs that contradict each other.
    "batch_asked": 1.4,
    "batch_unasked": -1.44,
    "many": 0.78,
    "many_one": -0.87,
    "plural_one": -0.08,
    "list_one": -1.57,
    "list_many": -0.25,
    "opposed": -1.3,
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
