"""What botocore's models get from the public Smithy models, over all of AWS.

Joins every service of the installed botocore with the model set beside the checkout (or
``--models DIR``) as ``enrich:`` in ``services.yaml`` does, prints the figures as
Markdown and writes them, with every conflict, to ``--out`` as JSON. Exits with 0: it
measures. See docs/models.md.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from smithgate_codegen.errors import CodegenError
from smithgate_codegen.sync import BotocoreSource, DirectorySource, Enrichment, Source
from smithgate_codegen.sync.enrich import enrich
from smithgate_codegen.sync.service import load_service

SHARED = Path(__file__).parents[2].parent / "shared" / "api-models-aws"
FORMAT_VERSION = 1
COUNTS = (
    *("operations", "operations_joined", "operations_enriched"),
    *("members_joined", "members_enriched", "shapes_enriched"),
    *("resources", "bindings"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=SHARED)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    if not options.models.is_dir():
        print(f"skipped: there are no models at {options.models}")
        return 0
    report = measure(BotocoreSource(), DirectorySource(options.models, name="models"))
    if options.out is not None:
        text = json.dumps(report, indent=1, ensure_ascii=False, sort_keys=True)
        options.out.write_text(text + "\n", "utf-8")
    print("\n".join(markdown(report)))
    return 0


def measure(base: Source, other: Source) -> dict[str, Any]:
    """Return the figures of all services that both sources have."""
    joined = sorted(set(base.services()) & set(other.services()))
    found: dict[str, Enrichment] = {}
    failures: dict[str, str] = {}
    seconds = 0.0
    for name in joined:
        ours, theirs = load_service(name, base), load_service(name, other)
        start = time.process_time()
        try:
            _, found[name] = enrich(ours.model, theirs.model)
        except CodegenError as error:
            failures[name] = error.message
        seconds += time.process_time() - start
    conflicts = Counter(
        (conflict.kind, conflict.what)
        for report in found.values()
        for conflict in report.conflicts
    )
    traits = Counter[str]()
    for report in found.values():
        traits.update(report.traits)
    return {
        "format_version": FORMAT_VERSION,
        "services": {
            base.name: len(base.services()),
            other.name: len(other.services()),
            "joined": len(found),
        },
        "failures": failures,
        "only_other": sorted(set(other.services()) - set(base.services())),
        "counts": {k: sum(getattr(r, k) for r in found.values()) for k in COUNTS},
        "traits": dict(sorted(traits.items())),
        "conflicts": {f"{k} {w}".strip(): n for (k, w), n in sorted(conflicts.items())},
        "cpu_s": round(seconds, 1),
        "by_service": {name: asdict(report) for name, report in found.items()},
    }


def markdown(report: dict[str, Any]) -> list[str]:
    """Return the figures as lines of Markdown."""
    services = report["services"]
    rows = [
        ("services joined", f"{services['joined']} of {services['models']}"),
        *((name.replace("_", " "), f"{n:,}") for name, n in report["counts"].items()),
        ("places with an added trait", f"{sum(report['traits'].values()):,}"),
        ("conflicts listed", f"{sum(report['conflicts'].values()):,}"),
        ("failures", f"{len(report['failures'])}"),
        ("CPU seconds of merging", f"{report['cpu_s']}"),
    ]
    lines = ["| enrichment of botocore | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows]
    kinds = ", ".join(f"{kind} {n:,}" for kind, n in report["conflicts"].items())
    return [*lines, "", f"Conflicts: {kinds}."]


if __name__ == "__main__":
    sys.exit(main())
