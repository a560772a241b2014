"""Takes the guards of policy, approval and apply away, one at a time, and runs the tests.

A guard whose removal no test notices survives; the run fails for each one that is not in
``equivalent.yaml`` with the reason why it makes no difference. A first run of all
tests says in which of them each guard decides something or is called. A mutant runs only
those, first where the guard refused and the quickest of them, in a process of its own
that is forked with everything imported.
"""

import argparse
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from _pytest.runner import runtestprotocol

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from guards import Mutant  # noqa: E402 -- beside this file
from switchboard import Switchboard  # noqa: E402

ROOT = HERE.parents[1]
RUNTIME = ROOT / "runtime"
GUARDED = (
    "policy/*.py",
    "approval/*.py",
    "plan/*.py",
    "execute/gateway.py",
    "execute/identity.py",
    "store/approvals.py",
    "store/plans.py",
    "store/transactions.py",
)
DECIDING = frozenset(
    {
        "smithgate.approval.sshsig",
        "smithgate.approval.statement",
        "smithgate.approval.verify",
        "smithgate.plan.needs",
        "smithgate.policy.conditions",
        "smithgate.policy.documents",
        "smithgate.policy.engine",
        "smithgate.policy.raised",
        "smithgate.policy.requirements",
        "smithgate.policy.rules",
        "smithgate.policy.stand_ins",
    }
)
"""Modules whose yes or no is what they return."""
TESTS = (
    "test_approval*",
    "test_apply*",
    "test_guards*",
    "test_invariants*",
    "test_plan*",
    "test_undo*",
    "test_resolve*",
    "test_elicit*",
    "test_card*",
    "test_console*",
    "test_policy*",
    "test_risk_raised*",
    "test_server_core*",
    "test_store_approvals*",
    "test_store_plans*",
    "test_store_transactions*",
    "test_store_ops*",
    "test_store_recovery*",
    "test_store_concurrency*",
)
TEST_S = 60
"""A test that takes longer under a mutant hangs, which is noticed as well."""

MOST_OF_EQUIVALENT = 50
"""Tests that try whether one listed as equivalent still is."""


class Outcome(NamedTuple):
    """What became of one mutant."""

    mutant: Mutant
    killed_by: str | None
    tests: int
    """Tests that reach the guard."""


class Told(NamedTuple):
    """What one test did when no guard was off."""

    test: str
    took_s: float
    passed: bool
    reached: list[int]
    refused: list[int]
    """Guards that decided something, out of those reached."""


class Baseline(NamedTuple):
    """What the tests do when no guard is off."""

    reaching: dict[int, list[str]]
    """Guard → tests in which it decides: where it refused first, then the quickest."""
    failed: list[str]


def module_files(only: Sequence[str]) -> dict[str, Path]:
    """Return the guarded modules by dotted name."""
    found = {
        ".".join(path.relative_to(RUNTIME).with_suffix("").parts): path
        for pattern in GUARDED
        for path in sorted((RUNTIME / "smithgate").glob(pattern))
        if path.name != "__init__.py"
    }
    return {
        name: path
        for name, path in found.items()
        if not only or any(part in name for part in only)
    }


