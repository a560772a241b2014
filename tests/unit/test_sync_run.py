"""Syncing, verifying and loading what the lock pins."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import ConfigError, LockMismatch, ModelError, SyncError
from smithgate_codegen.sync import (
    Cache,
    Choice,
    Config,
    RawModel,
    load_locked,
    load_service,
    read_lock,
    sync,
    verify,
)


def model_text(name: Any, **more: Any) -> Any:
    traits = {"aws.api#service": {"sdkId": name}, "smithy.api#title": f"Toy {name}"}
    service = {"type": "service", "version": "1", "traits": traits}
    document = {"smithy": "2.0", "shapes": {"a#Service": service}, **more}
    return json.dumps(document).encode()


class ToySource:
    """A source in memory that counts what is read."""

    def __init__(self, *names: Any, name: Any = "toy", release: Any = "1.0") -> None:
        self.name, self.release = name, release
        self.texts = {n: model_text(n) for n in names}
        self.fetched: list[str] = []

    def services(self) -> Any:
        return sorted(self.texts)

    def fetch(self, client_name: Any) -> Any:
        self.fetched.append(client_name)
        data = self.texts[client_name]
        return RawModel(data=data, version="2020", origin=f"toy/{client_name}")

    def fingerprint(self, client_name: Any) -> Any:
        return hashlib.sha256(self.texts[client_name]).hexdigest()


class Stand:
    """A configuration of toys with its source, lock and cache."""

    def __init__(self, root: Any, *names: Any) -> None:
        self.source = ToySource(*names)
        self.sources = {"toy": self.source}
        self.config = Config(
            path=root / "services.yaml",
            source="toy",
            services=tuple(Choice(name, "toy") for name in names),
        )
        self.lock = root / "models.lock.json"
        self.cache_root = root / "cache"
        self.cache = Cache(self.cache_root)

    def choose(self, *names: Any) -> None:
        choices = tuple(Choice(name, "toy") for name in names)
        self.config = replace(self.config, services=choices)

    def sync(self, job: Any = sync, **options: Any) -> Any:
        self.source.fetched.clear()
        return job(self.config, self.sources, self.lock, self.cache, **options)

    def load(self, **options: Any) -> Any:
        options = {"sources": self.sources, **options}
        return list(load_locked(self.config, self.cache, self.lock, **options))

    def pinned(self) -> Any:
        pins = read_lock(self.lock).services
        return {name: pin.sha256 for name, pin in pins.items()}

    def change(self, name: Any) -> Any:
        self.source.texts[name] = model_text(name, metadata={"changed": True})
        return hashlib.sha256(self.source.texts[name]).hexdigest()


@pytest.fixture
def stand(tmp_path: Path) -> Any:
    return Stand(tmp_path, "a", "b", "c")


def test_the_first_sync_pins_and_caches_everything(stand: Stand) -> None:
    told: list[str] = []
    report = stand.sync(progress=told.append)
    assert (report.added, report.fetched) == (("a", "b", "c"), ("a", "b", "c"))
    assert not report.is_current
    assert told == ["a", "b", "c"]
    lock = read_lock(stand.lock)
    assert lock == report.lock
    assert lock.releases == {"toy": "1.0"}
    for name, pin in lock.services.items():
        assert stand.cache.get(pin.sha256) == stand.source.texts[name]
        assert (pin.source, pin.version) == ("toy", "2020")


def test_an_unchanged_service_is_not_read_again(stand: Stand) -> None:
    stand.sync()
    before = stand.lock.stat().st_mtime_ns
    report = stand.sync()
    assert report.is_current
    assert report.unchanged == ("a", "b", "c")
    assert stand.source.fetched == []
    assert stand.lock.stat().st_mtime_ns == before


def test_only_what_changed_is_read_again(stand: Stand) -> None:
    stand.sync()
    changed = stand.change("b")
    report = stand.sync()
    assert (report.changed, report.fetched) == (("b",), ("b",))
    assert stand.source.fetched == ["b"]
    assert stand.pinned()["b"] == changed


def test_a_damaged_or_missing_cache_file_is_written_anew(stand: Stand) -> None:
    stand.sync()
    pins = stand.pinned()
    models = stand.cache_root / "models"
    (models / f"{pins['a']}.json").write_bytes(b"damaged")
    (models / f"{pins['b']}.json").unlink()
    report = stand.sync()
    assert report.is_current
    assert report.fetched == ("a", "b")
    assert stand.cache.get(pins["a"]) == stand.source.texts["a"]


def test_a_service_that_is_no_longer_configured_leaves_the_lock(stand: Stand) -> None:
    stand.sync()
    stand.choose("a")
    report = stand.sync()
    assert report.removed == ("b", "c")
    assert list(stand.pinned()) == ["a"]


def test_only_leaves_all_others_alone(stand: Stand) -> None:
    stand.sync()
    old = stand.pinned()
    new = {name: stand.change(name) for name in ("a", "b")}
    stand.source.release = "2.0"
    stand.sync(only=["b"])
    assert stand.pinned() == {**old, "b": new["b"]}
    assert read_lock(stand.lock).releases == {"toy": "1.0"}, "not a full sync"


def test_update_holds_other_pins_but_takes_in_new_services(stand: Stand) -> None:
    stand.choose("a", "b")
    stand.sync()
    old = stand.pinned()
    new = {name: stand.change(name) for name in ("a", "b")}
    stand.choose("a", "b", "c")
    report = stand.sync(update=["b"])
    assert (report.changed, report.added) == (("b",), ("c",))
    assert stand.pinned()["a"] == old["a"]
    assert stand.pinned()["b"] == new["b"]


def test_a_release_alone_changes_no_pin(stand: Stand) -> None:
    stand.sync()
    stand.source.release = "2.0"
    assert stand.sync(verify).is_current
    stand.sync()
    assert read_lock(stand.lock).releases == {"toy": "2.0"}


def test_verify_does_not_write_the_lock(stand: Stand) -> None:
    report = stand.sync(verify)
    assert report.added == ("a", "b", "c")
    assert not stand.lock.exists()
    stand.sync()
    stand.change("c")
    text = stand.lock.read_bytes()
    assert stand.sync(verify).changed == ("c",)
    assert stand.lock.read_bytes() == text


def test_two_machines_write_the_same_lock(stand: Stand, tmp_path: Path) -> None:
    stand.sync()
    other = Stand(tmp_path / "other", "a", "b", "c")
    (tmp_path / "other").mkdir()
    other.sync()
    assert stand.lock.read_bytes() == other.lock.read_bytes()
    assert str(tmp_path).encode() not in stand.lock.read_bytes()


def test_a_model_that_does_not_load_is_not_pinned(stand: Stand) -> None:
    stand.sync()
    text = stand.lock.read_bytes()
    stand.source.texts["b"] = b'{"smithy": "2.0", "shapes": {"a#S": {}}}'
    with pytest.raises(ModelError, match="`toy/b`"):
        stand.sync()
    assert stand.lock.read_bytes() == text


@pytest.mark.parametrize("option", ["only", "update"])
def test_asking_for_an_unconfigured_service_is_an_error(
    stand: Stand, option: Any
) -> None:
    with pytest.raises(ConfigError, match="`z` is not among the configured services"):
        stand.sync(**{option: ["z"]})


def test_an_unknown_service_is_an_error_before_anything_is_read(stand: Stand) -> None:
    stand.choose("a", "zz")
    with pytest.raises(ConfigError, match="source `toy` has no service `zz`"):
        stand.sync()
    assert stand.source.fetched == []


def test_loading_gives_the_pinned_services_in_order(stand: Stand) -> None:
    stand.sync()
    stand.source.fetched.clear()
    services = stand.load()
    assert [s.client_name for s in services] == ["a", "b", "c"]
    assert services[0].title == "Toy a"
    assert (services[0].source, services[0].version) == ("toy", "2020")
    assert services[0].sha256 == stand.pinned()["a"]
    assert stand.source.fetched == []
    assert [s.client_name for s in stand.load(only=["b"])] == ["b"]


def test_loading_needs_no_source_when_the_cache_is_filled(stand: Stand) -> None:
    stand.sync()
    assert len(stand.load(sources={})) == 3


def test_loading_ignores_what_the_source_has_by_now(stand: Stand) -> None:
    stand.sync()
    stand.change("a")
    assert stand.load(only=["a"])[0].sha256 == stand.pinned()["a"]


def test_an_empty_cache_is_filled_from_the_source_and_verified(
    stand: Stand, tmp_path: Path
) -> None:
    stand.sync()
    stand.cache = Cache(tmp_path / "fresh")
    stand.source.fetched.clear()
    assert len(stand.load()) == 3
    assert stand.source.fetched == ["a", "b", "c"]
    assert len(stand.load(sources={})) == 3


def test_a_source_that_moved_on_is_refused_with_both_digests(
    stand: Stand, tmp_path: Path
) -> None:
    stand.sync()
    stand.cache = Cache(tmp_path / "fresh")
    found = stand.change("a")
    stand.source.release = "2.0"
    with pytest.raises(LockMismatch) as caught:
        stand.load()
    message = caught.value.message
    assert stand.pinned()["a"] in message
    assert found in message
    assert "(toy 1.0)" in message
    assert "(toy 2.0)" in message


def test_a_damaged_cache_file_is_never_loaded(stand: Stand) -> None:
    stand.sync()
    path = stand.cache_root / "models" / f"{stand.pinned()['a']}.json"
    path.write_bytes(stand.source.texts["b"])
    with pytest.raises(LockMismatch):
        stand.load()


def test_a_service_that_is_not_pinned_asks_for_a_sync(stand: Stand) -> None:
    with pytest.raises(SyncError, match="`a` from source `toy` is not in") as caught:
        stand.load()
    assert "sync" in str(caught.value.hint)


def test_a_pin_of_another_source_does_not_count(stand: Stand) -> None:
    stand.sync()
    other = tuple(Choice(name, "other") for name in "abc")
    stand.config = replace(stand.config, services=other)
    with pytest.raises(SyncError, match="from source `other` is not in the lock"):
        stand.load()


def test_loading_an_unconfigured_service_is_an_error(stand: Stand) -> None:
    stand.sync()
    with pytest.raises(ConfigError, match="`z` is not among"):
        stand.load(only=["z"])


def test_a_service_can_be_loaded_without_cache_and_lock(stand: Stand) -> None:
    service = load_service("a", stand.source)
    digest = hashlib.sha256(stand.source.texts["a"]).hexdigest()
    assert (service.sdk_id, service.sha256) == ("a", digest)


ROOT = Path(__file__).parents[2]


def test_the_checked_in_lock_is_what_the_installed_botocore_gives(
    tmp_path: Path,
) -> None:
    import botocore
    from smithgate_codegen.sync import build_sources, load_config

    config = load_config(ROOT / "smithy-models" / "services.yaml")
    lock = config.lock_path
    release = read_lock(lock).releases["botocore"]
    if botocore.__version__ != release:
        pytest.skip(f"the lock was made from botocore {release}")
    report = verify(config, build_sources(config), lock, Cache(tmp_path))
    assert report.is_current
    assert report.lock.text() == lock.read_text("utf-8")
