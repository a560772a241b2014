"""Keys and signatures: files, passphrases, ssh-agent, and the real ssh-keygen."""

import os
import shutil
import socket
import stat
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from approver_kit import add_key, key_file, private_key, signer, ssh_agent
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from smithgate.approval.keys import is_encrypted, load_key, new_key, read_key_file
from smithgate.approval.ssh_agent import AgentKey, agent_keys
from smithgate.approval.sshsig import (
    NAMESPACE,
    armor,
    is_signed_by,
    signed_bytes,
)
from smithgate.errors import KeyUnusable
from smithgate.policy.sshkey import parse_public_key

MESSAGE = b'{"decision":"grant"}'
needs_openssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None or shutil.which("ssh-agent") is None,
    reason="OpenSSH is not installed",
)


def run(
    *command: str, stdin: bytes | None = None
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        command, input=stdin, capture_output=True, timeout=60, check=False
    )


class TestFiles:
    def test_a_new_key_is_encrypted_and_the_owners_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "k"
        key = new_key(path, b"open sesame", "ada")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert (tmp_path / "k.pub").read_text() == f"{key.line} ada\n"
        data = read_key_file(path)
        assert is_encrypted(data)
        assert load_key(data, b"open sesame").key == key
        for wrong in (b"open sesam", b"", None):
            with pytest.raises(KeyUnusable, match="cannot be unlocked"):
                load_key(data, wrong)

    def test_a_key_without_a_passphrase(self, tmp_path: Path) -> None:
        key = new_key(tmp_path / "k", None, "ada")
        data = read_key_file(tmp_path / "k")
        assert not is_encrypted(data)
        assert load_key(data, None).key == key

    def test_no_key_is_written_over(self, tmp_path: Path) -> None:
        new_key(tmp_path / "k", None, "ada")
        before = (tmp_path / "k").read_bytes()
        with pytest.raises(KeyUnusable, match="file exists"):
            new_key(tmp_path / "k", None, "ada")
        assert (tmp_path / "k").read_bytes() == before
        with pytest.raises(KeyUnusable, match="cannot be written"):
            new_key(tmp_path / "none" / "k", None, "ada")

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
    def test_a_key_that_others_reach_is_refused(
        self, tmp_path: Path, mode: int
    ) -> None:
        path = key_file(tmp_path, "ada")
        path.chmod(mode)
        with pytest.raises(KeyUnusable, match="by others"):
            read_key_file(path)

    def test_what_is_no_key_file(self, tmp_path: Path) -> None:
        with pytest.raises(KeyUnusable, match="no such file"):
            read_key_file(tmp_path / "none")
        with pytest.raises(KeyUnusable, match="cannot be read"):
            read_key_file(tmp_path)
        with pytest.raises(KeyUnusable, match="not an OpenSSH private key"):
            is_encrypted(b"-----BEGIN RSA PRIVATE KEY-----\n")
        for data in (b"", b"junk"):
            with pytest.raises(KeyUnusable, match="cannot be unlocked"):
                load_key(data, None)

    def test_other_kinds_of_keys_are_refused(self) -> None:
        for encryption in (NoEncryption(), BestAvailableEncryption(b"x")):
            data = generate_private_key(SECP256R1()).private_bytes(
                Encoding.PEM, PrivateFormat.OpenSSH, encryption
            )
            with pytest.raises(KeyUnusable, match="not an Ed25519 key"):
                load_key(data, b"x" if is_encrypted(data) else None)

    def test_a_fifo_does_not_hang(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "k", 0o600)
        assert read_key_file(tmp_path / "k") == b""


