"""kill -9 before and after every durable step of apply, then restart and repeat.

A child is forked for each kill, with the clients warm; hooks are put around the
product's functions in the child only. The parent then opens the store as a new process
does, repeats the apply, and settles what is unknown.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.httpsession import URLLib3Session
from kit import (
    Double,
    Tally,
    Template,
    World,
    check_answer,
    check_journal,
    check_outcome,
    check_store,
    template,
)
from smithgate.errors import SmithgateError
from smithgate.execute import gateway
from smithgate.store import TxState, artifacts
from smithgate.store.checkpoints import Checkpoints
from smithgate.store.database import Database
from smithgate.store.lease import Lease


class Points:
    """Counts the durable steps as they pass; kills the process at one of them."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.passed = 0

    def reach(self) -> None:
        """Pass one point, or die at it."""
        self.passed += 1
        if self.passed == self.target:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        """Put a point before and one after a function."""
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.reach()
            value = original(*args, **kwargs)
            self.reach()
            return value

        setattr(owner, name, wrapped)

    def around_writes(self) -> None:
        """Put points before the begin, before the commit and after it."""
        original: Callable[..., Any] = Database.write

        @contextmanager
        def write(database: Database) -> Iterator[Any]:
            self.reach()
            with original(database) as unit:
                yield unit
                self.reach()
            self.reach()

        Database.write = write  # type: ignore[method-assign,assignment]  # the hook

    def install(self) -> None:
        """Hook every durable step, and the sending itself."""
        self.around_writes()
        self.around(artifacts, "_write")
        self.around(artifacts, "sync_folder")
        self.around(Checkpoints, "append")
        self.around(Lease, "take")
        self.around(gateway, "send")
        self.around(URLLib3Session, "send")


def apply_and_die(folder: Path, plan_id: str, target: int) -> int:
    """Apply in a forked child that dies at a point; return the points it passed.

    0 means that it died.
    """
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(read_end)
            points = Points(target)
            points.install()
            world = World.reopened(folder)
            world.call("apply", plan_id=plan_id)
            os.write(write_end, str(points.passed).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write_end)
    with os.fdopen(read_end) as file:
        told = file.read()
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) != 0:
        raise AssertionError("the child failed by itself")
    return int(told or 0)


def settle(world: World, tx_id: str) -> None:
    """Settle an unknown apply as people do: token, then a look, then their word."""
    resolver = world.app.resolver
    try:
        state, _ = resolver.resend(world.app.policies.current, tx_id, by="user:ada")
    except SmithgateError:
        policy = world.app.policies.current()
        state, _ = resolver.by_reading(policy, tx_id, by="user:ada")
    if state is TxState.UNKNOWN:
        resolver.by_person(tx_id, TxState.FAILED, by="user:ada", note="proof")


def after_restart(
    tally: Tally, double: Double, made: Template, folder: Path, where: str
) -> None:
    """Restart, repeat the apply twice, settle; check everything after it."""
    world = World.reopened(folder)
    first = world.call("apply", plan_id=made.plan_id)
    again = world.call("apply", plan_id=made.plan_id)
    for result in (first, again):
        check_answer(tally, result, where)
    lines = double.take()
    effects = check_journal(tally, lines, where)
    state = check_outcome(tally, world, made.plan_id, effects, where)
    tally.add(f"ended {state}")
    tx = world.app.store.tx_of_plan(made.plan_id)
    if tx is not None and tx.state is TxState.UNKNOWN:
        settle(world, tx.id)
        later = check_journal(tally, double.take(), where)
        tally.add("double effects", min(effects, later), f"{where}: settling acted")
        tally.add("settled")
    world.app.close()
    check_store(tally, folder / "state", where)


def run(tally: Tally, double: Double, base: Path, every: int = 1) -> None:
    """Kill at every point, or at every n-th, of every scenario."""
    for name in ("token", "no token", "destructive", "steps"):
        made = template(double, base, name)
        folder = base / "kill"
        made.copy(folder)
        double.reset(folder / "state")
        points = apply_and_die(folder, made.plan_id, 0)
        assert points, name
        after_restart(tally, double, made, folder, f"{name}, no kill")
        for target in range(1, points + 1, every):
            made.copy(folder)
            double.reset(folder / "state")
            passed = apply_and_die(folder, made.plan_id, target)
            tally.add("kills", passed == 0)
            after_restart(tally, double, made, folder, f"{name}, kill at {target}")
