"""``smithgate doctor``."""

import sys

import click
from rich.text import Text

from ..app import Application
from ..doctor import run_checks
from ..redact import escape_text
from .common import EXIT_REFUSED, json_option, out, place_options, print_json

STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red"}


@click.command()
@click.option("--offline", is_flag=True, help="Do not ask AWS who we are.")
@json_option
@place_options
def doctor(app: Application, *, offline: bool, as_json: bool) -> None:
    """Check policy, catalog, botocore, stores and identities; say what to fix."""
    checks = run_checks(app, offline=offline)
    if as_json:
        print_json([check._asdict() for check in checks])
    else:
        console = out()
        for check in checks:
            console.print(
                Text.assemble(
                    (f"{check.status:<8}", STYLES[check.status]),
                    (f"{check.name:<16}", "bold"),
                    escape_text(check.text),
                )
            )
            if check.hint:
                console.print(Text(f"        hint: {escape_text(check.hint)}"))
    if any(check.status == "failed" for check in checks):
        sys.exit(EXIT_REFUSED)
