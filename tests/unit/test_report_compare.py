"""What a pair of trees says: operations, risks, facts, schemas, services."""

import json
from pathlib import Path

import pytest
from report_kit import JUDGED, TEXT, Pair, annotate, replace_module
from smithgate_codegen.errors import CodegenError
from smithgate_codegen.report.compare import compare_trees
from smithgate_codegen.report.jsonform import as_json, to_json
from smithgate_codegen.report.record import Verdict
from smithgate_codegen.report.schemas import Kind
from smithgate_codegen.report.trees import FolderTree


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    made = Pair(tmp_path)
    made.both("s3:GetA", {"A": TEXT}, risk="read", change="none")
    return made


def test_equal_trees_say_nothing(pair: Pair) -> None:
    report = pair.report()
    assert report.is_empty
    assert not report.is_breaking


def test_operations_come_and_go(pair: Pair) -> None:
    pair.before.operation("s3:OldA", risk="destructive", summary="Old.")
    pair.before.operation("s3:OldB")
    pair.after.skipped["s3:OldB"] = "event stream in the output"
    pair.after.operation("s3:NewA", risk="destructive", change="delete", summary="New.")
    annotate(pair.after, "s3:NewA", risk="rule removing-verb")
    pair.judged("s3:NewA", "deny", "risks.destructive")
    report = pair.report()
    (added,) = report.added
    assert (added.id, added.risk, added.change) == ("s3:NewA", "destructive", "delete")
    assert (added.risk_source, added.summary) == ("rule removing-verb", "New.")
    assert added.verdict == Verdict("deny", "risks.destructive", is_provisional=False)
    assert [(note.id, note.reason) for note in report.removed] == [
        ("s3:OldA", "gone from the model"),
        ("s3:OldB", "event stream in the output"),
    ]
    assert report.skipped == {"s3:OldB": "event stream in the output"}
    assert report.is_breaking


def test_deprecation_in_both_directions(pair: Pair) -> None:
    pair.before.operation("s3:A")
    pair.after.operation("s3:A", deprecated=True)
    pair.before.operation("s3:B", deprecated=True)
    pair.after.operation("s3:B")
    report = pair.report()
    assert [note.id for note in report.deprecated] == ["s3:A"]
    assert [(f.id, f.field, f.after) for f in report.facts] == [
        ("s3:B", "deprecated", False)
    ]


def test_a_changed_risk_has_both_sources_and_the_verdict(pair: Pair) -> None:
    pair.before.operation("s3:A", risk="write")
    pair.after.operation("s3:A", risk="destructive")
    annotate(pair.before, "s3:A", risk="rule writing-verb")
    annotate(pair.after, "s3:A", risk="override s3.yaml")
    pair.judged("s3:A", "deny", "risks.destructive")
    (risk,) = pair.report().risks
    assert (risk.before, risk.before_source) == ("write", "rule writing-verb")
    assert (risk.after, risk.after_source) == ("destructive", "override s3.yaml")
    assert risk.verdict is not None
    assert risk.verdict.effect == "deny"
    assert pair.report().facts == ()


def test_a_risk_that_was_edited_in_the_module_alone(pair: Pair) -> None:
    pair.both("s3:A", risk="destructive")
    replace_module(pair.after, "s3:A", "Risk.DESTRUCTIVE", "Risk.READ")
    (risk,) = pair.report().risks
    assert (risk.before, risk.after) == ("destructive", "read")


def test_other_facts_with_their_sources(pair: Pair) -> None:
    pair.both("s3:A", token="Token")
    replace_module(
        pair.after, "s3:A", "idempotency_token='Token'", "idempotency_token=None"
    )
    replace_module(pair.after, "s3:A", "tags=None,", 'tags=Tags(member="T"),  # rule t')
    annotate(pair.before, "s3:A", change="rule a", tags="no member takes tags")
    annotate(pair.after, "s3:A", change="rule b")
    facts = {fact.field: fact for fact in pair.report().facts}
    assert facts.keys() == {"change", "idempotency_token", "tags"}
    assert facts["change"].is_same_value
    assert (facts["change"].before_source, facts["change"].after_source) == (
        "rule a",
        "rule b",
    )
    assert facts["tags"].after == {"member": "T"}
    assert facts["idempotency_token"].after is None


def test_tool_and_method_names_are_facts(pair: Pair) -> None:
    pair.both("s3:A")
    pair.after.operations["s3:A"]["tool"] = "s3_other"
    (fact,) = pair.report().facts
    assert (fact.field, fact.before, fact.after) == ("tool", "s3_a", "s3_other")


