"""Which members of a request come back in a reader's document, and where.

Owns the compare pairs: writer path → path in the selected document. Only members of
the same name and the same kind of value are paired, one wrapper level apart at most
(``VersioningConfiguration.Status`` with ``Status``). A pair too few shows as "unknown"
in a diff; a wrong pair could show as "unchanged", so doubt means no pair.
"""

from collections import Counter
from collections.abc import Collection, Iterator

from ..model import Model, Shape
from .shapes import resolve_path, same_values
from .subject import Subject
from .tags import is_tag_member, tags_of

_NEVER = frozenset({"DryRun", "RevisionId", "dryRun", "revisionId"})
"""Members that say how to call or what must not have changed, not what to change."""
_MAX_DEPTH = 6
"""Levels below which structures that differ are not taken apart any more."""


def pairs_of(
    writer: Subject, document: Shape, bound: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a writer and a document, sorted.

    ``bound`` names the writer's members that already select the document.
    """
    if document.type != "structure":
        return ()
    model = writer.model
    direct: dict[str, str] = {}
    wrapped: dict[str, str] = {}
    for name, member in writer.input.members.items():
        is_token = writer.has(member, "smithy.api#idempotencyToken")
        if name in bound or name in _NEVER or is_token:
            continue
        target = writer.target(member)
        if name in document.members:
            found = _below(model, name, target, name, _target(model, document, name))
            direct.update(found)
        elif target.type == "structure":
            for inner in sorted(set(target.members) & set(document.members)):
                found = _below(
                    model,
                    f"{name}.{inner}",
                    _target(model, target, inner),
                    inner,
                    _target(model, document, inner),
                )
                wrapped.update(found)
    taken = Counter([*direct.values(), *wrapped.values()])
    pairs = {**wrapped, **direct}
    return tuple(sorted((w, r) for w, r in pairs.items() if taken[r] == 1))


def tag_pair(writer: Subject, document: Shape) -> tuple[tuple[str, str], ...]:
    """Return the pair of a request's tags and the tags of a document, if any."""
    tags = tags_of(writer).value
    if tags is None or document.type != "structure":
        return ()
    given = resolve_path(writer.model, writer.input, tags.member)
    for name in sorted(document.members):
        shown = _target(writer.model, document, name)
        if is_tag_member(name) and same_values(writer.model, given, shown):
            return ((tags.member, name),)
    return ()


def _below(
    model: Model, path: str, left: Shape, where: str, right: Shape
) -> Iterator[tuple[str, str]]:
    """Yield the pair itself, or the pairs of two structures that differ."""
    if same_values(model, left, right):
        yield path, where
    elif left.type == right.type == "structure" and path.count(".") < _MAX_DEPTH:
        for name in sorted(set(left.members) & set(right.members)):
            yield from _below(
                model,
                f"{path}.{name}",
                _target(model, left, name),
                f"{where}.{name}",
                _target(model, right, name),
            )


def _target(model: Model, shape: Shape, member: str) -> Shape:
    return model.expect_shape(shape.members[member].target)
