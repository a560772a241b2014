"""With which key a person decides: a file, the ssh-agent, or none where policy says so.

A passphrase is typed where nothing shows it, or read from a file descriptor that
whoever automates this opened on purpose; never from an argument or a variable, which
other processes can read.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ..app import Application
from ..errors import ApprovalRefused, KeyUnusable
from .common import os_user

if TYPE_CHECKING:
    from ..approval.keys import Signer
    from ..plan.decide import Voice
    from ..policy import Policy

MAX_PASSPHRASE_BYTES = 4096
KEY_VARIABLE = "SMITHGATE_KEY"
AGENT_VARIABLE = "SSH_AUTH_SOCK"

Command = TypeVar("Command", bound=Callable[..., object])


def fd_option(command: Command) -> Command:
    """Add --passphrase-fd."""
    return click.option(
        "--passphrase-fd",
        type=click.IntRange(min=0),
        metavar="N",
        help="Read the key's passphrase from this open file descriptor.",
    )(command)


def signing_options(command: Command) -> Command:
    """Add --key, --passphrase-fd and --as."""
    name = click.option(
        "--as",
        "name",
        metavar="NAME",
        help="Which approver of the policy; needed when ssh-agent has several.",
    )
    key = click.option(
        "--key",
        metavar="FILE",
        help=f"Private key to sign with [${KEY_VARIABLE}; else ssh-agent].",
    )
    return key(fd_option(name(command)))


def choose_voice(
    app: Application, key: str | None, passphrase_fd: int | None, name: str | None
) -> "Voice":
    """Return who decides. Raises ``KeyUnusable`` and ``ApprovalRefused``."""
    from ..approval.verify import SAME_USER
    from ..plan.decide import Voice

    policy = app.policies.current()
    signer = choose_signer(policy, key, passphrase_fd, name)
    if signer is not None:
        return Voice(signer)
    if policy.unsigned.same_user and name is None:
        return Voice(None, SAME_USER, f"user:{os_user()}")
    raise KeyUnusable(
        "there is no key to sign with",
        hint="give --key FILE, or load a key of the policy's `approvers` into "
        "ssh-agent; `smithgate keys new FILE` makes one",
    )


def choose_signer(
    policy: "Policy", key: str | None, passphrase_fd: int | None, name: str | None
) -> "Signer | None":
    """Return the key to sign with, ``None`` when there is none at hand."""
    file = key or os.environ.get(KEY_VARIABLE)
    signer = unlock(Path(file), passphrase_fd) if file else _from_agent(policy, name)
    if signer is not None and name is not None:
        named = policy.approvers.get(name)
        if named is None or named.key != signer.key:
            raise ApprovalRefused(
                f"the key {signer.key.fingerprint} is not that of `{name}`",
                hint="see `smithgate keys list`",
            )
    return signer


def unlock(path: Path, passphrase_fd: int | None) -> "Signer":
    """Return the key in a file, asking for its passphrase. Raises ``KeyUnusable``."""
    from ..approval.keys import is_encrypted, load_key, read_key_file

    data = read_key_file(path)
    if not is_encrypted(data):
        return load_key(data, None)
    if passphrase_fd is not None:
        return load_key(data, read_passphrase(passphrase_fd))
    return load_key(data, ask_passphrase(f"Passphrase of {path}"))


def read_passphrase(fd: int) -> bytes:
    """Return the first line of a file descriptor. Raises ``KeyUnusable``."""
    try:
        with os.fdopen(fd, "rb") as file:
            line = file.readline(MAX_PASSPHRASE_BYTES)
    except OSError:
        raise KeyUnusable(f"file descriptor {fd} cannot be read") from None
    if not line.strip(b"\r\n"):
        raise KeyUnusable(f"file descriptor {fd} gave no passphrase")
    return line.strip(b"\r\n")


def ask_passphrase(question: str, *, twice: bool = False) -> bytes:
    """Return what a person types unseen. Raises ``KeyUnusable``: nobody can."""
    if not sys.stdin.isatty():
        raise KeyUnusable(
            "there is no terminal to ask for the passphrase on",
            hint="give --passphrase-fd, or use ssh-agent",
        )
    try:
        typed: str = click.prompt(
            question, hide_input=True, confirmation_prompt=twice, err=True
        )
    except click.Abort:
        raise KeyUnusable("no passphrase was given") from None
    return typed.encode()


def _from_agent(policy: "Policy", name: str | None) -> "Signer | None":
    """Return the one key of the ssh-agent that the policy knows."""
    from ..approval.ssh_agent import agent_keys

    path = os.environ.get(AGENT_VARIABLE)
    if not path or not policy.approvers:
        return None
    held = {key.key: key for key in agent_keys(Path(path))}
    found = {
        approver.name: held[approver.key]
        for approver in policy.approvers.values()
        if approver.key in held
    }
    if name is not None:
        return found.get(name)
    if len(found) > 1:
        raise KeyUnusable(
            f"ssh-agent has the keys of {', '.join(found)}", hint="name one with --as"
        )
    return next(iter(found.values()), None)
