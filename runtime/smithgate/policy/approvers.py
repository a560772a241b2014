"""Who may say yes: the sections ``approvers`` and ``unsigned_approvals``.

Owns what they mean and what they may hold. An approver is a name and the public half of
a key; one key has one name, so that two approvals by two names are two keys. Whether a
signature holds is ``approval``'s business.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from .document import Node
from .fields import record, refuse, table, text, texts, unknown
from .quoting import quote
from .sections import RISK_DEFAULTS
from .sshkey import PublicKey, parse_public_key

RISKS = tuple(RISK_DEFAULTS)
SAME_USER_RISKS = ("read", "sensitive", "write", "execute")
"""What an unsigned yes from the command line may ever be enough for."""
ELICITATION_RISKS = ("read", "write")
"""What an answer that the agent's own client gives may ever be enough for."""
MAX_NAME_CHARS = 64

_NAME_CHARS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@"
)


class Approver(NamedTuple):
    """Somebody who may approve, known by a key."""

    name: str
    key: PublicKey
    risks: tuple[str, ...]
    """Risks of the plans that this approver's yes counts for."""
    targets: tuple[str, ...]
    """Targets of such plans."""


class Unsigned(NamedTuple):
    """Which risks a yes without a signature is enough for; none by default."""

    same_user: tuple[str, ...] = ()
    """Said on the command line by whoever can write the store."""
    elicitation: tuple[str, ...] = ()
    """Answered through the agent's own client."""


def read_approvers(node: Node, targets: Collection[str]) -> dict[str, Approver]:
    """Return the approvers by name, sorted; names differ by more than case."""
    found: dict[str, Approver] = {}
    for name, entry in table(node, "approvers").items():
        _check_name(entry.key)
        approver, key_node = _approver(name, entry.value, targets)
        for other in found.values():
            if other.name.casefold() == name.casefold():
                message = f"approvers {quote(other.name)} and {quote(name)} differ in case only"
                refuse(entry.key, message, "two names that look alike are one person")
            if other.key == approver.key:
                message = f"`approvers.{name}.key` is the key of {quote(other.name)}"
                refuse(key_node, message, "one key has one name")
        found[name] = approver
    return {name: found[name] for name in sorted(found)}


def _approver(name: str, node: Node, targets: Collection[str]) -> tuple[Approver, Node]:
    what = f"approvers.{name}"
    fields = record(
        node, what, keys=("key", "risks", "targets"), required=("key", "risks")
    )
    try:
        key = parse_public_key(text(fields["key"], f"{what}.key"))
    except ValueError as problem:
        message = f"`{what}.key` cannot be used: {problem}"
        hint = "paste the line that `smithgate keys new` printed"
        refuse(fields["key"], message, hint)
    risks = _words(fields["risks"], f"{what}.risks", RISKS)
    named = tuple(targets)
    if "targets" in fields:
        named = ()
        for target, scalar in texts(fields["targets"], f"{what}.targets"):
            if target not in targets:
                unknown(scalar, f"{quote(target)} is not a target", targets)
            named += (target,)
    return Approver(name, key, risks, named), fields["key"]


def read_unsigned(node: Node) -> Unsigned:
    """Return what an approval without a signature is enough for."""
    what = "unsigned_approvals"
    fields = record(node, what, keys=Unsigned._fields)
    table(node, what)  # refuses an empty one
    same_user: tuple[str, ...] = ()
    elicitation: tuple[str, ...] = ()
    if "same_user" in fields:
        same_user = _words(fields["same_user"], f"{what}.same_user", SAME_USER_RISKS)
    if "elicitation" in fields:
        elicitation = _words(
            fields["elicitation"], f"{what}.elicitation", ELICITATION_RISKS
        )
    return Unsigned(same_user, elicitation)


def canonical_approvers(
    approvers: Mapping[str, Approver], unsigned: Unsigned
) -> dict[str, Any]:
    """Return both sections as JSON values, for the policy's digest."""
    return {
        "approvers": {
            name: {
                "key": approver.key.line,
                "risks": list(approver.risks),
                "targets": list(approver.targets),
            }
            for name, approver in approvers.items()
        },
        "unsigned_approvals": {
            "same_user": list(unsigned.same_user),
            "elicitation": list(unsigned.elicitation),
        },
    }


def _words(node: Node, what: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return known words in their usual order, at least one, each once."""
    said = texts(node, what)
    for word, scalar in said:
        if word in RISKS and word not in known:
            message = f"`{what}` cannot hold `{word}`"
            hint = f"that takes a signature; possible: {', '.join(known)}"
            refuse(scalar, message, hint)
        if word not in known:
            unknown(scalar, f"{quote(word)} is not a risk", known)
    words = {word for word, _ in said}
    return tuple(word for word in known if word in words)


def _check_name(node: Node) -> None:
    value = text(node, "an approver's name", longest=MAX_NAME_CHARS)
    # No colon: `mcp:` and `user:` stand before names that nobody proved.
    if not set(value) <= _NAME_CHARS or not value[0].isalnum():
        message = f"an approver cannot be called {quote(value)}"
        hint = "use letters, digits, `.`, `-`, `_` and `@`, a letter or digit first"
        refuse(node, message, hint)
