"""Starts the server: options → policy → engine. Light, since every start pays for it."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..errors import SmithgateError
from ..settings import Settings, resolve_settings

EXIT_BAD_SETUP = 2
"""The policy, an option or the generated tree stops the server."""

ENGINES = ("auto", "fastmcp", "minimal")


class ServeOptions(NamedTuple):
    """What ``smithgate serve`` was told."""

    policy: str | None = None
    state: str | None = None
    generated: str | None = None
    engine: str = "auto"
    expose: tuple[str, ...] = ()
    audit_key: str | None = None
    checkpoints: str | None = None


def parse_fast(arguments: Sequence[str]) -> ServeOptions | None:
    """Return the options of a plain ``serve`` call, or ``None`` to let Click look.

    Importing Click takes longer than starting Python; a call with only well-formed
    ``--option value`` pairs does not need it. Anything else, ``--help`` included, does.
    """
    values: dict[str, str] = {}
    expose: list[str] = []
    rest = list(arguments)
    while rest:
        option, equals, value = rest.pop(0).partition("=")
        name = option.removeprefix("--").replace("-", "_")
        is_spelt = option.startswith("--") and "_" not in option
        known = is_spelt and name in ServeOptions._fields
        if not known or (not equals and not rest):
            return None
        if not equals:
            value = rest.pop(0)
        if name == "expose":
            expose.append(value)
        elif name in values:
            return None
        else:
            values[name] = value
    if values.get("engine", "auto") not in ENGINES:
        return None
    return ServeOptions(**values, expose=tuple(expose))


def serve(options: ServeOptions, env: Mapping[str, str] = os.environ) -> int:
    """Run the server until its input ends; return the exit code.

    A broken policy or pattern is told on stderr with code and hint, exit code 2.
    """
    settings = resolve_settings(
        policy=options.policy,
        state=options.state,
        generated=options.generated,
        audit_key=options.audit_key,
        checkpoints=options.checkpoints,
        env=env,
    )
    try:
        return _run(settings, options)
    except SmithgateError as error:
        report(error)
        return EXIT_BAD_SETUP


def _run(settings: Settings, options: ServeOptions) -> int:
    from ..app import Application
    from .core import SmithgateServer

    core = SmithgateServer(Application(settings), expose=options.expose)
    if options.expose:
        core.tools()  # a bad pattern stops the start, not the first call
    if options.engine == "minimal":
        from .minimal import run_minimal

        return run_minimal(core)
    from .fastmcp_engine import fastmcp_available, run_fastmcp

    if options.engine == "fastmcp" or fastmcp_available():
        return run_fastmcp(core)
    from .minimal import run_minimal

    return run_minimal(core)


def report(error: SmithgateError) -> None:
    """Write an error for a person to stderr: code, message, hint."""
    sys.stderr.write(f"error[{error.code}]: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"hint: {error.hint}\n")
