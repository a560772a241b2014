"""Scale: what a tree of 10,000 operations costs a start and a first search, against 10.

The trees are made of the checked-in one: its services are repeated under new names, so
every module, schema and index line is one that the catalog accepts.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

from stack import ROOT
from stats import elapsed_ms, progress, ratio, summary, take_turns
from wire import Moment, Server, serve_command, serve_env

RUNS = 10
FASTMCP_RUNS = 5
SMALL, LARGE = 10, 10_000
WISH = "create something with tags"


@dataclass(frozen=True)
class Measured:
    """One start with two searches."""

    opened: Moment
    first_ms: float
    later_ms: float
    after: Moment


def run(folder: Path, runs: int | None) -> dict[str, Any]:
    """Return the section ``scale`` of the report."""
    figures: dict[str, Any] = {}
    ratios: dict[str, Any] = {}
    trees = {}
    (folder / "state").mkdir(mode=0o700)  # as after the first call of a tool
    for size in (SMALL, LARGE):
        progress(f"scale: making a tree of {size} operations")
        trees[size] = make_tree(folder / f"tree-{size}", size)
    for engine, default in (("minimal", RUNS), ("fastmcp", FASTMCP_RUNS)):
        progress(f"scale: {engine} over both trees")
        command = serve_command(engine)
        envs = {size: serve_env(folder, tree) for size, tree in trees.items()}
        samples = take_turns(
            {
                "small": partial(measured, command, envs[SMALL]),
                "large": partial(measured, command, envs[LARGE]),
            },
            runs or default,
        )
        for which, size in (("small", SMALL), ("large", LARGE)):
            _report(figures, f"{engine}, {size} operations", samples[which])
        large, small = samples["large"], samples["small"]
        ratios[f"{engine} start {LARGE} / {SMALL}"] = ratio(
            [m.opened.ms for m in large], [m.opened.ms for m in small]
        )
        ratios[f"{engine} start {LARGE} / {SMALL}, CPU"] = ratio(
            [m.opened.cpu_ms for m in large], [m.opened.cpu_ms for m in small]
        )
    return {"figures": figures, "ratios": ratios, "facts": {}}


def _report(figures: dict[str, Any], name: str, samples: Sequence[Measured]) -> None:
    figures[f"{name}, initialize"] = summary([m.opened.ms for m in samples], "ms")
    figures[f"{name}, first search"] = summary([m.first_ms for m in samples], "ms")
    figures[f"{name}, later search"] = summary([m.later_ms for m in samples], "ms")
    figures[f"{name}, VmRSS after"] = summary([m.after.rss_mib for m in samples], "MiB")


def measured(command: Sequence[str], env: dict[str, str]) -> Measured:
    """Start a server, search twice, end it."""
    with Server(command, env) as server:
        opened = server.open(modern=False)

        def search() -> None:
            server.call("search_operations", query=WISH)

        first, later = elapsed_ms(search), elapsed_ms(search)
        return Measured(opened, first, later, server.moment())


def make_tree(root: Path, size: int) -> Path:
    """Write a valid tree of ``size`` operations; return its folder."""
    source = ROOT / "generated"
    index = json.loads((source / "index.json").read_bytes())
    services: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for number, id_, record in islice(_repeated(index["operations"]), size):
        service, _, name = id_.partition(":")
        copied = f"{service}{number}"
        if copied not in services:
            services[copied] = index["services"][service] | {"aliases": []}
        renamed = _copy(source, root, service, copied, record)
        renamed["tool"] = f"t{len(operations)}_{record['method']}"[:64]
        operations[f"{copied}:{name}"] = renamed
    document = index | {"services": services, "operations": operations}
    (root / "index.json").write_text(json.dumps(document))
    skipped = {"format_version": index["format_version"], "skipped": {}}
    (root / "skipped.json").write_text(json.dumps(skipped))
    return root


def _repeated(
    operations: dict[str, Any],
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the operations over and over, with the number of the round."""
    for number in count(1):
        for id_, record in operations.items():
            yield number, id_, record


def _copy(
    source: Path, root: Path, service: str, copied: str, record: dict[str, Any]
) -> dict[str, Any]:
    """Write an operation's module for another service; link to its schemas."""
    changed = dict(record)
    for key in ("module", "schema", "output_schema"):
        path = f"{copied.replace('-', '_')}/{Path(record[key]).name}"
        changed[key] = path
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if key != "module":
            (root / path).symlink_to(source / record[key])
    text = (source / record["module"]).read_text()
    for old, new in (
        (f'id="{service}:', f'id="{copied}:'),
        (f'client=("{service}", ', f'client=("{copied}", '),
        (f'schema="{record["schema"]}"', f'schema="{changed["schema"]}"'),
        (
            f'output_schema="{record["output_schema"]}"',
            f'output_schema="{changed["output_schema"]}"',
        ),
    ):
        text = re.sub(rf"(?m)^    {re.escape(old)}", f"    {new}", text)
    (root / changed["module"]).write_text(text)
    return changed
