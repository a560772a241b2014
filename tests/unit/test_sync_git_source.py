"""Models from a git repository: what is fetched and what goes wrong."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from git_remote import SERVICES, Remote, model
from smithgate_codegen.errors import ModelNotFound, SyncError
from smithgate_codegen.sync import GitSource

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path)


def test_services_are_joined_to_clients(remote: Remote) -> None:
    source = remote.source()
    assert source.services() == ["events", "iam", "my-own", "s3"]
    assert source.release == remote.first
    raw = source.fetch("events")
    assert json.loads(raw.data) == model("EventBridge")
    path = "models/eventbridge/service/1/eventbridge.json"
    assert (raw.version, raw.origin) == ("1", path)


def test_only_the_wanted_files_are_fetched(remote: Remote) -> None:
    remote.source().fetch("s3")
    assert remote.near() == {"s3"}
    remote.source().prefetch(["iam", "events", "zz"])
    assert remote.near() == {"s3", "iam", "eventbridge"}


def test_a_remote_without_filters_sends_all_and_serves_as_well(remote: Remote) -> None:
    remote.filters(allowed=False)
    assert json.loads(remote.source().fetch("iam").data) == model("IAM")
    assert remote.near() == set(SERVICES)


def test_history_stays_away(remote: Remote) -> None:
    remote.change("s3")
    remote.source().fetch("s3")
    (clone,) = (remote.root / "clones").glob("*.git")
    count = remote.git(f"--git-dir={clone}", "rev-list", "--count", "--all")
    assert count == "1"


@pytest.mark.parametrize("kind", ["branch", "tag", "annotated", "commit"])
def test_a_ref_is_a_branch_a_tag_or_a_commit(remote: Remote, kind: str) -> None:
    remote.git("tag", "light", remote.first)
    remote.git("tag", "-a", "-m", "x", "heavy", remote.first)
    remote.git("push", "-q", "--tags", str(remote.bare))
    newest = remote.change("s3")
    refs = {"tag": "light", "annotated": "heavy", "commit": remote.first}
    source = remote.source(refs.get(kind, "main"))
    assert source.release == (newest if kind == "branch" else remote.first)


def test_the_greatest_version_counts(remote: Remote) -> None:
    remote.put("s3", model("S3"), version="0")
    remote.put("s3", model("S3", metadata={"new": True}), version="2")
    remote.change("iam")
    raw = remote.source().fetch("s3")
    assert (raw.version, json.loads(raw.data)["metadata"]) == ("2", {"new": True})


def test_a_fingerprint_needs_no_contents_and_follows_them(remote: Remote) -> None:
    before = remote.source().fingerprint("s3")
    remote.change("iam")
    assert remote.source().fingerprint("s3") == before
    remote.change("s3")
    assert remote.source().fingerprint("s3") != before
    assert remote.near() == set()


def test_links_are_not_followed(remote: Remote) -> None:
    path = remote.work / "models" / "x" / "service" / "1" / "x.json"
    path.parent.mkdir(parents=True)
    path.symlink_to("/etc/hostname")
    remote.change("s3")
    assert "x" not in remote.source().services()


def test_a_folder_that_lies_about_its_service_is_refused(remote: Remote) -> None:
    remote.put("s3", model("IAM"))
    remote.change("iam")
    with pytest.raises(SyncError, match="is the model of `IAM`, its folder says `s3`"):
        remote.source().fetch("s3")


def test_what_is_no_model_is_refused(remote: Remote) -> None:
    remote.put("s3", "{}")
    remote.change("iam")
    with pytest.raises(ModelNotFound, match="is not a Smithy model"):
        remote.source().fetch("s3")


@pytest.mark.parametrize(
    ("ref", "message", "hint"),
    [
        ("mian", "has no branch or tag `mian`", "did you mean `main`"),
        ("zzzz", "has no branch or tag `zzzz`", None),
        ("0" * 40, f"has no commit `{'0' * 40}`", "--update"),
    ],
)
def test_a_ref_that_is_not_there_is_told_apart(
    remote: Remote, ref: str, message: str, hint: Any
) -> None:
    with pytest.raises(SyncError) as caught:
        remote.source(ref).services()
    assert message in caught.value.message
    assert caught.value.message.startswith("source `models`: ")
    assert (hint or "None") in str(caught.value.hint)


def test_a_remote_out_of_reach_is_told_with_gits_reason(tmp_path: Path) -> None:
    gone = GitSource(f"file://{tmp_path}/gone.git", "main", tmp_path, name="models")
    with pytest.raises(SyncError, match=r"git failed at .*does not appear to be"):
        gone.services()
    refused = GitSource("https://127.0.0.1:9/a.git", "main", tmp_path, name="models")
    with pytest.raises(SyncError, match=r"git failed at .*127\.0\.0\.1") as caught:
        refused.services()
    assert "needs no network" in str(caught.value.hint)


def test_a_folder_without_models_is_told(remote: Remote) -> None:
    with pytest.raises(SyncError, match="has no models below `else`") as caught:
        remote.source(folder="else").services()
    assert "`folder` says where they start" in str(caught.value.hint)


def test_what_a_killed_git_left_does_not_stop_the_next(remote: Remote) -> None:
    remote.source().fetch("s3")
    (clone,) = (remote.root / "clones").glob("*.git")
    (clone / "shallow.lock").touch()
    (clone / "config.lock").touch()
    newest = remote.change("s3")
    (clone / "refs" / "commits" / f"{newest}.lock").touch()
    assert remote.source().release == newest


def test_an_interrupted_fetch_goes_on_where_it_was(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smithgate_codegen.sync import git_clone

    monkeypatch.setattr(git_clone, "_BATCH", 1)
    real, calls = git_clone.Clone._fetch, []

    def failing(self: Any, git: Any, wanted: Any, *options: Any) -> None:
        if "--depth=1" not in options:
            calls.append(wanted)
            if len(calls) == 3:
                raise KeyboardInterrupt
        real(self, git, wanted, *options)

    monkeypatch.setattr(git_clone.Clone, "_fetch", failing)
    names = remote.source().services()
    with pytest.raises(KeyboardInterrupt):
        remote.source().prefetch(names)
    assert len(remote.near()) == 2
    remote.source().prefetch(names)
    assert len(calls) == 3 + 2
    assert remote.near() == set(SERVICES)


CHILD = """
import os, signal, sys
from smithgate_codegen.sync import GitSource, git
real, count = git.subprocess.run, 0
def run(*a, **k):
    global count
    count += 1
    if count == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*a, **k)
git.subprocess.run = run
from pathlib import Path
GitSource(sys.argv[1], "main", Path(sys.argv[2]), name="m", folder="models").fetch("s3")
"""


def test_being_killed_between_any_two_steps_harms_nothing(remote: Remote) -> None:
    killed = 0
    for step in range(1, 12):
        command = [sys.executable, "-c", CHILD, remote.url, f"{remote.root}/clones"]
        done = subprocess.run([*command, str(step)], check=False, capture_output=True)
        killed += done.returncode == -signal.SIGKILL
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
    assert killed > 3
    assert json.loads(remote.source().fetch("s3").data) == model("S3")
