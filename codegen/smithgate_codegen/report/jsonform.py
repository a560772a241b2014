"""The report for programs: everything that the page folds, in a stable form.

Owns the format. Keys are sorted, sequences are in the report's order, nothing is cut.
"""

import json
from dataclasses import asdict
from typing import Any

from .record import Report
from .schemas import Kind

FORMAT_VERSION = 1


def to_json(report: Report) -> str:
    """Return the text; ASCII only, so that no terminal obeys it."""
    return json.dumps(as_json(report), indent=2, sort_keys=True) + "\n"


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON values, with counts in front."""
    document = asdict(report)
    policy = document.pop("policy")
    del policy["verdicts"]  # each operation of the report has its own
    schemas = [
        {**item, "kind": record.kind.value}
        for item, record in zip(document.pop("schemas"), report.schemas, strict=True)
    ]
    return {
        **document,
        "format_version": FORMAT_VERSION,
        "policy": policy,
        "schemas": schemas,
        "counts": {
            "added": len(report.added),
            "removed": len(report.removed),
            "deprecated": len(report.deprecated),
            "risks": len(report.risks),
            "facts": len(report.facts),
            **{kind.value: len(report.of_kind(kind)) for kind in Kind},
        },
    }
