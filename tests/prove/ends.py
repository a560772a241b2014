"""SIGTERM, Ctrl-C and the end of input while an apply waits for its reply.

A real server on each engine; the double holds the reply back. The end must come within
5 s, and the apply must be found unknown afterwards, with its record.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kills import after_restart
from kit import FALSE, LATE, Double, Tally, Template, World, template
from stack import ROOT, aws_env

MOST_S = 5.0
WAITS_S = 60.0
VERSION = "2025-11-25"


def end_input(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()


ENDS: dict[str, Callable[["subprocess.Popen[bytes]"], None]] = {
    "SIGTERM": lambda process: process.send_signal(signal.SIGTERM),
    "Ctrl-C": lambda process: process.send_signal(signal.SIGINT),
    "end of input": end_input,
}


def start(double: Double, folder: Path, engine: str) -> "subprocess.Popen[bytes]":
    """Start a server that speaks to the double."""
    places = {
        "SMITHGATE_POLICY": str(folder / "policy.yaml"),
        "SMITHGATE_STATE": str(folder / "state"),
        "SMITHGATE_GENERATED": str(ROOT / "generated"),
        "FASTMCP_CHECK_FOR_UPDATES": "off",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "smithgate", "serve", "--engine", engine],
        env=aws_env(double.url, folder) | places,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def say(process: "subprocess.Popen[bytes]", **message: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    process.stdin.flush()


def begin_apply(process: "subprocess.Popen[bytes]", plan_id: str) -> None:
    """Shake hands and call apply."""
    hello = {
        "protocolVersion": VERSION,
        "capabilities": {},
        "clientInfo": {"name": "prove", "version": "1"},
    }
    say(process, id=1, method="initialize", params=hello)
    assert process.stdout is not None
    process.stdout.readline()
    say(process, method="notifications/initialized")
    arguments = {"name": "apply", "arguments": {"plan_id": plan_id}}
    say(process, id=2, method="tools/call", params=arguments)


def wait_until_sent(double: Double, action: str) -> list[dict[str, Any]]:
    """Return the journal once it has a request; raises when it never comes."""
    lines: list[dict[str, Any]] = []
    deadline = time.monotonic() + WAITS_S
    while not any(line["action"] == action for line in lines):
        if time.monotonic() > deadline:
            raise AssertionError(f"{action} was never sent")
        time.sleep(0.02)  # between looks at another process; bounded above
        lines += double.take()
    return lines


def end_one(
    tally: Tally, double: Double, made: Template, folder: Path, engine: str, how: str
) -> None:
    """End a server in the middle of an apply; check what is left."""
    where = f"{engine}, {how}"
    double.reset(folder / "state", action="SendMessage", kind="hang", times=1)
    process = start(double, folder, engine)
    try:
        begin_apply(process, made.plan_id)
        seen = wait_until_sent(double, "SendMessage")
        began = time.monotonic()
        ENDS[how](process)
        process.wait(WAITS_S)
        took = time.monotonic() - began
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    tally.add("broken pipes at the end")
    tally.add("ends of a server")
    tally.add(LATE, took > MOST_S, f"{where}: {took:.1f} s")
    double.put_back(seen)
    world = World.reopened(folder)
    tx = world.app.store.tx_of_plan(made.plan_id)
    is_unknown = tx is not None and str(tx.state) == "Unknown"
    tally.add(FALSE, not is_unknown, f"{where}: {tx.state if tx else tx}")
    world.end()
    after_restart(tally, double, made, folder, where)


def run(
    tally: Tally,
    double: Double,
    base: Path,
    engines: tuple[str, ...] = ("minimal", "fastmcp"),
) -> None:
    """End servers on both engines in every way."""
    made = template(double, base, "no token")
    for engine in engines:
        for how in ENDS:
            folder = made.copy(base / "ended")
            end_one(tally, double, made, folder, engine, how)
