"""What search knows beyond names: words of the documentation and what people say.

Owns the words that an operation is found by, the phrases that people say for it, and
the reviewed list of wishes. How hits
are ranked is the runtime's business; this package only says what there is to rank.
"""

from .intents import Intents, load_intents
from .phrases import phrases_of
from .words import SearchWords, search_words

__all__ = ["Intents", "SearchWords", "load_intents", "phrases_of", "search_words"]
