"""The card: what a person reads before saying yes. Canonical data only.

The agent's stated reason stands apart, escaped, and is marked as untrusted. Every text
passes ``escape_text``, so no value can move the cursor or hide (I8).
"""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from ..redact import escape_text
from .changes import change_lines
from .common import word

REASON_WIDTH = 500


def _line(label: str, value: Any) -> Text:
    text = value if isinstance(value, Text) else Text(escape_text(str(value)))
    return Text.assemble((f"{label:<10} ", "bold"), text)


def print_step(console: Console, index: int, step: Mapping[str, Any]) -> None:
    """Print one step: risk, decision, arguments, diff."""
    decision = step["decision"]
    head = Text.assemble(
        (f"step {index}  ", "bold"), (escape_text(step["operation"]), "bold cyan")
    )
    console.print(head)
    console.print(Text(f"  {escape_text(step['summary'])}", style="dim"))
    console.print(
        Text.assemble(
            f"  risk {step['risk']}, change {step['change']}; policy: ",
            word(decision["effect"]),
            f" by {escape_text(decision['decided_by'])}",
        )
    )
    for item in step.get("raised", ()):
        console.print(
            Text(
                escape_text(
                    f"  raised to {item['risk']} by {item['member']}: {item['why']}"
                ),
                style="yellow",
            )
        )
    arguments = json.dumps(step["arguments"], ensure_ascii=False, indent=2)
    for line in arguments.splitlines():
        console.print(Text("  " + escape_text(line)))
    for change in change_lines(step, indent="  "):
        console.print(change)


def print_card(console: Console, view: Mapping[str, Any]) -> None:
    """Print a plan for a person."""
    target = view["target"]
    console.print(_line("plan", Text(view["plan_id"], style="bold")))
    console.print(_line("state", word(view["state"])))
    where = f"{target['name']}: account {target['account']}, region {target['region']}"
    console.print(_line("target", where))
    console.print(_line("role", target["role_arn"] or "the server's own credentials"))
    console.print(_line("requester", view["requester"]))
    console.print(_line("expires", view["expires_at"] or "not sealed"))
    console.print(_line("digest", view["digest"] or "not sealed"))
    if view["approval"]:
        approval = view["approval"]
        given = ", ".join(approval["granted_by"]) or "nobody yet"
        said = f" ({len(approval['granted_by'])} of {approval['needed']}: {given})"
        console.print(
            _line("approval", word(approval["state"]) + Text(escape_text(said)))
        )
    if view["tx"]:
        console.print(_line("tx", f"{view['tx']['id']} {view['tx']['state']}"))
    if view["error"]:
        error = view["error"]
        console.print(_line("error", f"{error['code']}: {error['message']}"))
    console.print()
    for index, step in enumerate(view["steps"]):
        print_step(console, index, step)
    reason = view["reason_untrusted"]
    if reason:
        shown = escape_text(reason[:REASON_WIDTH])
        cut = f" … ({len(reason)} characters)" if len(reason) > REASON_WIDTH else ""
        console.print()
        console.print(Text("the agent says (untrusted):", style="italic"))
        console.print(Text(f"  {shown}{cut}", style="italic"))
