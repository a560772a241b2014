"""The page: what a reviewer sees first, folding, and text that tries to break out."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_kit import TEXT, Pair, annotate, replace_module
from smithgate_codegen.report.escape import code, prose
from smithgate_codegen.report.jsonform import to_json
from smithgate_codegen.report.markdown import to_markdown
from smithgate_codegen.report.pieces import Fold, transition
from smithgate_codegen.report.record import PolicyState

GOLDEN = Path(__file__).parents[1] / "golden" / "report"
HINT = "run pytest with --update-goldens to write the new text, and review it"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


def everything(pair: Pair) -> None:
    """Let each section have something to say."""
    for tree in (pair.before, pair.after):
        tree.service("sqs")
    pair.before.operation("s3:GetOld", risk="read", change="none")
    pair.before.operation("s3:Lowered", risk="destructive")
    pair.after.operation("s3:Lowered", risk="write")
    annotate(pair.before, "s3:Lowered", risk="rule removing-verb Delete")
    annotate(pair.after, "s3:Lowered", risk="override s3.yaml")
    pair.judged("s3:Lowered", "approve", "risks.write")
    for name, risk, effect in (
        ("DeleteThing", "destructive", "deny"),
        ("RunThing", "execute", "allow"),
        ("PutThing", "write", "approve"),
        ("GetThing", "read", "allow"),
    ):
        pair.after.operation(f"sqs:{name}", risk=risk, summary=f"Does {risk} things.")
        annotate(pair.after, f"sqs:{name}", risk=f"rule {risk}")
        pair.judged(f"sqs:{name}", effect, f"risks.{risk}")
    pair.before.operation("sqs:Send", {"A": TEXT, "B": {"enum": ["x", "y"]}})
    pair.after.operation(
        "sqs:Send",
        {"B": {"enum": ["x", "z"]}, "C": TEXT, "D": {**TEXT, "default": "d"}},
        output={"O": TEXT},
        deprecated=True,
    )
    pair.both("sqs:Mask", {"A": TEXT}, sensitive=("A", "B"))
    replace_module(pair.after, "sqs:Mask", "('A', 'B')", "('A',)")
    pair.before.operation("sqs:Docs", {"A": {**TEXT, "description": "old"}})
    pair.after.operation("sqs:Docs", {"A": {**TEXT, "description": "new"}})
    pair.after.skipped["sqs:Stream"] = "event stream in the output"


@pytest.mark.golden
@pytest.mark.parametrize("name", ["page.md", "report.json"])
def test_the_page_is_the_checked_in_one(
    pair: Pair, name: str, *, update_goldens: bool
) -> None:
    everything(pair)
    report = pair.report()
    text = to_markdown(report) if name == "page.md" else to_json(report)
    path = GOLDEN / name
    if update_goldens:
        assert "CI" not in os.environ
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), HINT


def test_what_needs_a_decision_comes_first(pair: Pair) -> None:
    everything(pair)
    page = to_markdown(pair.report())
    first = page.split("## Look here first")[1].split("##")[0]
    assert "risk lowered: `s3:Lowered` `destructive` → `write`; now approve" in first
    assert "new, risk `execute`, **allowed** without a person" in first
    assert "removed from `s3`: `GetOld`" in first
    assert "`sensitive` masked less: `sqs` `Mask`" in first
    assert "GetThing" not in first
    risks = [page.index(f"### Risk `{risk}`") for risk in ("destructive", "execute")]
    assert risks == sorted(risks)


def test_nothing_changed(pair: Pair) -> None:
    pair.both("s3:A")
    assert "Nothing changed." in to_markdown(pair.report())


def test_a_policy_that_was_not_judged_says_why(pair: Pair) -> None:
    pair.after.operation("s3:A")
    report = pair.report()
    unjudged = replace(report, policy=PolicyState(reason="there is no policy.yaml"))
    page = to_markdown(unjudged)
    assert "**Policy not judged**: `there is no policy.yaml`" in page
    assert "| risk |" not in page
    assert "not judged: `A`" in page


def test_a_thousand_operations_are_one_page(pair: Pair) -> None:
    """A sync as it may come: many services, every kind of change."""
    risks = ("destructive", "permissions", "write", "write", "read", "read")
    for at in range(600):
        pair.after.operation(f"s{at % 40}:New{at}", risk=risks[at % 6])
        pair.judged(f"s{at % 40}:New{at}", "deny", "risks.x")
    for at in range(400):
        name = f"s{at % 40}:Op{at}"
        shared = {"enum": ["a", "b", f"c{at % 3}"]}
        pair.before.operation(name, {"A": shared, "B": {**TEXT, "maxLength": 5}})
        pair.after.operation(name, {"A": {"enum": ["a"]}, "B": TEXT, f"N{at}": TEXT})
    report = pair.report()
    page = to_markdown(report)
    assert "600" in page
    assert len(page.splitlines()) < 400
    assert len(page) < 60_000
    assert "And 60 operations more: " in page
    full = to_markdown(report, fold=0)
    assert all(f"`New{at}`" in full or f":New{at}`" in full for at in range(600))


def test_the_same_change_in_many_operations_is_told_once(pair: Pair) -> None:
    for at in range(30):
        pair.before.operation(f"s3:Op{at:02}", {"A": {"enum": ["a", "b"]}})
        pair.after.operation(f"s3:Op{at:02}", {"A": {"enum": ["a"]}})
    page = to_markdown(pair.report())
    (line,) = [line for line in page.splitlines() if "value removed" in line]
    assert line == (
        '  - request `A`: `1 value removed: "b"` in `Op00`, `Op01`, `Op02`, `Op03`'
        " and 26 more"
    )


HOSTILE = (
    "](https://evil.example) <img src=x onerror=alert(1)> @everyone #1 | a | `b` ``c``"
    " \u202e\x1b[2J\x07 **bold** www.evil.example a@b.example $x$ &lt; \\ ~~s~~"
)


def spans_removed(page: str) -> str:
    """Return the page without its code spans, as CommonMark finds them."""
    return re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", page)


def test_hostile_text_stays_text(pair: Pair) -> None:
    pair.before.service("sqs")
    pair.before.operation("s3:A", {"X": {"enum": ["a", HOSTILE]}})
    pair.after.operation("s3:A", {"X": {"enum": ["a"]}, HOSTILE: TEXT})
    pair.after.operation("s3:B", risk="destructive", summary=HOSTILE)
    annotate(pair.after, "s3:B", risk=HOSTILE.replace("\x1b", ""))
    pair.after.service(HOSTILE)
    pair.after.skipped[f"s3:{HOSTILE}"] = HOSTILE
    pair.both("s3:C", sensitive=("X",))
    replace_module(pair.after, "s3:C", "('X',)", repr((HOSTILE,)))
    pair.judged("s3:B", "allow", HOSTILE)
    report = pair.report()
    for fold in (0, 8):
        page = to_markdown(report, fold=fold)
        assert page.isprintable() or all(c.isprintable() or c == "\n" for c in page)
        bare = spans_removed(page)
        for active in ("<img", "](", "@everyone", "`", "**bold", "www.evil", "~~"):
            assert active not in bare, active
        widths = {
            line.count("|") for line in page.splitlines() if line.startswith("| `s3:B`")
        }
        assert widths == {5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "`a`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
        ("a|b", "`a\u2223b`"),
        ("", "`(empty)`"),
        ("  ", "`(2 spaces)`"),
        ("a\nb", "`a\\u{a}b`"),
        ("\u202e\u200b\ufeff\u3164", "`\\u{202e}\\u{200b}\\u{feff}\\u{3164}`"),
        ("x" * 300, "`" + "x" * 159 + "…`"),
    ],
)
def test_code_spans(text: str, expected: str) -> None:
    assert code(text) == expected


def test_prose_keeps_what_is_harmless() -> None:
    plain = "Deletes a key-value pair (all of it); see 'Notes', 50% of 1/2."
    assert prose(plain) == plain
    assert prose("a  b\n c") == "a b c"
    assert prose("WWW.x") == "WWW&#46;x"
    assert prose("http://x") == "http&#58;//x"


def test_long_patterns_are_shown_from_where_they_differ() -> None:
    old = "pattern " + "a" * 200 + "b"
    shown = transition(f"{old} → {'a' * 200}c")
    assert shown == f"pattern `…{'a' * 12}b` → `…{'a' * 12}c`"


def test_folding() -> None:
    fold = Fold(2)
    assert fold.names(["a", "b", "c"]) == "`a`, `b`, `c`"
    assert fold.names(["a", "b", "c", "d"]) == "`a`, `b` and 2 more"
    assert list(fold.lines([str(n) for n in range(12)], 5))[-2:] == [
        "- … and 2 more of these",
        "",
    ]
    shown, left = fold.rows(range(30))
    assert (list(shown), list(left)) == (list(range(10)), list(range(10, 30)))
    assert Fold(0).rows(range(30))[1] == range(30, 30)
