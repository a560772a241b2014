"""Words for search: how names and wishes become comparable terms.

Owns splitting, folding and the small vocabularies. Ranking is in ``search``.
"""

import re
from functools import lru_cache

MAX_TEXT = 500
"""Characters of a text that are read; names and first sentences are far shorter."""
MAX_WORDS = 24
_MAX_WORD = 40

# An acronym (VPC, DB, IAM) ends before a capital that starts a word, and may carry a
# plural s (VPCs); digits stay with the letters before them (EC2, IPv6, S3).
_NAME_WORD = re.compile(
    r"[A-Z]+s(?![a-z])\d*|IP[vV]\d|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", re.ASCII
)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)

STOP_WORDS = frozenset("""
    a about all an and any are as at be by can do does for from give has have how i
    in into is it its like me my need of on or our please so some specified that the
    their them there these this those to up us use using want was we what when where
    which who will with would you your
    """.split())  # noqa: SIM905 - one word a line would hide the vocabulary

# Words of wishes → words of operation names. Verbs mostly: AWS names use a dozen.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "add": ("create", "put", "attach"),
    "change": ("update", "modify", "put"),
    "check": ("get", "describe"),
    "configure": ("put", "update", "modify"),
    "destroy": ("delete", "terminate"),
    "disconnect": ("detach", "disassociate"),
    "disable": ("delete", "update", "stop"),
    "edit": ("update", "modify", "put"),
    "enable": ("put", "update", "start"),
    "erase": ("delete",),
    "fetch": ("get", "describe"),
    "find": ("list", "describe", "search"),
    "invite": ("create",),
    "kill": ("terminate", "stop", "delete"),
    "launch": ("run", "start", "create"),
    "lookup": ("get", "describe"),
    "machine": ("instance",),
    "make": ("create",),
    "new": ("create",),
    "pause": ("stop", "suspend"),
    "read": ("get", "describe"),
    "remove": ("delete", "untag", "detach"),
    "rename": ("update", "modify"),
    "restart": ("reboot", "restart"),
    "run": ("start", "invoke"),
    "send": ("publish",),
    "server": ("instance",),
    "set": ("put", "update", "modify"),
    "show": ("describe", "get", "list"),
    "shutdown": ("stop", "terminate"),
    "status": ("state", "health"),
    "turn": ("enable", "disable", "put", "update"),
    "upload": ("put",),
    "view": ("describe", "get", "list"),
    "write": ("put",),
}


# Services that a wish without a service most often means; a tie goes to them.
COMMON_SERVICES = frozenset("""
    acm apigateway autoscaling cloudformation cloudfront cloudtrail cloudwatch
    cognito-idp dynamodb ec2 ecr ecs efs eks elasticache elbv2 events iam kinesis kms
    lambda logs organizations rds route53 s3 secretsmanager sesv2 sns sqs ssm
    stepfunctions sts
    """.split())  # noqa: SIM905 - one word a line would hide the vocabulary


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem that plurals and verb forms of the lower-case ``word`` share.

    Light on purpose: a stem need not be a word, it only has to be the same one for
    ``creates`` and ``create``, ``invalidation`` and ``invalidate``.
    """
    if word in _WHOLE:
        return word
    return _strip(_strip(word, _PLURALS), _FORMS)


_WHOLE = frozenset(("alias",))
# Ending, what replaces it, how many letters must stand before it. First match counts.
_PLURALS = (
    ("ies", "y", 2),
    ("sses", "ss", 1),
    ("xes", "x", 1),
    ("ches", "ch", 2),
    ("shes", "sh", 2),
    ("ss", "ss", 0),
    ("us", "us", 0),
    ("is", "is", 0),
    ("s", "", 2),
)
_FORMS = (
    ("ation", "", 4),
    ("ating", "", 4),
    ("ated", "", 4),
    ("ate", "", 4),
    ("ing", "", 4),
    ("ed", "", 4),
    ("e", "", 4),
)


def _strip(word: str, endings: tuple[tuple[str, str, int], ...]) -> str:
    for ending, kept, before in endings:
        if word.endswith(ending) and len(word) - len(ending) >= before:
            return word[: len(word) - len(ending)] + kept
    return word


def name_words(name: str) -> list[str]:
    """Return the lower-case words of a camel-case name: ``DBInstances`` → db, instances."""
    return [word.lower()[:_MAX_WORD] for word in _NAME_WORD.findall(name[:MAX_TEXT])]


def text_words(text: str) -> list[str]:
    """Return the lower-case words of a sentence without fillers.

    A camel-case word counts whole and in parts, since a wish may hold either.
    """
    words: list[str] = []
    for token in _PLAIN_WORD.findall(text[:MAX_TEXT]):
        whole = token.lower()[:_MAX_WORD]
        parts = name_words(token)
        words += [whole] if len(parts) <= 1 else [whole, *parts]
    return [word for word in words if word not in STOP_WORDS]
