"""Stores that cannot be written: full, too small a file, read-only, locked.

Nothing may be sent without a record, and what was sent must be told as unknown at worst.
"""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from kills import after_restart
from kit import Double, Tally, Template, World, check_answer, template
from smithgate.execute import gateway

FILE_LIMITS = tuple(range(0, 200_000, 8_000))
FREE_BYTES = (0, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144)


def limited(folder: Path, plan_id: str, limit: int) -> None:
    """Apply in a child whose files may not grow over a size."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            world = World.reopened(folder)
            result = world.call("apply", plan_id=plan_id)
            is_told = not result.is_error or result.structured["error"]["code"] not in {
                "internal",
                "",
            }
            code = 0 if is_told else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the limited child ended with {status}"


def file_limits(
    tally: Tally, double: Double, base: Path, made: Template, limits: tuple[int, ...]
) -> None:
    """Every file size at which another write fails."""
    for limit in limits:
        folder = made.copy(base / "limited")
        double.reset(folder / "state")
        limited(folder, made.plan_id, limit)
        tally.add("full disks")
        where = f"{made.name}, files up to {limit}"
        after_restart(tally, double, made, folder, where)


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path | None]:
    """Mount a small file system; yield ``None`` where that is not possible."""
    place.mkdir(exist_ok=True)
    options = f"size={size},mode=700"
    command = ["mount", "-t", "tmpfs", "-o", options, "smithgate-prove", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        yield None
        return
    if done.returncode != 0:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(place: Path, free: int) -> Path:
    """Fill a file system up to some bytes; return the ballast."""
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        left = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize - free
        file.write(b"\0" * max(0, left))
    return ballast


def full_disks(
    tally: Tally, double: Double, base: Path, made: Template, frees: tuple[int, ...]
) -> None:
    """A file system with less and less room."""
    for free in frees:
        with small_disk(base / "disk", 8 * 1024 * 1024) as disk:
            if disk is None:
                tally.skipped.append("full file system: nothing can be mounted here")
                return
            folder = made.copy(disk / "w")
            ballast = fill(disk, free)
            double.reset(folder / "state")
            where = f"{made.name}, {free} bytes free"
            world = World.reopened(folder)
            check_answer(tally, world.call("apply", plan_id=made.plan_id), where)
            world.end()
            ballast.unlink()
            tally.add("full disks")
            after_restart(tally, double, made, folder, where)


def read_only(tally: Tally, double: Double, base: Path, made: Template) -> None:
    """A file system that turned read-only."""
    with small_disk(base / "disk", 8 * 1024 * 1024) as disk:
        if disk is None:
            tally.skipped.append("read-only file system: nothing can be mounted here")
            return
        folder = made.copy(disk / "w")
        double.reset(folder / "state")
        remount = ["mount", "-o", "remount,{}", str(disk)]
        subprocess.run([w.format("ro") for w in remount], check=True)
        where = f"{made.name}, read-only"
        world = World.reopened(folder)
        result = world.call("apply", plan_id=made.plan_id)
        assert result.is_error, "a read-only store let an apply through"
        check_answer(tally, result, where)
        world.end()
        subprocess.run([w.format("rw") for w in remount], check=True)
        tally.add("read-only stores")
        after_restart(tally, double, made, folder, where)


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the database's write lock from another connection."""
    connection = sqlite3.connect(state / "smithgate.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


def locks(tally: Tally, double: Double, base: Path, made: Template) -> None:
    """A database that somebody else holds, from the start and after the sending."""
    folder = made.copy(base / "locked")
    double.reset(folder / "state")
    world = World.reopened(folder)
    assert world.app.store
    with locked(folder / "state"):
        check_answer(tally, world.call("apply", plan_id=made.plan_id), "locked")
    world.app.close()
    tally.add("locked databases")
    after_restart(tally, double, made, folder, f"{made.name}, locked")

    folder = made.copy(base / "locked")
    double.reset(folder / "state")
    world = World.reopened(folder)
    hooks = vars(gateway)  # the name that the gateway itself looks up
    original, held = hooks["send"], ExitStack()

    def send_and_lock(*args: Any) -> Any:
        answer = original(*args)
        if args[1] == "send_message":
            held.enter_context(locked(folder / "state"))
        return answer

    hooks["send"] = send_and_lock
    try:
        with held:
            result = world.call("apply", plan_id=made.plan_id)
    finally:
        hooks["send"] = original
    check_answer(tally, result, "locked after sending")
    world.app.close()
    tally.add("locked databases")
    after_restart(tally, double, made, folder, f"{made.name}, locked after sending")


def run(
    tally: Tally,
    double: Double,
    base: Path,
    limits: tuple[int, ...] = FILE_LIMITS,
    frees: tuple[int, ...] = FREE_BYTES,
) -> None:
    """Every way in which a store refuses to be written."""
    for name in ("no token", "steps"):
        made = template(double, base, name)
        file_limits(tally, double, base, made, limits)
        full_disks(tally, double, base, made, frees)
        read_only(tally, double, base, made)
        if name == "no token":
            locks(tally, double, base, made)
