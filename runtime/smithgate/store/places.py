"""Where the parts of one store are: folder, audit key, checkpoints.

Key and checkpoints are in the folder unless a setting names another place. Outside of
it they hold against whoever may write the folder and nothing else.
"""

from pathlib import Path
from typing import NamedTuple, Self

from .folder import DATABASE

KEY = "audit.key"
CHECKPOINTS = "checkpoints.jsonl"
ARTIFACTS = "artifacts"


class Places(NamedTuple):
    """The absolute places of one store."""

    folder: Path
    key: Path
    """32 random bytes as hex digits, 0600."""
    checkpoints: Path
    """One line for each commit, appended only."""

    @classmethod
    def of(
        cls,
        folder: Path | str,
        key: Path | str | None = None,
        checkpoints: Path | str | None = None,
    ) -> Self:
        """Return the places, those in the folder where nothing else is named."""
        folder = Path(folder)
        return cls(
            folder,
            Path(key) if key else folder / KEY,
            Path(checkpoints) if checkpoints else folder / CHECKPOINTS,
        )

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / DATABASE
