"""Approvers for tests: keys that are always the same, and policy that names them."""

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


@contextmanager
def ssh_agent(socket: Path) -> Iterator[dict[str, str]]:
    """Run a real ssh-agent; yield the environment that leads to it."""
    agent = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE
    )
    try:
        assert agent.stdout is not None
        agent.stdout.readline()  # it listens once it says where
        yield {"SSH_AUTH_SOCK": str(socket)}
    finally:
        agent.terminate()
        agent.communicate(timeout=60)


def add_key(env: Mapping[str, str], key: Path) -> None:
    """Give a key file to an ssh-agent."""
    every = {"PATH": os.environ["PATH"], **env}
    subprocess.run(["ssh-add", "-q", str(key)], env=every, check=True, timeout=60)
