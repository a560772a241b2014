"""The policy in force: read from its file, parsed again when the file's bytes change.

Light to import: the parser is loaded with the first parse, not with the server.
"""

import json
import os
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .model import Policy


class InForce(NamedTuple):
    """The policy that a read is judged by."""

    policy: "Policy"
    warnings: tuple[str, ...]
    """That the file is broken and an earlier policy is used, if that is so."""


class PolicySource:
    """Gives the current policy (I6).

    While the file is broken, changes are refused and reads go on under the last policy
    that was good. That one is kept in memory only: a start needs a good file.
    """

    def __init__(self, path: str, checked: str | None = None) -> None:
        """Take the file, and the note of which policy file parsed last."""
        self.path = path
        self._checked = checked
        self._lock = threading.Lock()
        self._data: bytes | None = None
        self._policy: Policy | None = None
        self._last_good: Policy | None = None

    def current(self) -> "Policy":
        """Return the policy as the file says now.

        This is what every change is judged by. Raises ``PolicyFileInvalid``; the last
        good policy is not used in its place.
        """
        from .load import parse_policy, read_policy_file

        with self._lock:
            data = read_policy_file(self.path)
            if self._policy is None or data != self._data:
                self._policy = None
                self._policy = parse_policy(data, origin=self.path)
                self._last_good = self._policy
                self._data = data
            return self._policy

    def for_reading(self) -> InForce:
        """Return the policy as the file says now, or else the last good one.

        For what changes nothing. Raises ``PolicyFileInvalid`` when no good one was read
        since the start.
        """
        from ..errors import PolicyFileInvalid

        try:
            return InForce(self.current(), ())
        except PolicyFileInvalid as problem:
            if self._last_good is None:
                raise
            told = (
                f"{problem.message}; until it is mended reads are judged by the last "
                "good policy and changes are refused"
            )
            return InForce(self._last_good, (told,))

    def check(self) -> None:
        """Make sure, at start, that the file holds a policy.

        Raises ``PolicyFileInvalid``. A file that this release has parsed before and
        that nobody touched since is not parsed again before the handshake. Decisions
        never rest on that: every call takes ``current`` or ``for_reading``.
        """
        stamp = self._stamp()
        if stamp is None or stamp != self._remembered():
            self.current()
            if stamp is not None:
                self._remember(stamp)

    def _stamp(self) -> str | None:
        """Return what tells one state of the file from another, or ``None``."""
        from .. import __version__

        try:
            s = os.stat(self.path)
        except OSError:
            return None  # ``current`` says what is wrong with the file
        state = (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
        return json.dumps([__version__, self.path, *state])

    def _remembered(self) -> str | None:
        if self._checked is None:
            return None
        try:
            with open(self._checked, encoding="utf-8") as file:
                return file.read(4096)
        except (OSError, UnicodeDecodeError):
            return None

    def _remember(self, stamp: str) -> None:
        """Note the stamp in the state folder; without it the next start parses."""
        if self._checked is None:
            return
        folder = os.path.dirname(self._checked)
        draft = f"{self._checked}.{os.getpid()}"
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(draft, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(stamp)
            os.replace(draft, self._checked)
        except OSError:
            return  # a note that saves time, no more
