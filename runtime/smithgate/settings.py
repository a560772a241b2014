"""Where things are: flags > ``SMITHGATE_*`` variables > defaults; never the cwd.

Light on purpose: the server reads this before it answers anything.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Settings(NamedTuple):
    """The places one process works with."""

    policy: Path
    """The policy file."""
    state: Path
    """Folder of the store and the artifacts; only the server's user may enter it."""
    generated: Path | None
    """The generated tree; ``None`` takes the one that ships with the package."""


def _home(variable: str, fallback: str, env: Mapping[str, str]) -> Path:
    base = env.get(variable)
    return Path(base) if base else Path.home() / fallback


def resolve_settings(
    *,
    policy: str | None,
    state: str | None,
    generated: str | None,
    env: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings in force; paths are made absolute, nothing is opened."""
    policy = policy or env.get("SMITHGATE_POLICY")
    state = state or env.get("SMITHGATE_STATE")
    generated = generated or env.get("SMITHGATE_GENERATED")
    return Settings(
        policy=(
            Path(policy)
            if policy
            else _home("XDG_CONFIG_HOME", ".config", env) / "smithgate" / "policy.yaml"
        ).absolute(),
        state=(
            Path(state)
            if state
            else _home("XDG_STATE_HOME", ".local/state", env) / "smithgate"
        ).absolute(),
        generated=Path(generated).absolute() if generated else None,
    )
