"""OpenSSH Ed25519 public keys as text: what the policy file and approvals name.

Owns the one-line form ``ssh-ed25519 BASE64 [comment]``. Standard library only, since the
server reads keys with its policy, before it answers anything; nothing is verified here.
"""

import binascii
import hashlib
import struct
from typing import NamedTuple

ALGORITHM = "ssh-ed25519"
RAW_BYTES = 32
"""Bytes of an Ed25519 public key."""

_FIELD = 2**255 - 19
# y of the points of order 1, 2, 4 and 8 (RFC 8032's curve): under such a key anybody
# can make a signature that verifies.
_SMALL_ORDER = frozenset(
    {
        0,
        1,
        _FIELD - 1,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    }
)


class PublicKey(NamedTuple):
    """A public key."""

    raw: bytes

    @property
    def blob(self) -> bytes:
        """The key in SSH's wire form."""
        return ssh_string(ALGORITHM.encode()) + ssh_string(self.raw)

    @property
    def line(self) -> str:
        """``ssh-ed25519 BASE64``, without a comment."""
        return f"{ALGORITHM} {binascii.b2a_base64(self.blob, newline=False).decode()}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it."""
        digest = hashlib.sha256(self.blob).digest()
        text = binascii.b2a_base64(digest, newline=False).decode()
        return f"SHA256:{text.rstrip('=')}"


def ssh_string(data: bytes) -> bytes:
    """Return bytes in SSH's wire form: a length of four bytes, then the bytes."""
    return struct.pack(">I", len(data)) + data


def parse_public_key(text: str) -> PublicKey:
    """Return the key of a line such as a ``.pub`` file holds.

    Raises ``ValueError`` with what is wrong, in words that fit into a sentence.
    """
    parts = text.split(" ", 2)
    if parts[0] != ALGORITHM:
        raise ValueError(f"it is not an `{ALGORITHM}` key")
    encoded = parts[1] if len(parts) > 1 else ""
    try:
        blob = binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        raise ValueError("its second word is not base64") from None
    key = PublicKey(blob[-RAW_BYTES:])
    if blob != key.blob:
        raise ValueError("its base64 is not an Ed25519 public key")
    if int.from_bytes(key.raw, "little") % 2**255 % _FIELD in _SMALL_ORDER:
        raise ValueError("it is a weak key, under which anybody can sign")
    return key
