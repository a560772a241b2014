"""A step's diff in colours, for cards and terminals."""

from rich.text import Text

from ..diff.layout import Line
from ..diff.render import text_of

STYLES = {
    "+": "green",
    "~": "yellow",
    "-": "red",
    "±": "bold yellow",
    "?": "magenta",
    "#": "dim",
}


def change_line(line: Line) -> Text:
    """Return a line of a diff, coloured by its mark; it is escaped already."""
    return Text(text_of(line), style=STYLES.get(line.mark, ""))
