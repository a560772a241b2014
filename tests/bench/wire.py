"""A server process over stdio, timed from its spawn: what an MCP client waits for.

Speaks just enough of both eras to ask for the handshake, the tools and one call, with
nothing between the clock and the pipe.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from stack import ROOT

DEADLINE_S = 120
"""A server that hangs is killed; the measurement then fails loudly."""

LEGACY = "2025-11-25"
MODERN = "2026-07-28"
_CLIENT = {"name": "bench", "version": "1"}
_META = "io.modelcontextprotocol/"
ENVELOPE = {
    f"{_META}protocolVersion": MODERN,
    f"{_META}clientCapabilities": {},
    f"{_META}clientInfo": _CLIENT,
}


def serve_command(engine: str) -> list[str]:
    """Return how clients start the server: the console script of this environment."""
    script = Path(sys.executable).parent / "smithgate"
    start = [str(script)] if script.exists() else [sys.executable, "-m", "smithgate"]
    return [*start, "serve", "--engine", engine]


def serve_env(folder: Path, generated: Path = ROOT / "generated") -> dict[str, str]:
    """Return the environment of a server that uses ``folder`` alone."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "FASTMCP_CHECK_FOR_UPDATES": "off",
        "SMITHGATE_POLICY": str(ROOT / "policy.yaml"),
        "SMITHGATE_STATE": str(folder / "state"),
        "SMITHGATE_GENERATED": str(generated),
    }


@dataclass(frozen=True)
class Moment:
    """A server when it answered: since its spawn, and what it holds and burnt so far."""

    ms: float
    cpu_ms: float
    rss_mib: float


class Server:
    """A server process; a context manager that ends it by closing its input."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._spawned = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._watchdog = threading.Timer(DEADLINE_S, self._process.kill)
        self._watchdog.daemon = True
        self._watchdog.start()
        self._asked = 0
        self.is_modern = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._watchdog.cancel()

    def open(self, *, modern: bool) -> Moment:
        """Ask who the server is, in the given era; return when it answered."""
        self.is_modern = modern
        if modern:
            self.ask("server/discover", {})
            return self.moment()
        hello = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": _CLIENT}
        self.ask("initialize", hello)
        opened = self.moment()
        self._write({"method": "notifications/initialized", "params": {}})
        return opened

    def ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a request. Raises ``RuntimeError`` without one."""
        self._asked += 1
        sent = {**params, "_meta": ENVELOPE} if self.is_modern else dict(params)
        self._write({"id": self._asked, "method": method, "params": sent})
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            frame = json.loads(line)
            if frame.get("id") == self._asked:
                if "result" not in frame:
                    raise RuntimeError(f"{method} failed: {frame.get('error')}")
                result: dict[str, Any] = frame["result"]
                return result
        raise RuntimeError(f"the server left without an answer to {method}")

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the structured result of a tool that must succeed."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise RuntimeError(f"{tool} failed: {result['content'][0]['text']}")
        structured: dict[str, Any] = result["structuredContent"]
        return structured

    def moment(self) -> Moment:
        """Return time, CPU and memory now."""
        ms = (time.perf_counter() - self._spawned) * 1000
        proc = Path(f"/proc/{self._process.pid}")
        tasks = (proc / "task").glob("*/schedstat")
        cpu_ns = sum(int(task.read_text().split()[0]) for task in tasks)
        status = (proc / "status").read_text().splitlines()
        (rss,) = (line for line in status if line.startswith("VmRSS:"))
        return Moment(ms, cpu_ns / 1e6, int(rss.split()[1]) / 1024)

    def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        data = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
        self._process.stdin.write(data)
        self._process.stdin.flush()
