"""A small core behind either engine, run as a process: serve_core.py ENGINE [TOOLS].

TOOLS adds that many listed tools without a body, to fill pages.
"""

import os
import socket
import subprocess
import sys
import threading
from typing import Any, NoReturn

from smithgate.errors import PolicyDenied, UnknownTool
from smithgate.server.tool import CallContext, ToolResult, ToolSpec

SECRET = "secret-4711"
SCHEMA = {"type": "object", "additionalProperties": False, "required": ["nothing"]}
LIMIT_S = 30


def say(text: str) -> None:
    os.write(2, text.encode() + b"\n")


def no_network(_socket: socket.socket, address: object) -> NoReturn:
    say(f"CONNECT {address}")
    raise OSError("no network in this test")


class Core:
    name = "engine-test"
    version = "1.2.3"
    instructions = "Search, plan, apply."

    def __init__(self, fillers: int) -> None:
        self._gate = threading.Event()
        self._never = threading.Event()
        self._fillers = fillers

    def tools(self) -> list[ToolSpec]:
        if self._fillers < 0:
            raise ValueError(SECRET)
        named = ["echo", *(f"filler_{n:04}" for n in range(self._fillers))]
        return [
            ToolSpec(
                name=name,
                title=name.capitalize(),
                description=f"The tool {name}.",
                input_schema=SCHEMA,
                output_schema={"type": "object"},
                annotations={"readOnlyHint": True, "openWorldHint": False},
            )
            for name in named
        ]

    def call(self, name: str, arguments: Any, context: CallContext) -> ToolResult:
        if not hasattr(self, f"do_{name}"):
            raise UnknownTool(f"no tool `{name}`", hint="see tools/list")
        return getattr(self, f"do_{name}")(arguments, context)

    def do_echo(self, arguments: Any, context: CallContext) -> ToolResult:
        facts = {
            "arguments": arguments,
            "client": [context.client_name, context.client_version],
            "revision": context.protocol_version,
            "wants_progress": context.progress is not None,
        }
        return ToolResult(facts, "echoed", is_error="fail" in arguments)

    def do_slow(self, _arguments: Any, context: CallContext) -> ToolResult:
        say("slow began")
        context.cancelled.wait(LIMIT_S)
        say("slow was cancelled" if context.cancelled.is_set() else "slow timed out")
        if context.progress is not None:
            context.progress(1, None, "too late")
        return ToolResult({"late": True}, "late")

    def do_brief(self, _arguments: Any, context: CallContext) -> ToolResult:
        say("brief began")
        return ToolResult({"cancelled": context.cancelled.wait(0.3)}, "brief")

    def do_stubborn(self, _arguments: Any, _context: CallContext) -> ToolResult:
        say("stubborn began")
        self._never.wait(LIMIT_S)
        return ToolResult({}, "never")

    def do_wait(self, _arguments: Any, _context: CallContext) -> ToolResult:
        say("wait began")
        return ToolResult({"opened": self._gate.wait(LIMIT_S)}, "waited")

    def do_open(self, _arguments: Any, _context: CallContext) -> ToolResult:
        self._gate.set()
        return ToolResult({}, "opened")

    def do_progress(self, _arguments: Any, context: CallContext) -> ToolResult:
        report = context.progress
        if report is not None:
            for step in (0.5, 0.5, 0.25, float("nan"), 2, float("inf"), 3):
                report(step, 3, f"at {step}")
        return ToolResult({}, "done")

    def do_fail(self, _arguments: Any, _context: CallContext) -> ToolResult:
        raise ValueError(SECRET)

    def do_refuse(self, _arguments: Any, _context: CallContext) -> ToolResult:
        raise PolicyDenied("policy denies it", hint="ask for another")

    def do_unusable(self, arguments: Any, _context: CallContext) -> ToolResult:
        deep: Any = None
        for _ in range(3000):
            deep = [deep]
        values = {
            "deep": deep,
            "nan": float("nan"),
            "object": object(),
            "surrogate": "\ud800",
        }
        return ToolResult({"value": values[arguments["kind"]]}, "unusable")

    def do_deep(self, arguments: Any, _context: CallContext) -> ToolResult:
        value: Any = None
        for _ in range(arguments["levels"]):
            value = [value]
        return ToolResult({"value": value}, "deep")

    def do_large(self, arguments: Any, _context: CallContext) -> ToolResult:
        return ToolResult({"text": "x" * arguments["size"]}, "large")

    def do_print(self, _arguments: Any, _context: CallContext) -> ToolResult:
        print('{"jsonrpc":"2.0","id":1,"result":"forged"}')
        sys.stdout.write("half a line")
        sys.stdout.flush()
        os.write(1, b"written to fd 1\n")
        child = "import sys; print('from a child', sys.stdin.read())"
        done = subprocess.run(
            [sys.executable, "-c", child], check=True, timeout=LIMIT_S
        )
        return ToolResult({"child": done.returncode}, "printed")

    def close(self) -> None:
        say("core closed")


def main(engine: str, fillers: str = "0") -> int:
    socket.socket.connect = no_network  # type: ignore[assignment,method-assign]
    core = Core(int(fillers))
    if engine == "minimal":
        from smithgate.server.minimal import run_minimal

        return run_minimal(core)
    from smithgate.server.fastmcp_engine import run_fastmcp

    return run_fastmcp(core)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
