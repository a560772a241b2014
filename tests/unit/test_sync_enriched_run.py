"""Precedence and enrichment from the configuration to the loaded service."""

import json
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.build import build_service
from smithgate_codegen.errors import ConfigError, LockMismatch, SyncError
from smithgate_codegen.knowledge.overrides import no_overrides
from smithgate_codegen.patterns import PatternTable
from smithgate_codegen.sync import (
    Cache,
    Pin,
    build_sources,
    load_config,
    load_locked,
    read_lock,
    sync,
    verify,
)

READONLY = "smithy.api#readonly"
HEAD = (
    "format_version: 1\nsource: base\nsources: {base: base, more: more, extra: extra}\n"
)


def write_model(
    folder: Path, name: str, *, traits: Any = None, sdk_id: Any = None
) -> None:
    service = {"aws.api#service": {"sdkId": sdk_id or f"Toy {name}"}}
    shapes = {
        "a#S": {
            "type": "service",
            "version": "1",
            "operations": [{"target": "a#Get"}],
            "traits": service,
        },
        "a#Get": {"type": "operation", "traits": traits or {}},
    }
    path = folder / f"toy-{name}" / "service" / "1" / "m.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"smithy": "2.0", "shapes": shapes}))


class Place:
    """Two folders of toy models; ``more`` knows that an operation only reads."""

    def __init__(self, root: Path) -> None:
        self.root, self.lock = root, root / "models.lock.json"
        self.cache = Cache(root / "cache")
        for name in ("one", "two"):
            write_model(root / "base", name)
        for name in ("one", "three"):
            write_model(root / "more", name, traits={READONLY: {}})
        (root / "extra").mkdir()
        self.configure("services: [{name: toy-one, enrich: more}, toy-two]\n")

    def configure(self, text: str, head: str = HEAD) -> None:
        (self.root / "services.yaml").write_text(head + text)
        self.config = load_config(self.root / "services.yaml")

    def run(self, job: Any = sync, **options: Any) -> Any:
        sources = build_sources(self.config, self.cache.root)
        return job(self.config, sources, self.lock, self.cache, **options)

    def load(self, **options: Any) -> Any:
        found = load_locked(self.config, self.cache, self.lock, **options)
        return {service.client_name: service for service in found}

    def pins(self) -> Any:
        return read_lock(self.lock).services


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def is_readonly(service: Any) -> bool:
    return READONLY in service.model.expect_shape("a#Get").traits


def test_an_enriched_service_has_both_and_says_so(place: Place) -> None:
    place.run()
    services = place.load(sources={})
    assert is_readonly(services["toy-one"])
    assert not is_readonly(services["toy-two"])
    enrichment = services["toy-one"].enrichment
    assert enrichment.source == "more"
    assert enrichment.sha256 == place.pins()["toy-one"].enrich.sha256
    assert (enrichment.operations_enriched, enrichment.traits) == (1, {READONLY: 1})
    assert services["toy-two"].enrichment is None
    source = build_service(services["toy-one"], no_overrides(), PatternTable()).source
    assert source["enrich"]["source"] == "more"
    assert source["enrich"]["sha256"] == place.pins()["toy-one"].enrich.sha256
    assert services["toy-one"].source == "base"
    assert services["toy-one"].sha256 == place.pins()["toy-one"].sha256


def test_the_lock_pins_both_texts_in_one_line(place: Place) -> None:
    place.run()
    pin = place.pins()["toy-one"]
    assert (pin.source, pin.enrich.source) == ("base", "more")
    assert pin.sha256 != pin.enrich.sha256
    (line,) = [row for row in place.lock.read_text().splitlines() if "toy-one" in row]
    assert set(json.loads(f"{{{line.strip().rstrip(',')}}}")["toy-one"]) == {
        *("enrich", "sha256", "source", "version")
    }
    assert place.pins()["toy-two"] == Pin("base", "1", place.pins()["toy-two"].sha256)


@pytest.mark.parametrize("folder", ["base", "more"])
def test_a_change_of_either_text_moves_the_pin(place: Place, folder: str) -> None:
    place.run()
    write_model(place.root / folder, "one", traits={"smithy.api#tags": ["x"]})
    report = place.run(verify)
    assert (report.changed, report.fetched) == (("toy-one",), ("toy-one",))
    assert place.run(update=["toy-two"]).is_current
    assert place.run(update=["toy-one"]).changed == ("toy-one",)


@pytest.mark.parametrize("folder", ["base", "more"])
def test_an_empty_cache_asks_either_source_for_the_pinned_text(
    place: Place, folder: str
) -> None:
    place.run()
    place.cache = Cache(place.root / "fresh")
    assert is_readonly(place.load()["toy-one"])
    place.cache = Cache(place.root / "fresher")
    write_model(place.root / folder, "one", traits={"smithy.api#tags": ["x"]})
    with pytest.raises(LockMismatch, match=f"\\({folder}\\)"):
        place.load()


def test_a_configuration_that_changed_asks_for_a_sync(place: Place) -> None:
    place.run()
    place.configure("services: [toy-one, toy-two]\n")
    with pytest.raises(SyncError, match="`toy-one` from source `base` is not in"):
        place.load()
    place.configure("services: [toy-one, {name: toy-two, enrich: more}]\n")
    with pytest.raises(ConfigError, match="source `more` has no service `toy-two`"):
        place.run()


def test_an_enrichment_for_all_leaves_out_what_its_source_lacks(place: Place) -> None:
    place.configure("enrich: more\nservices: all\n")
    place.run()
    assert place.pins()["toy-two"].enrich is None
    assert is_readonly(place.load()["toy-one"])
    assert not is_readonly(place.load()["toy-two"])
    place.configure("enrich: more\nservices: [{name: toy-one, enrich: none}]\n")
    place.run()
    assert not is_readonly(place.load()["toy-one"])


