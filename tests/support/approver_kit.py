"""Approvers for tests: keys that are always the same, and policy that names them."""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from smithgate.approval.keys import KeyFile

ALL_RISKS = "[read, sensitive, write, execute, permissions, destructive]"


def private_key(name: str) -> Ed25519PrivateKey:
    """Return the key of a test's approver. Secret to nobody."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def signer(name: str) -> KeyFile:
    """Return what signs as an approver."""
    return KeyFile(private_key(name))


def entry(name: str, risks: str = ALL_RISKS) -> str:
    """Return one line of a policy's ``approvers``."""
    return f'  {name}: {{key: "{signer(name).key.line}", risks: {risks}}}\n'


def approvers(*names: str, risks: str = ALL_RISKS) -> str:
    """Return the policy section ``approvers`` for some names."""
    return "approvers:\n" + "".join(entry(name, risks) for name in names)


def key_file(folder: Path, name: str) -> Path:
    """Write an approver's private key, unencrypted; return its path."""
    path = folder / f"{name}.key"
    data = private_key(name).private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(data)
    return path
