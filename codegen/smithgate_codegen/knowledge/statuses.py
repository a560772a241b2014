"""Which members of a document tell the state of the thing that a request names.

Owns the names: the last word says that it is a status (``JobStatus``, ``State.Name``),
or what a switch is set to (``IsActivated``, ``SerialConsoleAccessEnabled``); every word
before belongs to the thing. What a verb leaves there is for ``states``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Model, Shape
from .shapes import kind_of, resolve_path
from .words import singular_of, thing_words, word_set, words_of

_STATUS = word_set("lifecycle phase state status")
_SWITCHES = word_set(
    "activated active archived deprecated disabled enabled locked paused published "
    "running started suspended"
)
_NEUTRAL = word_set("current cycle in is last life lifecycle opt overall relationship")
"""Words before a status that say nothing about whose it is."""
_VALUES = word_set("code name value")
"""What a structure calls the status that it is about (``State.Name``)."""
_WRAPPERS = word_set(
    "configuration config description detail details info metadata properties summary"
)
_RUNS = word_set("execution job operation run task")
"""What a call makes has a status under these names, whatever it is called itself."""
_OPPOSITE = re.compile(r"^(De|Un)(?=[a-z])")
_LEAST_STEM = 5


@dataclass(frozen=True, slots=True)
class Thing:
    """What a request names, in words."""

    name: tuple[str, ...]
    """Its words in order: a boolean of this name is the switch itself."""
    words: frozenset[str]
    """Words that members of the thing may be called by."""
    head: str
    """The word that a status has to have; empty where the whole document is about it."""

    @classmethod
    def of(cls, noun: str, verb: str, shown: Sequence[str] = ()) -> "Thing":
        """Return the thing of an operation; ``shown`` are the document's own nouns."""
        own = thing_words(noun)
        around = {word for text in shown for word in thing_words(text)}
        is_own = not own or not shown or any(_akin(own[-1], word) for word in around)
        forms = {verb.casefold(), _OPPOSITE.sub("", verb).casefold()}
        words = frozenset({*own, *around, *forms, *(() if shown else _RUNS)})
        return cls(_words(noun), words, "" if is_own else own[-1])

    def has(self, words: Sequence[str], *, above: bool = False) -> bool:
        """Return whether a status with these words before is one of the thing."""
        if not all(self._knows(word) for word in words):
            return False
        return above or not self.head or any(_akin(self.head, w) for w in words)

    def _knows(self, word: str) -> bool:
        return word in _NEUTRAL or any(_akin(word, own) for own in self.words)


@dataclass(frozen=True, slots=True)
class Status:
    """A member that tells a state."""

    path: str
    shape: Shape
    switch: str = ""
    """What a boolean says when it is true (``enabled``)."""


def statuses_of(model: Model, document: Shape, thing: Thing) -> Iterator[Status]:
    """Yield the statuses of a thing in a document, the plainest first."""
    if document.type not in {"structure", "union"}:
        return
    names = sorted(document.members, key=lambda name: (len(name), name))
    for name in names:
        yield from _status(name, resolve_path(model, document, name), thing)
    for name in names:
        shape = resolve_path(model, document, name)
        if shape.type == "structure":
            for found in _inside(model, name, shape, thing):
                path = f"{name}.{found.path}"
                yield Status(path, found.shape, found.switch)


def _status(
    name: str, shape: Shape, thing: Thing, *, above: bool = False
) -> Iterator[Status]:
    words = _words(name)
    if not words:
        return
    before = [word for word in words[:-1] if word != "is"]
    if kind_of(shape) == "string":
        if _names_status(words, shape) and thing.has(before, above=above):
            yield Status(name, shape)
    elif shape.type == "boolean":
        if words[-1] in _SWITCHES and thing.has(before, above=above):
            yield Status(name, shape, words[-1])
        elif words == thing.name:
            yield Status(name, shape, "enabled")


def _names_status(words: tuple[str, ...], shape: Shape) -> bool:
    """Return whether a text of this name is a status.

    ``InstanceLifecycle`` says how an instance is paid for, not how far it is.
    """
    if words[-1] in {"lifecycle", "cycle"}:
        return words in {("lifecycle",), ("life", "cycle")}
    return words[-1] in _STATUS or (words == ("stage",) and shape.type == "enum")


def _inside(model: Model, name: str, shape: Shape, thing: Thing) -> Iterator[Status]:
    """Yield the statuses in a structure that stands for the thing or for its state."""
    words = [word for word in _words(name) if word not in _WRAPPERS]
    is_status = bool(words) and words[-1] in _STATUS
    before = words[:-1] if is_status else words
    above = bool(before) and thing.has(before)
    if not (above or (not before and thing.has(before))):
        return
    for inner in sorted(shape.members, key=lambda name: (len(name), name)):
        target = resolve_path(model, shape, inner)
        words = [word for word in _words(inner) if word not in _STATUS]
        is_value = len(words) == 1 and words[0] in _VALUES
        if is_status and is_value and kind_of(target) == "string":
            yield Status(inner, target)
        yield from _status(inner, target, thing, above=above)


def _words(name: str) -> tuple[str, ...]:
    words = words_of(name[:1].upper() + name[1:])
    return tuple(word.casefold() for word in words)


def _akin(left: str, right: str) -> bool:
    """Return whether two words are forms of one: ``share``, ``shared``; ``verify``."""
    left, right = singular_of(left), singular_of(right)
    if left == right:
        return True
    shorter = min(len(left), len(right))
    least = max(_LEAST_STEM, shorter - 1)
    return shorter >= _LEAST_STEM and left[:least] == right[:least]
