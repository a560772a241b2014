"""A sync that is stopped half-way: full disk, Ctrl-C, SIGKILL, a second sync."""

import errno
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
from smithgate_codegen.errors import LockMismatch, SyncError
from smithgate_codegen.sync import (
    Cache,
    build_sources,
    load_config,
    load_locked,
    read_lock,
    sync,
    verify,
)
from smithgate_codegen.sync.files import open_lock, write_atomically

NAMES = ("one", "two", "three")


def write_model(root: Path, name: Any, **more: Any) -> None:
    traits = {"aws.api#service": {"sdkId": f"Toy {name}"}}
    service = {"type": "service", "version": "1", "traits": traits}
    folder = root / "models" / f"toy-{name}" / "service" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    document = {"smithy": "2.0", "shapes": {"a#S": service}, **more}
    (folder / "m.json").write_text(json.dumps(document))


class Place:
    """A checkout with three toy services and a cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in NAMES:
            write_model(root, name)
        services = ", ".join(f"toy-{name}" for name in NAMES)
        (root / "services.yaml").write_text(
            "format_version: 1\nsource: toys\nsources: {toys: models}\n"
            f"services: [{services}]\n"
        )
        self.config = load_config(root / "services.yaml")
        self.cache = Cache(root / "cache")
        self.lock = root / "models.lock.json"

    def run(self, job: Any = sync, **options: Any) -> Any:
        sources = build_sources(self.config, self.cache.root)
        return job(self.config, sources, self.lock, self.cache, **options)

    def change(self) -> None:
        for name in NAMES:
            write_model(self.root, name, metadata={"changed": True})

    def leftovers(self) -> list[Path]:
        hidden = [p for p in self.root.rglob(".*") if p.name != ".lock"]
        return [path for path in hidden if path.is_file()]

    def check_cache(self) -> None:
        for path in (self.root / "cache" / "models").glob("*.json"):
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@contextmanager
def failing_at(
    step: int, failure: Callable[[], BaseException], patch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Let the given one of all the steps that change a disk fail instead."""
    steps: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            steps.append(name)
            if len(steps) == step:
                raise failure()
            return real(*arguments, **options)

        return call

    class File:
        def __init__(self, file: Any) -> None:
            self.file = file
            self.write = counted("write", file.write)
            self.flush, self.fileno = file.flush, file.fileno

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *details: object) -> None:
            self.file.close()

    real_open = os.fdopen
    with patch.context() as context:
        context.setattr(tempfile, "mkstemp", counted("make", tempfile.mkstemp))
        context.setattr(os, "fdopen", lambda *a: File(real_open(*a)))
        context.setattr(os, "fsync", counted("sync", os.fsync))
        context.setattr(Path, "chmod", counted("chmod", Path.chmod))
        context.setattr(Path, "replace", counted("replace", Path.replace))
        context.setattr(Path, "mkdir", counted("mkdir", Path.mkdir))
        yield steps


def full_disk() -> BaseException:
    return OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("failure", [full_disk, KeyboardInterrupt])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_failure_at_any_write_leaves_lock_and_cache_whole(
    place: Place,
    failure: Any,
    is_first: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not is_first:
        place.run()
        place.change()
    before = place.lock.read_bytes() if place.lock.exists() else None
    expected = SyncError if failure is full_disk else KeyboardInterrupt
    seen: list[str] = []
    for step in range(1, 200):
        with failing_at(step, failure, monkeypatch) as steps:
            try:
                place.run()
            except expected:
                seen.append(steps[-1])
            else:
                break
        now = place.lock.read_bytes() if place.lock.exists() else None
        assert now == before, steps[-1]
        assert place.leftovers() == []
        place.check_cache()
    # Each restart finds what the one before has cached: few steps fail, all kinds do.
    assert {"make", "write", "chmod", "replace", "sync"} <= set(seen)
    assert place.run().is_current
    assert place.lock.read_bytes() != before


def test_a_full_disk_is_told_as_such(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any, **options: Any) -> Any:
        raise full_disk()

    place.run()
    place.change()
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "mkstemp", full)
        with pytest.raises(SyncError, match=r"cache cannot be written.*No space left"):
            place.run()
    verify_only = place.run(verify)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "mkstemp", full)
        message = "`models.lock.json` cannot be written: No space left on device"
        with pytest.raises(SyncError, match=message) as caught:
            verify_only.lock.write(place.lock)
    assert caught.value.hint == "it is as it was before"


