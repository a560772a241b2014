"""The pages of the console as text: every value escaped twice, for eyes and for HTML.

``make_card`` and ``escape_text`` make hidden characters visible, ``html.escape`` keeps
everything from being markup. No script, no style in the page, nothing from elsewhere.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ..diff.layout import Line
from ..plan.card import REASON, Fact, StepCard, fold, make_card

MARK_CLASSES = {
    "+": "add", "-": "del", "~": "chg", "±": "chg", "?": "unk", "#": "rem",
}  # fmt: skip


def page(title: str, body: str, base: str, who: str) -> str:
    """Return a whole page."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(fold(title))} · Smithgate</title>"
        f'<link rel="stylesheet" href="{escape(base)}/style.css"></head><body>'
        f'<header><a href="{escape(base)}/">Smithgate</a>'
        f"<span>{escape(fold(who))}</span></header><main>{body}</main></body></html>\n"
    )


def list_page(views: Sequence[Mapping[str, Any]], base: str) -> str:
    """Return the plans that wait for a decision, newest first."""
    if not views:
        return "<h1>Nothing waits for you</h1><p>Reload when an agent asked.</p>"
    items = "".join(_item(view, base) for view in views)
    return f"<h1>Plans that wait for a decision</h1><ul class=plans>{items}</ul>"


def _item(view: Mapping[str, Any], base: str) -> str:
    target, approval = view["target"], view["approval"]
    where = fold(f"{target['name']} · {target['account']} · {target['region']}")
    operations = fold(", ".join(step["operation"] for step in view["steps"]))
    risks = "".join(_risk(risk) for risk in sorted({s["risk"] for s in view["steps"]}))
    plan_id = escape(view["plan_id"])
    given = f"{len(approval['granted_by'])} of {approval['needed']} approvals"
    return (
        f'<li><a href="{escape(base)}/plan/{plan_id}"><b>{escape(operations)}</b>'
        f" {escape(fold(view.get('about', '')))} {risks}<small>{escape(where)} · {escape(given)} · until "
        f"{escape(fold(approval['expires_at']))} · {plan_id}</small></a></li>"
    )


def _risk(risk: str) -> str:
    return f'<i class="risk {escape(risk)}">{escape(risk)}</i>'


def card_page(
    view: Mapping[str, Any],
    base: str,
    token: str,
    words: Sequence[str],
    *,
    is_open: bool,
) -> str:
    """Return the card of a plan, with the form while it can be decided on."""
    card = make_card(view)
    facts = "".join(_fact(fact) for fact in card.facts)
    steps = "".join(map(_step, card.steps))
    reason = ""
    if card.reason:
        lines = "".join(f"<p>{escape(line)}</p>" for line in card.reason)
        reason = f"<section class=untrusted><h2>{escape(REASON)}</h2>{lines}</section>"
    form = _form(view, base, token, words) if is_open else ""
    return (
        f"<h1>Plan {escape(view['plan_id'])}</h1>"
        f"<section><dl>{facts}</dl></section>{steps}{reason}{form}"
    )


def _fact(fact: Fact) -> str:
    state = f'<b class="state {escape(fact.state)}">{escape(fact.state)}</b>'
    shown = (state if fact.state else "") + escape(fact.text)
    return f"<dt>{escape(fact.label)}</dt><dd>{shown}</dd>"


def _step(step: StepCard) -> str:
    facts = "".join(_fact(fact) for fact in step.facts)
    changes = "".join(_change(line) for line in step.changes)
    request = "\n".join(escape(line) for line in step.arguments)
    return (
        f"<section class=step><h2>{escape(step.head)}</h2>"
        f"<p class=summary>{escape(step.summary)}</p><dl>{facts}</dl>"
        f"<h3>before → after</h3><div class=diff>{changes}</div>"
        f"<h3>request</h3><pre>{request}</pre></section>"
    )


def _change(line: Line) -> str:
    kind = MARK_CLASSES.get(line.mark, "same")
    text = f"{line.mark} {'  ' * line.depth}{line.text}"
    return f'<div class="{kind}">{escape(text)}</div>'


def _form(view: Mapping[str, Any], base: str, token: str, words: Sequence[str]) -> str:
    plan_id = escape(view["plan_id"])
    typed = " or ".join(f"<kbd>{escape(fold(word))}</kbd>" for word in words)
    return (
        f'<form method="post" action="{escape(base)}/plan/{plan_id}" autocomplete="off">'
        f'<input type="hidden" name="form" value="{escape(token)}">'
        f'<input type="hidden" name="digest" value="{escape(view["digest"])}">'
        f"<label>To confirm, type {typed}<input name=confirm required></label>"
        "<label>Note, kept in the audit log (optional)<input name=note maxlength=500>"
        "</label><p><button name=decision value=grant class=yes>Approve</button>"
        "<button name=decision value=deny class=no>Deny</button></p></form>"
    )


def message_page(title: str, lines: Sequence[str], base: str) -> str:
    """Return a few lines and the way back."""
    shown = "".join(f"<p>{escape(fold(line))}</p>" for line in lines if line)
    back = f'<p><a href="{escape(base)}/">All plans</a></p>' if base else ""
    return f"<h1>{escape(fold(title))}</h1><section>{shown}{back}</section>"
