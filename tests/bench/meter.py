"""Counts and times what a tool call waits for: AWS calls, commits, files made durable.

Everything else in a call's time is Smithgate's own. Works by wrapping, for as long as
the context is open, the SDK's methods, the database driver's commit and ``os.fsync``;
a wrapper costs about a microsecond.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from smithgate.app import Application
from smithgate.execute.clients import Boto3Clients, Credentials
from smithgate.store.sqlite import EXCLUSIVE
from sqlalchemy import Connection, event


@dataclass
class Meter:
    """What was waited for since ``reset``."""

    calls: list[str] = field(default_factory=list)
    sdk_s: float = 0.0
    commits: int = 0
    commit_s: float = 0.0
    syncs: int = 0
    sync_s: float = 0.0
    artifacts: int = 0

    def reset(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

    @property
    def waited_s(self) -> float:
        """Seconds in the SDK, in commits and in fsync."""
        return self.sdk_s + self.commit_s + self.sync_s

    def as_dict(self) -> dict[str, float]:
        """Return the numbers."""
        return {
            "sdk_ms": self.sdk_s * 1000,
            "commit_ms": self.commit_s * 1000,
            "sync_ms": self.sync_s * 1000,
            "calls": len(self.calls),
            "commits": self.commits,
            "syncs": self.syncs,
            "artifacts": self.artifacts,
        }


class MeteredClients:
    """The default client factory, its clients' methods counted and timed."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._inner = Boto3Clients("smithgate-bench")

    def client(self, service: str, region: str, credentials: Credentials | None) -> Any:
        """Return a client that counts."""
        return _Client(
            self._inner.client(service, region, credentials), service, self._meter
        )


class _Client:
    def __init__(self, inner: Any, service: str, meter: Meter) -> None:
        self._inner = inner
        self._service = service
        self._meter = meter

    def __getattr__(self, method: str) -> Callable[..., Any]:
        inner = getattr(self._inner, method)

        def call(**arguments: Any) -> Any:
            start = time.perf_counter()
            try:
                return inner(**arguments)
            finally:
                self._meter.sdk_s += time.perf_counter() - start
                self._meter.calls.append(f"{self._service}.{method}")

        return call


@contextmanager
def metered(app: Application, meter: Meter) -> Iterator[None]:
    """Count the durable writes of an application's store."""
    engine = app.store._database.engine
    commit, fsync, put = engine.dialect.do_commit, os.fsync, app.store.artifacts.put
    writes = False

    def begin_commit(connection: Connection) -> None:
        nonlocal writes
        writes = bool(connection.get_execution_options().get(EXCLUSIVE))

    def do_commit(driver: Any) -> None:
        start = time.perf_counter()
        commit(driver)
        if writes:
            meter.commits += 1
            meter.commit_s += time.perf_counter() - start

    def sync(descriptor: int) -> None:
        start = time.perf_counter()
        fsync(descriptor)
        meter.syncs += 1
        meter.sync_s += time.perf_counter() - start

    def counted_put(*args: Any, **more: Any) -> str:
        meter.artifacts += 1
        return put(*args, **more)

    event.listen(engine, "commit", begin_commit)
    changes: Mapping[Any, tuple[str, Any]] = {
        engine.dialect: ("do_commit", do_commit),
        app.store.artifacts: ("put", counted_put),
    }
    for target, (name, replacement) in changes.items():
        setattr(target, name, replacement)
    os.fsync = sync  # type: ignore[assignment]
    try:
        yield
    finally:
        os.fsync = fsync
        for target, (name, _) in changes.items():
            delattr(target, name)
        event.remove(engine, "commit", begin_commit)


@contextmanager
def phases(app: Application, meter: Meter) -> Iterator[dict[str, tuple[float, float]]]:
    """Yield a table that each apply fills: phase → (seconds, of them our own)."""
    found: dict[str, tuple[float, float]] = {}
    wrapped = (
        (app.applier, "_check_identity", "identity"),
        (app.store, "claim", "claim"),
        (app.applier, "_refuse_drift", "drift read"),
        (app.applier, "_send", "call"),
        (app.applier._readback, "settle", "read back"),
    )
    for target, name, phase in wrapped:
        setattr(target, name, _timed(getattr(target, name), phase, meter, found))
    try:
        yield found
    finally:
        for target, name, _ in wrapped:
            delattr(target, name)


def _timed(
    inner: Callable[..., Any],
    phase: str,
    meter: Meter,
    found: dict[str, tuple[float, float]],
) -> Callable[..., Any]:
    def call(*args: Any, **more: Any) -> Any:
        start, waited = time.perf_counter(), meter.waited_s
        try:
            return inner(*args, **more)
        finally:
            took = time.perf_counter() - start
            found[phase] = (took, took - (meter.waited_s - waited))

    return call
