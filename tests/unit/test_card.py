"""The card: canonical data, nothing hidden, nothing that an agent's text can imitate."""

import io
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from card_texts import NASTY, TEXTS, VALUES, view_of
from fake_aws import World
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.console import Console
from smithgate.cli.card import QUOTE, print_card
from smithgate.errors import PlanStale
from smithgate.plan.card import FOLD, REASON, fold, make_card
from smithgate.plan.cards import card_view
from smithgate.redact.text import _INVISIBLE

LABELS = (
    "plan", "state", "target", "role", "requester", "expires", "digest", "needs",
    "approval", "vote", "tx", "error", "step", REASON,
)  # fmt: skip
"""All that may stand at the left edge of a card."""


def printed(view: dict[str, Any], width: int) -> str:
    out = io.StringIO()
    print_card(Console(file=out, width=width, soft_wrap=True, highlight=False), view)
    return out.getvalue()


def is_visible(char: str) -> bool:
    return char.isprintable() and _INVISIBLE.match(char) is None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXTS, value=VALUES, width=st.integers(40, 160))
@example(text="".join(NASTY), value=list(NASTY), width=40)
def test_no_text_hides_moves_or_imitates(text: str, value: Any, width: int) -> None:
    text = text.encode("utf-8", "replace").decode() if "\ud800" in text else text
    lines = printed(view_of(text, value), width).split("\n")
    for line in lines:
        assert all(is_visible(char) for char in line), line
    edges = [line.split("  ")[0].strip() for line in lines if line[:1] not in {"", " "}]
    plain = printed(view_of("x", 1), width).split("\n")
    wanted = [
        line.split("  ")[0].strip() for line in plain if line[:1] not in {"", " "}
    ]
    # The same labels in the same order as for an innocent plan: none added, none gone.
    assert [edge.split(" ")[0] for edge in edges] == [
        edge.split(" ")[0] for edge in wanted
    ] or not text
    assert {edge.split(" ")[0] for edge in edges} <= {
        one.split(" ")[0] for one in LABELS
    }
    start = next((at for at, line in enumerate(lines) if line == REASON), len(lines))
    assert all(line.startswith(QUOTE) for line in lines[start + 1 :] if line)
    assert not any(line.startswith(QUOTE) for line in lines[:start])


@given(text=st.text(max_size=1000))
def test_what_is_escaped_is_visible_and_bounded(text: str) -> None:
    shown = fold(text)
    assert all(is_visible(char) for char in shown)
    assert len(shown) <= FOLD + len("… (1000 characters)")
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not any(unicodedata.category(char) in bad for char in shown)
    if len(text) > FOLD:
        assert shown.endswith(f"… ({len(text)} characters)")
    elif text.isascii() and text.isprintable():
        assert shown == text


def test_a_long_request_is_cut_with_a_count() -> None:
    view = view_of("x", [*range(1000)])
    card = make_card(view)
    assert len(card.steps[0].arguments) == 201
    assert "more lines" in card.steps[0].arguments[-1]
    assert len(make_card(view_of("y\n" * 100, 1)).reason) == 11


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def test_the_card_has_all_that_a_decision_needs(world: World) -> None:
    plan_id = world.plan_versioning(status="Enabled", reason="because")
    world.ok("request_approval", plan_id=plan_id)
    text = printed(card_view(world.app, plan_id), 160)
    digest = str(world.app.store.plan(plan_id).digest)
    for part in (
        plan_id, digest, "account 123456789012", "region us-east-1",
        "the server's own credentials", "mcp:agent", "2026-01-01T01:00:00",
        "write (rule writing-verb Put), change put", "approve by risks.write",
        "risk `write` has the default `approve`", "1 approver, within 3600 s",
        '"Bucket": "b"', 'Status: (nothing) → "Enabled"', "Pending 0 of 1",
        "the agent says (untrusted):\n  │ because",
    ):  # fmt: skip
        assert part in text, part


def test_an_edited_view_is_not_what_is_signed(world: World) -> None:
    plan_id = world.plan_versioning()
    stored = world.app.store.plan(plan_id)
    forged = json.dumps(stored.view).replace("Enabled", "Harmless")
    edit = "UPDATE plans SET view = ?, requester = 'mcp:boss'"
    edit_plan(world, edit, forged)
    card = printed(card_view(world.app, plan_id), 160)
    assert "Harmless" not in card
    assert "Enabled" in card
    assert "mcp:boss" not in card
    document = json.dumps(stored.document).replace("Enabled", "Harmless")
    edit_plan(world, "UPDATE plans SET document = ?", document)
    with pytest.raises(PlanStale, match="changed after it was sealed"):
        card_view(world.app, plan_id)


def edit_plan(world: World, statement: str, *values: str) -> None:
    import sqlite3

    with sqlite3.connect(world.folder / "state" / "smithgate.db") as connection:
        connection.execute(statement, values)
    connection.close()


def test_the_card_is_what_the_stored_view_was(world: World) -> None:
    steps = [
        {"operation": "s3:PutBucketVersioning", "arguments": {
            "Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}},
        {"operation": "s3:PutBucketTagging", "arguments": {
            "Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "v"}]}}},
    ]  # fmt: skip
    world.aws.answers["s3.get_bucket_tagging"] = lambda _: {"TagSet": []}
    plan_id = world.ok("plan", steps=steps)["plan_id"]
    shown = card_view(world.app, plan_id)["steps"]
    stored = world.app.store.plan(plan_id).view["steps"]
    for new, old in zip(shown, stored, strict=True):
        assert new.pop("risk_source")
        new["before"]["op_id"] = old["before"]["op_id"]  # not part of the seal
    assert shown == stored
