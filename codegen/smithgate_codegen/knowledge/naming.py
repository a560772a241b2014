"""What one member is called by a request and by the document that shows it.

Owns the forms of a name: the thing's own name in front (``RoleDescription``), ``New`` or
``Desired`` before, ``List`` behind, ``Update`` where the other side says
``Configuration``; and the names of lists that a request adds to (``AddSubnetIds``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..ir import How
from ..model import Shape
from .identifiers import same_name
from .words import bare_noun, singular_of, thing_words, word_set, words_of

LOCKS = word_set(
    "associationversion conditionaltoken copysourceifmatch copysourceifnonematch currentapplicationversion "
    "currentapplicationversionid currentversion destinationifmatch destinationifnonematch "
    "existingrulecontentsha256 expectedpolicyversion expectedrevisionid ifmatch ifnonematch "
    "lastupdatedannotationsethash latestversionnumber locktoken policyhash "
    "previouspolicyhash sourceifmatch sourceifnonematch versiontoken"
)
"""Folded names of what must not have changed since: a read shows it to be given back."""
_CONTROL = LOCKS | word_set(
    "applyimmediately callerreference changetoken clientmutationid clientrequesttoken "
    "clienttoken collectionversion concurrencytoken dryrun etag expectedbucketowner expectedrevision "
    "expectedversion force idempotencytoken ifmatch ifnonematch lastmodifiedtime "
    "locktoken policyrevisionid requestid revisionid revisiontoken "
    "sequencetoken updatetoken"
)
"""Folded names of members that say how to call or what must not have changed."""
_PENDING = re.compile(r"pending|\w*modifiedvalues|lastupdate$", re.IGNORECASE)
_WISHED = re.compile(r"(new|desired|updated)(?=[A-Z])", re.IGNORECASE)
_LISTED = re.compile(r"(?<=[a-z])(List|Set)$")
_DELTA = re.compile(r"(?<=[a-z0-9])(Updates?|Input|Spec|Specification)$")
_WRAPPERS = word_set(
    "configuration config detail details info metadata properties settings summary"
)
_SAYING = _WRAPPERS | word_set(
    "create created data desired input new options parameters request spec to update updated value "
    "write"
)
"""Words of a structure in a request that do not say what it is about."""
_ADDING = re.compile(
    r"(?P<plus>Add|Grant)?(?P<minus>Remove|Revoke)?(?P<name>[A-Z]\w*?)"
    r"(?P<to>To(Add|Remove))?"
)
"""``AddX``, ``GrantX``, ``RemoveX``, ``RevokeX``, ``XToAdd``, ``XToRemove``."""


def is_control(name: str) -> bool:
    """Return whether a member says how to call rather than what to set."""
    return name.casefold() in _CONTROL


def is_pending(name: str) -> bool:
    """Return whether a structure shows what is to come, which is no present value."""
    return _PENDING.match(name) is not None


def added_of(name: str) -> tuple[str, How] | None:
    """Return the list that a member adds to or takes from, and which of the two."""
    match = _ADDING.fullmatch(name[:1].upper() + name[1:])
    if match is None or not any((match["plus"], match["minus"], match["to"])):
        return None
    is_added = bool(match["plus"]) or match["to"] == "ToAdd"
    return match["name"], How.ADD if is_added else How.REMOVE


@dataclass(frozen=True, slots=True)
class Nouns:
    """What a document is about: the words that its members' names may leave out."""

    whole: tuple[str, ...]
    """Folded, the likeliest first; may stand in front on either side."""
    tails: tuple[str, ...] = ()
    """The last words of them: ``property`` of an asset property."""

    @classmethod
    def of(cls, *texts: str) -> "Nouns":
        """Return the nouns of texts such as a reader's noun."""
        whole = [form for text in texts for form in (bare_noun(text), text.casefold())]
        words = [form(text) for text in texts for form in (words_of, thing_words)]
        tails = ["".join(w[n:]).casefold() for w in words for n in range(1, len(w))]
        return cls(tuple(dict.fromkeys(whole)), tuple(dict.fromkeys(tails)))

    def forms(self, name: str) -> Iterator[str]:
        """Yield what a document may call a member, the likeliest first."""
        wished = _WISHED.match(name)
        for said in (name, name[wished.end() :]) if wished else (name,):
            folded = said.casefold()
            yield said
            yield from (noun + folded for noun in (*self.whole, *self.tails))
            for noun in (*self.whole, *self.tails):
                if folded.startswith(noun) and len(folded) > len(noun):
                    yield folded[len(noun) :]
        yield _LISTED.sub("", name) if _LISTED.search(name) else f"{name}List"

    def member(self, document: Shape, name: str) -> str | None:
        """Return the document's member of this name, the thing's own name apart."""
        found = (same_name(document, form) for form in self.forms(name))
        return next((member for member in found if member is not None), None)

    def stand_for(self, name: str) -> bool:
        """Return whether a structure of a request is about the document itself.

        ``TableInput`` is about a table, and so is what only says ``Details``;
        ``DomainEntry`` is not about a domain.
        """
        words = [w.casefold() for w in words_of(name[:1].upper() + name[1:])]
        own = singular_of("".join(w for w in words if w not in _SAYING))
        forms = [form.removesuffix("response") for form in self.whole]
        is_same = bare_noun(name) in self.whole
        return is_same or not own or any(form.endswith(own) for form in forms)

    def wrapper(self, structures: Iterable[str]) -> str | None:
        """Return the one structure of a document that stands for the whole of it."""
        own = {*self.whole, *self.tails}
        found = [
            name
            for name in structures
            if name.casefold() in _WRAPPERS or bare_noun(name) in own
        ]
        return found[0] if len(found) == 1 else None

    def part(self, structures: Iterable[str], noun: str) -> str | None:
        """Return the one structure that is named after a part of what is shown.

        ``ClusterSnapshotCopyStatus`` in a cluster, of what is called ``SnapshotCopy``.
        """
        own = thing_words(noun)
        extra = [w for w in own if not any(w in form for form in self.whole)]
        if not extra or extra[-1] != own[-1]:
            return None
        found = [name for name in structures if {*extra} <= {*thing_words(name)}]
        return found[0] if len(found) == 1 else None


NO_NOUNS = Nouns(())


def bare_name(name: str) -> str:
    """Return what a structure is about, however a side calls it, folded."""
    return bare_noun(_DELTA.sub("", name[:1].upper() + name[1:]))
