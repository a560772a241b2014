"""The policy in force: read from its file, parsed again when the file's bytes change."""

import threading
from typing import TYPE_CHECKING

from .load import parse_policy, read_policy_file

if TYPE_CHECKING:
    from .model import Policy


class PolicySource:
    """Gives the current policy. A file that turned bad refuses every call (I6)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._data: bytes | None = None
        self._policy: Policy | None = None

    def current(self) -> "Policy":
        """Return the policy as the file says now.

        Raises ``PolicyFileInvalid``; the last good policy is not used in its place.
        """
        with self._lock:
            data = read_policy_file(self.path)
            if self._policy is None or data != self._data:
                self._policy = None
                self._policy = parse_policy(data, origin=self.path)
                self._data = data
            return self._policy
