"""Generate: the default set from nothing, again, unchanged and checked.

The whole process tree counts: wall time, CPU time, and the most memory that its
processes held together (shared pages are counted in each).
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack import ROOT
from stats import progress, ratio, summary

RUNS = 1
POLL_S = 0.05


@dataclass(frozen=True)
class Cost:
    """What one command took."""

    wall_s: float
    cpu_s: float
    rss_mib: float


def run(folder: Path, runs: int | None) -> dict[str, Any]:
    """Return the section ``generate`` of the report."""
    costs: dict[str, list[Cost]] = {}
    for number in range(runs or RUNS):
        for name, cost in once(folder / str(number)):
            costs.setdefault(name, []).append(cost)
    figures: dict[str, Any] = {}
    for name, found in costs.items():
        figures[name] = summary([c.wall_s for c in found], "s")
        figures[f"{name}, CPU"] = summary([c.cpu_s for c in found], "s")
        figures[f"{name}, peak RSS"] = summary([c.rss_mib for c in found], "MiB")
    cold = [c.wall_s for c in costs["generate, cold"]]
    ratios = {
        f"{name} / generate, cold": ratio([c.wall_s for c in costs[name]], cold)
        for name in costs
        if name != "generate, cold"
    }
    written = len([p for p in (folder / "0" / "out").rglob("*") if p.is_file()])
    return {"figures": figures, "ratios": ratios, "facts": {"files": written}}


def once(folder: Path) -> list[tuple[str, Cost]]:
    """Return what each of the four commands took, in the order they were run."""
    out, cache = folder / "out", folder / "cache"
    folder.mkdir()
    places = ["--out", str(out), "--cache", str(cache)]
    done = []
    for name, arguments in (
        ("generate, cold", ["generate", *places]),
        ("generate, unchanged", ["generate", *places]),
        ("generate, all anew", ["generate", "--fresh", *places]),
        ("check", ["check", *places]),
        ("check, all anew", ["check", "--fresh", *places]),
    ):
        progress(f"generate: {name}")
        done.append((name, cost_of(arguments)))
    return done


def cost_of(arguments: Sequence[str]) -> Cost:
    """Run the generator and measure it. Raises ``RuntimeError`` if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "smithgate-codegen"), *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    watch = Watch(process.pid)
    watch.start()
    assert process.stderr is not None
    with process.stderr as stderr:
        told = stderr.read().decode(errors="replace")
    # Reaped here: wait4 counts the workers that the process has reaped itself.
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    peak_mib = watch.end()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments[:2])} failed: {told[-500:]}")
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, peak_mib)


class Watch:
    """Polls the memory of a process and of all below it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak_kib = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> float:
        """Stop; return the highest sum seen, in MiB."""
        self._over.set()
        self._thread.join()
        return self._peak_kib / 1024

    def _poll(self) -> None:
        while not self._over.wait(POLL_S):
            self._peak_kib = max(self._peak_kib, tree_kib(self._pid))


def tree_kib(pid: int) -> int:
    """Return VmRSS of a process and its descendants; 0 for one that is gone."""
    proc = Path(f"/proc/{pid}")
    try:
        status = (proc / "status").read_text().splitlines()
        children = [
            int(child)
            for task in (proc / "task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:  # it ended meanwhile
        return 0
    own = sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return own + sum(tree_kib(child) for child in children)
