"""What kind of answer a wish asks for, against what an operation gives.

Owns the signs of one or many, of lists or details, and of verbs that contradict each
other, in the order of ``WEIGHTS``.
"""

from collections.abc import Mapping

from .corpus import is_plural
from .tables import Document
from .wish import Wish
from .words import stem

_KINDS: Mapping[str, str] = {
    stem(word): kind
    for kind, words in {
        "read": """
            get list describe view show search find lookup query read check display see
            retrieve return obtain fetch count filter
            """,
        "make": """
            create add put register allocate make build generate import attach associate
            enable start run launch activate resume open grant authorize tag upload
            """,
        "change": "update modify change edit set reset replace rename configure",
        "remove": """
            delete remove destroy terminate deregister detach disassociate disable stop
            cancel revoke untag release deactivate close
            """,
    }.items()
    for word in words.split()
}
_LIST = stem("list")


class Kind:
    """What one wish asks for."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        early = [term for term in wish.terms if not term.is_late]
        self._is_plural = bool(early) and is_plural(early[-1].word)
        self._is_list = wish.verb == _LIST
        self._kind = _KINDS.get(wish.verb or "")

    def signs(self, document: Document, verb: float) -> list[float]:
        """Return the signs of one operation; ``verb`` is how well its verb fits."""
        many = self._wish.is_many
        lists = document.verb == _LIST
        is_batch = document.before == "batch"
        gives_many = document.is_plural or lists
        kind = None if verb else _KINDS.get(document.verb)
        return [
            float(is_batch and many),
            float(is_batch and not many),
            float(many and gives_many),
            float(many and not gives_many),
            float(self._is_plural and not gives_many),
            float(lists and not (self._is_list or self._is_plural or many)),
            float(lists and (self._is_plural or many)),
            float(None not in (kind, self._kind) and kind != self._kind),
            float(kind == "remove" and self._kind != "remove"),
        ]
