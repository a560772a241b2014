"""How much each sign counts that an operation is what a wish means.

Owns the figures. They were fitted (a softmax over the candidates of each wish) on the
half of the measuring set that is not held back; docs/search.md says how. The last ones
were set by hand: nobody should be led to a deprecated operation, and the measuring set
holds no wishes in people's own words.
"""

WEIGHTS: dict[str, tuple[float, float]] = {
    # Share of the wish, by rarity, whose best field is this one; late words apart.
    "name": (1.34, 2.46),
    "name_late": (0.0, 4.18),
    "service": (0.88, -0.39),
    "service_late": (0.0, 2.76),
    "summary": (1.73, 1.58),
    "summary_late": (0.0, 1.47),
    "documentation": (1.64, 2.03),
    "documentation_late": (0.0, 0.52),
    "members": (0.62, 0.36),
    "members_late": (0.0, 0.54),
    # Share of the wish that also stands in these fields.
    "name_and_service": (-1.12, -0.17),
    "any_summary": (-0.99, -0.57),
    "any_members": (-0.17, 0.19),
    "any_service": (0.28, 0.05),
    # Share of the wish that the name, the summary or the input's documentation holds.
    "told": (3.97, 4.4),
    # The name against the wish.
    "name_rarity": (-3.46, -2.25),
    "covered": (1.31, -1.27),
    "uncovered": (0.43, -0.15),
    "whole": (-1.64, -0.58),
    "neighbours": (-0.49, -3.13),
    "head": (-0.17, -0.17),
    "head_last": (1.15, 0.26),
    "head_pair": (6.65, -4.16),
    "first": (1.47, 1.19),
    "extra": (-0.26, -0.24),
    "joined": (2.47, -0.42),
    "plural": (0.53, 0.7),
    # The verb.
    "verb": (-0.88, -0.46),
    "verb_exact": (1.3, 0.43),
    "verb_in_wish": (2.78, 0.26),
    "verb_missing": (-1.5, -1.47),
    "verb_covered": (-0.08, 1.13),
    "verb_whole": (2.22, 1.38),
    "verb_only": (2.26, 0.49),
    "verb_rare": (3.01, 0.45),
    # The service.
    "most_used": (0.26, 0.7),
    "well_known": (0.17, 0.24),
    "age": (0.71, 0.53),
    "topic": (-0.54, -2.1),
    "topic_elsewhere": (3.25, 5.83),
    "owned": (0.43, 0.81),
    "topic_pair": (0.04, 2.8),
    # What is left over.
    "missing": (-2.14, -1.97),
    "unnamed": (-1.85, -1.8),
    "summary_covered": (-0.52, -1.51),
    "service_said": (1.48, 1.51),
    "late_only": (0.0, -0.99),
    # The first sentence of the documentation, in order.
    "in_order": (1.49, 4.41),
    "starts_alike": (0.69, 0.06),
    "thing": (0.57, 0.75),
    # One or many, lists or details, verbs that contradict each other.
    "batch_asked": (1.34, 1.61),
    "batch_unasked": (-1.28, -1.95),
    "many": (0.68, 0.63),
    "many_one": (-0.76, -0.69),
    "plural_one": (-1.39, 0.12),
    "list_one": (-2.54, -1.06),
    "list_many": (-0.65, 0.13),
    "opposed": (-1.95, -0.79),
    "removes": (-2.27, -0.35),
    # The first step: how far behind its best, and the logarithm of the rank.
    "behind": (0.29, 0.29),
    "place": (-0.17, -0.23),
    # The operation.
    "deprecated": (-1.0, -1.0),
    # The reviewed wishes.
    "wish": (50.0, 50.0),
    "wish_same": (2.0, 2.0),
}
