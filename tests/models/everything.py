"""Generates every service of botocore and every public model; times and counts.

For each source: sync, a first run, a run with nothing changed, and what was skipped.
Needs no network. The public models are left out, and said so, where they are absent.
Exits with 1 when something fails, or a budget of time or memory is passed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = ROOT.parent / "shared" / "api-models-aws"
MIB = 1024
COLUMNS = (
    "source",
    "services",
    "operations",
    "skipped",
    "sync s",
    "first s",
    "unchanged s",
    "peak MiB",
)


def run(*arguments: str) -> dict[str, Any]:
    """Run the generator; return its last line, wall seconds and the peak memory."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - start
    lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    peak = int(lines.pop()) if lines and lines[-1].isdigit() else 0
    return {
        "exit": done.returncode,
        "wall_s": round(wall, 1),
        "peak_mib": peak // MIB,
        "said": (done.stdout.splitlines() or lines or [""])[-1],
        "left_out": sum(line.startswith("left out:") for line in lines),
    }


# The largest process counts: the generator's own or one of its workers.
_CHILD = """
import resource, sys
from smithgate_codegen.cli import run
code = run(sys.argv[1:])
kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
print(peak, file=sys.stderr)
sys.exit(code)
"""


def measure(name: str, config: str, folder: Path) -> dict[str, Any]:
    """Sync and generate everything of one source into a folder, twice."""
    folder.mkdir()
    file = folder / "services.yaml"
    file.write_text(config)
    common = ("--config", str(file), "--cache", str(folder / "cache"))
    out = folder / "generated"
    row: dict[str, Any] = {"source": name, "sync": run("sync", *common)}
    row["first"] = run("generate", *common, "--out", str(out))
    row["unchanged"] = run("generate", *common, "--out", str(out))
    if out.is_dir():
        index = json.loads((out / "index.json").read_text())
        skipped = json.loads((out / "skipped.json").read_text())["skipped"]
        reasons: dict[str, int] = {}
        for reason in skipped.values():
            reasons[reason] = reasons.get(reason, 0) + 1
        row |= {
            "services": len(index["services"]),
            "operations": len(index["operations"]),
            "skipped": dict(sorted(reasons.items())),
        }
    return row


MOST_S = 240
"""Seconds that a first run over all of a source may take."""
MOST_MIB = 2048
"""The same for the memory of its largest process."""


def is_met(row: dict[str, Any]) -> bool:
    """Say whether everything was generated within the budgets."""
    runs = [row[name] for name in ("sync", "first", "unchanged")]
    first = row["first"]
    return (
        all(found["exit"] == 0 for found in runs)
        and first["wall_s"] <= MOST_S
        and first["peak_mib"] <= MOST_MIB
    )


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as Markdown."""
    lines = [
        "## Every AWS service",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
    ]
    lines += [
        f"| {r['source']} | {r.get('services')} | {r.get('operations')} "
        f"| {sum(r.get('skipped', {}).values())} | {r['sync']['wall_s']} "
        f"| {r['first']['wall_s']} | {r['unchanged']['wall_s']} "
        f"| {r['first']['peak_mib']} |"
        for r in rows
    ]
    for r in rows:
        lines.append("")
        lines.append(f"{r['source']}: {r['first']['said']}")
        lines += [f"- skipped, {why}: {n}" for why, n in r.get("skipped", {}).items()]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    options = parser.parse_args(arguments)
    head = "format_version: 1\nservices: all\n"
    with tempfile.TemporaryDirectory(prefix="smithgate-all-") as folder:
        rows = [measure("botocore", head + "source: botocore\n", Path(folder) / "b")]
        if PUBLIC.is_dir():
            config = f"{head}source: public\nsources:\n  public: {PUBLIC}\n"
            rows.append(measure("public models", config, Path(folder) / "p"))
    print(table(rows))
    if not PUBLIC.is_dir():
        print("\nthe public models are not there: not measured")
    if options.out is not None:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // MIB
        document = {"rows": rows, "peak_mib": peak}
        options.out.write_text(json.dumps(document, indent=2) + "\n")
    return 0 if all(is_met(row) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