class Runner:
    """The pytest plugin that runs the mutants in place of the tests."""

    def __init__(
        self,
        board: Switchboard,
        jobs: int,
        most: int | None,
        equivalents: Collection[str],
    ) -> None:
        self._board = board
        self._equivalents = equivalents
        self._most = most
        self._jobs = jobs
        self._folder = Path(tempfile.mkdtemp(prefix="mutants-"))
        self._items: dict[str, pytest.Item] = {}
        self.baseline = Baseline({}, [])
        self.outcomes: list[Outcome] = []
        self._killers: dict[str, set[str]] = {}
        """Module → tests that noticed a mutant of it."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the baseline, then every mutant that a test reaches."""
        self._items = {item.nodeid: item for item in session.items}
        gc.freeze()  # so that no collection in a child copies what it shares
        try:
            self.baseline = self._find_baseline()
            reached = sorted(self.baseline.reaching)
            _say(f"{len(self._items)} tests reach {len(reached)} guards")
            self._run_all(reached)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        for number, mutant in enumerate(self._board.mutants):
            if number not in self.baseline.reaching:
                self.outcomes.append(Outcome(mutant, None, 0))
        return True

    def _find_baseline(self) -> Baseline:
        """Run every test once, in a child that tells what each one reached."""
        report = self._folder / "baseline.json"
        if pid := os.fork():
            _, status = os.waitpid(pid, 0)
            assert status == 0, "the baseline did not end"
        else:
            self._in_child("baseline")
            told: list[Told] = []
            for item, following in self._in_order(list(self._items)):
                self._board.reached.clear()
                self._board.refused.clear()
                began = time.perf_counter()
                passed = _passes(item, following)
                took = time.perf_counter() - began
                reached, refused = self._board.reached, self._board.refused
                told.append(
                    Told(item.nodeid, took, passed, sorted(reached), sorted(refused))
                )
            report.write_text(json.dumps(told))
            os._exit(0)
        return _baseline([Told(*row) for row in json.loads(report.read_text())])

    def _in_order(self, names: Sequence[str]) -> Iterator[tuple[Any, Any]]:
        """Yield items with the next one, which decides what is torn down."""
        items = [self._items[name] for name in names]
        return zip(items, [*items[1:], None], strict=True)

    def _run_all(self, numbers: Sequence[int]) -> None:
        """Run the mutants, some at a time."""
        waiting, running = list(numbers), dict[int, int]()
        while waiting or running:
            while waiting and len(running) < self._jobs:
                number = waiting.pop(0)
                running[self._start(number)] = number
            pid, status = os.wait()
            number = running.pop(pid)
            self._end(number, os.waitstatus_to_exitcode(status))

    def _start(self, number: int) -> int:
        """Fork a child that ends with 0 if no test noticed the mutant."""
        is_equivalent = self._board.mutants[number].key in self._equivalents
        most = MOST_OF_EQUIVALENT if is_equivalent else self._most
        names = self._likely_first(number)[:most]
        pid = os.fork()
        if pid:
            return pid
        self._in_child(f"m{number}")
        self._board.off = number
        for item, following in self._in_order(names):
            signal.alarm(TEST_S)
            if not _passes(item, following):
                (self._folder / f"m{number}.killed").write_text(item.nodeid)
                os._exit(1)
        os._exit(0)

    def _likely_first(self, number: int) -> list[str]:
        """Return the tests that reach a guard; those that killed its neighbours first."""
        killers = self._killers.get(self._board.mutants[number].module, set())
        names = self.baseline.reaching[number]
        return sorted(names, key=lambda test: test not in killers)

    def _end(self, number: int, code: int) -> None:
        note = self._folder / f"m{number}.killed"
        by = note.read_text() if note.exists() else f"exit {code}"
        shutil.rmtree(self._folder / f"m{number}", ignore_errors=True)
        tests = len(self.baseline.reaching[number])
        mutant = self._board.mutants[number]
        if note.exists():
            self._killers.setdefault(mutant.module, set()).add(by)
        self.outcomes.append(Outcome(mutant, None if code == 0 else by, tests))
        if code == 0:
            _say(f"survived {tests} tests: {mutant.line:4} {mutant.key}")

    def _in_child(self, name: str) -> None:
        """Give a child folders of its own and no output."""
        config = next(iter(self._items.values())).config
        base = self._folder / name
        base.mkdir()
        factory: Any = config._tmp_path_factory  # type: ignore[attr-defined]  # no public way
        factory._basetemp = base
        quiet = os.open(os.devnull, os.O_RDWR)
        for descriptor in (1, 2):
            os.dup2(quiet, descriptor)


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def _baseline(told: Sequence[Told]) -> Baseline:
    reaching: dict[int, list[str]] = {}
    rows = sorted((row for row in told if row.passed), key=lambda row: row.took_s)
    for row in rows:
        for number in row.refused:
            reaching.setdefault(number, []).append(row.test)
    for row in rows:
        for number in set(row.reached) - set(row.refused):
            reaching.setdefault(number, []).append(row.test)
    return Baseline(reaching, [row.test for row in told if not row.passed])


def _say(text: str) -> None:
    sys.__stderr__.write(text + "\n")  # type: ignore[union-attr]  # never closed here
    sys.__stderr__.flush()  # type: ignore[union-attr]


def known_equivalents() -> set[str]:
    """Return the keys of the mutants that make no difference."""
    found = yaml.safe_load((HERE / "equivalent.yaml").read_text(encoding="utf-8"))
    return {entry["guard"] for entry in found}


def summary(outcomes: Sequence[Outcome], equivalents: Collection[str]) -> str:
    """Return the counts of each module as a table, and those of all."""
    rows: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: o.mutant.module):
        rows.setdefault(outcome.mutant.module, []).append(outcome)
    rows["all"] = list(outcomes)
    return "\n".join(
        [
            f"{'module':32} guards killed equivalent survivors",
            *(_row(name, found, equivalents) for name, found in rows.items()),
        ]
    )


def _row(name: str, outcomes: Sequence[Outcome], equivalents: Collection[str]) -> str:
    alive = [outcome for outcome in outcomes if outcome.killed_by is None]
    left = sum(outcome.mutant.key not in equivalents for outcome in alive)
    killed = len(outcomes) - len(alive)
    return f"{name:32} {len(outcomes):6} {killed:6} {len(alive) - left:10} {left:9}"


def complaints(
    outcomes: Sequence[Outcome], baseline: Baseline, equivalents: set[str]
) -> Iterator[str]:
    """Yield what keeps the run from being content, one line each."""
    alive = {outcome.mutant.key for outcome in outcomes if outcome.killed_by is None}
    for mutant, killed_by, tests in outcomes:
        if killed_by is None and mutant.key not in equivalents:
            yield f"survived: {mutant.key} (line {mutant.line}, {tests} tests)"
        if mutant.key in equivalents - alive:
            yield f"listed as equivalent, but killed by {killed_by}: {mutant.key}"
    for name in baseline.failed:
        yield f"failed without a mutant: {name}"


def main() -> int:
    """Run the mutants and print a table of counts; 1 if a guard can be removed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=(), help="modules whose name contains one of these"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most", type=int, help="tests for one mutant, for a look")
    parser.add_argument("--tests", nargs="*", help="other test files than the mapped")
    options = parser.parse_args()
    board = Switchboard(module_files(options.only), DECIDING)
    equivalents = known_equivalents()
    if not options.only and (gone := equivalents - {m.key for m in board.mutants}):
        parser.error("listed as equivalent, but gone: " + ", ".join(sorted(gone)))
    board.install()
    runner = Runner(board, options.jobs, options.most, equivalents)
    files = options.tests or [
        str(path)
        for pattern in TESTS
        for path in sorted((ROOT / "tests" / "unit").glob(f"{pattern}.py"))
    ]
    os.chdir(ROOT)
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files], [runner])
    if not runner.outcomes:
        return 2
    found = [*complaints(runner.outcomes, runner.baseline, equivalents)]
    table = summary(runner.outcomes, equivalents)
    sys.stdout.write("\n".join([table, *found]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
