"""``smithgate audit``."""

import json
import sys

import click

from ..app import Application
from .common import EXIT_REFUSED, json_option, out, place_options, print_json


@click.group()
def audit() -> None:
    """Look at the append-only record of every call."""


@audit.command()
@json_option
@place_options
def verify(app: Application, *, as_json: bool) -> None:
    """Prove order and completeness of the record; name the first break."""
    from ..audit import verify as verify_chain

    report = verify_chain(app.store)
    if as_json:
        print_json(report.as_dict())
    elif report.ok:
        out().print(
            f"audit ok: {report.events} events, {report.ops} calls, "
            f"{report.artifacts} artifacts; head {report.head}"
        )
    else:
        out().print(f"audit broken at event {report.first_break}: {report.problem}")
    if not report.ok:
        sys.exit(EXIT_REFUSED)


@audit.command()
@place_options
def export(app: Application) -> None:
    """Write every event as JSON Lines, oldest first."""
    from ..audit import export_events

    for event in export_events(app.store):
        click.echo(json.dumps(event, ensure_ascii=False))
