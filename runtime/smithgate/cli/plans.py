"""``smithgate plans`` and ``smithgate show``."""

from typing import Any

import click
from rich.table import Table
from rich.text import Text

from ..app import Application
from ..diff.render import render_markdown
from ..plan.cards import card_view, view_of
from ..redact import escape_text
from .card import print_card
from .common import json_option, out, place_options, print_json, word


@click.command()
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
@json_option
@place_options
def plans(app: Application, limit: int, *, as_json: bool) -> None:
    """List plans, newest first."""
    views = [view_of(app, plan.id) for plan in app.store.plans(limit=limit)]
    if as_json:
        print_json(views)
        return
    console = out()
    if not views:
        console.print("no plans yet")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("PLAN", "STATE", "TARGET", "OPERATIONS", "APPROVAL", "TX"):
        table.add_column(title, overflow="fold", no_wrap=title in {"PLAN", "TARGET"})
    for view in views:
        table.add_row(*_row(view))
    console.print(table)


def _row(view: dict[str, Any]) -> list[Text]:
    target, approval, tx = view["target"], view["approval"], view["tx"]
    names = ", ".join(step["operation"] for step in view["steps"])
    return [
        Text(view["plan_id"]),
        word(_state(view)),
        Text(escape_text(f"{target['name']}/{target['region']}")),
        Text(escape_text(names)),
        word(approval["state"]) if approval else Text("-"),
        Text(tx["id"]) if tx else Text("-"),
    ]


def _state(view: dict[str, Any]) -> str:
    """Return what has become of a plan, in one word."""
    if view["tx"]:
        return str(view["tx"]["state"])
    approval = view["approval"]
    if approval and approval["state"] in {"Denied", "Revoked"}:
        return str(approval["state"])
    return "Expired" if view["is_expired"] else str(view["state"])


@click.command()
@click.argument("plan_id")
@click.option("--markdown", is_flag=True, help="The diff as Markdown, for a chat.")
@json_option
@place_options
def show(app: Application, plan_id: str, *, markdown: bool, as_json: bool) -> None:
    """Show one plan: target, steps, before and after, decision, approval."""
    view = card_view(app, plan_id)
    if as_json:
        print_json(view)
    elif markdown:
        click.echo(render_markdown(view))
    else:
        print_card(out(), view)
