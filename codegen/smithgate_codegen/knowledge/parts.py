"""The part of a parent's document that bears the noun of what is taken away.

Owns it for ``DisassociateBrowserSettings`` with ``portal.browserSettingsArn``, and for
``RemoveKnowledgeBaseTemplateUri`` with a member inside of the knowledge base.
"""

from collections.abc import Iterator

from ..model import Model, Shape
from .identifiers import root_of
from .items import Document
from .shapes import resolve_select
from .subject import Subject
from .words import bare_noun, head_of, singular_of

_DEPTH = 2
_LEAST = 4
"""Letters that a noun has at least which is looked for."""


def part_of(writer: Subject, reader: Subject, document: Document) -> Document | None:
    """Return the one member that the request takes away, as a document of its own."""
    if document.match or document.shape.type != "structure":
        return None
    nouns = _nouns(writer, reader)
    model = reader.model
    for depth in range(1, _DEPTH + 1):
        found = [
            path
            for path in _members(model, document.shape, depth)
            if _names(path.rpartition(".")[2]) & nouns
        ]
        if len(found) == 1:
            last = found[0].rpartition(".")[2]
            made = f"{{{last}: {found[0]}}}"
            select = f"{document.select}.{made}" if document.select else made
            return Document(resolve_select(model, reader.output, select), select)
        if found:
            return None
    return None


def _nouns(writer: Subject, reader: Subject) -> set[str]:
    """Return what the part may be called: the noun, without its owner in front."""
    noun = head_of(writer.noun)
    owner = singular_of(reader.noun)
    nouns = {noun, noun.removeprefix(owner)} - {owner}
    forms = {form.casefold() for noun in nouns for form in (noun, singular_of(noun))}
    return {form for form in forms if len(form) >= _LEAST}


def _names(member: str) -> set[str]:
    """Return what a member may be the value of."""
    upper = member[:1].upper() + member[1:]
    names = {member, singular_of(member), root_of(member), singular_of(root_of(member))}
    return {name.casefold() for name in names} | {bare_noun(upper)}


def _members(model: Model, shape: Shape, depth: int, prefix: str = "") -> Iterator[str]:
    """Yield the paths of the members that many levels down."""
    for name in sorted(shape.members) if shape.type == "structure" else ():
        if depth == 1:
            yield f"{prefix}{name}"
        else:
            inner = model.expect_shape(shape.members[name].target)
            yield from _members(model, inner, depth - 1, f"{prefix}{name}.")
