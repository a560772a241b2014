"""What a writer's output tells of the thing that it made.

Owns the members of an output, a few structures deep, and the choice of the one that
identifies the new thing: an id before an ARN before a name.
"""

import re
from collections.abc import Iterator

from ..model import Shape
from .identifiers import is_same_id, root_of
from .shapes import kind_of
from .subject import Subject

OPAQUE = re.compile(r"(Id|ID|Identifier|(^|\.)(id|identifier))$")
_ARN = re.compile(r"(Arn|ARN|(^|\.)arn)$")
"""Ends of what a service makes up for a new thing, other than its name."""
_OUTPUT_DEPTH = 3
"""Levels of an output at which the id of something new is looked for."""


def id_in_output(
    writer: Subject, name: str, noun: str, *, takes_arn: bool
) -> str | None:
    """Return where the output tells an identifier; deep inside only by its full name."""
    texts = [
        (path, path.rpartition(".")[2])
        for path, shape in output_texts(writer)
        if kind_of(shape) == "string"
    ]
    texts = [
        (p, last)
        for p, last in texts
        if root_of(last) or "." not in p.partition(".")[2]
    ]
    fitting = [path for path, last in texts if is_same_id(name, last, noun)]
    # A name may be given twice, an id is not: it comes first.
    fitting.sort(key=lambda p: 0 if OPAQUE.search(p) else 1 if _ARN.search(p) else 2)
    arns = [
        path
        for path, last in texts
        if takes_arn
        and last.endswith(("Arn", "ARN"))
        and is_same_id(name, f"{root_of(last)}Id", noun)
    ]
    return next(iter((*fitting, *arns)), None)


def takes_arn(shape: Shape) -> bool:
    """Return whether an identifier may be an ARN by its own pattern."""
    pattern = shape.traits.get("smithy.api#pattern", "")
    return isinstance(pattern, str) and "arn:" in pattern


def output_texts(writer: Subject) -> Iterator[tuple[str, Shape]]:
    """Yield the members of a writer's output, then those of its structures."""
    level = [("", writer.output)]
    for _ in range(_OUTPUT_DEPTH):
        below = []
        for prefix, outer in level:
            for name, member in sorted(outer.members.items()):
                shape = writer.target(member)
                yield f"{prefix}{name}", shape
                if shape.type == "structure":
                    below.append((f"{prefix}{name}.", shape))
        level = below
