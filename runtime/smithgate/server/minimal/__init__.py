"""The minimal engine: MCP over stdio with the standard library only.

Serves the handshake revisions from 2024-11-05 to 2025-11-25 and the stateless 2026-07-28.
Owns the protocol; what tools do belongs to the ``ToolServer`` that it is given.
"""

from ..stdio import LineSink, LineSource, Signals, Stop, guard_descriptors
from ..stdio_calls import close_core
from ..stdio_frames import WIRE_LIMITS
from ..tool import ToolServer
from .engine import Engine

__all__ = ["run_minimal"]


def run_minimal(core: ToolServer) -> int:
    """Serve ``core`` on stdin and stdout until the client leaves; return the exit code.

    0 at the end of input, SIGTERM or a channel that broke, 130 after Ctrl-C, 1 when
    the core could not be closed. Takes over the standard descriptors and the signals
    for the rest of the process and closes ``core``; returns within 5 s of the end.
    """
    wire = guard_descriptors()
    stop = Stop()
    signals = Signals(stop)
    signals.install()
    engine = Engine(core, LineSink(wire.sink, stop), stop)
    try:
        for line in LineSource(wire.source, stop, WIRE_LIMITS.max_bytes):
            engine.receive(line)
        engine.end()
    finally:
        is_closed = close_core(core)
    return signals.exit_code() if is_closed else 1
