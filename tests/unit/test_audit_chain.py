import hashlib
import json
from pathlib import Path

from smithgate.audit.export import export_lines
from smithgate.audit.replay import ENTITIES
from smithgate.store import Store
from smithgate.store.chain import GENESIS_HASH, Link, Sha256Chain
from smithgate.store.kinds import CREATING, KINDS
from smithgate.store.tables import ENTITIES as TABLES
from store_kit import Clock, planned

LINK = Link(
    seq=2, at="2026-01-01T00:00:00.000000Z", kind="k", body={"b": "é"}, prev_hash="p"
)


def test_the_hash_is_over_canonical_json_of_the_five_members() -> None:
    text = '{"at":"2026-01-01T00:00:00.000000Z","body":{"b":"é"},"kind":"k","prev_hash":"p","seq":2}'
    expected = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert Sha256Chain().hash_of(LINK) == expected


def test_an_exported_line_proves_itself_with_a_few_lines_of_code(
    tmp_path: Path,
) -> None:
    store = Store.open(tmp_path / "s", clock=Clock())
    planned(store)
    previous = GENESIS_HASH
    lines = list(export_lines(store))
    for line in lines:
        event = json.loads(line)
        claimed = event.pop("hash")
        text = json.dumps(
            event, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        assert "sha256:" + hashlib.sha256(text.encode()).hexdigest() == claimed
        assert event["prev_hash"] == previous
        previous = claimed
    assert previous == store.head().hash
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
    store.close()


def test_another_hash_fits_into_the_seam(tmp_path: Path) -> None:
    class Keyed:
        name = "keyed-test"

        def hash_of(self, link: Link) -> str:
            return "keyed:" + Sha256Chain().hash_of(link)[7:]

    store = Store.open(tmp_path / "s", clock=Clock(), chain=Keyed())
    planned(store)
    assert store.head().hash.startswith("keyed:")
    lines = list(export_lines(store, chain=Keyed()))
    assert json.loads(lines[0])["body"]["chain"] == "keyed-test"
    store.close()


def test_every_kind_is_documented_and_of_a_known_entity() -> None:
    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    for kind in KINDS:
        assert f"`{kind}`" in text, kind
    for name, table in TABLES.items():
        assert f"`{table.name}`" in text, name
    assert {*TABLES} == {*ENTITIES}
    assert {*KINDS} > CREATING
    assert {kind.partition(".")[0] for kind in KINDS} == {
        *ENTITIES,
        "store",
        "refusal",
    }
