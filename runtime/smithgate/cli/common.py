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
from ..redact import escape_json, escape_text, mask_credentials
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


PLACES = {
    "policy": ("FILE", "Policy file [$SMITHGATE_POLICY]."),
    "state": ("DIR", "Store folder [$SMITHGATE_STATE]."),
    "generated": ("DIR", "Generated tree [$SMITHGATE_GENERATED]."),
    "audit_key": ("FILE", "Key of the audit chain [$SMITHGATE_AUDIT_KEY]."),
    "checkpoints": ("FILE", "Checkpoints of the chain [$SMITHGATE_CHECKPOINTS]."),
}
"""Setting → what its option takes and says."""


def setting_options(command: Command) -> Command:
    """Add an option for each setting."""
    for name, (metavar, text) in reversed(PLACES.items()):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, metavar=metavar, help=text)(command)
    return command


def place_options(command: Command) -> Command:
    """Add the options of the settings, and pass one ``Application``.

    Errors of the runtime end the command with a message, a hint and an exit code.
    """

    @setting_options
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        named = {name: kwargs.pop(name) for name in PLACES}
        app = Application(resolve_settings(**named))
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
        print_json({"error": error.as_dict()})
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
    """Print a value as JSON on stdout, without credentials."""
    text = json.dumps(mask_credentials(value), ensure_ascii=False, indent=2)
    click.echo("\n".join(map(escape_json, text.split("\n"))))


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
