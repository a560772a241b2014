"""References to what an earlier step returns: ``{"$from": "steps.0.output.Vpc.VpcId"}``.

Owns the form: finding references in arguments, what stands in for them until their
values are known, and putting the values in. Whether types fit is ``arguments/links``'
question. A reference is sealed and approved as it is written; the value it gets is
judged by policy before the step is sent.
"""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..arguments.nodes import Path, put_at, show_path, value_at
from ..errors import BadReference, ReferenceMissing

KEY = "$from"
UNRESOLVED = "\ud800"
"""What policy sees in place of a value that is not known: no text that any pattern
matches, which counts against the request in permitting and in denying rules."""

_FORM = re.compile(r"steps\.([0-9]{1,3})\.output((?:\.[A-Za-z0-9_-]+|\[[0-9]{1,4}\])+)")
_PART = re.compile(r"\.([A-Za-z0-9_-]+)|\[([0-9]+)\]")
_HINT = (
    'write {"$from": "steps.0.output.Vpc.VpcId"}: the number of an earlier step, '
    "then a path in its output"
)


class Reference(NamedTuple):
    """One reference in the arguments of a step."""

    at: Path
    """Place in the arguments."""
    step: int
    """The step whose output has the value, counted from 0."""
    output: Path
    """Place in that output."""

    @property
    def text(self) -> str:
        """The reference as people read it."""
        return f"steps.{self.step}.output.{show_path(self.output)}"


def find_references(arguments: Any, latest: int) -> list[Reference]:
    """Return the references in arguments; ``latest`` is the last step they may name.

    Raises ``BadReference`` for another form and for a step that has not run by then,
    which a step itself and every later one has not.
    """
    found = []
    for at, value in _marked(arguments, ()):
        text = value[KEY] if len(value) == 1 else None
        form = _FORM.fullmatch(text) if isinstance(text, str) else None
        if form is None or not at:
            raise BadReference(
                f"`{show_path(at)}` has a `{KEY}` that is no reference",
                hint=_HINT,
                path=show_path(at),
            )
        step = int(form[1])
        if step > latest:
            raise BadReference(
                f"`{show_path(at)}` refers to step {step}, which has not run by then",
                hint="steps run in order, counted from 0: refer to an earlier one",
                path=show_path(at),
            )
        output = tuple(name or int(index) for name, index in _PART.findall(form[2]))
        found.append(Reference(at, step, output))
    return found


def _marked(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the places whose value is an object with the reference key."""
    if isinstance(value, Mapping):
        if KEY in value:
            yield path, value
            return
        for key, item in value.items():
            yield from _marked(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _marked(item, (*path, index))


def replaced(
    arguments: Mapping[str, Any],
    references: list[Reference],
    value_of: Callable[[Reference], Any],
) -> dict[str, Any]:
    """Return a copy of arguments with every reference replaced."""
    out = copy.deepcopy(dict(arguments))
    for reference in references:
        put_at(out, reference.at, value_of(reference))
    return out


def unresolved(arguments: Mapping[str, Any], latest: int) -> dict[str, Any]:
    """Return arguments as policy judges them before the values are known."""
    found = find_references(arguments, latest)
    return replaced(arguments, found, lambda _: UNRESOLVED)


def shown(arguments: Mapping[str, Any], latest: int) -> dict[str, Any]:
    """Return arguments as a diff shows them."""
    found = find_references(arguments, latest)
    return replaced(arguments, found, lambda r: f"(known after {r.text})")


def resolved(
    arguments: Mapping[str, Any], latest: int, output_of: Callable[[int], Any]
) -> dict[str, Any]:
    """Return arguments with the values that earlier steps returned.

    Raises ``ReferenceMissing`` where an output has no single value at the place.
    """

    def value(reference: Reference) -> Any:
        return value_of(reference, output_of(reference.step))

    return replaced(arguments, find_references(arguments, latest), value)


def value_of(reference: Reference, output: Any) -> Any:
    """Return what a reference is to in an output. Raises ``ReferenceMissing``."""
    value = value_at(output, reference.output)
    if not isinstance(value, str | int | float | bool):
        raise ReferenceMissing(
            f"`{reference.text}` has no value in what AWS returned",
            hint="look at the response of that step and plan the rest anew",
            path=show_path(reference.at),
        )
    return value


def needed_by(paths: Iterable[str], references: list[Reference]) -> int | None:
    """Return the step whose output one of some dotted argument paths needs, if any."""
    for path in paths:
        parts = tuple(path.split(".")) if path else ()
        for reference in references:
            at = tuple(str(token) for token in reference.at)
            if at[: len(parts)] == parts or parts[: len(at)] == at:
                return reference.step
    return None
