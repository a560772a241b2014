"""A key that an ssh-agent holds: listed and asked to sign over its socket.

Owns the two requests of the agent protocol (draft-miller-ssh-agent) that are needed.
The agent may ask its user first (``ssh-add -c``), so a signature waits without a limit.
"""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from ..errors import KeyUnusable
from ..policy.sshkey import ALGORITHM, PublicKey, ssh_string

MAX_ANSWER_BYTES = 256 * 1024
RAW_BYTES = 64
LIST_TIMEOUT_S = 5.0

_REQUEST_IDENTITIES = 11
_IDENTITIES = 12
_SIGN = 13
_SIGNATURE = 14


class AgentKey:
    """One key of an agent."""

    def __init__(self, path: Path, key: PublicKey) -> None:
        self._path = path
        self._key = key

    @property
    def key(self) -> PublicKey:
        """The public half."""
        return self._key

    def sign(self, data: bytes) -> bytes:
        """Return the agent's signature. Raises ``KeyUnusable``: it said no."""
        body = ssh_string(self._key.blob) + ssh_string(data) + struct.pack(">I", 0)
        answer = _ask(self._path, _SIGN, body, _SIGNATURE, None)
        (signature,) = _strings(answer, 1)
        algorithm, raw = _strings(signature, 2)
        if algorithm != ALGORITHM.encode() or len(raw) != RAW_BYTES:
            raise KeyUnusable("the ssh-agent gave no Ed25519 signature")
        return raw


def agent_keys(path: Path) -> list[AgentKey]:
    """Return the Ed25519 keys of the agent behind a socket. Raises ``KeyUnusable``."""
    answer = _ask(path, _REQUEST_IDENTITIES, b"", _IDENTITIES, LIST_TIMEOUT_S)
    if len(answer) < struct.calcsize(">I"):
        raise _not_understood()
    (count,) = struct.unpack_from(">I", answer)
    if count > len(answer):  # an entry has eight bytes at least
        raise _not_understood()
    found = []
    for blob in list(_strings(answer[4:], 2 * count))[::2]:
        key = PublicKey(blob[-32:])
        if blob == key.blob:
            found.append(AgentKey(path, key))
    return found


def _ask(
    path: Path, kind: int, body: bytes, wanted: int, timeout_s: float | None
) -> bytes:
    """Send one request; return the body of the answer of the wanted kind."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.settimeout(timeout_s)
            channel.connect(str(path))
            channel.sendall(ssh_string(bytes([kind]) + body))
            (size,) = struct.unpack(">I", _receive(channel, 4))
            if not 0 < size <= MAX_ANSWER_BYTES:
                raise _not_understood()
            answer = _receive(channel, size)
    except OSError:
        raise KeyUnusable(
            "the ssh-agent cannot be reached", hint="see `ssh-add -l`, or give --key"
        ) from None
    if answer[0] != wanted:
        raise KeyUnusable(
            "the ssh-agent refused",
            hint="it may be locked, or its user said no; or give --key",
        )
    return answer[1:]


def _receive(channel: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = channel.recv(size - len(data))
        if not chunk:
            raise _not_understood()
        data += chunk
    return data


def _strings(data: bytes, count: int) -> Iterator[bytes]:
    """Yield the first strings of SSH's wire form. Raises ``KeyUnusable``."""
    for _ in range(count):
        if len(data) < struct.calcsize(">I"):
            raise _not_understood()
        (size,) = struct.unpack_from(">I", data)
        if len(data) < 4 + size:
            raise _not_understood()
        yield data[4 : 4 + size]
        data = data[4 + size :]


def _not_understood() -> KeyUnusable:
    return KeyUnusable("the ssh-agent's answer cannot be understood")
