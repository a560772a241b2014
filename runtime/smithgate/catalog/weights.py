"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, tuple[float, float]] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": (1.31, 3.97),
    "name_late": (0.0, 5.11),
    "service": (1.04, 1.14),
    "service_late": (0.0, 3.23),
    "summary": (2.01, 2.74),
    "summary_late": (0.0, 2.69),
    "said": (2.09, 3.52),
    "said_late": (0.0, 2.3),
    "documentation": (0.01, 2.03),
    "documentation_late": (0.0, 0.63),
    "members": (0.75, -0.64),
    "members_late": (0.0, 0.61),
    # Share of the wish that also stands in these fields.
    "name_and_service": (-1.02, -0.63),
    "any_summary": (-0.95, -0.34),
    "any_members": (-0.18, 0.35),
    "any_service": (0.32, 0.87),
    # Share of the wish that the name, the summary or the input's documentation holds.
    "told": (1.45, 2.6),
    "told_or_said": (2.89, 1.91),
    # The name against the wish.
    "name_rarity": (-2.85, -1.67),
    "covered": (0.79, -1.0),
    "uncovered": (0.85, -0.21),
    "whole": (-1.56, -0.8),
    "neighbours": (0.1, -2.18),
    "head": (-0.13, -0.24),
    "head_last": (1.19, 0.41),
    "head_pair": (7.11, -3.25),
    "first": (1.52, 1.15),
    "extra": (-0.46, -0.18),
    "joined": (2.46, -1.8),
    "plural": (0.56, 0.72),
    # The verb.
    "verb": (-1.04, -0.4),
    "verb_exact": (1.26, 0.64),
    "verb_in_wish": (2.08, 0.27),
    "verb_missing": (-1.52, -1.85),
    "verb_covered": (0.9, 1.02),
    "verb_whole": (1.92, 1.54),
    "verb_only": (2.71, 1.14),
    "verb_rare": (3.12, 0.6),
    # The service.
    "most_used": (0.28, 0.69),
    "well_known": (0.2, 0.2),
    "age": (0.75, 0.45),
    "topic": (-0.48, -1.43),
    "topic_elsewhere": (3.28, 4.16),
    "owned": (0.39, 0.61),
    "topic_pair": (0.18, 2.47),
    # What is left over.
    "missing": (-2.74, -2.63),
    "unnamed": (-1.66, -1.51),
    "summary_covered": (-0.43, -1.41),
    "service_said": (1.21, 1.04),
    "late_only": (0.0, -0.91),
    # The first sentence of the documentation, in order.
    "in_order": (1.36, 4.17),
    "starts_alike": (0.68, 0.18),
    "thing": (0.57, 0.8),
    # One or many, lists or details, verbs that contradict each other.
    "batch_asked": (1.4, 1.69),
    "batch_unasked": (-1.23, -2.07),
    "many": (0.64, 0.6),
    "many_one": (-0.81, -0.75),
    "plural_one": (-1.32, 0.13),
    "list_one": (-2.71, -1.19),
    "list_many": (-0.64, 0.06),
    "opposed": (-1.63, -0.6),
    "removes": (-1.25, -0.25),
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": (0.24, 0.22),
    "place": (-0.14, -0.16),
    # The operation.
    "deprecated": (-1.0, -1.0),
    # What people say for it: the nearest phrase.
    "phrase": (40.0, 40.0),
    # The reviewed wishes.
    "wish": (50.0, 50.0),
    "wish_same": (2.0, 2.0),
}
