"""``smithgate approve``, ``deny`` and ``revoke``: a person's word on a plan.

No tool of the server leads here (I5). On a terminal the person reads the card and types
the plan id; in a script the digest that was read stands in ``--digest``, so nothing is
approved unseen. The word is signed with the approver's key.
"""

import sys
from typing import TYPE_CHECKING

import click

from ..app import Application
from ..errors import ApprovalNotFound, ApprovalRefused
from ..plan.cards import card_view, view_of
from ..store import Ballot
from .card import print_card
from .common import json_option, out, place_options, print_json
from .signing import choose_voice, signing_options

if TYPE_CHECKING:
    from ..plan.decide import Voice

MIN_DIGEST = 12
"""Fewest hex digits that --digest takes."""

digest_option = click.option(
    "--digest",
    metavar="HEX",
    help=f"The plan's digest, at least {MIN_DIGEST} hex digits; "
    "confirms without a question.",
)
note_option = click.option("--note", metavar="TEXT", help="Kept in the audit log.")


@click.command()
@click.argument("plan_id")
@digest_option
@note_option
@signing_options
@json_option
@place_options
def approve(
    app: Application,
    plan_id: str,
    digest: str | None,
    note: str | None,
    key: str | None,
    passphrase_fd: int | None,
    name: str | None,
    *,
    as_json: bool,
) -> None:
    """Show a plan's card and say yes to it."""
    seen = _show_and_confirm(app, plan_id, Ballot.GRANT, digest, as_json=as_json)
    voice = choose_voice(app, key, passphrase_fd, name)
    _cast(app, plan_id, seen, Ballot.GRANT, voice, note, as_json=as_json)


@click.command()
@click.argument("plan_id")
@digest_option
@note_option
@signing_options
@json_option
@place_options
def deny(
    app: Application,
    plan_id: str,
    digest: str | None,
    note: str | None,
    key: str | None,
    passphrase_fd: int | None,
    name: str | None,
    *,
    as_json: bool,
) -> None:
    """Show a plan's card and say no to it. A no always wins."""
    seen = _show_and_confirm(app, plan_id, Ballot.DENY, digest, as_json=as_json)
    voice = choose_voice(app, key, passphrase_fd, name)
    _cast(app, plan_id, seen, Ballot.DENY, voice, note, as_json=as_json)


@click.command()
@click.argument("plan_id")
@signing_options
@json_option
@place_options
def revoke(
    app: Application,
    plan_id: str,
    key: str | None,
    passphrase_fd: int | None,
    name: str | None,
    *,
    as_json: bool,
) -> None:
    """Take back an approval that was not used, or a request for one."""
    voice = choose_voice(app, key, passphrase_fd, name)
    digest = app.store.plan(plan_id).digest or ""
    _cast(app, plan_id, digest, Ballot.REVOKE, voice, None, as_json=as_json)


def _cast(
    app: Application,
    plan_id: str,
    digest: str,
    decision: Ballot,
    voice: "Voice",
    note: str | None,
    *,
    as_json: bool,
) -> None:
    """Sign and record a word, and say what has become of the request."""
    from ..plan.decide import Booth

    booth = Booth(app.catalog, app.store, app.policies.current(), app.clock)
    booth.cast(plan_id, digest, decision, voice, note)
    approval = view_of(app, plan_id)["approval"]
    if as_json:
        print_json(approval)
        return
    vote = approval["votes"][-1]
    how = f"signed with {vote['key']}" if vote["key"] else "not signed"
    out().print(f"\napproval of {plan_id}: {approval['state']}")
    out().print(f"by {vote['approver']}, {how}")


def _show_and_confirm(
    app: Application,
    plan_id: str,
    decision: Ballot,
    digest: str | None,
    *,
    as_json: bool,
) -> str:
    """Return the digest of what the person saw and confirmed."""
    view = card_view(app, plan_id)
    if view["approval"] is None:
        raise ApprovalNotFound(
            f"nobody asked for an approval of plan `{plan_id}`",
            hint="the agent calls request_approval first",
            plan_id=plan_id,
        )
    if not as_json:
        print_card(out(), view)
    _confirm(view, decision, digest)
    return str(view["digest"])


def _confirm(view: dict[str, object], decision: Ballot, digest: str | None) -> None:
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
    verb = "approve" if decision is Ballot.GRANT else "deny"
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
