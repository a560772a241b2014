"""Where things are: flags > ``SMITHGATE_*`` variables > defaults; never the cwd.

Light on purpose, strings instead of ``pathlib``: the server reads this before it
answers anything.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple


class Settings(NamedTuple):
    """The absolute places one process works with."""

    policy: str
    """The policy file."""
    state: str
    """Folder of the store and the artifacts; only the server's user may enter it."""
    generated: str | None
    """The generated tree; ``None`` takes the one that ships with the package."""
    audit_key: str | None = None
    """Key of the audit chain; ``None`` keeps it in the store's folder."""
    checkpoints: str | None = None
    """Checkpoints of the audit chain; ``None`` keeps them in the store's folder."""


def _default(variable: str, fallback: str, name: str, env: Mapping[str, str]) -> str:
    base = env.get(variable) or os.path.join(os.path.expanduser("~"), fallback)
    return os.path.join(base, "smithgate", name) if name else f"{base}/smithgate"


def resolve_settings(
    *,
    policy: str | None,
    state: str | None,
    generated: str | None,
    audit_key: str | None = None,
    checkpoints: str | None = None,
    env: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings in force; paths are made absolute, nothing is opened."""
    policy = policy or env.get("SMITHGATE_POLICY")
    state = state or env.get("SMITHGATE_STATE")
    generated = generated or env.get("SMITHGATE_GENERATED")
    return Settings(
        policy=os.path.abspath(
            policy or _default("XDG_CONFIG_HOME", ".config", "policy.yaml", env)
        ),
        state=os.path.abspath(
            state or _default("XDG_STATE_HOME", ".local/state", "", env)
        ),
        generated=_absolute(generated),
        audit_key=_absolute(audit_key or env.get("SMITHGATE_AUDIT_KEY")),
        checkpoints=_absolute(checkpoints or env.get("SMITHGATE_CHECKPOINTS")),
    )


def _absolute(path: str | None) -> str | None:
    return os.path.abspath(path) if path else None
