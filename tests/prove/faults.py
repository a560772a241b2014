"""The network does its worst: every fault with every scenario, in one process."""

from pathlib import Path

from kills import after_restart
from kit import ACTIONS, Double, Tally, World, check_answer, template

FAULTS = (
    "delay",
    "drop before",
    "drop after",
    "reset",
    "truncate",
    "garbage",
    "throttle",
    "fail before",
    "fail after",
)


def run(
    tally: Tally, double: Double, base: Path, faults: tuple[str, ...] = FAULTS
) -> None:
    """Apply under each fault, once and for all attempts."""
    for name, action in ACTIONS.items():
        made = template(double, base, name)
        for fault in faults:
            for times in (1, 9):
                folder = made.copy(base / "fault")
                where = f"{name}, {fault} x{times}"
                double.reset(folder / "state", action=action, kind=fault, times=times)
                world = World.reopened(folder)
                result = world.call("apply", plan_id=made.plan_id)
                check_answer(tally, result, where)
                world.app.close()
                tally.add("network faults")
                after_restart(tally, double, made, folder, where)
