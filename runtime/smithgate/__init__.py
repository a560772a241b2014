"""What a generated operation module may use; nothing else is public here.

The names are loaded at first use: ``import smithgate`` is on the start path of the
server, which answers its first message before it needs any operation.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .operation import (
        Change,
        Confidence,
        How,
        Inverse,
        KeyNames,
        Operation,
        Payload,
        Raise,
        Read,
        ReadMode,
        Risk,
        Tags,
        TagStyle,
        Unreadable,
        When,
    )

__all__ = [
    "Change",
    "Confidence",
    "How",
    "Inverse",
    "KeyNames",
    "Operation",
    "Payload",
    "Raise",
    "Read",
    "ReadMode",
    "Risk",
    "TagStyle",
    "Tags",
    "Unreadable",
    "When",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name in __all__:
        from . import operation

        value: object = getattr(operation, name)
        globals()[name] = value  # later look-ups do not come here again
        return value
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
