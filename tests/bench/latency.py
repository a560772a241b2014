"""Latency: plan, read and apply in process, against the bare calls and commits in them.

A plan without a reader is held against one schema check and one durable commit; what
talks to AWS against the same boto3 calls made bare. ``own`` is what remains of a call
when its SDK calls, commits and fsyncs are taken off.
"""

import json
import time
from collections.abc import Callable, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from durable import Disk
from jsonschema_rs import Draft202012Validator
from meter import Meter, metered, phases
from stack import ROOT
from stats import elapsed_ms, progress, ratio, summary, take_turns
from world import BUCKET, World, open_world

RUNS = 40
PLAIN = ("sns:CreateTopic", {"Name": "bench"})
"""A step whose state nothing reads."""
TOOLS = ("plan, no reader", "plan, reader", "read", "apply, no reader", "apply, reader")

Sample = dict[str, Any]


def run(folder: Path, runs: int | None) -> dict[str, Any]:
    """Return the section ``latency`` of the report."""
    progress("latency: plan, read and apply against moto on loopback")
    disk = Disk(folder)
    with (
        open_world(folder) as world,
        metered(world.app, world.meter),
        phases(world.app, world.meter) as found,
    ):
        samples = take_turns(variants(world, disk, found), runs or RUNS, warmups=3)
    disk.close()
    return report(samples)


def variants(
    world: World, disk: Disk, found: dict[str, tuple[float, float]]
) -> dict[str, Callable[[], Sample]]:
    """Return the tools and their baselines, each next to the other."""
    states = repeat("Enabled")  # suspending is destructive by what it does
    operation, arguments = PLAIN
    validator = Draft202012Validator(
        json.loads((ROOT / "generated/sns/create_topic.schema.json").read_bytes())
    )

    def versioning() -> tuple[str, dict[str, Any]]:
        wanted = {"Status": next(states)}
        return (
            "s3:PutBucketVersioning",
            {"Bucket": BUCKET, "VersioningConfiguration": wanted},
        )

    def apply(step: tuple[str, dict[str, Any]]) -> Sample:
        plan_id = world.plan(*step)
        world.approve(plan_id)
        found.clear()
        sample = timed(world.meter, lambda: world.call("apply", plan_id=plan_id))
        return sample | {"phases": dict(found)}

    def tool(name: str, **given: Any) -> Callable[[], Sample]:
        return lambda: timed(world.meter, lambda: world.call(name, **given))

    def bare(action: Callable[[], Any]) -> Callable[[], Sample]:
        return lambda: {"ms": elapsed_ms(action)}

    def get() -> Any:
        return world.s3.get_bucket_versioning(Bucket=BUCKET)

    plain_step = {"operation": operation, "arguments": arguments}
    return {
        "schema check": bare(lambda: validator.is_valid(arguments)),
        "durable commit": bare(disk.commit),
        "durable file": bare(disk.write_file),
        "plan, no reader": tool("plan", steps=[plain_step]),
        "bare get": bare(get),
        "plan, reader": lambda: timed(world.meter, lambda: world.plan(*versioning())),
        "read": tool(
            "read", operation="s3:GetBucketVersioning", arguments={"Bucket": BUCKET}
        ),
        "bare create": bare(lambda: world.sns.create_topic(**arguments)),
        "apply, no reader": lambda: apply(PLAIN),
        "bare identity": bare(world.sts.get_caller_identity),
        "bare put": bare(lambda: world.s3.put_bucket_versioning(**versioning()[1])),
        "apply, reader": lambda: apply(versioning()),
    }


def timed(meter: Meter, action: Callable[[], Any]) -> Sample:
    """Return the time of an action with what it waited for."""
    meter.reset()
    start = time.perf_counter()
    action()
    took = time.perf_counter() - start
    own = took - meter.waited_s
    return {
        "ms": took * 1000,
        "own_ms": own * 1000,
        "names": tuple(meter.calls),
        **meter.as_dict(),
    }


