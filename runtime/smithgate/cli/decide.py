"""``smithgate approve``, ``deny`` and ``revoke``: a person's word on a plan.

The only way to grant an approval; no tool of the server leads here (I5). On a terminal
the person reads the card and types the plan id; in a script the digest that was read
stands in ``--digest``, so nothing is approved unseen.
"""

import sys

import click

from ..app import Application
from ..errors import ApprovalNotFound, ApprovalRefused
from .card import print_card
from .common import json_option, os_user, out, place_options, print_json
from .plans import view_of

MIN_DIGEST = 12
"""Fewest hex digits that --digest takes."""

digest_option = click.option(
    "--digest",
    metavar="HEX",
    help=f"The plan's digest, at least {MIN_DIGEST} hex digits; "
    "confirms without a question.",
)
name_option = click.option(
    "--as", "approver", metavar="NAME", help="Who decides [the user of this shell]."
)
note_option = click.option("--note", metavar="TEXT", help="Kept in the audit log.")


@click.command()
@click.argument("plan_id")
@digest_option
@name_option
@note_option
@json_option
@place_options
def approve(
    app: Application,
    plan_id: str,
    digest: str | None,
    approver: str | None,
    note: str | None,
    *,
    as_json: bool,
) -> None:
    """Show a plan's card and say yes to it."""
    _decide(app, plan_id, "grant", digest, approver, note, as_json=as_json)


@click.command()
@click.argument("plan_id")
@digest_option
@name_option
@note_option
@json_option
@place_options
def deny(
    app: Application,
    plan_id: str,
    digest: str | None,
    approver: str | None,
    note: str | None,
    *,
    as_json: bool,
) -> None:
    """Show a plan's card and say no to it. A no always wins."""
    _decide(app, plan_id, "deny", digest, approver, note, as_json=as_json)


@click.command()
@click.argument("plan_id")
@name_option
@json_option
@place_options
def revoke(
    app: Application, plan_id: str, approver: str | None, *, as_json: bool
) -> None:
    """Take back an approval that was not used, or a request for one."""
    app.store.revoke_approval(plan_id, approver=_named(approver))
    _print_state(app, plan_id, as_json=as_json)


def _named(approver: str | None) -> str:
    """Return who decides: a name that was claimed, or the user of this shell."""
    return f"user:{approver or os_user()}"


def _print_state(app: Application, plan_id: str, *, as_json: bool) -> None:
    approval = view_of(app, plan_id)["approval"]
    if as_json:
        print_json(approval)
    else:
        out().print(f"\napproval of {plan_id}: {approval['state']}")


def _decide(
    app: Application,
    plan_id: str,
    decision: str,
    digest: str | None,
    approver: str | None,
    note: str | None,
    *,
    as_json: bool,
) -> None:
    view = view_of(app, plan_id)
    if view["approval"] is None:
        raise ApprovalNotFound(
            f"nobody asked for an approval of plan `{plan_id}`",
            hint="the agent calls request_approval first",
            plan_id=plan_id,
        )
    if not as_json:
        print_card(out(), view)
    _confirm(view, decision, digest)
    app.store.decide_approval(
        plan_id,
        view["digest"],
        approver=_named(approver),
        decision=decision,
        method="cli",
        note=note,
    )
    _print_state(app, plan_id, as_json=as_json)


def _confirm(view: dict[str, object], decision: str, digest: str | None) -> None:
    """Make sure that the person decides about the plan on the card."""
    full = str(view["digest"]).removeprefix("sha256:")
    if digest is not None:
        given = digest.removeprefix("sha256:").lower()
        if len(given) < MIN_DIGEST or not full.startswith(given):
            raise ApprovalRefused(
                f"`{digest[:80]}` is not the digest of plan `{view['plan_id']}`",
                hint="read the card again: `smithgate show PLAN`",
            )
        return
    if not sys.stdin.isatty():
        raise ApprovalRefused(
            "there is no terminal to ask on",
            hint="read the card with `smithgate show PLAN`, then give --digest",
        )
    verb = "approve" if decision == "grant" else "deny"
    try:
        typed = _ask(verb)
    except click.Abort:
        click.echo()
        typed = ""
    if typed.strip() != view["plan_id"]:
        raise ApprovalRefused(
            "the plan id was not typed: nothing was decided",
            hint=f"run the command again to {verb}",
        )


def _ask(verb: str) -> str:
    """Ask for the plan id. Raises ``click.Abort`` for Ctrl-C and the end of input."""
    typed: str = click.prompt(
        f"\nType the plan id to {verb} it", default="", show_default=False
    )
    return typed
