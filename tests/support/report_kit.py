"""Pairs of small generated trees for tests of the report and of drift."""

from pathlib import Path
from typing import Any

from generated_tree import Tree
from smithgate_codegen.report.compare import compare_trees
from smithgate_codegen.report.record import PolicyState, Report, Verdict
from smithgate_codegen.report.trees import FolderTree

TEXT = {"type": "string"}
JUDGED = PolicyState(
    verdicts={}, target="dev", region="eu-west-1", digest="sha256:0123456789abcdef"
)


class Pair:
    """Two trees; what is added to ``both`` stands in both."""

    def __init__(self, folder: Path) -> None:
        self.before = Tree(folder / "before")
        self.after = Tree(folder / "after")
        self.verdicts: dict[str, Verdict] = {}
        for tree in (self.before, self.after):
            tree.service("s3")

    def both(self, id_: str, *args: Any, **facts: Any) -> None:
        """Add one operation to both trees."""
        self.before.operation(id_, *args, **facts)
        self.after.operation(id_, *args, **facts)

    def judged(self, id_: str, effect: str, by: str) -> None:
        """Let the policy say something of an operation."""
        self.verdicts[id_] = Verdict(effect, by, is_provisional=False)

    def report(self) -> Report:
        """Write both trees and compare them."""
        policy = PolicyState(
            verdicts=self.verdicts,
            target=JUDGED.target,
            region=JUDGED.region,
            digest=JUDGED.digest,
        )
        return compare_trees(
            FolderTree.open(self.before.write(), "before"),
            FolderTree.open(self.after.write(), "after"),
            policy,
            algorithm="sha1",
        )


def annotate(tree: Tree, id_: str, **sources: str) -> None:
    """Put comments with sources behind one-line fields of a module."""
    path = tree.operations[id_]["module"]
    lines = tree.files[path].split("\n")
    for at, line in enumerate(lines):
        field = line.strip().partition("=")[0]
        if field in sources:
            lines[at] = f"{line}  # {sources[field]}"
    tree.files[path] = "\n".join(lines)


def replace_module(tree: Tree, id_: str, old: str, new: str) -> None:
    """Change the text of a module."""
    path = tree.operations[id_]["module"]
    assert old in tree.files[path]
    tree.files[path] = tree.files[path].replace(old, new)


def schema(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a closed object."""
    node = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**node, **more}
