"""Running git: what it may be told, and what of the machine it gets to see."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import SyncError
from smithgate_codegen.sync.git import (
    Git,
    GitFailed,
    check_ref,
    check_url,
    git_environment,
    is_commit,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/aws/api-models-aws.git",
        "https://git.example:8443/a/b",
        "ssh://git@git.example/a/b.git",
        "ssh://git.example:22/~team/b.git",
        "file:///srv/mirror.git",
    ],
)
def test_urls_of_three_transports_are_taken(url: str) -> None:
    assert check_url(url) is None


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("-oProxyCommand=x", "must start with one of https://, ssh://, file://"),
        ("--upload-pack=touch /tmp/x", "must start with one of"),
        ("git@git.example:a/b", "must start with one of"),
        ("http://git.example/a", "must start with one of"),
        ("git://git.example/a", "must start with one of"),
        ("ext::sh -c x", "must start with one of"),
        ("/srv/mirror.git", "must start with one of"),
        ("https://git.example/a b", "must start with one of"),
        ("https://git.example/a\n", "must start with one of"),
        ("https:///a", "names no host"),
        ("ssh://-oProxyCommand=x/a", "starts with `-`"),
        ("ssh://-x@git.example/a", "starts with `-`"),
        ("https://user:secret@git.example/a", "must not hold a user name or password"),
        ("https://token@git.example/a", "must not hold a user name or password"),
        ("ssh://git:secret@git.example/a", "must not hold a user name or password"),
        ("file://git.example/a", "must not name a host"),
    ],
)
def test_other_urls_are_refused(url: str, fault: str) -> None:
    assert fault in (check_url(url) or "")


@pytest.mark.parametrize("ref", ["main", "v1.2+3", "release/2026-01", "a" * 40, "_x"])
def test_branches_tags_and_commits_are_taken(ref: str) -> None:
    assert check_ref(ref) is None


@pytest.mark.parametrize(
    "ref",
    [
        *("", "-x", "--upload-pack=x", "a b", "a..b", "a:b", "+a", "a~1", "a^", "a*"),
        *(
            "@{u}",
            "a/",
            "/a",
            "a//b",
            "a/.b",
            "a/-b",
            "a.lock",
            "a.lock/b",
            "a.",
            "a\n",
        ),
    ],
)
def test_other_refs_are_refused(ref: str) -> None:
    assert check_ref(ref) == "is not the name of a branch, a tag or a commit"


def test_a_commit_is_told_by_its_form() -> None:
    assert is_commit("0" * 40)
    assert is_commit("f" * 64)
    assert not is_commit("0" * 39)
    assert not is_commit("G" * 40)


def test_the_environment_is_built_from_nothing() -> None:
    machine = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "GIT_DIR": "/elsewhere",
        "GIT_CONFIG_COUNT": "1",
        "GIT_SSH_COMMAND": "evil",
        "GIT_TERMINAL_PROMPT": "1",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    env = git_environment(machine, "https")
    assert env["PATH"] == "/bin"
    assert env["HTTPS_PROXY"] == "http://proxy"
    assert env["GIT_TERMINAL_PROMPT"] == "0"
    assert env["GIT_ALLOW_PROTOCOL"] == "https"
    assert env["GIT_CONFIG_GLOBAL"] == env["GIT_CONFIG_SYSTEM"] == os.devnull
    assert env["GIT_SSH_COMMAND"].startswith("ssh -oBatchMode=yes")
    assert not {"GIT_DIR", "GIT_CONFIG_COUNT", "AWS_SECRET_ACCESS_KEY"} & env.keys()


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def bare(root: Path) -> Path:
    folder = root / "x.git"
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    return folder


@needs_git
def test_a_users_configuration_has_no_say(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text(
        '[user]\n\tname = From Home\n[alias]\n\tversion = "!touch ran"\n'
    )
    machine = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    git = Git(bare(tmp_path), scheme="file", environment=machine)
    with pytest.raises(GitFailed):
        git.run("config", "--get", "user.name")
    assert b"core.hookspath=/dev/null" in git.run("config", "--list")
    assert b"From Home" not in git.run("config", "--list")


@needs_git
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a", "ext::touch ran", "/a.git"])
def test_git_itself_refuses_other_transports(tmp_path: Path, url: str) -> None:
    git = Git(bare(tmp_path), scheme="https")
    with pytest.raises(GitFailed, match=r"transport '.*' not allowed"):
        git.run("ls-remote", url)
    assert not (tmp_path / "ran").exists()


@needs_git
def test_a_failure_shows_gits_own_reason(tmp_path: Path) -> None:
    with pytest.raises(GitFailed) as caught:
        Git(tmp_path / "none.git").run("rev-parse", "HEAD")
    assert caught.value.reason.startswith("not a git repository")


def test_without_git_the_error_says_so(tmp_path: Path) -> None:
    machine: dict[str, Any] = {"PATH": str(tmp_path)}
    with pytest.raises(SyncError, match="git is not installed") as caught:
        Git(tmp_path / "x.git", environment=machine).run("--version")
    assert "install git" in str(caught.value.hint)


@needs_git
def test_arguments_do_not_pass_a_shell(tmp_path: Path) -> None:
    with pytest.raises(GitFailed):
        Git(bare(tmp_path)).run("rev-parse", f"$(touch {tmp_path}/ran); `id`")
    assert not (tmp_path / "ran").exists()
