"""How good the risk classes are, over every operation of the installed botocore.

Prints one Markdown report: the confusion matrix of access level against class, the
targets with their misses, split by the services that rules were tuned on and those held
back; ``--conflicts`` lists where the evidence disagrees, ``--out`` writes one JSON
document. Exits with 1 when a target is missed.
"""

import argparse
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import share
from smithgate_codegen.ir import Risk
from smithgate_codegen.knowledge.iam import access_of
from smithgate_codegen.knowledge.overrides import default_folder, load_overrides
from smithgate_codegen.knowledge.risk import risk_of
from smithgate_codegen.knowledge.sensitive import SecretPaths, mark_listed
from smithgate_codegen.knowledge.skipped import reason_to_skip
from smithgate_codegen.knowledge.subject import Subject
from smithgate_codegen.sync import BotocoreSource, load_service

FORMAT_VERSION = 1
TUNED_SHARE = 0.67
"""Part of the services that rules were tuned on."""
HALVES = ("tuned", "held")
LEVELS = {"L": "List", "P": "Permissions management", "R": "Read", "T": "Tagging"}
SHOWN = 25
"""Misses that the Markdown names; the JSON has all of them."""

REMOVING = re.compile(
    r"(Batch|Admin|Force|Bulk)?(Delete|Terminate|Purge|Deregister|Release|Destroy|Erase"
    r"|Flush|Wipe|Reset|Cancel|Abort|Drop|Discard|Expire|Clear|Evict|Dispose)(?![a-z])"
)
"""Names that promise a removal, spelled apart from the rules' own lists."""
TAGS = re.compile(r"Tags?(ging)?($|[A-Z])")
CREDENTIAL = re.compile(
    r"(SecretAccessKey|SessionToken|SecretString|SecretBinary|PrivateKey|AccessToken"
    r"|RefreshToken|IdToken|BearerToken|AuthToken|DbPassword|WorkloadAccessToken"
    r"|MasterUserPassword|AuthorizationToken|KeyMaterial|PrivateKeyPlaintext)",
    re.IGNORECASE,
)
"""Top-level output members that are credentials whatever the reviewed list says."""
TARGETS: Mapping[str, float] = {
    "changes called read": 0,
    "removing called less than destructive": 0,
    "permission changes missed": 5,
    "credentials called read": 0,
    "reads called anything else, percent": 1.0,
}


REVIEWED = "corrected by review against the evidence"
"""Beside the targets: operations whose override says less than name or shape do."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One operation, its class and what the data says."""

    id: str
    risk: str
    source: str
    levels: str
    second: str
    credentials: bool
    handlers: str
    """Letters of the CloudFormation handlers that need it."""
    shows: bool
    """A top-level output member is called like a credential."""

    @property
    def half(self) -> str:
        """The side of the split that the service is on."""
        service = self.id.partition(":")[0]
        return "tuned" if share("risk", service) < TUNED_SHARE else "held"


def judge_service(client_name: str) -> list[Judged]:
    """Return every operation of a service, judged as the generator judges it."""
    service = load_service(client_name, BotocoreSource())
    model = mark_listed(service.model, client_name)
    secrets = SecretPaths.of(model, client_name)
    overrides = load_overrides(default_folder(), client_name)
    out = []
    for bound in model.operations():
        subject = Subject(
            client_name, model, bound.shape, bound.resource, bound.lifecycle
        )
        if reason_to_skip(subject, service.methods) is None:
            credentials = secrets.credentials_of(subject)
            fact = risk_of(subject, credentials)
            row = overrides.get(subject.name, "risk")
            out.append(_judged(subject, fact, row, credentials))
    return out


def _judged(
    subject: Subject, fact: Any, row: Any, credentials: Sequence[str]
) -> Judged:
    access = access_of(subject.service, subject.name)
    return Judged(
        id=subject.id,
        risk=str(row.value if row else fact.value),
        source=row.source if row else fact.source,
        levels="".join(sorted(access.levels)) if access else "",
        second="".join(sorted(access.second)) if access else "",
        credentials=bool(credentials),
        handlers="".join(sorted(access.handlers)) if access else "",
        shows=any(CREDENTIAL.fullmatch(name) for name in subject.output.members),
    )


def changes(levels: str) -> bool:
    """Say whether letters of access levels stand for a change."""
    return bool(set(levels) & set("PTW"))


