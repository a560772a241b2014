"""Writing files whole or not at all.

Owns the one way in which ``sync`` puts bytes on disk.
"""

import os
import tempfile
from pathlib import Path

PRIVATE_FILE = 0o600
PUBLIC_FILE = 0o644


def write_atomically(path: Path, data: bytes, *, mode: int = PUBLIC_FILE) -> None:
    """Replace ``path`` by ``data``; readers see the old or the new bytes.

    Safe when several processes write the same file. Raises ``OSError``.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
