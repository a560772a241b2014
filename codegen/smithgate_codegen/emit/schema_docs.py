"""Documentation traits as one plain line: the first sentence, cut to a length.

The result is text, not Markdown and not HTML: tags that HTML knows are dropped, all
others stay as the text they are, references become characters. It is upstream's text
and goes into JSON only, whose printer escapes what does not show.
"""

import html
import re

MAX_LENGTH = 160
"""Characters of a description, the ellipsis included."""

_READ = 4000  # characters; the first sentence of the longest trait ends well before
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?/?>")
_OPEN_TAG = re.compile(r"<[^<>]*\Z")
_SPACE = re.compile(r"\s+")
_INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "big", "cite", "code", "del", "dfn", "em"),
        *("fullname", "font", "i", "img", "ins", "kbd", "mark", "q", "s", "samp"),
        *("small", "span", "strong", "strike", "sub", "sup", "tt", "u", "var"),
    }
)
_BLOCK = frozenset(
    {
        *("blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "important"),
        *("li", "note", "ol", "p", "para", "pre", "section", "simpara", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", "video"),
    }
)
_BREAK = "\x00"  # cannot be in model text that is shown; marks the end of a block
_SENTENCE_END = re.compile(r"[.!?][)\"'\u201d\u2019]*(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:(?i:e\.g|i\.e|etc|vs|cf|approx|incl|max|min|no|fig|ex|a\.k\.a|u\.s)"
    r"|[A-Z])\.$"
)


def summary(documentation: str) -> str:
    """Return the first sentence as one line of at most ``MAX_LENGTH`` characters.

    Empty for documentation without text.
    """
    for block in _text(documentation[:_READ]).split(_BREAK):
        line = _SPACE.sub(" ", html.unescape(block)).strip()
        if line:
            return _cut(_first_sentence(line))
    return ""


def _text(markup: str) -> str:
    markup = _COMMENT.sub("", markup.replace(_BREAK, ""))
    return _OPEN_TAG.sub("", _TAG.sub(_tag, markup))


def _tag(found: re.Match[str]) -> str:
    name = found[1].lower()
    if name in _BLOCK:
        return _BREAK
    return "" if name in _INLINE else found[0]


def _first_sentence(line: str) -> str:
    for end in _SENTENCE_END.finditer(line):
        follower = line[end.end() :].lstrip()[:1]
        if follower.islower() or _ABBREVIATION.search(line[: end.start() + 1]):
            continue
        return line[: end.end()]
    return line


def _cut(line: str) -> str:
    if len(line) <= MAX_LENGTH:
        return line
    head = line[: MAX_LENGTH - 1]
    if not line[MAX_LENGTH - 1].isspace():
        head = head.rpartition(" ")[0] or head
    return head.rstrip(" ,;:(-\u2013") + "…"
