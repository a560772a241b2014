"""One operation's input: the generated schema beside botocore's shape.

Owns which JSON Schema node stands for which botocore shape. Only the form is compared;
lengths and patterns are the schema's own business, botocore does not check them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..report.nodes import Document, Node, branches_of, types_of
from .record import Problem

Shapes = Mapping[str, Mapping[str, Any]]
_TEXT = frozenset({"string", "timestamp", "blob", "character"})
_SCALARS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"string"}),
    "character": frozenset({"string"}),
    "boolean": frozenset({"boolean"}),
    "integer": frozenset({"integer"}),
    "long": frozenset({"integer"}),
    "float": frozenset({"number", "integer"}),
    "double": frozenset({"number", "integer"}),
    "timestamp": frozenset({"string"}),
    "blob": frozenset({"string"}),
    "list": frozenset({"array"}),
    "map": frozenset({"object"}),
    "structure": frozenset({"object"}),
}
"""botocore type → JSON types whose values it can serialise."""
_MARKS = {"timestamp": ("format", "date-time"), "blob": ("contentEncoding", "base64")}


@dataclass(frozen=True, slots=True)
class MemberProblem:
    """A problem at one place of the input."""

    problem: Problem
    path: str
    detail: str = ""


@dataclass(slots=True)
class InputWalk:
    """The comparison of one input; ``new`` and ``lenient`` are counted on the way."""

    document: Document
    shapes: Shapes
    new: int = 0
    """Members that botocore has and the schema lacks."""
    lenient: int = 0
    """Members that botocore requires and the schema leaves optional."""

    def run(self, shape: str | None) -> Iterator[MemberProblem]:
        """Yield what botocore cannot do with arguments that the schema accepts."""
        todo: list[tuple[str, Any, str | None]] = [("", self.document.root, shape)]
        met: set[tuple[tuple[str, ...], str]] = set()
        while todo:
            path, node, name = todo.pop()
            view = self.document.view(node)
            if view.broken is not None:
                text = f"reference {view.broken} leads nowhere"
                yield MemberProblem(Problem.TREE, path, text)
                continue
            if name is None:
                # An operation without input: it takes no members.
                properties = view.node.get("properties", {})
                for member in sorted(properties):
                    yield MemberProblem(Problem.MEMBER, _join(path, member))
                continue
            if view.key and (view.key, name) in met:
                continue
            met.add((view.key, name))
            yield from self._compare(path, view.node, name, todo)

    def _compare(
        self,
        path: str,
        node: Node,
        name: str,
        todo: list[tuple[str, Any, str | None]],
    ) -> Iterator[MemberProblem]:
        shape = self.shapes.get(name, {})
        kind = str(shape.get("type"))
        if shape.get("document"):
            return
        problem = _type_problem(node, kind)
        if problem:
            yield MemberProblem(Problem.TYPE, path, problem)
        elif kind == "list":
            member = shape.get("member", {}).get("shape")
            todo.append((f"{path}[]", node.get("items", {}), member))
        elif kind == "map":
            value = shape.get("value", {}).get("shape")
            todo.append((f"{path}{{}}", node.get("additionalProperties", {}), value))
        elif kind == "structure":
            yield from self._structure(path, node, shape, todo)

    def _structure(
        self,
        path: str,
        node: Node,
        shape: Mapping[str, Any],
        todo: list[tuple[str, Any, str | None]],
    ) -> Iterator[MemberProblem]:
        branches = branches_of(node)
        ours = node.get("properties", {}) if branches is None else branches
        theirs = shape.get("members", {})
        for member in sorted(ours):
            if member not in theirs:
                yield MemberProblem(Problem.MEMBER, _join(path, member))
            elif not self._takes_json(theirs[member]):
                target = str(theirs[member].get("shape"))
                todo.append((_join(path, member), ours[member], target))
        self.new += len(theirs.keys() - ours.keys())
        required = set(node.get("required", ()))
        for member in shape.get("required", ()):
            if member not in ours:
                yield MemberProblem(Problem.REQUIRED, _join(path, member))
            elif member not in required and not _is_token(theirs.get(member, {})):
                self.lenient += 1

    def _takes_json(self, member: Mapping[str, Any]) -> bool:
        """Return whether botocore makes JSON text of any value for a member."""
        shape = self.shapes.get(str(member.get("shape")), {})
        return bool(member.get("jsonvalue") or shape.get("jsonvalue"))


def _type_problem(node: Node, kind: str) -> str:
    """Return in words why values of the node do not fit a botocore type."""
    accepted = _SCALARS.get(kind)
    if accepted is None:
        return f"botocore has the unknown type {kind}"
    ours = types_of(node) - {"null"}
    wrong = ours - accepted
    # A number of any size may also come as text; the runtime converts it.
    if "type" in node and isinstance(node["type"], list) and ours & accepted:
        wrong = frozenset()
    if wrong:
        return f"{' or '.join(sorted(ours))} for botocore's {kind}"
    if kind in _TEXT:
        return _mark_problem(node, kind)
    is_map = isinstance(node.get("additionalProperties"), dict)
    if kind in {"map", "structure"} and is_map != (kind == "map"):
        return f"{'map' if is_map else 'structure'} for botocore's {kind}"
    return ""


def _mark_problem(node: Node, kind: str) -> str:
    """Tell times and blobs from other text: the runtime converts by these marks."""
    for other, (keyword, value) in _MARKS.items():
        is_marked = node.get(keyword) == value
        if is_marked != (kind == other):
            ours = other if is_marked else "string"
            return f"{ours} for botocore's {kind}"
    return ""


def _is_token(member: Mapping[str, Any]) -> bool:
    """Return whether botocore fills the member in by itself."""
    return bool(member.get("idempotencyToken"))


def _join(path: str, member: str) -> str:
    return f"{path}.{member}" if path else member
