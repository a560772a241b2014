"""Start: from spawn to the first answers, against bare Python and a bare FastMCP server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from stats import progress, ratio, summary, take_turns
from wire import Moment, Server, serve_command, serve_env

RUNS = 20
FASTMCP_RUNS = 7
"""A FastMCP start takes seconds."""

BARE_FASTMCP = (
    "from fastmcp import FastMCP\n"
    "FastMCP('x').run(transport='stdio', show_banner=False)\n"
)

# What a minimal start does after Python is up, in the order it does it. The policy is
# parsed only by the first start after a change of its file.
SPLIT = """\
import time
marks = [time.perf_counter()]
def mark(): marks.append(time.perf_counter())
import smithgate.server.launch
mark()
import smithgate.server.core, smithgate.app
mark()
from smithgate.settings import resolve_settings
import os
settings = resolve_settings(policy=None, state=None, generated=None, env=os.environ)
app = smithgate.app.Application(settings)
app.policies.check()
mark()
import smithgate.server.minimal
mark()
app.policies.current()
mark()
import json
print(json.dumps([(b - a) * 1000 for a, b in zip(marks, marks[1:])]))
"""
SPLIT_NAMES = (
    "of a start: import the launcher",
    "of a start: import core and application",
    "of a start: look at a policy that parsed before",
    "of a start: import the minimal engine",
    "of a first start: import the parser, parse the policy",
)


@dataclass(frozen=True)
class Started:
    """One start."""

    opened: Moment
    listed: Moment
    tools_bytes: int


def run(folder: Path, runs: int | None) -> dict[str, Any]:
    """Return the section ``start`` of the report."""
    env = serve_env(folder)
    number = count()

    def unused() -> dict[str, str]:
        """Return an environment whose state folder no server has seen."""
        return serve_env(folder / f"never-made-{next(number)}")

    (folder / "state").mkdir(mode=0o700)  # as after the first call of a tool
    figures: dict[str, Any] = {}
    ratios: dict[str, Any] = {}

    progress("start: minimal against bare python")
    minimal = serve_command("minimal")
    light = take_turns(
        {
            "python": lambda: at_once(bare_python(env)),
            "initialize": lambda: started(minimal, env, modern=False),
            "discover": lambda: started(minimal, env, modern=True),
            "initialize, first start": lambda: started(minimal, unused(), modern=False),
        },
        runs or RUNS,
        warmups=2,
    )
    bare = [sample.opened for sample in light.pop("python")]
    figures["python, spawn to exit"] = summary([b.ms for b in bare], "ms")
    figures["python, CPU"] = summary([b.cpu_ms for b in bare], "ms")
    for era, samples in light.items():
        _report(figures, ratios, "minimal", era, samples, "python", bare)

    progress("start: fastmcp against a bare FastMCP server")
    ours, theirs = serve_command("fastmcp"), [sys.executable, "-c", BARE_FASTMCP]
    heavy = take_turns(
        {
            "bare initialize": lambda: started(theirs, env, modern=False),
            "initialize": lambda: started(ours, env, modern=False),
            "bare discover": lambda: started(theirs, env, modern=True),
            "discover": lambda: started(ours, env, modern=True),
        },
        runs or FASTMCP_RUNS,
    )
    for era in ("initialize", "discover"):
        bare = [sample.opened for sample in heavy[f"bare {era}"]]
        name = f"bare FastMCP, {era}"
        figures[name] = summary([b.ms for b in bare], "ms")
        figures[f"{name}, VmRSS"] = summary([b.rss_mib for b in bare], "MiB")
        _report(figures, ratios, "fastmcp", era, heavy[era], "bare FastMCP", bare)
        listed = [s.listed.ms for s in heavy[era]]
        bare_listed = [s.listed.ms for s in heavy[f"bare {era}"]]
        ratios[f"fastmcp {era} + tools/list / bare FastMCP"] = ratio(
            listed, bare_listed
        )

    progress("start: what a minimal start is made of")
    figures |= split(env, runs or RUNS)
    sizes = {
        "minimal": light["initialize"][0].tools_bytes,
        "fastmcp": heavy["initialize"][0].tools_bytes,
    }
    facts = {f"bytes of tools/list, {name}": size for name, size in sizes.items()}
    return {"figures": figures, "ratios": ratios, "facts": facts}


def _report(
    figures: dict[str, Any],
    ratios: dict[str, Any],
    engine: str,
    era: str,
    samples: Sequence[Started],
    base: str,
    bare: Sequence[Moment],
) -> None:
    """Add the figures of an engine in one era, and its ratios to a baseline."""
    name = f"{engine}, {era}"
    figures[name] = summary([s.opened.ms for s in samples], "ms")
    figures[f"{name}, CPU"] = summary([s.opened.cpu_ms for s in samples], "ms")
    figures[f"{name}, VmRSS"] = summary([s.opened.rss_mib for s in samples], "MiB")
    figures[f"{name} + tools/list"] = summary([s.listed.ms for s in samples], "ms")
    figures[f"{name} + tools/list, VmRSS"] = summary(
        [s.listed.rss_mib for s in samples], "MiB"
    )
    pairs: Mapping[str, Callable[[Moment], float]] = {
        "": lambda m: m.ms,
        ", CPU": lambda m: m.cpu_ms,
    }
    for suffix, value in pairs.items():
        ratios[f"{engine} {era} / {base}{suffix}"] = ratio(
            [value(s.opened) for s in samples], [value(b) for b in bare]
        )


def started(command: Sequence[str], env: Mapping[str, str], *, modern: bool) -> Started:
    """Start a server, open it, list its tools, end it."""
    with Server(command, env) as server:
        opened = server.open(modern=modern)
        result = server.ask("tools/list", {})
        listed = server.moment()
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return Started(opened, listed, len(text.encode()))


def at_once(moment: Moment) -> Started:
    """Return a start that has nothing to list."""
    return Started(moment, moment, 0)


def bare_python(env: Mapping[str, str]) -> Moment:
    """Start Python to do nothing; return when it was gone."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", "pass"], env=env)
    _, status, usage = os.wait4(process.pid, 0)
    ms = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000
    return Moment(ms, cpu_ms, usage.ru_maxrss / 1024)


def split(env: Mapping[str, str], runs: int) -> dict[str, Any]:
    """Return the steps of a minimal start after Python is up, each timed inside."""

    def once() -> list[float]:
        done = subprocess.run(
            [sys.executable, "-c", SPLIT],
            env=env,
            check=True,
            capture_output=True,
            timeout=60,
        )
        times: list[float] = json.loads(done.stdout)
        return times

    samples = take_turns({"split": once}, runs)["split"]
    columns = zip(*samples, strict=True)
    return {
        name: summary(column, "ms")
        for name, column in zip(SPLIT_NAMES, columns, strict=True)
    }
