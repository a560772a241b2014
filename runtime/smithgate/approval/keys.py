"""An approver's private key in a file: made, read, signed with.

Owns the OpenSSH file format, encrypted by default, and its modes. The text of a key is
never shown, logged or kept; only command line and console of the approver load one.
"""

import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from ..errors import KeyUnusable
from ..policy.sshkey import PublicKey
from ..redact import escape_text

KDF_ROUNDS = 64
"""bcrypt rounds of the file's encryption, about half a second; ssh-keygen has 24."""
MAX_FILE_BYTES = 16 * 1024
OTHERS = 0o077


class Signer(Protocol):
    """Holds or reaches a private key."""

    @property
    def key(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of a signature. Raises ``KeyUnusable``."""
        ...


class KeyFile:
    """A key that this process holds."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def key(self) -> PublicKey:
        """The public half."""
        public = self._private.public_key()
        return PublicKey(public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, data: bytes) -> bytes:
        """Return a signature."""
        return self._private.sign(data)


def new_key(path: Path, passphrase: bytes | None, comment: str) -> PublicKey:
    """Write a new private key (0600) and ``PATH.pub``; return the public half.

    Raises ``KeyUnusable`` when the file is there or cannot be written.
    """
    private = Ed25519PrivateKey.generate()
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase:
        builder = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(KDF_ROUNDS)
        encryption = builder.build(passphrase)
    text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption)
    key = KeyFile(private).key
    _write(path, text, 0o600)
    _write(
        path.with_name(f"{path.name}.pub"), f"{key.line} {comment}\n".encode(), 0o644
    )
    return key


def is_encrypted(data: bytes) -> bool:
    """Say whether a private key needs a passphrase. Raises ``KeyUnusable``."""
    try:
        load_ssh_private_key(data, None)
    except TypeError:
        return True  # how the library says that the passphrase is missing
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable(
            "the key file is not an OpenSSH private key",
            hint="make one with `smithgate keys new FILE`",
        ) from None
    return False


def read_key_file(path: Path) -> bytes:
    """Return the bytes of a private key file that only its owner can read.

    Raises ``KeyUnusable``.
    """
    shown = escape_text(str(path))
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            if os.fstat(fd).st_mode & OTHERS:
                raise KeyUnusable(
                    f"the key file `{shown}` can be read or written by others",
                    hint="close it with chmod 600, or make a new key if others had it",
                )
            return file.read(MAX_FILE_BYTES)
    except OSError as problem:
        reason = (problem.strerror or "cannot be read").lower()
        raise KeyUnusable(f"the key file `{shown}` cannot be read: {reason}") from None


def load_key(data: bytes, passphrase: bytes | None) -> KeyFile:
    """Return the key of a file's bytes. Raises ``KeyUnusable``."""
    try:
        private = load_ssh_private_key(data, passphrase or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # One message: which of the two it is would only help somebody who guesses.
        raise KeyUnusable("the key cannot be unlocked with this passphrase") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnusable(
            "the key is not an Ed25519 key", hint="make one with `smithgate keys new`"
        )
    return KeyFile(private)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a new file; never over one that is there."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(fd)
    except OSError as problem:
        reason = (problem.strerror or "cannot be written").lower()
        raise KeyUnusable(
            f"the key file `{escape_text(str(path))}` cannot be written: {reason}",
            hint="name a file that is not there yet",
        ) from None
