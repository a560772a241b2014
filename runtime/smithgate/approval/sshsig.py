"""SSHSIG signatures, as ``ssh-keygen -Y sign`` makes and ``-Y verify`` checks them.

Owns the format of OpenSSH's ``PROTOCOL.sshsig``, for Ed25519 and SHA-512 only. A
signature that is not byte for byte what this module would have written is refused, so
that one signature has one text.
"""

import binascii
import hashlib
import struct
import textwrap

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..policy.sshkey import ALGORITHM, PublicKey, ssh_string

NAMESPACE = "smithgate-approval"
"""Keeps a signature that was made for anything else from being an approval."""
HASH = "sha512"
RAW_BYTES = 64
"""Bytes of an Ed25519 signature."""

_MAGIC = b"SSHSIG"
_BEGIN = "-----BEGIN SSH SIGNATURE-----\n"
_END = "-----END SSH SIGNATURE-----\n"


def signed_bytes(message: bytes) -> bytes:
    """Return what the key itself signs for a message."""
    parts = (NAMESPACE.encode(), b"", HASH.encode(), hashlib.sha512(message).digest())
    return _MAGIC + b"".join(ssh_string(part) for part in parts)


def armor(key: PublicKey, raw: bytes) -> str:
    """Return the text of a signature, ``raw`` being the key's own 64 bytes."""
    signature = ssh_string(ALGORITHM.encode()) + ssh_string(raw)
    parts = (key.blob, NAMESPACE.encode(), b"", HASH.encode(), signature)
    blob = _MAGIC + struct.pack(">I", 1) + b"".join(ssh_string(p) for p in parts)
    text = binascii.b2a_base64(blob, newline=False).decode()
    return _BEGIN + "\n".join(textwrap.wrap(text, 70)) + "\n" + _END


def is_signed_by(key: PublicKey, message: bytes, text: str) -> bool:
    """Say whether ``text`` is this key's signature of this message."""
    raw = _raw_of(text)
    if raw is None or armor(key, raw) != text:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(raw, signed_bytes(message))
    except InvalidSignature:
        return False
    return True


def _raw_of(text: str) -> bytes | None:
    """Return the last 64 bytes of an armored text, where the signature must stand."""
    body = text.removeprefix(_BEGIN).removesuffix(_END).replace("\n", "")
    try:
        blob = binascii.a2b_base64(body, strict_mode=True)
    except ValueError:  # not base64, or not ASCII
        return None
    return blob[-RAW_BYTES:]
