"""A step's diff in colours, for cards and terminals."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from ..diff.layout import step_lines
from ..diff.render import text_of

STYLES = {
    "+": "green",
    "~": "yellow",
    "-": "red",
    "±": "bold yellow",
    "?": "magenta",
    "#": "dim",
}


def change_lines(step: Mapping[str, Any], *, indent: str = "") -> list[Text]:
    """Return the lines below a step's head, coloured by their mark; all escaped."""
    return [
        Text(indent + text_of(line), style=STYLES.get(line.mark, ""))
        for line in step_lines(step)
    ]
