"""Describes every operation of every service: size, example, and the index itself.

Generates all services of the installed botocore twice into folders that are not kept
and compares the index files; then asks ``describe_operation`` for each operation. Prints Markdown; ``--out`` writes JSON. Exits
with 1 when a description is over 4 KB, has no example that its schema accepts, an
operation is missing from the search file, or the two trees differ.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from smithgate.arguments import Arguments
from smithgate.catalog import Catalog
from smithgate.errors import SmithgateError
from smithgate.policy import load_policy
from smithgate.server.handlers.look import DESCRIPTION_BYTES, LookHandlers
from smithgate.server.present import size_of
from smithgate.server.tool import CallContext
from smithgate_codegen.cli import run

ROOT = Path(__file__).resolve().parents[2]
FILES = ("index.json", "search.txt", "skipped.json")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SHOWN = 10


class Told(NamedTuple):
    """One operation, described."""

    operation: str
    size: int
    """Bytes of the description."""
    example: str
    """``valid``, ``none``, ``too long to show``, or the error it was refused with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--jobs", type=int, default=2, help="processes that describe")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="smithgate-describe-") as folder:
        root = _generated(Path(folder) / "once")
        again = _generated(Path(folder) / "again")
        report = _described(root, options.jobs) | {"files": _files(root, again)}
    same = all(found["same_again"] for found in report["files"].values())
    report["is_met"] = report["is_met"] and same
    print("\n".join(_markdown(report)))
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    return 0 if report["is_met"] else 1


def _generated(folder: Path) -> Path:
    """Generate every service below ``folder``; raises ``RuntimeError`` if it fails."""
    folder.mkdir(parents=True)
    config = folder / "services.yaml"
    config.write_text("format_version: 1\nservices: all\nsource: botocore\n")
    common = ["--config", str(config), "--cache", str(folder / "cache")]
    out = folder / "generated"
    for command in (["sync", *common], ["generate", *common, "--out", str(out)]):
        if run(command) != 0:
            raise RuntimeError(f"smithgate-codegen {command[0]} failed")
    return out


def _files(root: Path, again: Path) -> dict[str, Any]:
    files = {}
    for name in FILES:
        data = (root / name).read_bytes()
        files[name] = {
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "same_again": data == (again / name).read_bytes(),
            "default_bytes": (Catalog.default_root() / name).stat().st_size,
        }
    return files


def _described(root: Path, jobs: int) -> dict[str, Any]:
    ids = [entry.id for entry in Catalog(root).entries()]
    parts = [(root, ids[first :: jobs * 8]) for first in range(jobs * 8)]
    with ProcessPoolExecutor(jobs) as pool:
        told = sorted(each for part in pool.map(_told, parts) for each in part)
    sizes = sorted(each.size for each in told)
    long = [each for each in told if each.size > DESCRIPTION_BYTES]
    counts = Counter(each.example.partition(":")[0] for each in told)
    bad = [each for each in told if not each.example.startswith("valid")]
    searched = (root / "search.txt").read_text().count("\n") - 1
    complete = len(told) == len(ids) == searched
    return {
        "operations": len(ids),
        "described": len(told),
        "searched": searched,
        "bytes": {"median": sizes[len(sizes) // 2], "largest": sizes[-1]},
        "too_long": [each._asdict() for each in long],
        "examples": dict(sorted(counts.items())),
        "without_example": [each._asdict() for each in bad],
        "is_met": complete and not long and not bad,
    }


def _told(part: tuple[Path, Sequence[str]]) -> list[Told]:
    root, ids = part
    catalog = Catalog(root)
    arguments, policy = Arguments(catalog), load_policy(ROOT / "policy.yaml")
    app = SimpleNamespace(
        catalog=catalog,
        arguments=arguments,
        policies=SimpleNamespace(for_reading=lambda: (policy, ())),
        clock=lambda: _NOW,
    )
    look = LookHandlers(cast("Any", app))
    context = CallContext("measure", "1", "2026-07-28", Event())
    told = []
    for id_ in ids:
        out = look.describe_operation({"operation": id_}, context)
        told.append(Told(id_, size_of(out), _example(arguments, id_, out)))
    return told


def _example(arguments: Arguments, id_: str, out: dict[str, Any]) -> str:
    """Check the example that the description shows, or the one too long to show."""
    shown = out["minimal_example"]
    example = shown
    if isinstance(shown, str):
        example = arguments.minimal_example(id_)
    if example is None:
        return "none"
    try:
        arguments.check(id_, example)
    except SmithgateError as error:
        return f"refused: {error}"
    return "valid" if example is shown else "valid, too long to show"


def _markdown(report: dict[str, Any]) -> list[str]:
    sizes = report["bytes"]
    lines = [
        "# Every operation described",
        "",
        f"- operations: {report['operations']}, described {report['described']}",
        f"- operations in the search file: {report['searched']}",
        f"- bytes: median {sizes['median']}, largest {sizes['largest']}",
        f"- more than {DESCRIPTION_BYTES} bytes: {len(report['too_long'])}",
        f"- examples: {report['examples']}",
    ]
    for name, found in report["files"].items():
        same = "the same" if found["same_again"] else "DIFFERENT"
        lines.append(
            f"- {name}: {found['bytes']:,} bytes, {same} when generated again; "
            f"default set {found['default_bytes']:,} bytes"
        )
    for key in ("too_long", "without_example"):
        lines += [f"- {key}: {each}" for each in report[key][:_SHOWN]]
    lines.append(f"met: {'yes' if report['is_met'] else 'NO'}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
