"""What a generated operation module may use; nothing else is public here."""

from .operation import Change, Operation, Read, ReadMode, Risk, Tags, TagStyle

__all__ = [
    "Change",
    "Operation",
    "Read",
    "ReadMode",
    "Risk",
    "TagStyle",
    "Tags",
]

__version__ = "0.1.0"
