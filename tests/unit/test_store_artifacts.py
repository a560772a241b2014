import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from smithgate.errors import (
    ArtifactCorrupt,
    ArtifactNotFound,
    AuditUnavailable,
    FormatUnknown,
)
from smithgate.store import ArtifactStore, Store
from smithgate.store import artifacts as module
from store_kit import Clock, claimed, intend, kinds


@pytest.fixture
def files(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts", clock=Clock())


def test_a_value_comes_back_as_it_was(files: ArtifactStore) -> None:
    value = {"b": [1, 2.5, None, True], "a": "é😀\u0000"}
    artifact = files.put(value, kind="response")
    assert files.get(artifact) == value
    path = files.path(artifact)
    assert path.parent.name == artifact[4:6]
    assert list(files.ids()) == [artifact]


def test_the_same_content_is_one_file(files: ArtifactStore) -> None:
    one = files.put({"a": 1, "b": 2}, kind="response")
    inode = files.path(one).stat().st_ino
    assert files.put({"b": 2, "a": 1}, kind="response") == one
    assert files.path(one).stat().st_ino == inode


def test_kind_and_seal_are_part_of_the_content(files: ArtifactStore) -> None:
    ids = {
        files.put({}, kind="response"),
        files.put({}, kind="request"),
        files.put({}, kind="response", sealed=True),
    }
    assert len(ids) == 3
    found = {(files.load(one).kind, files.load(one).sealed) for one in ids}
    assert found == {("response", False), ("request", False), ("response", True)}


def test_what_json_cannot_carry_is_stored_as_text(files: ArtifactStore) -> None:
    artifact = files.put({"a": float("nan"), "b": "\ud800"}, kind="response")
    assert files.get(artifact) == {"a": "nan", "b": "\ufffd"}


def test_what_is_no_json_is_refused(files: ArtifactStore) -> None:
    with pytest.raises(TypeError):
        files.put({"a": b"x"}, kind="response")
    with pytest.raises(ValueError, match="selfie"):
        files.put({}, kind="selfie")
    assert list(files.ids()) == []


@pytest.mark.parametrize(
    "artifact_id",
    [
        "",
        "art-",
        "art-../../../etc/passwd",
        "art-" + "A" * 64,
        "art-" + "a" * 63,
        "art-" + "a" * 65,
        "art-" + "a" * 64 + "\n",
        "art-" + "a" * 62 + "/.",
        "../art-" + "a" * 64,
        "art-" + "a" * 64,
    ],
)
def test_unknown_and_crooked_ids_are_not_found(
    files: ArtifactStore, artifact_id: str
) -> None:
    with pytest.raises(ArtifactNotFound):
        files.get(artifact_id)


def test_an_edited_file_is_corrupt(files: ArtifactStore) -> None:
    artifact = files.put({"a": 1}, kind="response")
    path = files.path(artifact)
    path.write_bytes(path.read_bytes().replace(b'"a":1', b'"a":2'))
    with pytest.raises(ArtifactCorrupt):
        files.get(artifact)


def test_a_damaged_file_is_written_anew(files: ArtifactStore) -> None:
    artifact = files.put({"a": 1}, kind="response")
    files.path(artifact).write_bytes(b"")
    assert files.put({"a": 1}, kind="response") == artifact
    assert files.get(artifact) == {"a": 1}


def test_a_link_is_not_followed(files: ArtifactStore, tmp_path: Path) -> None:
    artifact = files.put({"a": 1}, kind="response")
    path = files.path(artifact)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    with pytest.raises(AuditUnavailable):
        files.get(artifact)


def test_a_later_format_is_refused(
    files: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FORMAT_VERSION", 2)
    artifact = files.put({"a": 1}, kind="response")
    monkeypatch.undo()
    with pytest.raises(FormatUnknown, match="version 2, this release knows 1"):
        files.get(artifact)


def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("in the way")
    files = ArtifactStore(tmp_path / "artifacts", clock=Clock())
    with pytest.raises(AuditUnavailable):
        files.put({"a": 1}, kind="response")


def test_a_full_disk_leaves_no_half_file(
    files: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AuditUnavailable, match="No space left"):
        files.put({"a": 1}, kind="response")
    assert [p for p in files.folder.rglob("*") if p.is_file()] == []
    assert not files.has_pending


def test_threads_may_store_the_same_value(files: ArtifactStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: files.put({"n": n % 3}, kind="diff"), range(60)))
    assert len(set(ids)) == 3
    assert sorted(set(ids)) == list(files.ids())
    names = [p.name for p in files.folder.rglob("*") if p.is_file()]
    assert len(names) == 3


def test_rows_are_written_by_the_transaction_that_follows(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    artifact = store.artifacts.put({"a": 1}, kind="request", sealed=True)
    assert "artifact.stored" not in kinds(store)
    before = store.artifact(artifact)
    assert (before.kind, before.sealed, before.size) == ("request", True, 7)
    intend(store, claimed(store), request_artifact=artifact)
    assert kinds(store).count("artifact.stored") == 1
    assert store.artifact(artifact) == before
    store.artifacts.put({"a": 1}, kind="request", sealed=True)
    claimed(store)
    assert kinds(store).count("artifact.stored") == 1
    store.close()


def test_rows_of_unused_artifacts_are_written_at_the_end(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s")
    artifact = store.artifacts.put({"a": 1}, kind="card")
    store.close()
    store = Store.open(tmp_path / "s")
    assert store.artifact(artifact).kind == "card"
    with pytest.raises(ArtifactNotFound):
        store.artifact("art-" + "0" * 64)
    store.close()


def test_a_row_survives_a_transaction_that_did_not(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    artifact = store.artifacts.put({"a": 1}, kind="request")
    with pytest.raises(ValueError, match="no requester"):
        raise_in_write(store)
    intend(store, claimed(store), request_artifact=artifact)
    store.close()


def raise_in_write(store: Store) -> None:
    with store._write():
        raise ValueError("no requester")
