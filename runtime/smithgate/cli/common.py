"""What the commands share: options, the application, errors and output."""

import functools
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.text import Text

from ..app import Application
from ..errors import PolicyFileInvalid, SmithgateError
from ..redact import escape_text
from ..settings import resolve_settings

EXIT_REFUSED = 1
EXIT_BAD_SETUP = 2
PIPE_WIDTH = 160

Command = TypeVar("Command", bound=Callable[..., Any])

COLOURS = {
    "Planned": "cyan",
    "Granted": "green",
    "Applied": "green",
    "Failed": "red",
    "Denied": "red",
    "Unknown": "yellow",
    "Pending": "yellow",
    "allow": "green",
    "approve": "yellow",
    "deny": "red",
}


def place_options(command: Command) -> Command:
    """Add --policy, --state and --generated, and pass one ``Application``.

    Errors of the runtime end the command with a message, a hint and an exit code.
    """

    @click.option("--policy", metavar="FILE", help="Policy file [$SMITHGATE_POLICY].")
    @click.option("--state", metavar="DIR", help="Store folder [$SMITHGATE_STATE].")
    @click.option(
        "--generated", metavar="DIR", help="Generated tree [$SMITHGATE_GENERATED]."
    )
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        policy: str | None,
        state: str | None,
        generated: str | None,
        **kwargs: Any,
    ) -> Any:
        app = Application(
            resolve_settings(policy=policy, state=state, generated=generated)
        )
        try:
            return command(app, *args, **kwargs)
        except SmithgateError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))
        finally:
            app.close()

    return wrapped  # type: ignore[return-value]  # functools.wraps hides the new options


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for machines."
)


def fail(error: SmithgateError, *, as_json: bool = False) -> None:
    """Print an error and end the process."""
    if as_json:
        click.echo(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
    else:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        told = error.as_dict()  # masked
        console.print(
            Text.assemble(
                (f"error[{error.code}]: ", "bold red"), escape_text(told["message"])
            )
        )
        if error.hint:
            console.print(Text.assemble(("hint: ", "bold"), escape_text(told["hint"])))
    bad_setup = isinstance(error, PolicyFileInvalid)
    sys.exit(EXIT_BAD_SETUP if bad_setup else EXIT_REFUSED)


def print_json(value: Any) -> None:
    """Print a value as JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def out() -> Console:
    """Return the console for people: colours only on a terminal, wide in a pipe."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, soft_wrap=True, width=width)


def word(state: str) -> Text:
    """Return a state or effect in its colour."""
    return Text(state, style=COLOURS.get(state, ""))


def os_user() -> str:
    """Return the name of the user who runs this process."""
    import pwd

    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a container user without an entry
        return f"uid-{uid}"
