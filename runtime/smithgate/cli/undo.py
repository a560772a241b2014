"""``smithgate undo``: plan the way back from an apply."""

import click

from ..app import Application
from ..plan.cards import view_of
from .card import print_card
from .common import json_option, os_user, out, place_options, print_json


@click.command()
@click.argument("tx_id")
@json_option
@place_options
def undo(app: Application, tx_id: str, *, as_json: bool) -> None:
    """Plan what brings back the state before an apply; changes nothing.

    The plan is judged, approved and applied like any other.
    """
    plan = app.undoer.undo(
        app.policies.current(),
        tx_id,
        requester=f"user:{os_user()}",
        reason=f"undo {tx_id}",
    )
    view = view_of(app, plan.id)
    if as_json:
        print_json(view)
    else:
        print_card(out(), view)
