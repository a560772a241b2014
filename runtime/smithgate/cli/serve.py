"""``smithgate serve``."""

import sys

import click

from ..server.launch import ENGINES, ServeOptions
from ..server.launch import serve as run_server


@click.command()
@click.option("--policy", metavar="FILE", help="Policy file [$SMITHGATE_POLICY].")
@click.option("--state", metavar="DIR", help="Store folder [$SMITHGATE_STATE].")
@click.option(
    "--generated", metavar="DIR", help="Generated tree [$SMITHGATE_GENERATED]."
)
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
def serve(
    policy: str | None,
    state: str | None,
    generated: str | None,
    engine: str,
    expose: tuple[str, ...],
) -> None:
    """Speak MCP over stdin and stdout until stdin ends. Logs go to stderr."""
    sys.exit(run_server(ServeOptions(policy, state, generated, engine, expose)))
