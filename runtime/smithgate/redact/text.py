"""Making visible what a terminal obeys or a reader cannot see."""

import re

# Printable to Python, invisible to a person: fillers, joiners, variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U0001d159\U000e0100-\U000e01ef]"
)


def escape_text(text: str) -> str:
    r"""Return ``text`` with what a terminal obeys or hides shown as ``\u{…}``.

    Control characters (line ends and tabs too), bidirectional and zero-width marks,
    spaces other than the plain one, unassigned and private code points, fillers.
    """
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(
        f"\\u{{{ord(char):x}}}" if _is_hidden(char) else char for char in text
    )


def _is_hidden(char: str) -> bool:
    return not char.isprintable() or _INVISIBLE.match(char) is not None


def escape_json(text: str) -> str:
    r"""Return JSON text with the same characters as JSON escapes (``\u202e``).

    For a compact text of one line, where they only stand inside of strings: it still
    says the same value, and whoever reads it sees them.
    """
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(_json_escape(char) if _is_hidden(char) else char for char in text)


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs)
