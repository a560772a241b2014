"""Whether a refusal means that nothing is there.

Many services model no error for that. Then the code's own name counts where it is about
what the reader shows or about anything, and of errors that may say anything the message.
"""

import re

from ..operation import Read

_CODE = re.compile(
    r"(?:Invalid(?P<ec2>\w+?)(?:ID|Id)?s?\.NotFound"
    r"|NoSuch(?P<after>\w*?)|Unknown(?!Operation|Endpoint|Parameter)(?P<unknown>\w+?)"
    r"|(?P<before>\w*?)(?:NotFound|Not_?Exists?|DoesNotExists?|Non_?[eE]xist[ae]nt))"
    r"(?:Exception|Error|Fault)?"
)
_ANYTHING = frozenset({"", "entity", "id", "object", "resource"})
_GENERAL = frozenset(
    {
        "BadRequest",
        "BadRequestException",
        "ClientException",
        "DirectConnectClientException",
        "InvalidGatewayRequestException",
        "InvalidInput",
        "InvalidInputException",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "InvalidParameterValueException",
        "InvalidRequest",
        "InvalidRequestException",
        "RequestError",
        "ValidationError",
        "ValidationException",
    }
)
"""Codes that say nothing by themselves."""
_NOTHING = re.compile(
    r"\bnot (?:be |currently )?(?:found|exist)|n['\u2019]t (?:be found|exist|find)"
    r"|\bnot find\b|\bno such\b|\bno \w+ (?:was |were )?found\b|nonexistent",
    re.IGNORECASE,
)
_DENIED = re.compile(r"authori[sz]|permi|denied|access to", re.IGNORECASE)
"""Of what may not be seen nothing is known."""
_VERB = re.compile(r"(?:Batch)?[A-Z][a-z]+")


def says_absent(read: Read, code: str | None, message: str) -> bool:
    """Say whether an error of a reader means that what it should show is not there."""
    for told in read.absent:
        known, _, text = told.partition(": ")
        if code == known and text in message:
            return True
    if code is None or read.container:
        return False
    is_known = any(": " not in told for told in read.absent)
    if match := _CODE.fullmatch(code):
        root = next(filter(None, match.groups()), "").casefold()
        return not is_known if root in _ANYTHING else _is_about(root, read.operation)
    if is_known or code not in _GENERAL or _DENIED.search(message):
        return False
    return _NOTHING.search(message) is not None


def _is_about(root: str, reader: str) -> bool:
    """Say whether a thing is what a reader is called after: ``vpc`` of DescribeVpcs."""
    noun = _VERB.sub("", reader.partition(":")[2], count=1).casefold()
    forms = {noun, noun.removesuffix("s"), noun.removesuffix("es")}
    forms |= {f"{noun.removesuffix('ies')}y"} if noun.endswith("ies") else set()
    return any(form.endswith((root, root.removesuffix("s"))) for form in forms)
