"""``smithgate-codegen drift``: the command around the comparison.

Owns options and what is printed; ``cli`` mounts it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from ..errors import NotExecutable, printable
from .compare import find_drift
from .record import Drift

FORMAT_VERSION = 1
_SHOWN = 50
"""Findings in the text before the rest is counted."""


@click.command("drift")
@click.option(
    "--generated",
    type=click.Path(path_type=Path),
    default=Path("generated"),
    show_default=True,
    help="The generated tree.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def drift_command(*, generated: Path, as_json: bool) -> None:
    """Say what of the tree the installed botocore cannot execute.

    Exits with 1 when there is such a thing. What botocore has and the tree lacks is
    counted and no failure.
    """
    drift = find_drift(generated)
    click.echo(_json(drift) if as_json else _text(drift))
    if not drift.is_executable:
        operations = {finding.operation for finding in drift.findings}
        raise NotExecutable(
            f"botocore {drift.botocore} cannot execute {len(operations)} of"
            f" {drift.operations} operations as generated",
            hint="install the botocore that the lock names, or sync and generate",
        )


def _json(drift: Drift) -> str:
    document = {"format_version": FORMAT_VERSION, **asdict(drift)}
    return json.dumps(document, indent=2, sort_keys=True)


def _text(drift: Drift) -> str:
    lines = [
        printable(
            ": ".join(
                part
                for part in (
                    f"{finding.operation} {finding.path}".rstrip(),
                    finding.problem.value,
                    finding.detail,
                )
                if part
            )
        )
        for finding in drift.findings[:_SHOWN]
    ]
    left = len(drift.findings) - _SHOWN
    if left > 0:
        lines.append(f"… and {left} more findings")
    lines.append(
        f"botocore {drift.botocore}: {drift.operations} operations compared,"
        f" {len(drift.findings)} findings;"
        f" the tree lacks {_counted(drift.new_operations, 'operations')},"
        f" {_counted(drift.new_members, 'input members')}"
        f" and {drift.new_services} services"
    )
    if drift.lenient:
        lines.append(
            f"{drift.lenient} members are optional in the tree and required by botocore"
        )
    return "\n".join(lines)


def _counted(counts: Mapping[str, int], noun: str) -> str:
    total = sum(counts.values())
    if not total:
        return f"no {noun}"
    most = sorted(counts, key=lambda name: (-counts[name], name))[:3]
    named = ", ".join(f"{printable(name)} {counts[name]}" for name in most)
    return f"{total} {noun} ({named}{', …' if len(counts) > len(most) else ''})"
