"""Dotted paths into JSON documents."""

import re
from collections.abc import Iterator, Mapping
from typing import Any


class Missing:
    """The type of ``MISSING``: no value at a path."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


Path = tuple[str, ...]
"""Member names and map keys from the root; keys may hold dots."""


def parse_path(text: str) -> Path:
    """Return the parts of a dotted path of member names; "" is the root."""
    return tuple(text.split(".")) if text else ()


def selecting_path(text: str) -> Path:
    """Return the member of a request that selects: of ``Rules[].Id``, the list."""
    return parse_path(text.partition("[]")[0])


def parse_document_path(text: str) -> Path:
    """Return the parts of a path into a document, ``[]`` and ``[0]`` apart.

    ``Policies[].Arn`` is that member of every item, ``Vpcs[0]`` an item.
    """
    return tuple(re.findall(r"\[\d*\]|[^.\[\]]+", text))


def show_path(path: Path) -> str:
    """Return a path for people; parts that hold dots are quoted."""
    return ".".join(_shown(part) for part in path)


def _shown(part: str) -> str:
    plain = part.replace('"', "'")
    return f'"{plain}"' if "." in plain else plain


_SHOWN = re.compile(r'"([^"]*)"|([^.]+)')


def split_shown(text: str) -> list[str]:
    """Return the parts of a path that ``show_path`` made."""
    return [quoted or plain for quoted, plain in _SHOWN.findall(text)]


def get_path(document: Any, path: Path) -> Any:
    """Return the value at a path, or ``MISSING``."""
    current = document
    for part in path:
        if not isinstance(current, Mapping) or part not in current:
            return MISSING
        current = current[part]
    return current


_STEP = re.compile(r"([^.\[\]]+)|\[(\d{1,3})\]")


def put_path(document: dict[str, Any], path: str, value: Any) -> None:
    """Set a value at an input path such as ``Filters[0].Values``.

    What is missing on the way is made: structures for names, lists for indexes.
    """
    steps: list[str | int] = [
        int(index) if index else name for name, index in _STEP.findall(path)
    ]
    node: Any = document
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            node.extend({} for _ in range(len(node), step + 1))
        if following is None:
            node[step] = value
        elif isinstance(step, int):
            node[step] = node[step] or ([] if isinstance(following, int) else {})
        else:
            node.setdefault(step, [] if isinstance(following, int) else {})
        node = node[step]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) for the leaves below a value; lists are leaves.

    An empty structure is a leaf of its own, so that clearing it shows.
    """
    if isinstance(value, Mapping) and value:
        for key in sorted(value):
            yield from leaves(value[key], (*path, str(key)))
    else:
        yield path, value
