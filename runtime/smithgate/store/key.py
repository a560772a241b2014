"""The audit key: made once with the store, read at every opening, never logged."""

import contextlib
import os
import re
import secrets
import stat
from pathlib import Path

from ..errors import AuditUnavailable
from .folder import folder_error, make_parents, open_private, sync_folder

KEY_BYTES = 32
_FORM = re.compile(rb"[0-9a-f]{64}\n?")


def make_key(path: Path) -> bytes:
    """Return the key at ``path``, made durable there if there is none.

    Of several processes one makes it and all return it. Raises ``AuditUnavailable``.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        if path.exists():
            return read_key(path)
        make_parents(path)
        with os.fdopen(open_private(draft, os.O_EXCL | os.O_WRONLY), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            with contextlib.suppress(FileExistsError):  # another process was quicker
                path.hardlink_to(draft)
        finally:
            draft.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise folder_error(path, error) from error
    return read_key(path)


def read_key(path: Path) -> bytes:
    """Return the key at ``path``.

    Raises ``AuditUnavailable`` where it is missing, readable for others, or no key.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            text = file.read(128)
    except FileNotFoundError as error:
        raise AuditUnavailable(
            f"the audit key `{path}` of this store is missing",
            hint="put the key back, or name its place with --audit-key",
        ) from error
    except OSError as error:
        raise folder_error(path, error) from error
    if mode & 0o077:
        raise AuditUnavailable(
            f"the audit key `{path}` has mode {mode:04o}: others may use it",
            hint=f"find out who read it, then `chmod 600 {path}`",
        )
    if not _FORM.fullmatch(text):
        raise AuditUnavailable(
            f"`{path}` is not an audit key: 64 hex digits are expected",
            hint="put the key back that made this store",
        )
    return bytes.fromhex(text.decode().strip())
