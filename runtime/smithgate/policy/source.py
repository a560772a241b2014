"""The policy in force: read from its file, read again when the file's bytes change."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from .load import load_policy

if TYPE_CHECKING:
    from .model import Policy


class PolicySource:
    """Gives the current policy. A file that turned bad refuses every call (I6)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._policy: Policy | None = None

    def current(self) -> "Policy":
        """Return the policy as the file says now.

        Raises ``PolicyFileInvalid``; the last good policy is not used in its place.
        """
        with self._lock:
            stamp = self._stat()
            if self._policy is None or stamp is None or stamp != self._stamp:
                self._policy = None
                self._policy = load_policy(self.path)
                self._stamp = stamp
            return self._policy

    def _stat(self) -> tuple[int, int, int] | None:
        """Return what tells one state of the file from another, or ``None``."""
        try:
            status = self.path.stat()
        except OSError:
            return None  # load_policy says what is wrong with the file
        return status.st_mtime_ns, status.st_size, status.st_ino
