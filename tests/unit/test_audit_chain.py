import hmac
import json
import re
from pathlib import Path

from smithgate.audit.export import export_lines
from smithgate.audit.replay import ENTITIES
from smithgate.store import Store
from smithgate.store.chain import GENESIS_HASH, Chain, Link
from smithgate.store.kinds import CREATING, KINDS
from smithgate.store.tables import ENTITIES as TABLES
from store_kit import Clock, planned

LINK = Link(
    seq=2, at="2026-01-01T00:00:00.000000Z", kind="k", body={"b": "é"}, prev_hash="p"
)


KEY = bytes(range(32))


def test_the_hash_is_over_canonical_json_of_the_five_members() -> None:
    text = '{"at":"2026-01-01T00:00:00.000000Z","body":{"b":"é"},"kind":"k","prev_hash":"p","seq":2}'
    links = hmac.digest(KEY, b"smithgate link", "sha256")
    expected = hmac.digest(links, text.encode(), "sha256").hex()
    assert Chain(KEY).hash_of(LINK) == f"hmac-sha256:{expected}"


def test_each_use_has_a_key_of_its_own() -> None:
    chain, other = Chain(KEY), Chain(bytes(32))
    mark = chain.mark_of("secret")
    assert mark == chain.mark_of("secret") != other.mark_of("secret")
    assert mark != chain.mark_of("secret2")
    assert re.fullmatch("hmac:[0-9a-f]{16}", mark)
    assert mark[5:] not in chain.digest_of("secret")
    assert chain.key_id != other.key_id
    assert chain.key_id not in links_key(KEY).hex()


def links_key(key: bytes) -> bytes:
    return hmac.digest(key, b"smithgate link", "sha256")


def test_an_exported_line_proves_itself_with_the_key(tmp_path: Path) -> None:
    """The few lines of code that docs/audit.md prints."""
    store = Store.open(tmp_path / "s", clock=Clock())
    planned(store)
    key = bytes.fromhex((tmp_path / "s" / "audit.key").read_text())
    previous = GENESIS_HASH
    lines = list(export_lines(store))
    for line in lines:
        event = json.loads(line)
        claimed = event.pop("hash")
        text = json.dumps(
            event, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        hashed = hmac.digest(links_key(key), text.encode(), "sha256").hex()
        assert f"hmac-sha256:{hashed}" == claimed
        assert event["prev_hash"] == previous
        previous = claimed
    assert previous == store.head().hash
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]
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
