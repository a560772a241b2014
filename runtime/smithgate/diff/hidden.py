"""What a request sets and AWS never shows: said as such, not as unknown."""

from collections.abc import Mapping
from typing import Any

from ..operation import Operation
from .paths import MISSING, get_path, parse_path


def hidden_note(operation: Operation, arguments: Mapping[str, Any]) -> str | None:
    """Return a note on the secrets of a request that no reader shows, if it has any."""
    read = operation.read
    names = [
        f"`{path}`"
        for path in (read.write_only if read else ())
        if path in operation.sensitive
        and get_path(arguments, parse_path(path)) is not MISSING
    ]
    if not names:
        return None
    return f"not shown by AWS, set whatever it was: {', '.join(names)}"
