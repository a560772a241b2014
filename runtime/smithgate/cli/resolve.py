"""``smithgate resolve``: applies of unknown outcome, and the ways to settle one.

A person's word, a look at the resource, or the stored idempotency token. No tool of the
server leads here: what is unknown for an agent is settled by people.
"""

from typing import Any

import click
from rich.text import Text

from ..app import Application
from ..plan.resolve import unknown_view
from ..redact import escape_text
from ..store import TxState
from .common import json_option, os_user, out, place_options, print_json, word

WAYS = ("applied", "failed", "read_back", "resend")


@click.command()
@click.argument("tx_id", required=False)
@click.option("--applied", is_flag=True, help="You know that it took effect.")
@click.option("--failed", is_flag=True, help="You know that it did not.")
@click.option("--note", metavar="TEXT", help="How you know; kept in the audit log.")
@click.option("--read-back", is_flag=True, help="Look whether the state is as wanted.")
@click.option("--resend", is_flag=True, help="Send again with the stored token.")
@json_option
@place_options
def resolve(
    app: Application,
    tx_id: str | None,
    note: str | None,
    *,
    as_json: bool,
    **ways: bool,
) -> None:
    """List applies of unknown outcome, or settle one."""
    chosen = [way for way in WAYS if ways[way]]
    if len(chosen) > 1:
        raise click.UsageError("give one of --applied, --failed, --read-back, --resend")
    if chosen and tx_id is None:
        raise click.UsageError("name the transaction to settle")
    told = _settle(app, tx_id, chosen[0], note) if chosen and tx_id else None
    found = _views(app, tx_id)
    if as_json:
        print_json(found if told is None else told)
        return
    for view in found:
        _print(view)
    if told is not None:
        out().print(Text.assemble(f"{tx_id}: ", word(told["state"])))
    elif not found:
        out().print("nothing is unknown")


def _settle(app: Application, tx_id: str, way: str, note: str | None) -> dict[str, Any]:
    by = f"user:{os_user()}"
    if way in {"applied", "failed"}:
        if not note:
            raise click.UsageError("say in --note how you know")
        state = TxState.APPLIED if way == "applied" else TxState.FAILED
        app.resolver.by_person(tx_id, state, by=by, note=note)
        return {"tx_id": tx_id, "state": str(state)}
    if way == "read_back":
        state, seen = app.resolver.by_reading(app.policies.current(), tx_id, by=by)
        return {"tx_id": tx_id, "state": str(state), "seen": seen}
    state, steps = app.resolver.resend(app.policies.current, tx_id, by=by)
    return {"tx_id": tx_id, "state": str(state), "steps": steps}


def _views(app: Application, tx_id: str | None) -> list[dict[str, Any]]:
    store = app.store
    found = store.unknown() if tx_id is None else [store.tx(tx_id)]
    return [
        unknown_view(tx, store.plan(tx.plan_id).document if tx.plan_id else None)
        for tx in found
    ]


def _print(view: dict[str, Any]) -> None:
    console = out()
    plan = view["plan_id"] or "-"
    console.print(
        Text.assemble(
            f"{view['tx_id']}  ",
            word(view["state"]),
            f"  plan {plan}  since {view['started_at']}",
        )
    )
    for step in view["steps"]:
        request = step.get("aws_request_id") or "-"
        line = f"  step {step['index']}  {step['operation']}  {step['outcome']}"
        console.print(Text(escape_text(f"{line}  aws request {request}")))
    error = view["error"]
    if error:
        console.print(
            Text(escape_text(f"  {error.get('code')}: {error.get('message', '')}"))
        )
