"""Which members of an item carry what a create's output tells of the new thing.

Owns ``match_created``: the thing's own id; of a version, its number and the ids of what
it is a version of.
"""

import re
from collections.abc import Iterator

from ..model import Shape
from .identifiers import names_own, root_of, same_name
from .matching import is_exact
from .returned import output_texts
from .shapes import kind_of
from .subject import Subject
from .words import bare_noun, head_of, words_of

_ID = re.compile(r"(Arn|ARN|Id|ID|Identifier|arn|id)$")
_VERSION = re.compile(r"\w*[vV]ersion(Number|Id)?")


def made_by(
    writer: Subject, reader: Subject, item: Shape
) -> tuple[tuple[str, str], ...]:
    """Return item member → path in the writer's output, sorted; empty if none tells."""
    if item.type != "structure":
        return ()
    found = list(_carried(writer, reader, item))
    last = [word.casefold() for word in words_of(head_of(writer.noun))[-1:]]
    numbers = [path for _, path in found if _VERSION.fullmatch(_last(path))]
    if last == ["version"] and numbers:
        return tuple(sorted(dict(reversed(found)).items()))
    noun = bare_noun(reader.noun)
    for member, path in found:
        own = noun.endswith(root_of(_last(path))) or names_own(reader, path)
        if own and _ID.search(_last(path)):
            return ((member, path),)
    return ()


def _carried(
    writer: Subject, reader: Subject, item: Shape
) -> Iterator[tuple[str, str]]:
    """Yield item member → output path of identifiers and versions that both have."""
    noun = bare_noun(reader.noun)
    for path, shape in output_texts(writer):
        last = _last(path)
        if not (_ID.search(last) or _VERSION.fullmatch(last)):
            continue
        near = [m for m in item.members if is_exact(m, last, noun)]
        same = same_name(item, last) or (near[0] if len(near) == 1 else None)
        if same is None or kind_of(shape) not in {"number", "string"}:
            continue
        target = reader.model.expect_shape(item.members[same].target)
        if kind_of(target) == kind_of(shape):
            yield same, path


def _last(path: str) -> str:
    return path.rpartition(".")[2]
