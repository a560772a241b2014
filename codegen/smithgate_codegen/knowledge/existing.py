"""Whether a document is of something else that is there all the same.

A create and a tie are judged by existence: what is found would make them "exists
already", and a detachment would count all of it as lost. Owns the refusal of documents
that exist whatever becomes of the new thing or the tie: what it is made from, what it is
part of, either end of a tie.
"""

import re

from ..ir import Change
from .attempt import TIES, Attempt
from .identifiers import names_own, root_of
from .naming import is_control
from .orders import same_thing
from .relation import Tie
from .shapes import kind_of
from .words import bare_noun, singular_of, word_set, words_of

_BONDS = word_set(
    "associated association attached attachment connection for membership subscription"
)
"""Folded words of a reader's noun that say that it shows a tie."""
_SMALL = frozenset({"From", "To", "With"})
_SURE = frozenset({Tie.DECLARED, Tie.NAMED})
_TOGETHER = 2
"""Names of other things that, together, name a thing of their own: user and role."""


def is_of_another(attempt: Attempt) -> bool:
    """Return whether the document is there whatever becomes of the thing."""
    if attempt.change in TIES:
        return _stays(attempt)
    return attempt.change is Change.CREATE and _was_before(attempt)


def _stays(attempt: Attempt) -> bool:
    """Return whether the document is of an end of a tie, which stays as it is."""
    if attempt.pairs or attempt.expected or attempt.binding.created:
        return False
    if attempt.document is not None and attempt.document.match_created:
        return False
    told, required = _told(attempt), _required(attempt)
    if attempt.reader.verb == "List" and not attempt.selecting:
        return bool(required)
    if _says_tie(attempt) or not required:
        return False
    if any(_names_owner(attempt, name) for name in attempt.selecting):
        return True  # found among its like
    return not (len(required) >= _TOGETHER and told >= required)


def _names_owner(attempt: Attempt, name: str) -> bool:
    """Return whether a name is of what the tied thing belongs to: ``RoutingProfileId``."""
    noun, root = bare_noun(attempt.writer.noun), root_of(name)
    return bool(root) and noun.startswith(root) and not names_own(attempt.writer, name)


def _says_tie(attempt: Attempt) -> bool:
    """Return whether the reader's name says that it shows the tie itself."""
    words = {singular_of(word).casefold() for word in words_of(attempt.reader.noun)}
    if words & _BONDS:
        return True
    own = words_of(attempt.writer.noun)
    if attempt.writer.verb == "Remove" and "From" in own:
        return attempt.reader.verb == "List"  # the list of what is in it
    folded = {singular_of(word).casefold() for word in own if word not in _SMALL}
    return bool(_SMALL & set(own)) and folded <= words


def _was_before(attempt: Attempt) -> bool:
    """Return whether the document is of what the new thing is made from or part of."""
    document, binding = attempt.document, attempt.binding
    if binding.created or document is None or document.match_created:
        return False
    told, required = _told(attempt), _required(attempt)
    if any(names_own(attempt.writer, name) for name in told):
        return False
    is_together = len(required) >= _TOGETHER and told >= required
    if not same_thing(attempt.writer.noun, attempt.reader.noun):
        return attempt.candidate.tie not in _SURE and not is_together
    if not document.match:
        return False
    if any(
        names_own(attempt.writer, name) for name in _named(attempt, required - told)
    ):
        return True
    return len(told & required) < min(_TOGETHER, len(required))


def _told(attempt: Attempt) -> set[str]:
    paths = {*attempt.binding.params.values(), *attempt.selecting}
    return {re.split(r"[.\[]", path)[0] for path in paths}


def _required(attempt: Attempt) -> set[str]:
    writer = attempt.writer
    return {
        name
        for name in writer.required
        if not is_control(name)
        and kind_of(writer.target(writer.input.members[name])) != "boolean"
    }


def _named(attempt: Attempt, names: set[str]) -> set[str]:
    """Return the members that are texts or lists, which may be names."""
    writer = attempt.writer
    kinds = {n: kind_of(writer.target(writer.input.members[n])) for n in names}
    return {name for name, kind in kinds.items() if kind in {"string", "list"}}
