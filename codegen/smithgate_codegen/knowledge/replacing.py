"""Updates that replace: what the request leaves out is removed or falls back.

The documentation of an operation says so, and only sentences that leave no doubt count:
what an omitted field becomes, or that the whole is replaced. A request that keeps what it
leaves out says that as well, and then nothing else of its text counts. Where the text is
silent, an update that asks again for what the create asked for is taken to be the whole.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from ..ir import Change, ReadMode
from .subject import Subject

_PART = r"(?:fields?|parameters?|propert(?:y|ies)|attributes?|settings?)"
_GONE = r"(?:removed|reset|cleared|deleted|null|default(?: value)?)\b"
_OMIT = (
    r"(?:omit(?:ted)?|(?:do|does|is|are|did)(?:n't| not) (?:specif(?:y|ied)|set|"
    r"provided?|included?)|not included)"
)
_WHOLE = re.compile(
    # Any optional field that you omit is reset. Fields not included will be removed.
    rf"(?:^|\b(?:any|an|a|all|every) )(?:optional )?{_PART}(?:, [^,.]+,)? (?:that )?"
    rf"(?:you )?{_OMIT}\b.*\b{_GONE}"
    # If you do not set an optional field in your request, that field will be set to …
    rf"|\bif (?:you |any |a )(?:{_OMIT} )?(?:a value for )?(?:an? |any |optional )*{_PART}"
    rf" ?(?:is {_OMIT})?\b.*\b{_GONE}"
    r"|\b(?:replaces|overwrites) the entire \w+ ?\w* ?configuration\b"
    r"|\boverwriting all \w+ parameters\b|\ball fields will be overwritten\b"
    r"|\ball the (?:fields|parameters) are updated with the values\b"
    r"|\bthe entire policy is replaced\b|\bnew configuration replaces the existing conf"
    r"|\bcompletely (?:replaces?|overwrites?) the (?:existing|mutable|stored)\b"
    r"|\boverwrites all existing\b|\breplaces all existing \w+ and \w+ values\b"
    r"|\b(?:full|complete) replacement\b|\bfull update of\b|\bclobber behavior\b"
    r"|\bdataset in the request should be the one expected\b"
    r"|\buses PUT semantics\b|\bis a PUT operation\b"
    r"|\bmust specify all (?:optional )?parameters\b"
    r"|\bfields that you want to keep and fields that you want to replace\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"\b(?:remain|left|leaves?|are|is|be) unchanged\b|\b(?:not|aren't|isn't) "
    r"(?:changed|affected|modified)\b|\bPATCH semantics\b|\b(?:retains?|keeps?) (?:its|their|the) "
    r"(?:\w+ )?(?:current|existing|previous|stored|values?)\b"
    r"|\b(?:values?|ones?) (?:is|are) (?:kept|retained|maintained)\b",
    re.IGNORECASE,
)
_RESET = re.compile(
    r"\b(?:omit(?:ting)? (?:this|to|or)|if omitted|do not specify this|structure is null)"
    r"\b.*\b(?<!doesn't )(?:removes?|removed|"
    r"clears?|cleared|reset|is set to|deletes?|deleted)\b"
    r"|\bif you don't specify a value for \w+, [\w ]+ deletes the existing\b"
    r"|^to (?:remove|clear) [^.]*, omit (?:this field|it)\b(?! and)",
    re.IGNORECASE,
)
_WHEN = re.compile(r"when \w+ is (?:provided|specified)", re.IGNORECASE)
DOCUMENTATION = "smithy.api#documentation"
_TAG = re.compile(r"<[^>]*>")
_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z])")
REPLACES = f"trait {DOCUMENTATION}"
"""Source of the mode of an update that replaces."""
RESTATES = "rule restating-update"
"""The same of one that asks for everything again."""


def mode_of(writer: Subject, change: Change) -> ReadMode:
    """Return what the request does to the members that it leaves out."""
    if change is Change.PUT:
        return ReadMode.REPLACE
    if change is Change.UPDATE and says_replaces(writer):
        return ReadMode.REPLACE
    return ReadMode.PATCH


def says_replaces(writer: Subject) -> bool:
    """Return whether the documentation says that what is left out does not stay."""
    own = list(sentences(writer.traits.get(DOCUMENTATION)))
    if any(map(_KEEPS.search, own)):
        return False
    if any(_WHOLE.search(text) and not _WHEN.match(text) for text in own):
        return True
    return any(
        _RESET.search(text)
        for name, member in writer.input.members.items()
        if name not in writer.required
        for text in sentences(member.traits.get(DOCUMENTATION))
    )


def restates(
    writer: Subject,
    maker: Subject | None,
    told: AbstractSet[str],
    compared: AbstractSet[str],
) -> bool:
    """Return whether an update asks again for settings that the create asked for.

    One that changed only what it is given would have no use for the others
    (``UpdateBot``: name, role, privacy). ``told`` are the members that say of what,
    ``compared`` those that the reader shows.
    """
    if maker is None or writer.verb != "Update" or writer.http_method == "PATCH":
        return False
    if any(map(_KEEPS.search, sentences(writer.traits.get(DOCUMENTATION)))):
        return False
    required = set(writer.required)
    again = (required - told) & compared
    rest = compared - required - told
    return bool(rest and again & set(maker.required))


def sentences(documentation: object) -> Iterator[str]:
    """Yield the sentences of a documentation, without its markup."""
    text = _TAG.sub("", documentation if isinstance(documentation, str) else "")
    yield from _END.split(" ".join(text.split()))
