"""The generated operations as the runtime sees them: index, lookup, loading, search.

Owns reading the generated tree. What to do with an operation is for others: arguments
are checked in ``arguments``, risk is judged in ``policy``.
"""

from .catalog import Catalog
from .index import Entry, Service
from .search import Hit

__all__ = ["Catalog", "Entry", "Hit", "Service"]
