"""The card as data: what a person reads before saying yes, escaped, folded, in order.

Built from a plan's view; terminal and web page only lay it out, so that neither shows
more or less than the other. Canonical data comes first; what the agent wrote to
persuade stands apart and is marked untrusted, line by line.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..diff.layout import Line, step_lines
from ..redact import escape_text

FOLD = 300
"""Characters of one text that are shown."""
MAX_LINES = 200
"""Lines of one step's arguments that are shown."""
MAX_REASON_LINES = 10
REASON = "the agent says (untrusted):"


class Fact(NamedTuple):
    """A labelled line."""

    label: str
    """Our own word."""
    text: str
    state: str = ""
    """Our own word with which the text begins, to be coloured."""


class StepCard(NamedTuple):
    """One step."""

    head: str
    """Number and operation."""
    summary: str
    facts: tuple[Fact, ...]
    """Risk with its source, what raised it, decision and rules, permissions."""
    arguments: tuple[str, ...]
    """The request as JSON, line by line."""
    changes: tuple[Line, ...]
    """Before → after."""


class Card(NamedTuple):
    """A whole card. Every text is escaped, none has a line end."""

    facts: tuple[Fact, ...]
    steps: tuple[StepCard, ...]
    reason: tuple[str, ...]
    """The agent's own words, a line each; empty when it gave none."""


def make_card(view: Mapping[str, Any]) -> Card:
    """Return the card of a plan's view."""
    steps = enumerate(view["steps"])
    return Card(
        facts=tuple(_facts(view)),
        steps=tuple(_step(index, step) for index, step in steps),
        reason=tuple(_reason(view["reason_untrusted"] or "")),
    )


def fold(text: str, most: int = FOLD) -> str:
    """Return a text escaped, cut with its size where it is long."""
    shown = escape_text(text[: most + 1])
    if len(text) <= most and len(shown) <= most:
        return shown
    return f"{shown[:most]}… ({len(text)} characters)"


def _facts(view: Mapping[str, Any]) -> Iterator[Fact]:
    target = view["target"]
    where = f"{target['name']}: account {target['account']}, region {target['region']}"
    yield Fact("plan", fold(view["plan_id"]))
    yield Fact("state", "", view["state"])
    yield Fact("target", fold(where))
    yield Fact("role", fold(target["role_arn"] or "the server's own credentials"))
    yield Fact("requester", fold(view["requester"]))
    yield Fact("expires", fold(view["expires_at"] or "not sealed"))
    yield Fact("digest", fold(view["digest"] or "not sealed"))
    needs = view["decision"].get("approval")
    if needs:
        people = "approver" if needs["count"] == 1 else "different approvers"
        yield Fact("needs", f"{needs['count']} {people}, within {needs['ttl_s']} s")
    if view["approval"]:
        yield from _approval(view["approval"])
    if view["tx"]:
        yield Fact("tx", fold(f" {view['tx']['id']}"), view["tx"]["state"])
    if view["error"]:
        error = view["error"]
        yield Fact("error", fold(f"{error['code']}: {error['message']}"))


def _approval(approval: Mapping[str, Any]) -> Iterator[Fact]:
    given = f" {len(approval['granted_by'])} of {approval['needed']}"
    until = f", until {approval['expires_at']}"
    yield Fact("approval", fold(given + until), approval["state"])
    for vote in approval["votes"]:
        how = f"signed with {vote['key']}" if vote["key"] else "NOT SIGNED"
        said = f"{vote['decision']} by {vote['approver']}, {vote['method']}, {how}"
        yield Fact("vote", fold(said))


def _step(index: int, step: Mapping[str, Any]) -> StepCard:
    return StepCard(
        head=f"step {index}  {escape_text(step['operation'])}",
        summary=fold(step["summary"]),
        facts=tuple(_step_facts(step)),
        arguments=tuple(_lines(step["arguments"])),
        changes=tuple(step_lines(step)),
    )


def _step_facts(step: Mapping[str, Any]) -> Iterator[Fact]:
    # A plan that failed early has no more than an outline.
    own = step.get("operation_risk", step["risk"])
    source = step.get("risk_source")
    told = f"{own} ({source})" if source else own
    yield Fact("risk", fold(f"{told}, change {step['change']}"))
    for item in step.get("raised", ()):
        raised = f"{item['risk']} by {item['member']}: {item['why']}"
        yield Fact("raised to", fold(raised))
    decision = step["decision"]
    yield Fact("policy", fold(f" by {decision['decided_by']}"), decision["effect"])
    for reason in decision.get("reasons", ()):
        why = f" ({reason['why']})" if reason.get("why") else ""
        yield Fact("", fold(reason["text"] + why))
    if step.get("masked"):
        yield Fact("masked", fold(", ".join(step["masked"])))
    for check in step.get("preflight", ()):
        said = f"{check['check']} {check['result']}: {check['detail']} (not sealed)"
        yield Fact("preflight", fold(said))
    if "wait" in step:
        wait = step["wait"]
        yield Fact("then", fold(f"wait for {wait['waiter']} ({wait['operation']})"))


def _lines(arguments: Any) -> Iterator[str]:
    # Not splitlines(): it also cuts at LS, PS and NEL, which stand in JSON strings.
    lines = json.dumps(arguments, ensure_ascii=False, indent=2).split("\n")
    yield from (fold(line) for line in lines[:MAX_LINES])
    if len(lines) > MAX_LINES:
        yield f"… {len(lines) - MAX_LINES} more lines: smithgate show PLAN --json"


def _reason(text: str) -> Iterator[str]:
    lines = text.split("\n") if text else []
    yield from (fold(line) for line in lines[:MAX_REASON_LINES])
    if len(lines) > MAX_REASON_LINES:
        yield f"… {len(lines) - MAX_REASON_LINES} more lines"
