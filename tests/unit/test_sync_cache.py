"""The cache: private, whole, checked on every read."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import LockMismatch, SyncError
from smithgate_codegen.sync import Cache, Pin, default_cache_root
from smithgate_codegen.sync.files import write_atomically

DATA = b'{"smithy": "2.0"}'
SHA256 = hashlib.sha256(DATA).hexdigest()


def test_what_was_put_can_be_got(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "cache")
    assert cache.get(SHA256) is None
    assert cache.put(DATA) == SHA256
    assert cache.put(DATA) == SHA256
    assert cache.get(SHA256) == DATA


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    cache = Cache(root)
    cache.put(DATA)
    cache.remember("s3", "f", Pin("botocore", "1", SHA256))
    for path in [root, *root.rglob("*")]:
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_loose_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "models"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    Cache(tmp_path / "cache").put(DATA)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damaged", [DATA[:-1], DATA + b" ", b""])
def test_a_damaged_text_is_refused_with_both_digests(
    tmp_path: Path, damaged: Any
) -> None:
    cache = Cache(tmp_path)
    cache.put(DATA)
    (tmp_path / "models" / f"{SHA256}.json").write_bytes(damaged)
    with pytest.raises(LockMismatch) as caught:
        cache.get(SHA256)
    assert SHA256 in caught.value.message
    assert hashlib.sha256(damaged).hexdigest() in caught.value.message


def test_a_fingerprint_is_known_once_remembered(tmp_path: Path) -> None:
    cache, pin = Cache(tmp_path), Pin("botocore", "1", SHA256)
    assert cache.known("botocore", "s3", "f1") is None
    cache.remember("s3", "f1", pin)
    assert cache.known("botocore", "s3", "f1") == pin
    assert cache.known("botocore", "s3", "f2") is None
    assert cache.known("other", "s3", "f1") is None
    assert cache.known("botocore", "sqs", "f1") is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", "{}", '{"fingerprint": "f"}', '{"fingerprint": ["f"]}'],
)
def test_a_damaged_fingerprint_is_not_known(tmp_path: Path, text: str) -> None:
    cache = Cache(tmp_path)
    cache.remember("s3", "f", Pin("botocore", "1", SHA256))
    (tmp_path / "fingerprints" / "botocore" / "s3.json").write_text(text)
    assert cache.known("botocore", "s3", "f") is None


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".x", "a\n"])
def test_names_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    cache = Cache(tmp_path)
    with pytest.raises(SyncError, match="cannot be the name of a cache file"):
        cache.get(name)
    with pytest.raises(SyncError, match="cannot be the name of a cache file"):
        cache.remember(name, "f", Pin("botocore", "1", SHA256))


def test_a_cache_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SyncError, match="cannot be written") as caught:
        Cache(tmp_path / "file").put(DATA)
    assert "SMITHGATE_CACHE" in str(caught.value.hint)


def test_a_cache_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "models" / f"{SHA256}.json").mkdir(parents=True)
    with pytest.raises(SyncError, match="cannot be read"):
        Cache(tmp_path).get(SHA256)


def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def broken(*args: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fdopen", broken)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"SMITHGATE_CACHE": "/a/b"}, "/a/b"),
        ({"SMITHGATE_CACHE": "/a/b", "XDG_CACHE_HOME": "/x"}, "/a/b"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/smithgate"),
    ],
)
def test_the_environment_names_the_folder(environment: Any, expected: Any) -> None:
    assert default_cache_root(environment) == Path(expected)


@pytest.mark.parametrize(
    ("platform", "tail"),
    [
        ("linux", ".cache/smithgate"),
        ("darwin", "Library/Caches/smithgate"),
        ("win32", "smithgate"),
    ],
)
def test_each_platform_has_a_default(
    monkeypatch: pytest.MonkeyPatch, platform: Any, tail: Any
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert default_cache_root({}) == Path.home() / tail
