"""One thing under names of another order: ``MemberToFarm`` and ``FarmMembers``.

Owns the key of a noun: its words in the singular, whatever their order, without those
that only join them. What ties or makes a part may be read by a name that says whose it
is (``AssociateOriginationIdentity`` with ``PoolId``: ``ListPoolOriginationIdentities``).
"""

from collections.abc import Iterator

from ..ir import Change
from .binding import identifiers_of
from .subject import Subject
from .words import bare_noun, head_of, singular_of, word_set, words_of

_JOINING = word_set("and associated attached by for from in of on the to with")
_ENDINGS = word_set("arn id identifier name")
_ALIKE = {"membership": "member"}
"""Folded words that AWS uses for one another."""
_TIES = frozenset({Change.ATTACH, Change.DETACH})
_OF_AN_OWNER = _TIES | {Change.CREATE, Change.DELETE}


def word_key(noun: str) -> frozenset[str]:
    """Return the words that a noun is made of, folded and in the singular."""
    words = (singular_of(word).casefold() for word in words_of(noun))
    found = frozenset(w for w in words if w not in _JOINING)
    return frozenset(_ALIKE.get(w, w) for w in found) if len(found) > 1 else found


def same_thing(left: str, right: str) -> bool:
    """Return whether two nouns name one thing, in whatever order."""
    return bare_noun(left) == bare_noun(right) or word_key(left) == word_key(right)


def read_as(writer: Subject, change: Change, reader_noun: str) -> bool:
    """Return whether a reader of one of ``word_keys`` may be of the writer's thing."""
    if change is Change.CREATE and writer.noun != head_of(writer.noun):
        return "From" not in words_of(writer.noun)
    if change in _TIES:
        return True
    heads = (words_of(head_of(noun))[-1:] for noun in (writer.noun, reader_noun))
    own, other = ({singular_of(w).casefold() for w in words} for words in heads)
    return {_ALIKE.get(w, w) for w in own} == {_ALIKE.get(w, w) for w in other}


def word_keys(writer: Subject, change: Change) -> Iterator[frozenset[str]]:
    """Yield the keys that a writer's thing may be read by, the plainest first."""
    own = word_key(writer.noun)
    if not own:
        return
    if change in _TIES:
        yield own | {"association"}
    yield own
    for name in identifiers_of(writer) if change in _OF_AN_OWNER else ():
        words = words_of(name[:1].upper() + name[1:])
        if words and words[-1].casefold() in _ENDINGS:
            words = words[:-1]
        owner = word_key("".join(words))
        if owner and not owner & own:
            yield own | owner
