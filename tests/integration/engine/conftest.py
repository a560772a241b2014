"""A driver for stdio servers: lines in, messages out, every wait with a limit."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

WAIT_S = 30  # a limit for machines under load, never an expectation
SERVE = Path(__file__).with_name("serve_core.py")
VERSION = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
CLIENT = "io.modelcontextprotocol/clientInfo"


class Server:
    """One server process, spoken to as raw lines."""

    def __init__(self, engine: str, *arguments: str, cwd: Path | None = None) -> None:
        self.engine = engine
        self.command = [sys.executable, str(SERVE), engine, *arguments]
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=cwd,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._in = self.process.stdin
        self._pipes = (self._in, self.process.stdout, self.process.stderr)
        self._out = _Lines(self.process.stdout)
        self._err = _Lines(self.process.stderr)

    def send(self, *messages: dict[str, Any] | bytes) -> None:
        for message in messages:
            if isinstance(message, bytes):
                line = message
            else:
                line = json.dumps(message).encode()
            rest = memoryview(line + b"\n")
            while rest:
                rest = rest[os.write(self._in.fileno(), rest) :]

    def receive(self) -> dict[str, Any]:
        """Return the next message from the server."""
        return json.loads(self._out.next())

    def ask(self, message: dict[str, Any] | bytes) -> dict[str, Any]:
        self.send(message)
        return self.receive()

    def wait_for_log(self, text: str) -> str:
        """Return the next line of stderr that contains ``text``."""
        while text not in (line := self._err.next()):
            continue
        return line

    def end_input(self) -> None:
        self._in.close()

    def wait(self) -> int:
        """Wait for the exit and return its code."""
        return self.process.wait(WAIT_S)

    def rest_of_output(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._out.rest()]

    def rest_of_log(self) -> list[str]:
        return self._err.rest()

    def log(self) -> str:
        """Return all of stderr so far."""
        return "\n".join(self._err.seen)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT_S)
        for lines in (self._out, self._err):
            lines.join()
        for pipe in self._pipes:
            pipe.close()


class _Lines:
    def __init__(self, stream: IO[bytes]) -> None:
        self.seen: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def next(self) -> str:
        line = self._queue.get(timeout=WAIT_S)
        assert line is not None, "the stream ended"
        return line

    def rest(self) -> list[str]:
        out = []
        while (line := self._queue.get(timeout=WAIT_S)) is not None:
            out.append(line)
        return out

    def join(self) -> None:
        self._thread.join(WAIT_S)

    def _read(self, stream: IO[bytes]) -> None:
        buffered = os.fdopen(os.dup(stream.fileno()), "rb")
        with buffered:
            for raw in buffered:
                line = raw.decode(errors="replace").rstrip("\n")
                self.seen.append(line)
                self._queue.put(line)
        self._queue.put(None)


@pytest.fixture(params=["minimal", "fastmcp"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def start(engine: str) -> Iterator[Callable[..., Server]]:
    """Start servers on the engine; at the end none has tried the network."""
    servers: list[Server] = []

    def start_one(*arguments: str, **options: Any) -> Server:
        servers.append(Server(engine, *arguments, **options))
        return servers[-1]

    yield start_one
    for server in servers:
        server.close()
        assert "CONNECT" not in server.log()


def initialize(version: str = "2025-11-25", request_id: object = 0) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": request_id,
        "method": "initialize",
        "params": {
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": {"name": "driver", "version": "9"},
        },
    }


def legacy(method: str, request_id: object, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}


def modern(method: str, request_id: object, **params: Any) -> dict[str, Any]:
    meta = {
        VERSION: "2026-07-28",
        CAPABILITIES: {},
        CLIENT: {"name": "driver", "version": "9"},
        **params.pop("_meta", {}),
    }
    return legacy(method, request_id, **params, _meta=meta)


class Messages:
    """The makers of requests; test modules cannot import them in importlib mode."""

    initialize = staticmethod(initialize)
    legacy = staticmethod(legacy)
    modern = staticmethod(modern)


@pytest.fixture
def say() -> type[Messages]:
    return Messages


@pytest.fixture(scope="module")
def bad_line_servers() -> Iterator[Callable[[str], Server]]:
    """One open server for each engine, which survives every bad line of a module."""
    servers: dict[str, Server] = {}

    def of(engine: str) -> Server:
        if engine not in servers:
            servers[engine] = Server(engine)
            assert "result" in servers[engine].ask(initialize())
        return servers[engine]

    yield of
    for server in servers.values():
        server.close()


@pytest.fixture
def opened(start: Callable[..., Server]) -> Callable[..., Server]:
    """Start a server and open it in the newest handshake revision."""

    def open_one(*arguments: str, version: str = "2025-11-25") -> Server:
        server = start(*arguments)
        assert "result" in server.ask(initialize(version))
        server.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return server

    return open_one
