"""The policy in force: read from its file, parsed again when the file's bytes change."""

import hashlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from .load import load_policy, parse_policy

if TYPE_CHECKING:
    from .model import Policy


class PolicySource:
    """Gives the current policy. A file that turned bad refuses every call (I6)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._known: bytes | None = None
        self._policy: Policy | None = None

    def current(self) -> "Policy":
        """Return the policy as the file says now.

        Raises ``PolicyFileInvalid``; the last good policy is not used in its place.
        """
        with self._lock:
            try:
                data = self.path.read_bytes()
            except OSError:
                self._policy = None
                return load_policy(self.path)  # says why the file cannot be read
            known = hashlib.sha256(data).digest()
            if self._policy is None or known != self._known:
                self._policy = None
                self._policy = parse_policy(data, origin=str(self.path))
                self._known = known
            return self._policy