CHILD = """
import os, signal, sys, tempfile
from pathlib import Path
count = 0
def fatal(real):
    def call(*a, **k):
        global count
        count += 1
        if count == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*a, **k)
    return call
tempfile.mkstemp = fatal(tempfile.mkstemp)
os.fsync = fatal(os.fsync)
Path.chmod = fatal(Path.chmod)
Path.replace = fatal(Path.replace)
from smithgate_codegen.cli import run
sys.exit(run(["sync", "--cache", "cache", "--config", "services.yaml"]))
"""


def test_being_killed_at_any_write_is_repaired_by_the_next_sync(place: Place) -> None:
    place.run()
    place.change()
    before = place.lock.read_bytes()
    returned, step = -signal.SIGKILL, 0
    kills = 0
    while returned == -signal.SIGKILL:
        step += 1
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(step)],
            cwd=place.root,
            check=False,
            capture_output=True,
        )
        returned = done.returncode
        kills += returned == -signal.SIGKILL
        if returned == -signal.SIGKILL:
            assert place.lock.read_bytes() == before
            place.check_cache()
    assert returned == 0, done.stderr
    assert kills > 3
    assert place.leftovers() == [], "the last run cleared up after the others"
    assert place.lock.read_bytes() != before
    assert place.run().is_current


def test_a_lock_that_has_no_folder_is_told(place: Place) -> None:
    place.lock = place.root / "gone" / "models.lock.json"
    with pytest.raises(SyncError, match="gone` cannot be used: No such file"):
        place.run()


def test_somebody_elses_unfinished_writing_is_not_cleared_away(place: Place) -> None:
    place.run()
    unfinished = place.root / "cache" / "models" / ".x.json.abc"
    unfinished.touch()
    with open_lock(place.root / "cache" / ".lock") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        place.run()
        assert unfinished.exists()
    place.run()
    assert not unfinished.exists()


def test_a_cache_file_edited_by_hand_is_refused_and_rewritten_by_sync(
    place: Place,
) -> None:
    place.run()
    pin = read_lock(place.lock).services["toy-one"]
    path = place.root / "cache" / "models" / f"{pin.sha256}.json"
    text = path.read_bytes()
    edited = text.replace(b'"1"', b'"2"')
    path.write_bytes(edited)
    with pytest.raises(LockMismatch) as caught:
        list(load_locked(place.config, place.cache, place.lock))
    assert pin.sha256 in caught.value.message
    assert hashlib.sha256(edited).hexdigest() in caught.value.message
    assert place.run().is_current
    assert path.read_bytes() == text


def test_concurrent_updates_of_one_lock_both_count(place: Place) -> None:
    place.run()
    old = read_lock(place.lock).services
    place.change()
    program = "import sys; from smithgate_codegen.cli import run; "
    program += "sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "sync", "--config", "services.yaml"]
    env = {**os.environ, "SMITHGATE_CACHE": str(place.root / "cache")}
    children = [
        subprocess.Popen([*command, "--update", name], cwd=place.root, env=env)
        for name in ("toy-one", "toy-two")
    ]
    assert [child.wait() for child in children] == [0, 0]
    new = read_lock(place.lock).services
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {"toy-one", "toy-two"}


def test_checkouts_share_a_cache(place: Place, tmp_path: Path) -> None:
    place.run()
    (tmp_path / "other").mkdir()
    other = Place(tmp_path / "other")
    other.cache = place.cache
    report = other.run()
    assert report.fetched == (), "known by its fingerprint"
    assert other.lock.read_bytes() == place.lock.read_bytes()


def test_a_lock_pinning_what_nobody_has_stops_with_both_digests(place: Place) -> None:
    place.run()
    lock = read_lock(place.lock)
    pin = lock.services["toy-one"]
    forged = replace(pin, sha256="0" * 64)
    replace(lock, services={**lock.services, "toy-one": forged}).write(place.lock)
    with pytest.raises(LockMismatch) as caught:
        list(load_locked(place.config, place.cache, place.lock))
    assert "0" * 64 in caught.value.message
    assert pin.sha256 in caught.value.message
    assert place.run(verify).changed == ("toy-one",), "--locked fails"


def test_a_durable_write_reaches_the_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real = Path.replace

    def replace_noted(path: Path, target: Any) -> Path:
        steps.append("replace")
        return real(path, target)

    monkeypatch.setattr(os, "fsync", lambda _: steps.append("sync"))
    monkeypatch.setattr(Path, "replace", replace_noted)
    write_atomically(tmp_path / "a", b"x", durable=True)
    write_atomically(tmp_path / "b", b"x")
    assert steps == ["sync", "replace", "replace"]
