"""64 applies of one plan at once: in one process, and in two."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kills import after_restart
from kit import CODES, DOUBLE, Double, Tally, World, check_answer, template
from smithgate.server.tool import ToolResult

APPLIES = 64


def apply_many(world: World, plan_id: str, count: int) -> list[ToolResult]:
    """Call apply from as many threads."""
    with ThreadPoolExecutor(count) as pool:
        return list(
            pool.map(lambda _: world.call("apply", plan_id=plan_id), range(count))
        )


def first_runs(results: list[ToolResult]) -> int:
    """Return how many say that they applied, and not that somebody did before."""
    told = [one.structured for one in results if not one.is_error]
    return sum("repeated" not in one for one in told)


def in_child(folder: Path, plan_id: str, count: int) -> tuple[int, int]:
    """Fork a child that applies many times; return its process and a pipe."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(read_end)
            world = World.reopened(folder)
            results = apply_many(world, plan_id, count)
            codes = [one.structured["error"]["code"] for one in results if one.is_error]
            told: dict[str, Any] = {"first": first_runs(results), "codes": codes}
            world.app.close()
            os.write(write_end, json.dumps(told).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write_end)
    return child, read_end


def run(tally: Tally, double: Double, base: Path, applies: int = APPLIES) -> None:
    """Race in one process, then in two."""
    for name in ("no token", "steps"):
        made = template(double, base, name)

        folder = made.copy(base / "one")
        double.reset(folder / "state")
        world = World.reopened(folder)
        results = apply_many(world, made.plan_id, applies)
        for result in results:
            check_answer(tally, result, f"{name}, one process")
        world.app.close()
        tally.add(DOUBLE, first_runs(results) != 1, f"{name}: not one first run")
        tally.add("concurrent applies", applies)
        after_restart(tally, double, made, folder, f"{name}, race in one process")

        folder = made.copy(base / "two")
        double.reset(folder / "state")
        children = [in_child(folder, made.plan_id, applies // 2) for _ in range(2)]
        first = 0
        for child, read_end in children:
            with os.fdopen(read_end) as file:
                told = json.loads(file.read() or "{}")
            _, status = os.waitpid(child, 0)
            assert status == 0, "a racing child failed by itself"
            first += told["first"]
            tally.add(CODES, "internal" in told["codes"], f"{name}, two processes")
        tally.add(DOUBLE, first != 1, f"{name}: {first} first runs in two processes")
        tally.add("concurrent applies", applies)
        after_restart(tally, double, made, folder, f"{name}, race in two processes")
