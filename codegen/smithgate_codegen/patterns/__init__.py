"""Patterns of the models: which can be printed into a schema, how, and why not.

``PatternTable`` is what the schema emitter asks; ``classify`` judges one pattern;
``overrides.yaml`` corrects published patterns that are wrong.
"""

from .classify import BACKTRACK_LIMIT, Outcome, Verdict, classify
from .overrides import Action, Override, bare, read_overrides, shipped_overrides
from .table import PatternTable

__all__ = [
    "BACKTRACK_LIMIT",
    "Action",
    "Outcome",
    "Override",
    "PatternTable",
    "Verdict",
    "bare",
    "classify",
    "read_overrides",
    "shipped_overrides",
]
