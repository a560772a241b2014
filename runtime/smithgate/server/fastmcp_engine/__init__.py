"""The FastMCP engine: the same server on FastMCP's protocol machinery.

Needs the ``fastmcp`` extra. The protocol is FastMCP's; what reaches it and what leaves
it goes through a gate that keeps the wire as strict as the minimal engine's.
"""

import importlib.util
import os
from functools import partial

from ..stdio import Signals, Stop, divert_standard, guard_descriptors
from ..stdio_calls import Calls, close_core
from ..stdio_log import exception_fields, log_line
from ..tool import ToolServer
from .gate import Gate

__all__ = ["fastmcp_available", "run_fastmcp"]

_ENVIRONMENT = {
    # FastMCP would read `.env` of the working directory, which an agent may write.
    "FASTMCP_ENV_FILE": os.devnull,
    # Its log would show arguments, coloured for a terminal; see `server.quiet_logging`.
    "FASTMCP_LOG_ENABLED": "false",
    # The check asks a package index.
    "FASTMCP_CHECK_FOR_UPDATES": "off",
}


def fastmcp_available() -> bool:
    """Tell whether FastMCP is installed, without importing it (2 s of CPU time)."""
    return importlib.util.find_spec("fastmcp") is not None


def run_fastmcp(core: ToolServer) -> int:
    """Serve ``core`` on stdin and stdout until the client leaves; return the exit code.

    The same contract as ``run_minimal``; 1 also when FastMCP itself failed.
    """
    wire = guard_descriptors()
    stop = Stop()
    signals = Signals(stop)
    signals.install()
    is_served = False
    try:
        is_served = _serve(core, Gate(wire, stop, Calls()), stop)
    finally:
        is_closed = close_core(core)
    return signals.exit_code() if is_served and is_closed else 1


def _serve(core: ToolServer, gate: Gate, stop: Stop) -> bool:
    os.environ.update(_ENVIRONMENT)
    import anyio

    from .server import build_server, quiet_logging

    quiet_logging()
    server = build_server(core, gate.calls)
    if stop.deadline is not None:  # ended while FastMCP was loading
        return True
    gate.open()
    try:
        anyio.run(partial(server.run_async, "stdio", show_banner=False))
    except Exception as error:  # noqa: BLE001 - logged, and told by the exit code
        log_line("error", "fastmcp_failed", **exception_fields(error))
        return False
    finally:
        gate.close()
        divert_standard()  # FastMCP gave fd 0 and 1 back to the gate's pipes
    return True