class TestSignatures:
    def test_a_signature_is_of_one_key_and_one_message(self) -> None:
        ada = signer("ada")
        text = armor(ada.key, ada.sign(signed_bytes(MESSAGE)))
        assert is_signed_by(ada.key, MESSAGE, text)
        assert not is_signed_by(signer("bob").key, MESSAGE, text)
        assert not is_signed_by(ada.key, MESSAGE + b" ", text)
        assert not is_signed_by(ada.key, MESSAGE, "\ud800")

    @needs_openssh
    def test_ssh_keygen_verifies_ours(self, tmp_path: Path) -> None:
        ada = signer("ada")
        text = armor(ada.key, ada.sign(signed_bytes(MESSAGE)))
        (tmp_path / "m.sig").write_text(text)
        signers = tmp_path / "signers"
        signers.write_text(f'ada namespaces="{NAMESPACE}" {ada.key.line}\n')
        verify = ("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "ada")
        rest = ("-n", NAMESPACE, "-s", str(tmp_path / "m.sig"))
        assert run(*verify, *rest, stdin=MESSAGE).returncode == 0
        assert run(*verify, *rest, stdin=MESSAGE + b".").returncode != 0
        other = run(*verify, "-n", "git", "-s", str(tmp_path / "m.sig"), stdin=MESSAGE)
        assert other.returncode != 0

    @needs_openssh
    def test_we_verify_what_ssh_keygen_signs(self, tmp_path: Path) -> None:
        path = key_file(tmp_path, "ada")
        sign = ("ssh-keygen", "-Y", "sign", "-f", str(path))
        text = run(*sign, "-n", NAMESPACE, stdin=MESSAGE).stdout.decode()
        assert is_signed_by(signer("ada").key, MESSAGE, text)
        other = run(*sign, "-n", "file", stdin=MESSAGE).stdout.decode()
        assert not is_signed_by(signer("ada").key, MESSAGE, other)

    @needs_openssh
    def test_ssh_keygen_reads_our_keys_and_we_read_its(self, tmp_path: Path) -> None:
        key = new_key(tmp_path / "k", b"sesame", "ada")
        shown = run("ssh-keygen", "-y", "-P", "sesame", "-f", str(tmp_path / "k"))
        assert parse_public_key(shown.stdout.decode().strip()) == key
        listed = run("ssh-keygen", "-l", "-f", str(tmp_path / "k.pub")).stdout.decode()
        assert key.fingerprint in listed
        made = run(
            "ssh-keygen", "-q", "-t", "ed25519", "-N", "moon", "-f", str(tmp_path / "o")
        )
        assert made.returncode == 0
        theirs = load_key(read_key_file(tmp_path / "o"), b"moon").key
        assert theirs == parse_public_key((tmp_path / "o.pub").read_text().strip())


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    """A real ssh-agent that holds ada's key."""
    with ssh_agent(tmp_path / "agent") as env:
        add_key(env, key_file(tmp_path, "ada"))
        yield tmp_path / "agent"


@needs_openssh
def test_an_agent_lists_and_signs(agent: Path) -> None:
    (held,) = agent_keys(agent)
    assert held.key == signer("ada").key
    text = armor(held.key, held.sign(signed_bytes(MESSAGE)))
    assert is_signed_by(held.key, MESSAGE, text)
    with pytest.raises(KeyUnusable, match="refused"):
        AgentKey(agent, signer("bob").key).sign(b"x")


def test_no_agent(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be reached"):
        agent_keys(tmp_path / "none")


def packed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


ANSWERS = {
    "nothing": b"",
    "cut": b"\x00\x00",
    "no body": packed(b""),
    "too large": b"\xff\xff\xff\xff",
    "no count": packed(b"\x0c\x00"),
    "more keys than bytes": packed(b"\x0c" + b"\xff\xff\xff\xff"),
    "no key": packed(b"\x0c" + struct.pack(">I", 1)),
    "key beyond the end": packed(b"\x0c" + struct.pack(">I", 1) + b"\x00\x00\x00\xff"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_agent_that_answers_garbage(tmp_path: Path, answer: bytes) -> None:
    path = tmp_path / "agent"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            with server.accept()[0] as channel:
                channel.recv(1024)
                channel.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(KeyUnusable, match="understood"):
            agent_keys(path)
        thread.join()


def test_the_tests_keys_are_always_the_same() -> None:
    assert signer("ada").key == signer("ada").key
    assert private_key("ada") is not private_key("ada")
