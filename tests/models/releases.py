"""The report on two real releases of botocore: figures as JSON, the page beside it.

    python tests/models/releases.py --old 1.43.11 --new 1.44.5 --page report.md

Fetches both wheels with pip (no dependencies, nothing is installed), generates the
services of smithy-models/services.yaml from each into a temporary folder, and compares.
Corrections of operations that a release does not have yet are left out for it; the
checked-in tree never shows that case.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from smithgate_codegen.drift.compare import find_drift
from smithgate_codegen.emit.roots import templates_root
from smithgate_codegen.generate import Job, generate
from smithgate_codegen.knowledge.overrides import default_folder
from smithgate_codegen.report.compare import compare_trees
from smithgate_codegen.report.markdown import to_markdown
from smithgate_codegen.report.record import Report
from smithgate_codegen.report.trees import FolderTree
from smithgate_codegen.report.verdicts import judge
from smithgate_codegen.sync import BotocoreSource, Cache, load_config, sync
from smithgate_codegen.write import write

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 0 when there are any, 1 without the releases."""
    options = parsed(arguments)
    try:
        figures, page = measured(options)
    except subprocess.CalledProcessError as error:
        print(f"not measured: a release could not be fetched ({error.returncode})")
        return 1
    if options.page:
        options.page.write_text(page, encoding="utf-8")
    print(f"## botocore {options.old} → {options.new}\n\n```json")
    print(json.dumps(figures, indent=2))
    print("```")
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def measured(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Return the figures and the page."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        datas = [fetch(version, work) for version in (options.old, options.new)]
        trees = [tree(data, work / f"{data.name}.tree", options) for data in datas]
        started = time.perf_counter()
        state = judge(ROOT / "policy.yaml", trees[1])
        judged_s = time.perf_counter() - started
        report = compare_trees(
            FolderTree.open(trees[0], f"botocore {options.old}"),
            FolderTree.open(trees[1], f"botocore {options.new}"),
            state,
            algorithm="sha1",
        )
        compared_s = time.perf_counter() - started - judged_s
        page = to_markdown(report)
        figures = figures_of(report, page)
        figures["judged_s"] = round(judged_s, 1)
        figures["compared_s"] = round(compared_s, 1)
        figures["drift_of_new_on_old"] = drift(trees[1], datas[0])
        figures["drift_of_old_on_new"] = drift(trees[0], datas[1])
    return figures, page


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", default="1.43.11")
    parser.add_argument("--new", default="1.44.5")
    parser.add_argument("--page", type=Path, help="write the page there")
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--all", action="store_true", help="every service, not 16")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args(arguments)


def fetch(version: str, work: Path) -> Path:
    """Download one release and return its data folder."""
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
    place = work / "wheels"
    wanted = f"botocore=={version}"
    subprocess.run([*pip, "--dest", str(place), wanted], check=True)
    (wheel,) = place.glob(f"botocore-{version}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if n.startswith("botocore/data/")]
        archive.extractall(work / version, names)
    return (work / version / "botocore" / "data").rename(work / f"data-{version}")


def tree(data: Path, out: Path, options: argparse.Namespace) -> Path:
    """Generate the default services, or all, from one data folder."""
    source = BotocoreSource(data)
    config = load_config(ROOT / "smithy-models" / "services.yaml")
    if options.all:
        config = config.with_source("botocore")
    lock, cache = out.with_suffix(".lock.json"), out.with_suffix(".cache")
    sync(config, {"botocore": source}, lock, Cache(cache))
    job = Job(
        config=config,
        lock=lock,
        cache=cache,
        overrides=corrections(data, out.with_suffix(".overrides")),
        templates=templates_root(),
    )
    write(out, generate(job, jobs=options.jobs).files)
    return out


def corrections(data: Path, folder: Path) -> Path:
    """Copy the corrections without those of operations that a release lacks."""
    folder.mkdir()
    for path in default_folder().glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        known = operations(data, content["service"])
        rows = []
        for row in content["overrides"]:
            names = row["operation"]
            names = names if isinstance(names, list) else [names]
            kept = [name for name in names if name in known]
            if kept:
                rows.append({**row, "operation": kept})
        content["overrides"] = rows
        (folder / path.name).write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def operations(data: Path, service: str) -> set[str]:
    """Return the operations that a release has of a service."""
    model = json.loads(BotocoreSource(data).fetch(service).data)
    return {
        name.partition("#")[2]
        for name, node in model["shapes"].items()
        if node["type"] == "operation"
    }


def figures_of(report: Report, page: str) -> dict[str, Any]:
    """Return what the report counts."""
    effects = Counter(
        f"{note.risk}: {note.verdict.effect if note.verdict else 'not judged'}"
        for note in report.added
    )
    kinds = Counter(item.kind.value for item in report.schemas)
    return {
        "operations": [report.operations_before, report.operations_after],
        "added": len(report.added),
        "removed": len(report.removed),
        "deprecated": len(report.deprecated),
        "risks": len(report.risks),
        "facts": len(report.facts),
        "unread": len(report.unread),
        "operations_with_schema_changes": dict(sorted(kinds.items())),
        "new_by_risk_and_effect": dict(sorted(effects.items())),
        "page_lines": len(page.splitlines()),
        "page_bytes": len(page.encode()),
    }


def drift(generated: Path, data: Path) -> dict[str, Any]:
    """Return what a release cannot execute of the other's tree."""
    found = find_drift(generated, data=data)
    return {
        "findings": dict(sorted(Counter(f.problem for f in found.findings).items())),
        "required_by_botocore_only": found.lenient,
        "new_operations": sum(found.new_operations.values()),
        "new_members": sum(found.new_members.values()),
    }


if __name__ == "__main__":
    sys.exit(main())
