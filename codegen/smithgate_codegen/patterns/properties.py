r"""Character classes by name: what ``\p{...}`` and ``[:...:]`` mean in the models.

The models were written for Java, whose names go beyond what ECMA 262 ``u`` knows. A
name either stays (general categories, scripts, binary properties that both engines
spell alike) or becomes ranges. Java's POSIX names are ASCII only.
"""

from .nodes import MAX_CODE_POINT, Named, PatternError, Range

_GENERAL = frozenset(
    major + minor
    for major, minors in {
        "C": "cfnos",
        "L": "Clmotu",
        "M": "cen",
        "N": "dlo",
        "P": "cdefios",
        "S": "ckmo",
        "Z": "lps",
    }.items()
    for minor in ("", *minors)
)
_BINARY = frozenset({"ASCII", "Alphabetic", "Any", "Lowercase", "Uppercase"})
_PORTABLE = _GENERAL | _BINARY | {"White_Space", "Letter", "Mark", "Number"}

_ASCII: dict[str, str] = {
    "Lower": "az",
    "Upper": "AZ",
    "Alpha": "AZaz",
    "Digit": "09",
    "Alnum": "09AZaz",
    "XDigit": "09AFaf",
    "Punct": "!/:@[`{~",
    "Graph": "!~",
    "Print": " ~",
    "Blank": "\t\t  ",
    "Space": "\t\r  ",
    "Cntrl": "\x00\x1f\x7f\x7f",
    "L1": "\x00\xff",
}
"""Java's POSIX names as pairs of first and last character."""

_RENAMED: dict[str, tuple[str, ...]] = {
    "all": ("Any",),
    "LD": ("L", "Nd"),
    "IsAlphabetic": ("Alphabetic",),
    "IsLetter": ("L",),
    "IsDigit": ("Nd",),
    "IsUppercase": ("Uppercase",),
    "IsLowercase": ("Lowercase",),
    "IsPunctuation": ("P",),
    "IsControl": ("Cc",),
    "IsWhiteSpace": ("White_Space",),
    "IsWhite_Space": ("White_Space",),
    "IsWhitespace": ("White_Space",),
}

Items = tuple[Range | Named, ...]


def is_portable(name: str) -> bool:
    """Return whether both engines know a property by this name."""
    return name in _PORTABLE or name.startswith(("Script=", "sc="))


def property_items(name: str, *, negated: bool) -> Items:
    r"""Return what ``\p{name}`` stands for, ``\P{name}`` when ``negated``.

    Raises ``PatternError`` for a name that has no portable form.
    """
    if name in _ASCII:
        ranges = posix_ranges(name)
        return complement(ranges) if negated else ranges
    names = _RENAMED.get(name, (name,))
    if name.startswith("Is") and name[2:] in _GENERAL:
        names = (name[2:],)
    if not all(is_portable(item) for item in names) or (negated and len(names) > 1):
        raise PatternError(f"no portable form of the property {name}")
    letter = "P" if negated else "p"
    return tuple(Named(f"\\{letter}{{{item}}}") for item in names)


def posix_ranges(name: str) -> tuple[Range, ...]:
    """Return the ASCII ranges of a POSIX class; the case of ``name`` is free.

    Raises ``PatternError`` for an unknown name.
    """
    spelled = {key.lower(): key for key in _ASCII}.get(name.lower())
    if spelled is None:
        raise PatternError(f"no class is called {name}")
    text = _ASCII[spelled]
    return tuple(
        Range(ord(text[at]), ord(text[at + 1])) for at in range(0, len(text), 2)
    )


def complement(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Return every code point that sorted, disjoint ``ranges`` leave out."""
    out: list[Range] = []
    start = 0
    for item in ranges:
        if item.low > start:
            out.append(Range(start, item.low - 1))
        start = item.high + 1
    if start <= MAX_CODE_POINT:
        out.append(Range(start, MAX_CODE_POINT))
    return tuple(out)
