"""``smithgate audit``."""

import dataclasses
import sys
from pathlib import Path

import click
from rich.text import Text

from ..app import Application
from ..redact import escape_text
from .common import EXIT_REFUSED, json_option, out, place_options, print_json


@click.group()
def audit() -> None:
    """Look at the append-only record of every call."""


@audit.command()
@json_option
@place_options
def verify(app: Application, *, as_json: bool) -> None:
    """Prove order and completeness of the record; name the first break."""
    from ..audit.verify import verify as verify_store

    report = verify_store(Path(app.settings.state))
    console = out()
    if as_json:
        print_json(dataclasses.asdict(report))
    elif report.ok:
        counts = ", ".join(f"{n} {what}" for what, n in sorted(report.checked.items()))
        console.print(f"audit ok: {report.events} events; rows and files: {counts}")
        console.print(f"head: event {report.head.seq}, {report.head.hash}")
    else:
        where = f" at event {report.first_break}" if report.first_break else ""
        console.print(Text(f"audit broken{where}", style="bold red"))
        for problem in report.problems:
            console.print(Text(f"  {escape_text(problem)}"))
        if report.problem_count > len(report.problems):
            console.print(f"  … {report.problem_count - len(report.problems)} more")
    if not report.ok:
        sys.exit(EXIT_REFUSED)


@audit.command()
@place_options
def export(app: Application) -> None:
    """Write every event as JSON Lines, oldest first."""
    from ..audit.export import export_lines

    for line in export_lines(Path(app.settings.state)):
        # A terminal gets no raw control or bidi character; a pipe gets what was hashed.
        click.echo(escape_text(line) if sys.stdout.isatty() else line)
