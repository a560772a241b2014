"""``smithgate policy``."""

from collections.abc import Mapping
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from ..app import Application
from ..errors import MalformedInput
from ..plan.rejudge import rejudge
from ..policy.engine import decide
from ..policy.explain import explain_request, survey
from ..policy.iam import MANAGED_LIMIT, IamPolicy, iam_policy
from ..policy.model import PolicyRequest
from ..policy.raised import request_for
from ..redact import escape_text
from ..strict_json import parse
from .common import json_option, out, place_options, print_json, word
from .policy_checks import lint, matrix, test

PLAN_PREFIX = "p-"


@click.group()
def policy() -> None:
    """Look at what policy says, and why."""


for command in (test, lint, matrix):
    policy.add_command(command)


@policy.command()
@click.argument("operation", required=False, metavar="[OPERATION|PLAN_ID]")
@click.option("--target", metavar="NAME", help="Judge for this target.")
@click.option("--region", metavar="NAME", help="Judge for this region.")
@click.option(
    "--arguments", metavar="JSON", help="Judge this request, as a JSON object."
)
@click.option("--principal", metavar="NAME", help="Judge for who asks.")
@click.option("--all", "judge_all", is_flag=True, help="Judge every operation.")
@json_option
@place_options
def explain(
    app: Application,
    operation: str | None,
    target: str | None,
    region: str | None,
    arguments: str | None,
    principal: str | None,
    *,
    judge_all: bool,
    as_json: bool,
) -> None:
    """Say what policy makes of an OPERATION, or of a stored plan judged anew.

    Without either, say what each rule matches in the catalog.
    """
    if operation is not None and operation.startswith(PLAN_PREFIX):
        if any((target, region, arguments, principal, judge_all)):
            raise click.UsageError("a plan has its own target, arguments and requester")
        plan = app.store.plan(operation)
        judged = rejudge(plan, app.policies.current(), app.catalog, app.clock())
        _print_plan(judged, as_json=as_json)
        return
    if judge_all:
        if operation is not None or arguments is not None:
            raise click.UsageError("--all takes neither an operation nor --arguments")
        _print_verdicts(_verdicts(app, target, region), as_json=as_json)
        return
    if operation is None:
        found = survey(app.policies.current(), app.catalog.entries())
    else:
        asked = _asked(app, operation, target, region, arguments, principal)
        found = explain_request(app.policies.current(), asked)
    if as_json:
        print_json(found)
    elif operation is None:
        _print_survey(found)
    else:
        _print_decision(found)


def _asked(
    app: Application,
    operation: str,
    target: str | None,
    region: str | None,
    arguments: str | None,
    principal: str | None,
) -> PolicyRequest:
    """Return what policy is asked about an operation, its arguments checked."""
    canonical = app.catalog.canonical_id(operation)
    request = _request(arguments)
    if request is not None:
        app.arguments.check(canonical, request)
    return request_for(
        app.catalog.operation(canonical),
        *app.policies.current().target(target, region),
        request,
        principal=principal,
        now=app.clock(),
    )


@policy.command()
@click.option("--target", metavar="NAME", help="The target whose role it is for.")
@json_option
@place_options
def iam(app: Application, target: str | None, *, as_json: bool) -> None:
    """Print the least IAM policy for what the policy file allows or can approve.

    The IAM policy goes to stdout, what it leaves out to stderr; --json prints both.
    """
    current = app.policies.current()
    chosen, region = current.target(target, None)
    catalog = app.catalog
    operations = (catalog.operation(entry.id) for entry in catalog.entries())
    found = iam_policy(current, operations, chosen, region)
    if as_json:
        print_json({"target": chosen.name, **found.as_dict()})
        return
    print_json(found.document)
    for line in _iam_notes(found):
        click.echo(escape_text(line), err=True)


