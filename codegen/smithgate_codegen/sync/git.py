"""Running git: the one place where the generator starts another program.

Owns the command line, the environment and the translation of failures. The
environment is built from nothing, so that no configuration, hook, credential prompt,
alias or ``GIT_*`` variable of the machine has a say. No shell is involved.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SyncError

# What a connection may need: where programs, keys, proxies and certificates are.
_PASSED = (
    *("PATH", "HOME", "TMPDIR", "SSH_AUTH_SOCK", "SYSTEMROOT"),
    *("https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"),
    *("no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
)
_FIXED = {
    "LC_ALL": "C",
    "GIT_ASKPASS": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=30",
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS": "",
}
_SETTINGS = (
    "core.askPass=",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "credential.helper=",
    "fetch.fsckObjects=true",
    "fetch.negotiationAlgorithm=noop",  # nothing here has a history to compare
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "maintenance.auto=false",
    "protocol.version=2",
    "submodule.recurse=false",
)
_SCHEMES = ("https", "ssh", "file")
_URL = re.compile(r"(https|ssh|file)://([^/\s\\]*)(/[^\s\\]*)", re.ASCII)
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NOISE = re.compile(r"^(fatal|error|remote|warning|ssh): *", re.IGNORECASE)


class GitFailed(Exception):
    """git ended with an error; ``reason`` is its most telling line."""

    def __init__(self, stderr: str) -> None:
        self.stderr = stderr
        lines = [line.strip() for line in stderr.splitlines() if line.strip()]
        fatal = [line for line in lines if line.lower().startswith(("fatal", "error"))]
        self.reason = _NOISE.sub("", (fatal or lines or ["no reason given"])[0])
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class Git:
    """Commands in one bare repository."""

    folder: Path
    held: Sequence[int] = ()
    """File descriptors that a child keeps open: a lock then outlives a killed parent
    for as long as the child still writes."""
    scheme: str = "https"
    """The only transport that git may use."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Return what a command prints.

        Raises ``GitFailed``, and ``SyncError`` where there is no git.
        """
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        command = ["git", *settings, f"--git-dir={self.folder}", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, checked arguments
                command,
                input=stdin,
                capture_output=True,
                check=False,
                env=git_environment(self.environment, self.scheme),
                pass_fds=tuple(self.held),
            )
        except FileNotFoundError as error:
            raise SyncError(
                "git is not installed, a git source needs it",
                hint="install git, or name a folder of models as the source",
            ) from error
        if done.returncode != 0:
            raise GitFailed(done.stderr.decode("utf-8", errors="replace"))
        return done.stdout


def git_environment(environment: Mapping[str, str], scheme: str) -> dict[str, str]:
    """Return the environment that git gets."""
    passed = {name: environment[name] for name in _PASSED if name in environment}
    return {**passed, **_FIXED, "GIT_ALLOW_PROTOCOL": scheme}


def check_url(url: str) -> str | None:
    """Return why a text cannot be the URL of a source, ``None`` where it can."""
    match = _URL.fullmatch(url)
    if match is None:
        return f"must start with one of {', '.join(f'{s}://' for s in _SCHEMES)}"
    scheme, authority, _ = match.groups()
    user, at, host = authority.rpartition("@")
    if host.startswith("-") or user.startswith("-"):
        return "must not have a host or user that starts with `-`"
    if scheme == "file":
        return "must not name a host" if authority else None
    if not host:
        return "names no host"
    if ":" in user or (at and scheme == "https"):
        return "must not hold a user name or password: the file is shared"
    return None


def check_ref(ref: str) -> str | None:
    """Return why a text cannot be a branch, tag or commit, ``None`` where it can."""
    parts = ref.split("/")
    is_bad_part = any(not p or p[0] in ".-" or p.endswith(".lock") for p in parts)
    if _REF.fullmatch(ref) is None or ".." in ref or ref.endswith(".") or is_bad_part:
        return "is not the name of a branch, a tag or a commit"
    return None


def is_commit(ref: str) -> bool:
    """Return whether a ref is the full id of a commit."""
    return _COMMIT.fullmatch(ref) is not None
