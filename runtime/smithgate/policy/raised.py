"""What a concrete request's arguments add to the risk of its operation.

Owns the judging of ``Operation.raises`` and the decision on a request whose risk was
raised: policy is asked for every class that the request has, and the strictest answer
stands, so that raising a risk never lets more through. Pure, as ``engine`` is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..operation import Operation, Payload, Raise, Risk, When
from .documents import public_paths
from .engine import decide
from .model import (
    ApprovalRule,
    Decision,
    Effect,
    Policy,
    PolicyRequest,
    Raised,
    Reason,
    Target,
)
from .stand_ins import stand_ins_of

STRICTNESS = (
    Risk.READ,
    Risk.WRITE,
    Risk.SENSITIVE,
    Risk.EXECUTE,
    Risk.PERMISSIONS,
    Risk.DESTRUCTIVE,
)
"""The classes from the mildest to the strictest, as the default policy treats them."""

_EFFECTS = (Effect.ALLOW, Effect.APPROVE, Effect.DENY)
_PUBLIC = "a policy in it allows something to everybody"
_WORD = re.compile(r"[A-Za-z0-9_]+")


def raised_of(operation: Operation, arguments: Mapping[str, Any]) -> tuple[Raised, ...]:
    """Return what a request's arguments say of its risk, in declared order.

    What says no more than the operation's own class is among them: its reason is worth
    reading, and policy can ask for its word.
    """
    found = [
        Raised(member, rule.risk, rule.why, rule.payload, rule.judged_as)
        for rule in operation.raises
        for member in rule.members
        if any(_holds(rule, value) for value in _values(arguments, member.split(".")))
    ]
    found += stand_ins_of(operation, arguments)
    if operation.risk in {Risk.READ, Risk.SENSITIVE}:
        return tuple(found)  # what only reads opens nothing to anybody
    found += [
        Raised(path, Risk.PERMISSIONS, _PUBLIC, Payload.PUBLIC_PRINCIPAL)
        for path in public_paths(arguments)
    ]
    return tuple(found)


def risk_of(operation: Operation, arguments: Mapping[str, Any]) -> Risk:
    """Return the strictest class that a request has."""
    return strictest(operation.risk, raised_of(operation, arguments))


def approval_risks(
    requests: Iterable[tuple[Operation, Mapping[str, Any]]],
) -> frozenset[str]:
    """Return every class that the requests of one plan have together.

    Whoever approves it must be allowed all of them; ``read`` is among them only where
    nothing else is.
    """
    risks = {
        str(risk)
        for operation, arguments in requests
        for risk in (
            operation.risk,
            *(item.risk for item in raised_of(operation, arguments)),
        )
    }
    return frozenset(risks - {"read"} or risks)


def strictest(risk: Risk, raised: Sequence[Raised]) -> Risk:
    """Return the strictest of an operation's class and what raises it."""
    return max((risk, *(item.risk for item in raised)), key=STRICTNESS.index)


def risk_view(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's risk as JSON values, for plans: the class and why."""
    raised = raised_of(operation, arguments)
    return {
        "risk": str(strictest(operation.risk, raised)),
        "operation_risk": str(operation.risk),
        "raised": [item.as_dict() for item in raised],
    }


def returns_secrets(operation: Operation, arguments: Mapping[str, Any]) -> bool:
    """Say whether a request's reply must be sealed."""
    return operation.risk is Risk.SENSITIVE or any(
        item.risk is Risk.SENSITIVE for item in raised_of(operation, arguments)
    )


def request_for(
    operation: Operation,
    target: Target,
    region: str,
    arguments: Mapping[str, Any] | None,
    *,
    principal: str | None,
    now: datetime | None,
) -> PolicyRequest:
    """Return what policy is asked of an operation; ``None`` stands for not known."""
    return PolicyRequest(
        operation=operation.id,
        risk=operation.risk,
        target=target,
        region=region,
        arguments=arguments,
        tags=operation.tags,
        change=operation.change,
        principal=principal,
        now=now,
        raised=None if arguments is None else raised_of(operation, arguments),
    )


def decide_raised(policy: Policy, request: PolicyRequest) -> Decision:
    """Return the strictest decision over the request's own class and the raised ones.

    ``request.risk`` is the operation's. Of two that agree the stricter class is shown;
    an approval asks for what all of them ask for. Raises what ``decide`` raises.
    """
    raised = request.raised or ()
    classes = sorted(
        {request.risk, *(item.risk for item in raised)}, key=STRICTNESS.index
    )
    decisions = [
        decide(policy, request._replace(risk=risk, is_raised=risk != request.risk))
        for risk in classes
    ]
    chosen = max(
        reversed(decisions), key=lambda decision: _EFFECTS.index(decision.effect)
    )
    notes = tuple(
        Reason(f"argument {item.member}", None, _note(item, request)) for item in raised
    )
    return chosen._replace(
        reasons=(*chosen.reasons, *notes),
        approval=_approval(decisions) if chosen.effect is Effect.APPROVE else None,
        is_provisional=_is_open(chosen.effect, decisions),
    )


def _is_open(effect: Effect, decisions: Sequence[Decision]) -> bool:
    """Say whether what is not known could change the strictest effect."""
    if effect is Effect.DENY:
        # One prohibition that stands whatever is not known is enough.
        return all(
            decision.is_provisional
            for decision in decisions
            if decision.effect is Effect.DENY
        )
    return any(decision.is_provisional for decision in decisions)


def _note(item: Raised, request: PolicyRequest) -> str:
    word = f" (`{item.payload}`)" if item.payload else ""
    start = "" if item.risk == request.risk else "raises the risk: "
    return f"{start}{item.why}{word}"


def _approval(decisions: Sequence[Decision]) -> ApprovalRule:
    rules = [item.approval for item in decisions if item.approval is not None]
    return ApprovalRule(
        count=max(rule.count for rule in rules), ttl_s=min(rule.ttl_s for rule in rules)
    )


def _values(value: Any, parts: Sequence[str]) -> Iterator[Any]:
    """Yield the values at a path; lists are gone through on the way."""
    if not parts:
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _values(item, parts)
    elif isinstance(value, Mapping):
        if parts[0] == "*":
            for item in value.values():
                yield from _values(item, parts[1:])
        elif parts[0] in value:
            yield from _values(value[parts[0]], parts[1:])


def _holds(rule: Raise, value: Any) -> bool:
    if rule.when is When.GIVEN:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number or bool(value)
    if rule.when is When.FALSE:
        return value is False
    if rule.when is When.EMPTY:
        return isinstance(value, str | list | tuple | Mapping) and not value
    texts = [str(text) for text in (value if isinstance(value, list) else [value])]
    wanted = {text.casefold() for text in rule.values}
    if rule.when is When.IS:
        return any(text.casefold() in wanted for text in texts)
    return any(
        word.casefold() in wanted for text in texts for word in _WORD.findall(text)
    )
