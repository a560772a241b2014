"""What search knows beyond names: words of the documentation and people's wishes.

Owns the words that an operation is found by and the reviewed list of wishes. How hits
are ranked is the runtime's business; this package only says what there is to rank.
"""

from .intents import Intents, load_intents
from .words import SearchWords, search_words

__all__ = ["Intents", "SearchWords", "load_intents", "search_words"]
