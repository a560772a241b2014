"""Raw JSON AST nodes: their form, and what they refer to.

Owns the check that a file's nodes have the types and properties of the Smithy JSON
AST (https://smithy.io/2.0/spec/json-ast.html). Meaning (mixins, upgrades, targets
that exist) is left to the later stages, which may then index without asking.
"""

import difflib
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import ModelError, UnsupportedShape
from .flaws import Flaw, Path
from .ids import ShapeId, is_identifier

Node = dict[str, Any]

SIMPLE_TYPES = frozenset(
    {
        *("blob", "boolean", "string", "timestamp", "document"),
        *("byte", "short", "integer", "long", "float", "double"),
        *("bigInteger", "bigDecimal"),
    },
)
LIFECYCLES = ("create", "put", "read", "update", "delete", "list")

_COMMON = frozenset({"type", "traits", "mixins"})
_OPERATION_LISTS = ("operations", "collectionOperations")
_PROPERTIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(SIMPLE_TYPES, frozenset()),
    **dict.fromkeys(("list", "set"), frozenset({"member"})),
    "map": frozenset({"key", "value"}),
    **dict.fromkeys(("structure", "union", "enum", "intEnum"), frozenset({"members"})),
    "operation": frozenset({"input", "output", "errors"}),
    "resource": frozenset(
        {"identifiers", "properties", "resources", *_OPERATION_LISTS, *LIFECYCLES},
    ),
    "service": frozenset({"version", "operations", "resources", "errors", "rename"}),
    "apply": frozenset(),
}
_REFERENCES = frozenset({"input", "output", *LIFECYCLES})
_REFERENCE_LISTS = frozenset({"errors", "resources", "mixins", *_OPERATION_LISTS})
_REFERENCE_MAPS = frozenset({"identifiers", "properties"})
_MEMBER_KEYS = frozenset({"member", "key", "value"})
_KIND_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}
_REFERENCE_FORM = frozenset({"target"})
_MEMBER_FORM = frozenset({"target", "traits"})


def expect(node: Any, kind: type, what: str, path: Path = ()) -> Any:
    """Return ``node`` if it is a JSON value of Python type ``kind``.

    Raises ``Flaw`` that says ``what`` the node at ``path`` should be.
    """
    if type(node) is not kind:
        raise Flaw(f"{what} must be {_KIND_NAMES[kind]}", path)
    return node


