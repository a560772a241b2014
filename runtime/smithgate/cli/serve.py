"""``smithgate serve``."""

import sys
from typing import Any

import click

from ..server.launch import ENGINES, ServeOptions
from ..server.launch import serve as run_server
from .common import setting_options


@click.command()
@setting_options
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="auto",
    show_default=True,
    help="auto takes FastMCP when it is installed.",
)
@click.option(
    "--expose",
    metavar="REGEX",
    multiple=True,
    help="Also list a tool for each operation whose id matches, such as 's3:.*'.",
)
def serve(**options: Any) -> None:
    """Speak MCP over stdin and stdout until stdin ends. Logs go to stderr."""
    sys.exit(run_server(ServeOptions(**options)))