def misses(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Return target → the operations that miss it, over those the data covers.

    A correction by review counts as a miss only where the target is not zero; the
    others are under ``REVIEWED``, by name.
    """
    found: dict[str, list[Judged]] = {name: [] for name in (*TARGETS, REVIEWED)}
    for name, own in _misses(rows).items():
        for row in own:
            is_reviewed = not TARGETS[name] and row.source.startswith("override ")
            found[REVIEWED if is_reviewed else name].append(row)
    return found


def _misses(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {name: [] for name in TARGETS}
    for row in rows:
        if not row.levels:
            continue
        name = row.id.partition(":")[2]
        does_change = changes(row.levels) or changes(row.second)
        if row.risk == Risk.READ and does_change:
            found["changes called read"].append(row)
        if (
            REMOVING.match(name)
            and not TAGS.search(name)
            and does_change
            and row.risk != Risk.DESTRUCTIVE
        ):
            found["removing called less than destructive"].append(row)
        if "P" in row.levels + row.second and row.risk not in {
            Risk.PERMISSIONS,
            Risk.DESTRUCTIVE,
        }:
            found["permission changes missed"].append(row)
        if row.risk == Risk.READ and (row.shows or row.credentials):
            found["credentials called read"].append(row)
        if is_true_read(row) and row.risk != Risk.READ:
            found["reads called anything else, percent"].append(row)
    return found


def is_true_read(row: Judged) -> bool:
    """Say whether both sources call it a read and no credential comes back."""
    return bool(row.levels) and not (
        changes(row.levels) or changes(row.second) or row.credentials
    )


def conflicts(rows: Iterable[Judged]) -> dict[str, list[str]]:
    """Return kind of disagreement → operations, for review."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.levels and changes(row.levels) != changes(row.second):
            found["the two sources disagree whether it changes"].append(row.id)
        elif ("P" in row.levels) != ("P" in row.second):
            found["the two sources disagree on permissions"].append(row.id)
        if "access level" in row.source and row.risk != Risk.READ:
            found["the access level raised what the name says"].append(row.id)
        if is_true_read(row) and row.risk != Risk.READ:
            found["the name says more than the access level"].append(row.id)
        if row.handlers == "D" and row.risk not in {Risk.DESTRUCTIVE, Risk.PERMISSIONS}:
            found["only deletes in CloudFormation, and not destructive"].append(row.id)
        only_changes = bool(row.handlers) and set(row.handlers) <= set("CUD")
        if only_changes and row.risk == Risk.READ:
            found["only changes in CloudFormation, and read"].append(row.id)
        if not row.levels and row.risk == Risk.READ:
            found["read by its name alone, no data"].append(row.id)
    return {kind: sorted(ids) for kind, ids in sorted(found.items())}


def document(rows: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures as JSON values."""
    out: dict[str, Any] = {"format_version": FORMAT_VERSION, "halves": {}}
    for half in (*HALVES, "all"):
        own = [row for row in rows if half in {"all", row.half}]
        found = misses(own)
        reads = sum(map(is_true_read, own))
        figures: dict[str, float] = {name: len(found[name]) for name in TARGETS}
        name = "reads called anything else, percent"
        figures[name] = round(100 * len(found[name]) / reads, 2) if reads else 0.0
        out["halves"][half] = {
            "operations": len(own),
            "covered": sum(bool(row.levels) for row in own),
            "reads": reads,
            "figures": figures,
            "matrix": _matrix(own),
            "misses": {
                name: [f"{row.id} is {row.risk} by {row.source}" for row in ids]
                for name, ids in found.items()
            },
        }
    out["conflicts"] = conflicts(rows)
    return out


def _matrix(rows: Iterable[Judged]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        main = next((LEVELS[x] for x in "PT" if x in row.levels), None)
        level = main or ("Write" if "W" in row.levels else LEVELS.get(row.levels, ""))
        counts[level or "no data"][row.risk] += 1
    return {
        level: dict(sorted(found.items())) for level, found in sorted(counts.items())
    }


def is_met(report: Mapping[str, Any]) -> bool:
    """Say whether every target is met over all operations."""
    figures = report["halves"]["all"]["figures"]
    return all(figures[name] <= most for name, most in TARGETS.items())


def show(report: Mapping[str, Any], *, with_conflicts: bool) -> None:
    """Print the report as Markdown."""
    lines = ["# Risk classes", ""]
    for half, found in report["halves"].items():
        lines += [
            f"## {half}: {found['operations']} operations, {found['covered']} covered",
            "",
            f"| access level | {' | '.join(Risk)} |",
            "|---" * (len(Risk) + 1) + "|",
        ]
        for level, counts in found["matrix"].items():
            cells = " | ".join(str(counts.get(risk, 0)) for risk in Risk)
            lines.append(f"| {level} | {cells} |")
        lines += ["", "| target | most | found |", "|---|---|---|"]
        for name, most in TARGETS.items():
            lines.append(f"| {name} | {most} | {found['figures'][name]} |")
        lines.append("")
    lines += _named("Misses", report["halves"]["all"]["misses"], SHOWN)
    kinds = report["conflicts"]
    lines += _named("Conflicts", kinds, sys.maxsize if with_conflicts else 0)
    print("\n".join(lines))


def _named(title: str, lists: Mapping[str, Sequence[str]], most: int) -> list[str]:
    lines = [f"## {title}", ""]
    for name, items in lists.items():
        lines.append(f"{name}: {len(items)}")
        lines += [f"- {item}" for item in items[:most]]
    return [*lines, ""]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    parser.add_argument("--conflicts", action="store_true", help="name every conflict")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    names = BotocoreSource().services()
    with ProcessPoolExecutor(options.jobs) as pool:
        found = pool.map(judge_service, names, chunksize=4)
        rows = sorted(
            (row for service in found for row in service), key=lambda row: row.id
        )
    report = document(rows)
    show(report, with_conflicts=options.conflicts)
    if options.out is not None:
        options.out.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
    return 0 if is_met(report) else 1


if __name__ == "__main__":
    sys.exit(main())