class NodeChecker:
    """Checks the form of shape nodes.

    What Smithy's loader warns of and ignores, unknown properties, is dropped from the
    node and collected in ``warnings``.
    """

    def __init__(self) -> None:
        self.warnings: list[Flaw] = []
        self._known_traits: set[str] = set()

    def check(self, shape_id: str, node: Any) -> None:
        """Check one entry of ``shapes``.

        Raises ``Flaw`` for a value of the wrong type, an unknown shape type, a name
        that is none.
        """
        path: Path = ("shapes", shape_id)
        expect(node, dict, f"`{shape_id}`", path)
        what = f"the type of `{shape_id}`"
        kind = expect(node.get("type"), str, what, (*path, "type"))
        allowed = _PROPERTIES.get(kind)
        if allowed is None:
            raise Flaw(
                f"`{shape_id}` has the unknown type `{kind}`",
                (*path, "type"),
                kind=UnsupportedShape,
                hint=_nearest(kind, _PROPERTIES),
            )
        self._drop_unknown(node, allowed | _COMMON, f"`{shape_id}`", path)
        for key, value in node.items():
            if key != "type":
                self._check_property(shape_id, key, value, (*path, key))

    def drop_unknown_at_top(self, root: Node, known: frozenset[str]) -> None:
        """Drop unknown top-level properties of a file."""
        self._drop_unknown(root, known, "the file", ())

    def _drop_unknown(
        self, node: Node, known: frozenset[str], what: str, path: Path
    ) -> None:
        if node.keys() <= known:
            return
        for key in sorted(node.keys() - known):
            del node[key]
            message = f"{what} has the unknown property `{key}`, which is ignored"
            hint = _nearest(key, known)
            self.warnings.append(Flaw(message, (*path, key), hint=hint))

    def _check_property(self, shape_id: str, key: str, value: Any, path: Path) -> None:
        what = f"`{key}` of `{shape_id}`"
        if key == "traits":
            self._check_traits(value, f"`{shape_id}`", path)
        elif key == "members":
            for name, member in expect(value, dict, what, path).items():
                if not is_identifier(name):
                    raise Flaw(
                        f"`{name}` of `{shape_id}` is no member name", (*path, name)
                    )
                self._check_member(f"{shape_id}${name}", member, (*path, name))
        elif key in _MEMBER_KEYS:
            self._check_member(f"{shape_id}${key}", value, path)
        elif key == "version":
            expect(value, str, what, path)
        elif key == "rename":
            _check_rename(expect(value, dict, what, path), what, path)
        else:
            for step, item in _references(key, value, what, path):
                self._check_reference(what, item, _REFERENCE_FORM, (*path, *step))

    def _check_member(self, member_id: str, node: Any, path: Path) -> None:
        self._check_reference(f"`{member_id}`", node, _MEMBER_FORM, path)
        if "traits" in node:
            self._check_traits(node["traits"], f"`{member_id}`", (*path, "traits"))

    def _check_traits(self, node: Any, owner: str, path: Path) -> None:
        for trait in expect(node, dict, f"the traits of {owner}", path):
            if trait in self._known_traits:
                continue
            if "#" not in trait:
                message = f"trait `{trait}` of {owner} has no namespace"
                raise Flaw(message, (*path, trait))
            parse_id(trait, f"trait of {owner}", (*path, trait))
            self._known_traits.add(trait)

    def _check_reference(
        self, what: str, node: Any, form: frozenset[str], path: Path
    ) -> None:
        expect(node, dict, what, path)
        self._drop_unknown(node, form, what, path)
        expect(node.get("target"), str, f"the target of {what}", (*path, "target"))


def _references(
    key: str, value: Any, what: str, path: Path
) -> Iterable[tuple[Path, Any]]:
    """Return the steps below a property at which references are, with their nodes."""
    if key in _REFERENCES:
        return [((), value)]
    if key in _REFERENCE_MAPS:
        return [((name,), i) for name, i in expect(value, dict, what, path).items()]
    return [((n,), i) for n, i in enumerate(expect(value, list, what, path))]


def _check_rename(node: Node, what: str, path: Path) -> None:
    for shape_id, name in node.items():
        parse_id(shape_id, what, (*path, shape_id))
        if not is_identifier(expect(name, str, what, (*path, shape_id))):
            raise Flaw(f"{what}: `{name}` is no shape name", (*path, shape_id))


def member_nodes(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield name and node of each member, in file order."""
    if "members" in node:
        yield from node["members"].items()
    else:
        for key in ("member", "key", "value"):
            if key in node:
                yield key, node[key]


def member_path(shape_id: str, node: Node, name: str) -> Path:
    """Return the JSON path of a member."""
    is_named = "members" in node or name not in _MEMBER_KEYS
    return ("shapes", shape_id, *(("members",) if is_named else ()), name)


def reference_nodes(node: Node) -> Iterator[tuple[Path, str]]:
    """Yield path below the shape and target of each reference that is no member."""
    for key, value in node.items():
        if key in _REFERENCES:
            yield (key,), value["target"]
        elif key in _REFERENCE_LISTS:
            yield from (((key, n), item["target"]) for n, item in enumerate(value))
        elif key in _REFERENCE_MAPS:
            yield from (((key, name), i["target"]) for name, i in value.items())


def parse_id(text: str, what: str, path: Path = ()) -> ShapeId:
    """Return ``text`` as a shape id; a ``Flaw`` says ``what`` it is, and where."""
    try:
        return ShapeId.parse(text)
    except ModelError as error:
        raise Flaw(f"{what}: {error.message}", path, hint=error.hint) from error


def _nearest(word: str, words: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(words), n=1)
    return (
        f"did you mean `{near[0]}`" if near else "one of: " + ", ".join(sorted(words))
    )