def report(samples: dict[str, list[Sample]]) -> dict[str, Any]:
    """Return figures, ratios and facts out of the samples."""
    ms = {name: [s["ms"] for s in found] for name, found in samples.items()}
    figures = {name: summary(values, "ms") for name, values in ms.items()}
    facts: dict[str, Any] = {}
    for tool in TOOLS:
        found = samples[tool]
        for key, label in (
            ("own_ms", "own"),
            ("sdk_ms", "in SDK calls"),
            ("commit_ms", "in commits"),
            ("sync_ms", "in fsync of artifacts"),
        ):
            figures[f"{tool}: {label}"] = summary([s[key] for s in found], "ms")
        facts[f"{tool}: makes"] = _counts(found[-1])
    for tool in ("apply, no reader", "apply, reader"):
        figures |= _phases(tool, samples[tool])
    return {"figures": figures, "ratios": _ratios(samples, ms), "facts": facts}


def _ratios(
    samples: dict[str, list[Sample]], ms: dict[str, list[float]]
) -> dict[str, Any]:
    check = _sums(ms["schema check"], ms["durable commit"])
    calls = _sums(ms["bare identity"], ms["bare create"])
    ratios = {
        "plan, no reader / (schema check + durable commit)": ratio(
            ms["plan, no reader"], check
        ),
        "plan, reader / bare get": ratio(ms["plan, reader"], ms["bare get"]),
        "read / bare get": ratio(ms["read"], ms["bare get"]),
        "apply, no reader / bare create": ratio(
            ms["apply, no reader"], ms["bare create"]
        ),
        "apply, reader / bare put": ratio(ms["apply, reader"], ms["bare put"]),
    }
    gets = _sums(ms["bare get"], ms["bare get"])
    for tool, bare in (
        ("plan, reader", ms["bare get"]),
        ("read", ms["bare get"]),
        ("apply, no reader", calls),
        ("apply, reader", _sums(ms["bare identity"], ms["bare put"], gets)),
    ):
        needed = _sums(bare, _durable(samples[tool], ms))
        label = f"{tool} / (its calls bare + its durable writes)"
        ratios[label] = ratio(ms[tool], needed)
    for tool in TOOLS:
        own = [s["own_ms"] for s in samples[tool]]
        ratios[f"{tool}: own share"] = ratio(own, ms[tool])
        for phase in samples[tool][0].get("phases", ()):
            own = [s["phases"][phase][1] * 1000 for s in samples[tool]]
            ratios[f"{tool}: {phase}, own share"] = ratio(own, ms[tool])
    return ratios


def _durable(found: Sequence[Sample], ms: dict[str, list[float]]) -> list[float]:
    """Return what a tool's commits and fsyncs would cost made bare, by sample.

    A bare durable file is two fsyncs; an artifact that is there already is one.
    """
    costs = zip(found, ms["durable commit"], ms["durable file"], strict=True)
    return [s["commits"] * commit + s["syncs"] * file / 2 for s, commit, file in costs]


def _phases(tool: str, found: Sequence[Sample]) -> dict[str, Any]:
    """Return the parts of an apply: whole, and what of it is our own."""
    figures: dict[str, Any] = {}
    for phase in found[0]["phases"]:
        took = [s["phases"][phase] for s in found]
        label = f"{tool}: {phase}"
        figures[label] = summary([whole * 1000 for whole, _ in took], "ms")
        figures[f"{label}, own"] = summary([own * 1000 for _, own in took], "ms")
    rest = [s["ms"] - 1000 * sum(w for w, _ in s["phases"].values()) for s in found]
    figures[f"{tool}: the rest"] = summary(rest, "ms")
    return figures


def _counts(sample: Sample) -> str:
    names = ", ".join(sample["names"]) or "none"
    return (
        f"{sample['commits']} commits, {sample['artifacts']} artifacts "
        f"({sample['syncs']} fsyncs), {sample['calls']} AWS calls: {names}"
    )


def _sums(*columns: Sequence[float]) -> list[float]:
    return [sum(row) for row in zip(*columns, strict=True)]