def _iam_notes(found: IamPolicy) -> list[str]:
    notes = [f"{len(found.operations)} operations, resources and regions left open"]
    if found.without_data:
        names = ", ".join(found.without_data)
        notes.append(f"not in it, since their actions are not known: {names}")
    if found.without_pass_role:
        names = ", ".join(found.without_pass_role)
        notes.append(f"without iam:PassRole, since policy denies passing one: {names}")
    if found.characters > MANAGED_LIMIT:
        notes.append(
            f"{found.characters} characters do not fit one managed policy "
            f"({MANAGED_LIMIT}): split it, or narrow the policy file"
        )
    return notes


def _verdicts(
    app: Application, target: str | None, region: str | None
) -> dict[str, Any]:
    """Return the verdict on every operation, each without arguments."""
    policy = app.policies.current()
    chosen, chosen_region = policy.target(target, region)
    verdicts = {}
    for entry in app.catalog.entries():
        declared = app.catalog.operation(entry.id)
        request = request_for(
            declared, chosen, chosen_region, None, principal=None, now=app.clock()
        )
        decision = decide(policy, request)
        verdicts[entry.id] = {
            "risk": str(entry.risk),
            "effect": decision.effect.value,
            "decided_by": decision.decided_by,
            "is_provisional": decision.is_provisional,
        }
    return {
        "policy_digest": policy.digest,
        "target": chosen.name,
        "region": chosen_region,
        "operations": verdicts,
    }


def _print_verdicts(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for operation, verdict in found["operations"].items():
        depends = " (depends on the arguments)" if verdict["is_provisional"] else ""
        click.echo(
            f"{verdict['effect']:8}{operation} (risk {verdict['risk']})"
            f" by {escape_text(verdict['decided_by'])}{depends}"
        )


def _print_plan(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    decision = found["decision"]
    told = "" if found["is_current"] else ", which it was not sealed under: it is stale"
    out().print(
        Text.assemble(
            (found["plan_id"], "bold cyan"),
            f" ({found['state']}) under today's policy{told}: ",
            word(decision["effect"]),
        )
    )
    for number, step in enumerate(found["steps"]):
        out().print(f"step {number}:")
        _print_decision(step)


def _request(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    value = parse(text)
    if not isinstance(value, dict):
        raise MalformedInput("--arguments is not a JSON object")
    return value


def _print_decision(found: Mapping[str, Any]) -> None:
    console = out()
    decision = found["decision"]
    console.print(
        Text.assemble(
            (found["operation"], "bold cyan"),
            f" (risk {found['risk']}) at {found['target']}/{found['region']}: ",
            word(decision["effect"]),
            " by ",
            (escape_text(decision["decided_by"]), "bold"),
            " (depends on the arguments)" if decision["is_provisional"] else "",
        )
    )
    for item in found["raised"]:
        if item["risk"] != found["risk"]:
            told = f"  raised to {item['risk']} by {item['member']}: {item['why']}"
            console.print(Text(escape_text(told), style="yellow"))
    for reason in decision["reasons"]:
        console.print(
            Text(f"  {escape_text(reason['by'])}: {escape_text(reason['text'])}")
        )
        if reason.get("why"):
            console.print(Text(f"    why: {escape_text(reason['why'])}", style="dim"))
    if decision["approval"]:
        rule = decision["approval"]
        console.print(
            f"  approval: {rule['count']} person(s), good for {rule['ttl_s']} s"
        )


def _print_survey(found: Mapping[str, Any]) -> None:
    """Print the defaults, then what each rule matches in the catalog."""
    console = out()
    table = Table(box=None, pad_edge=False)
    for title in ("RULE", "EFFECT", "MATCHES", "FIRST OF THEM"):
        table.add_column(title, overflow="fold")
    for risk, default in found["risks"].items():
        table.add_row(
            f"risks.{risk}",
            word(default["default"]),
            str(default["operations"]),
            Text("by default", style="dim"),
        )
    for kind, effect in (("rules", None), ("required_tags", "tags")):
        for rule in found[kind]:
            table.add_row(
                Text(escape_text(rule["by"])),
                word(effect or rule["effect"]),
                str(rule["matches"]),
                Text(escape_text(", ".join(rule["first"]))),
            )
    console.print(table)
    for by in found["matches_nothing"]:
        console.print(Text(f"{by} matches nothing", style="yellow"))
