"""``smithgate audit``."""

import dataclasses
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.text import Text

from ..app import Application
from ..errors import AuditBroken, InputError
from ..redact import escape_text
from .common import EXIT_REFUSED, json_option, out, place_options, print_json
from .tx import print_tx

if TYPE_CHECKING:
    from ..audit.verify import VerifyReport


@click.group()
def audit() -> None:
    """Look at the append-only record of every call."""


@audit.command()
@click.option(
    "--expect", metavar="SEQ:HASH", help="A head that was kept elsewhere must be there."
)
@json_option
@place_options
def verify(app: Application, expect: str | None, *, as_json: bool) -> None:
    """Prove order and completeness of the record; name the first break."""
    from ..audit.told import parse_head
    from ..audit.verify import verify as verify_store

    report = verify_store(app.places, expect=parse_head(expect) if expect else None)
    if as_json:
        print_json(dataclasses.asdict(report))
    else:
        _print_report(report)
    if not report.ok:
        sys.exit(EXIT_REFUSED)


def _print_report(report: "VerifyReport") -> None:
    console = out()
    if report.ok:
        counts = ", ".join(f"{n} {what}" for what, n in sorted(report.checked.items()))
        console.print(f"audit ok: {report.events} events; rows and files: {counts}")
        console.print(f"checkpoints: {report.checkpoints} hold")
        console.print(f"head: {report.head.seq}:{report.head.hash}")
        return
    where = f" at event {report.first_break}" if report.first_break else ""
    console.print(Text(f"audit broken{where}", style="bold red"))
    for problem in report.problems:
        console.print(Text(f"  {escape_text(problem)}"))
    if report.problem_count > len(report.problems):
        console.print(f"  … {report.problem_count - len(report.problems)} more")


@audit.command()
@click.option(
    "--since",
    metavar="WHEN|SEQ",
    help="From an event's number, or an RFC 3339 time or date (UTC) on.",
)
@place_options
def export(app: Application, since: str | None) -> None:
    """Write events as JSON Lines, oldest first."""
    from ..audit.export import export_lines

    for line in export_lines(app.places, since=_since(since) if since else None):
        # A terminal gets no raw control or bidi character; a pipe gets what was hashed.
        click.echo(escape_text(line) if sys.stdout.isatty() else line)


def _since(text: str) -> int | datetime:
    if re.fullmatch(r"[0-9]{1,18}", text):
        return int(text)
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError:
        raise InputError(
            f"`{text[:100]}` is neither a number of an event nor a time",
            hint="give --since 120, --since 2026-01-31 or --since 2026-01-31T12:00:00Z",
        ) from None


@audit.command()
@click.argument("tx_id", metavar="TX")
@json_option
@place_options
def show(app: Application, tx_id: str, *, as_json: bool) -> None:
    """Show one transaction: its calls, artifacts, decision and approvals."""
    from ..audit.show import tx_report

    report = tx_report(app.store, tx_id)
    if as_json:
        print_json(report)
    else:
        print_tx(out(), report)


@audit.command()
@json_option
@place_options
def checkpoint(app: Application, *, as_json: bool) -> None:
    """Verify the record and append a checkpoint, also where the file is missing."""
    from ..audit.checkpoint import add_checkpoint

    report = add_checkpoint(app.places)
    if report.problem is not None:
        raise AuditBroken(report.problem, hint="run `smithgate audit verify`")
    if as_json:
        print_json(dataclasses.asdict(report.head))
    else:
        out().print(f"checkpoint: {report.head.seq}:{report.head.hash}")
