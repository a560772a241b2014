"""Pins of git sources: held, moved, reproduced, refused."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from git_remote import Checkout, Remote, model
from smithgate_codegen.errors import LockMismatch, ModelError, SyncError
from smithgate_codegen.sync import Cache, build_sources, load_locked, read_lock, verify

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return Remote(tmp_path)


@pytest.fixture
def checkout(remote: Remote) -> Checkout:
    return Checkout(remote)


def test_the_commit_and_the_definition_go_into_the_lock(
    remote: Remote, checkout: Checkout
) -> None:
    assert checkout.run().added == ("iam", "s3")
    lock = read_lock(checkout.lock)
    assert checkout.commits() == {"iam": remote.first, "s3": remote.first}
    assert lock.releases == {"models": remote.first}
    assert lock.git == {
        "models": {"folder": "models", "ref": "main", "url": remote.url}
    }
    assert checkout.run().is_current


def test_pins_stay_at_their_commit_until_they_are_to_move(
    remote: Remote, checkout: Checkout
) -> None:
    checkout.run()
    text = checkout.lock.read_bytes()
    newest = remote.change("s3", "iam")
    assert checkout.run(verify).is_current, "--locked reproduces"
    assert checkout.run().is_current
    assert checkout.lock.read_bytes() == text
    assert checkout.run(update=["s3"]).changed == ("s3",)
    assert checkout.commits() == {"iam": remote.first, "s3": newest}
    checkout.define(remote.url, services="[s3, iam, events]")
    checkout.run()
    assert checkout.commits()["events"] == remote.first, "as the last full sync"
    checkout.run(update=["s3", "iam", "events"])
    assert set(checkout.commits().values()) == {newest}
    assert read_lock(checkout.lock).releases == {"models": newest}


def test_a_pinned_commit_is_enough_for_another_machine(
    remote: Remote, checkout: Checkout
) -> None:
    checkout.run()
    remote.change("s3")
    checkout.cache = Cache(remote.root / "fresh")
    sources = build_sources(checkout.config, checkout.cache.root)
    service, *_ = load_locked(
        checkout.config, checkout.cache, checkout.lock, sources=sources, only=["s3"]
    )
    assert service.sdk_id == "S3"
    assert checkout.run(verify).is_current


def test_offline_the_cache_is_enough(remote: Remote, checkout: Checkout) -> None:
    checkout.run()
    remote.bare.rename(remote.root / "away.git")
    assert len(list(load_locked(checkout.config, checkout.cache, checkout.lock))) == 2
    assert checkout.run(verify).is_current
    with pytest.raises(SyncError, match="git failed at"):
        checkout.run(update=["s3"])


def test_a_changed_definition_is_noticed(remote: Remote, checkout: Checkout) -> None:
    checkout.run()
    remote.git("branch", "other")
    remote.git("push", "-q", str(remote.bare), "other")
    checkout.define(remote.url, ref="other")
    report = checkout.run(verify)
    assert report.is_redefined
    assert not report.is_current
    checkout.run()
    assert read_lock(checkout.lock).git["models"]["ref"] == "other"
    assert checkout.run(verify).is_current


def test_a_forged_pin_is_refused_with_both_digests(
    remote: Remote, checkout: Checkout
) -> None:
    checkout.run()
    lock = read_lock(checkout.lock)
    forged = replace(lock.services["s3"], sha256="0" * 64)
    replace(lock, services={**lock.services, "s3": forged}).write(checkout.lock)
    with pytest.raises(LockMismatch) as caught:
        list(load_locked(checkout.config, checkout.cache, checkout.lock))
    real = read_lock(checkout.lock)
    checkout.run()
    assert "0" * 64 in caught.value.message
    assert read_lock(checkout.lock).services["s3"].sha256 in caught.value.message
    assert real != read_lock(checkout.lock)


def test_a_model_that_does_not_load_leaves_the_lock(
    remote: Remote, checkout: Checkout
) -> None:
    checkout.run()
    text = checkout.lock.read_bytes()
    broken = model("S3")
    broken["shapes"]["a#L"] = {"type": "list", "member": {"target": "a#Gone"}}
    remote.put("s3", broken)
    remote.change("iam")
    with pytest.raises(ModelError, match=r"`models/s3/service/1/s3.json`.*`a#Gone`"):
        checkout.run(update=["s3", "iam"])
    assert checkout.lock.read_bytes() == text


def test_two_syncs_at_once_share_clone_and_cache(remote: Remote) -> None:
    program = (
        "import sys; from smithgate_codegen.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    checkouts = [Checkout(remote, f"c{n}") for n in range(3)]
    command = [sys.executable, "-c", program, "sync", "--config"]
    env = {**os.environ, "SMITHGATE_CACHE": str(remote.root / "cache")}
    children = [
        subprocess.Popen([*command, f"{c.root}/services.yaml"], env=env)
        for c in checkouts
    ]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert len({c.lock.read_bytes() for c in checkouts}) == 1