def test_schemas_of_requests_and_replies(pair: Pair) -> None:
    pair.before.operation("s3:A", {"X": TEXT, "Y": TEXT}, output={"O": TEXT})
    pair.after.operation("s3:A", {"X": TEXT}, output={"O": TEXT, "P": TEXT})
    report = pair.report()
    (item,) = report.schemas
    assert [(c.path, c.kind) for c in item.request] == [("Y", Kind.BREAKING)]
    assert [(c.path, c.kind) for c in item.response] == [("P", Kind.LOOSENING)]
    assert item.kind is Kind.BREAKING
    assert report.of_kind(Kind.BREAKING) == (item,)
    assert report.of_kind(Kind.LOOSENING) == ()


def test_a_mark_that_the_declaration_tells_is_not_told_twice(pair: Pair) -> None:
    secret = {**TEXT, "x-sensitive": True}
    pair.before.operation("s3:A", {"X": TEXT})
    pair.after.operation("s3:A", {"X": secret}, sensitive=("X",))
    pair.before.operation("s3:B", {"X": TEXT})
    pair.after.operation("s3:B", {"X": secret})
    report = pair.report()
    assert [fact.field for fact in report.facts] == ["sensitive"]
    assert [item.id for item in report.schemas] == ["s3:B"]


def test_a_module_that_is_no_declaration_is_named(pair: Pair) -> None:
    pair.both("s3:A")
    pair.after.files["s3/a.py"] = "import os\n"
    pair.before.operation("s3:B", risk="read")
    pair.after.operation("s3:B", risk="write")
    pair.before.files["s3/b.py"] = "???"
    report = pair.report()
    assert report.unread == ("s3:A", "s3:B")
    assert [(f.id, f.before, f.after) for f in report.risks] == [
        ("s3:B", "read", "write")
    ]


def test_services_come_go_and_change(pair: Pair) -> None:
    pair.before.service("old")
    pair.after.service("new")
    pair.after.service("s3", "s3api")
    found = {(change.name, change.what) for change in pair.report().services}
    assert found == {("old", "removed"), ("new", "added"), ("s3", "names")}


def test_the_first_tree_of_all(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.after.operation("s3:A")
    (tmp_path / "none").mkdir()
    report = compare_trees(
        FolderTree.open(tmp_path / "none", "none"),
        FolderTree.open(pair.after.write(), "after"),
        JUDGED,
        algorithm="sha1",
    )
    assert (report.operations_before, report.operations_after) == (0, 1)
    assert [note.id for note in report.added] == ["s3:A"]


def test_a_folder_that_is_no_tree(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("x")
    with pytest.raises(CodegenError, match=r"notes has no `index\.json`"):
        compare_trees(
            FolderTree.open(tmp_path / "notes", "notes"),
            FolderTree.open(pair.after.write(), "after"),
            JUDGED,
            algorithm="sha1",
        )


def test_paths_of_the_index_cannot_leave_the_tree(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("OPERATION = Operation(id='secret')")
    pair.both("s3:A")
    for tree in (pair.before, pair.after):
        tree.operations["s3:A"]["module"] = "../secret.py"
    pair.after.operations["s3:A"]["schema"] = "/etc/hostname"
    report = pair.report()
    assert "secret" not in to_json(report)


def test_only_files_that_differ_are_read(pair: Pair) -> None:
    for at in range(20):
        pair.both(f"s3:Op{at}")
    pair.after.operation("s3:Op3", {"N": TEXT})
    reads: list[str] = []

    class Counting:
        def __init__(self, tree: FolderTree) -> None:
            self.label = tree.label
            self.digests = tree.digests
            self._tree = tree

        def read(self, paths: object) -> object:
            wanted = list(paths)  # type: ignore[call-overload]
            reads.extend(wanted)
            return self._tree.read(wanted)

    trees = [
        Counting(FolderTree.open(tree.write(), "x"))
        for tree in (pair.before, pair.after)
    ]
    report = compare_trees(trees[0], trees[1], JUDGED, algorithm="sha1")  # type: ignore[arg-type]
    assert [item.id for item in report.schemas] == ["s3:Op3"]
    assert {path.split(".")[0] for path in reads} == {"index", "skipped", "s3/op3"}


def test_json_has_everything_and_counts(pair: Pair) -> None:
    pair.before.operation("s3:A", {"X": TEXT})
    pair.after.operation("s3:A", {}, risk="destructive")
    pair.after.operation("s3:B\u202e")
    report = pair.report()
    text = to_json(report)
    assert text.isascii()
    document = json.loads(text)
    assert document == json.loads(json.dumps(as_json(report)))
    assert document["format_version"] == 1
    assert document["counts"]["breaking"] == 1
    assert document["counts"]["risks"] == 1
    assert document["schemas"][0]["kind"] == "breaking"
    assert document["added"][0]["id"] == "s3:B\u202e"
    assert document["policy"] == {
        "digest": JUDGED.digest,
        "reason": None,
        "region": "eu-west-1",
        "target": "dev",
    }


def test_two_runs_give_the_same_bytes(pair: Pair) -> None:
    for at in range(9):
        pair.after.operation(f"s3:N{at}")
    assert to_json(pair.report()) == to_json(pair.report())