def test_a_service_comes_from_the_first_source_that_has_it(place: Place) -> None:
    head = HEAD.replace("extra: extra", "any: {first_of: [base, more]}")
    head = head.replace("source: base", "source: any")
    place.configure("services: all\n", head)
    place.run()
    origins = {name: pin.origin for name, pin in place.pins().items()}
    assert origins == {"toy-one": "base", "toy-two": "base", "toy-three": "more"}
    services = place.load(sources={})
    assert {s.source for s in services.values()} == {"base", "more"}
    assert not is_readonly(services["toy-one"])
    place.cache = Cache(place.root / "fresh")
    assert set(place.load()) == set(services)
    assert place.run(verify).is_current


def test_what_cannot_be_merged_is_not_pinned(place: Place) -> None:
    # Two ids that spell the same folder and client name, but not the same service.
    write_model(place.root / "more", "one", sdk_id="Toy One")
    write_model(place.root / "base", "one", sdk_id="toy one")
    with pytest.raises(
        SyncError, match="`Toy One` cannot enrich the service `toy one`"
    ):
        place.run()
    assert not place.lock.exists()


def test_two_files_of_one_version_are_one_model(place: Place) -> None:
    folder = place.root / "base" / "toy-one" / "service" / "1"
    apply = {"a#Get": {"type": "apply", "traits": {READONLY: {}}}}
    (folder / "traits.json").write_text(json.dumps({"smithy": "2.0", "shapes": apply}))
    place.configure("services: [toy-one]\n")
    place.run()
    assert is_readonly(place.load(sources={})["toy-one"])
    assert place.run(verify).is_current
    (folder / "traits.json").unlink()
    assert place.run(verify).changed == ("toy-one",)


def test_what_a_model_should_not_have_is_told(place: Place) -> None:
    folder = place.root / "base" / "toy-two" / "service" / "1"
    document = json.loads((folder / "m.json").read_text())
    document["extra"] = 1
    (folder / "m.json").write_text(json.dumps(document, indent=1))
    message = "the file has the unknown property `extra`, which is ignored"
    (warning,) = place.run().warnings
    assert warning.startswith("`base/toy-two/service/1/m.json`, line ")
    assert warning.endswith(message)
    assert place.run().warnings == ()


V = "format_version: 1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sources: {a: {git: 'https://h/a'}}", "source `a` needs a `ref`"),
        ("sources: {a: {git: 'https://h/a', ref: 1}}", "source `a` needs a `ref`"),
        ("sources: {a: {git: 'https://h/a', ref: -x}}", "`-x` is not the name of"),
        ("sources: {a: {git: --x, ref: main}}", "the URL must start with one of"),
        ("sources: {a: {git: [], ref: main}}", "`git` must be a URL"),
        (
            "sources: {a: {git: 'https://h/a', ref: m, folder: ../x}}",
            "`folder` must be a relative path",
        ),
        ("sources: {a: {git: 'https://h/a', reff: m}}", "unknown key `reff`"),
        ("sources: {a: {gti: x}}", "unknown key `gti`"),
        ("sources: {a: {}}", "must be a folder, or"),
        ("sources: {none: x}", "`none` is built in"),
        ("sources: {1: x}", "the name of a source must be text"),
        ("sources: {a: {first_of: []}}", "must be a list of sources"),
        ("sources: {a: {first_of: [b]}}", "`a` names the unknown source `b`"),
        ("sources: {a: {first_of: [botocore, botocore]}}", "names a source twice"),
        (
            "sources: {a: {first_of: [botocore]}, b: {first_of: [a]}}",
            "`b` holds `a`, a list itself",
        ),
        ("enrich: zz\nservices: [s3]", "`enrich` names the unknown source `zz`"),
        (
            "sources: {m: x}\nservices: [{name: s3, enrich: n}]",
            "`enrich` of `s3` names the unknown source `n`",
        ),
        ("services: [{name: s3, enrich: botocore}]", "enriched from its own source"),
    ],
)
def test_bad_sources_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "services.yaml"
    path.write_text(V + text + ("" if "services" in text else "\nservices: [s3]"))
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "change",
    [
        {"enrich": {"source": "m"}},
        {"enrich": []},
        {"commit": "abc"},
        {"origin": 1},
        {"enrich": {"source": "m", "version": "1", "sha256": "0" * 64, "enrich": {}}},
    ],
)
def test_a_lock_with_a_bad_pin_is_refused(tmp_path: Path, change: Any) -> None:
    pin = {"source": "m", "version": "1", "sha256": "0" * 64, **change}
    document = {"format_version": 1, "releases": {}, "services": {"s3": pin}}
    path = tmp_path / "l.json"
    path.write_text(json.dumps(document))
    with pytest.raises(SyncError, match=r"`l\.json` is not a usable lock"):
        read_lock(path)


def test_a_full_pin_survives_writing_and_reading(tmp_path: Path) -> None:
    from smithgate_codegen.sync import Lock

    addition = Pin("more", "2", "1" * 64, commit="a" * 40)
    pin = Pin("any", "1", "0" * 64, origin="base", enrich=addition)
    definition = {"more": {"folder": "", "ref": "main", "url": "https://h/a"}}
    lock = Lock({"s3": pin}, {"more": "a" * 40}, definition)
    lock.write(tmp_path / "l.json")
    assert read_lock(tmp_path / "l.json") == lock
