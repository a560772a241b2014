"""The ``blind`` section: what becomes of a step whose state before cannot be read."""

from collections.abc import Mapping

from .document import Node
from .fields import choice, not_empty, record
from .model import Effect

BLIND_DEFAULTS: Mapping[str, Effect] = {
    "write": Effect.APPROVE,
    "execute": Effect.APPROVE,
    "permissions": Effect.APPROVE,
    "destructive": Effect.APPROVE,
}
"""Risk → the least that a blind step needs, whatever rules allow it."""

_EFFECTS = tuple(effect.value for effect in Effect)


def read_blind(node: Node) -> dict[str, Effect]:
    """Return the section, defaults filled in."""
    fields = record(node, "blind", keys=tuple(BLIND_DEFAULTS))
    not_empty(node, "blind")
    said = {
        risk: Effect(choice(value, f"blind.{risk}", _EFFECTS))
        for risk, value in fields.items()
    }
    return {**BLIND_DEFAULTS, **said}
