"""Limits and freezes of a policy file: how much may happen, and when nothing may.

Owns the vocabulary of ``limits`` and ``freeze``. Counting is the plan's and the store's
business, comparing times ``engine``'s.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .document import Node, Scalar
from .fields import (
    integer,
    name,
    not_empty,
    record,
    refuse,
    sequence,
    target_names,
    text,
    words,
)
from .model import Freeze, Limits, Target
from .quoting import quote
from .sections import RISK_DEFAULTS

if TYPE_CHECKING:
    from datetime import datetime

MAX_PER_HOUR = 100_000
"""Highest limit of an hour."""
MAX_STEPS = 20
"""Highest limit of steps: a plan has no more."""
_MINUTES = "%Y-%m-%dT%H:%MZ"
_SECONDS = "%Y-%m-%dT%H:%M:%SZ"
_LENGTHS = {17: _MINUTES, 20: _SECONDS}


def read_limits(node: Node) -> Limits:
    """Return the limits; what is left out is not limited."""
    fields = record(node, "limits", keys=Limits._fields)
    not_empty(node, "limits")
    plans = steps = None
    applies: Mapping[str, int] = {}
    if "plans_per_hour" in fields:
        plans = _hourly(fields["plans_per_hour"], "limits.plans_per_hour")
    if "steps_per_plan" in fields:
        steps = integer(
            fields["steps_per_plan"],
            "limits.steps_per_plan",
            lowest=1,
            highest=MAX_STEPS,
        )
    if "applies_per_hour" in fields:
        applies = _applies(fields["applies_per_hour"])
    return Limits(plans, steps, applies)


def _applies(node: Node) -> dict[str, int]:
    what = "limits.applies_per_hour"
    fields = record(node, what, keys=tuple(RISK_DEFAULTS))
    not_empty(node, what)
    return {
        risk: _hourly(fields[risk], f"{what}.{risk}")
        for risk in RISK_DEFAULTS
        if risk in fields
    }


def _hourly(node: Node, what: str) -> int:
    return integer(node, what, lowest=1, highest=MAX_PER_HOUR)


def read_freeze(node: Node, targets: Mapping[str, Target]) -> tuple[Freeze, ...]:
    """Return the freezes in file order; given ids are unique."""
    found: list[Freeze] = []
    for index, item in enumerate(sequence(node, "freeze")):
        freeze = _freeze(item, index, targets)
        if freeze.id is not None and any(other.id == freeze.id for other in found):
            refuse(item, f"freeze id {quote(freeze.id)} is given twice")
        found.append(freeze)
    return tuple(found)


def _freeze(node: Node, index: int, targets: Mapping[str, Target]) -> Freeze:
    what = f"freeze[{index}]"
    keys = ("id", "from", "until", "risks", "targets", "why")
    fields = record(node, what, keys=keys, required=("from", "until", "risks"))
    freeze_id = name(fields["id"], f"{what}.id") if "id" in fields else None
    starts_at = moment(fields["from"], f"{what}.from")
    ends_at = moment(fields["until"], f"{what}.until")
    if starts_at >= ends_at:
        message = f"`{what}.until` is not later than `{what}.from`"
        refuse(fields["until"], message, "the freeze would never hold")
    names: tuple[str, ...] = ()
    if "targets" in fields:
        names = target_names(fields["targets"], f"{what}.targets", targets)
    return Freeze(
        position=index,
        id=freeze_id,
        starts_at=starts_at,
        ends_at=ends_at,
        risks=words(fields["risks"], f"{what}.risks", tuple(RISK_DEFAULTS)),
        targets=names,
        why=text(fields["why"], f"{what}.why") if "why" in fields else None,
    )


def moment(node: Node, what: str) -> "datetime":
    """Return a time in UTC, written as ``2026-12-20T00:00Z``, seconds if wanted."""
    from datetime import UTC, datetime  # only a policy with times pays for it

    # YAML takes the form with seconds for a date: here it means what it says.
    if isinstance(node, Scalar) and node.kind == "date":
        value = node.text
    else:
        value = text(node, what)
    form = _LENGTHS.get(len(value))
    try:
        # Without a known length the form is one that nothing fits.
        found = datetime.strptime(value, form or "?").replace(tzinfo=UTC)
    except ValueError:
        found = None
    # Python reads `t` and `z` as well; there is to be one spelling.
    if found is None or form is None or found.strftime(form) != value:
        message = f"`{what}` is not a time in UTC: {quote(value)}"
        refuse(node, message, "such as `2026-12-20T00:00Z`")
    return found
