"""``smithgate policy test``, ``lint`` and ``matrix``: a policy held against the catalog."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from ..app import Application
from ..operation import Operation
from ..policy.finding import Finding
from ..policy.lint import lint as lint_policy
from ..policy.matrix import CELLS
from ..policy.matrix import matrix as policy_matrix
from ..policy.trial import Outcome, run_tests
from ..redact import escape_text
from .common import EXIT_REFUSED, json_option, out, place_options, print_json, word


@click.command()
@json_option
@place_options
def test(app: Application, *, as_json: bool) -> None:
    """Run the tests of the policy file; exit code 1 when one of them fails."""
    outcomes = run_tests(
        app.policies.current(),
        lambda name: app.catalog.operation(app.catalog.canonical_id(name)),
        app.arguments.check,
    )
    failed = sum(outcome.problem is not None for outcome in outcomes)
    if as_json:
        print_json(
            {
                "tests": [outcome.as_dict() for outcome in outcomes],
                "passed": len(outcomes) - failed,
                "failed": failed,
            }
        )
    else:
        _print_outcomes(outcomes, failed)
    if failed:
        sys.exit(EXIT_REFUSED)


def _print_outcomes(outcomes: Sequence[Outcome], failed: int) -> None:
    table = _table("LINE", "OPERATION", "EXPECTED", "", "WHAT POLICY SAYS")
    for outcome in outcomes:
        case, decision = outcome.case, outcome.decision
        by = f" by {case.by}" if case.by else ""
        told = outcome.problem or (f"by {decision.decided_by}" if decision else "")
        is_ok = outcome.problem is None
        table.add_row(
            str(case.line),
            _shown(case.operation),
            Text.assemble(word(case.expect), escape_text(by)),
            Text("ok", "green") if is_ok else Text("FAILED", "bold red"),
            _shown(told),
        )
    console = out()
    if outcomes:
        console.print(table)
    console.print(f"{len(outcomes) - failed} passed, {failed} failed")


@click.command()
@json_option
@place_options
def lint(app: Application, *, as_json: bool) -> None:
    """Say what looks wrong about the policy; exit code 1 when something does."""
    found = lint_policy(
        app.policies.current(), _operations(app), app.arguments.has_path, app.clock()
    )
    if as_json:
        print_json({"findings": [finding.as_dict() for finding in found]})
    else:
        _print_findings(found)
    if found:
        sys.exit(EXIT_REFUSED)


def _print_findings(found: Sequence[Finding]) -> None:
    console = out()
    for finding in found:
        pattern = f" `{escape_text(finding.pattern)}`" if finding.pattern else ""
        console.print(
            Text.assemble(
                (escape_text(finding.by), "bold"),
                pattern,
                f": {escape_text(finding.text)} ",
                (f"({finding.kind})", "yellow"),
            )
        )
        if finding.operations:
            names = ", ".join(finding.operations)
            console.print(Text(f"  such as {escape_text(names)}", style="dim"))
    console.print(f"{len(found)} findings" if found else "nothing found")


@click.command()
@click.option("--principal", metavar="NAME", help="Judge for who asks.")
@json_option
@place_options
def matrix(app: Application, principal: str | None, *, as_json: bool) -> None:
    """Count what is allowed now: risks against targets, over the whole catalog."""
    found = policy_matrix(
        app.policies.current(), _operations(app), principal=principal, now=app.clock()
    )
    if as_json:
        print_json(found)
    else:
        _print_matrix(found)


def _print_matrix(found: Mapping[str, Any]) -> None:
    table = _table("RISK", "OPERATIONS", *map(_place, found["places"]))
    for risk, number in found["operations"].items():
        cells = [_cell(place["risks"][risk]) for place in found["places"]]
        table.add_row(risk, str(number), *cells)
    console = out()
    console.print(table)
    console.print(
        Text("depends: on the arguments or on who asks", style="dim"),
    )


def _place(place: Mapping[str, Any]) -> str:
    return f"{place['target']}/{place['region']}"


def _cell(counts: Mapping[str, int]) -> Text:
    parts: list[Any] = []
    for name in CELLS:
        if counts[name]:
            parts += [", " if parts else "", f"{counts[name]} ", word(name)]
    return Text.assemble(*parts) if parts else Text("-", style="dim")


def _operations(app: Application) -> list[Operation]:
    return [app.catalog.operation(entry.id) for entry in app.catalog.entries()]


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _shown(text: str) -> Text:
    return Text(escape_text(text))
