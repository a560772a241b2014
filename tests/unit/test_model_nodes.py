"""The form of JSON AST nodes: what is refused, and how the error reads."""

from typing import Any

import pytest
from smithgate_codegen.errors import UnsupportedShape
from smithgate_codegen.model.flaws import Flaw
from smithgate_codegen.model.nodes import (
    NodeChecker,
    member_nodes,
    parse_id,
    reference_nodes,
)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ([], "`a#B` must be an object"),
        ({}, "the type of `a#B` must be a string"),
        ({"type": 1}, "the type of `a#B` must be a string"),
        ({"type": "string", "traits": []}, "the traits of `a#B` must be an object"),
        ({"type": "string", "traits": {"x": 1}}, "trait `x` of `a#B` has no namespace"),
        ({"type": "structure", "members": []}, "`members` of `a#B` must be an object"),
        ({"type": "structure", "members": {"m": 1}}, "`a#B$m` must be an object"),
        ({"type": "structure", "members": {"m": {}}}, "the target of `a#B$m`"),
        ({"type": "list", "member": {"target": 1}}, "the target of `a#B$member`"),
        ({"type": "string", "traits": {"x#-": 1}}, "trait of `a#B`: `x#-` is not an"),
        (
            {"type": "structure", "members": {"a.b": {"target": "a#C"}}},
            "`a.b` of `a#B` is no member name",
        ),
        (
            {"type": "list", "member": {"target": "a#C", "traits": 1}},
            "the traits of `a#B$member` must be an object",
        ),
        ({"type": "operation", "input": "a#C"}, "`input` of `a#B` must be an object"),
        ({"type": "operation", "errors": {}}, "`errors` of `a#B` must be a list"),
        (
            {"type": "operation", "errors": [{"target": 1}]},
            "the target of `errors` of `a#B` must be a string",
        ),
        ({"type": "service", "rename": {"x": "Y"}}, "`x` is not an absolute shape id"),
        ({"type": "service", "rename": {"a#X": "9"}}, "`9` is no shape name"),
        ({"type": "resource", "identifiers": []}, "`identifiers` of `a#B`"),
        ({"type": "service", "version": 1}, "`version` of `a#B` must be a string"),
        ({"type": "service", "rename": []}, "`rename` of `a#B` must be an object"),
        ({"type": "string", "mixins": {}}, "`mixins` of `a#B` must be a list"),
    ],
)
def test_wrong_node_types_are_refused_with_the_shape(node: Any, message: str) -> None:
    with pytest.raises(Flaw) as caught:
        NodeChecker().check("a#B", node)
    assert message in caught.value.message
    assert caught.value.path[:2] == ("shapes", "a#B")


@pytest.mark.parametrize(
    ("node", "path", "hint"),
    [
        ({"type": "structure", "member": {}}, ("member",), "did you mean `members`"),
        ({"type": "string", "input": {"target": "a#C"}}, ("input",), "one of: mixins"),
        (
            {"type": "list", "member": {"target": "a#C", "trait": {}}},
            ("member", "trait"),
            "did you mean `traits`",
        ),
        (
            {"type": "operation", "errors": [{"target": "a#C", "x": {}}]},
            ("errors", 0, "x"),
            "one of: target",
        ),
    ],
)
def test_unknown_properties_are_dropped_with_a_warning(
    node: Any, path: Any, hint: str
) -> None:
    checker = NodeChecker()
    checker.check("a#B", node)
    (warning,) = checker.warnings
    assert f"has the unknown property `{path[-1]}`" in warning.message
    assert warning.path == ("shapes", "a#B", *path)
    assert hint in str(warning.hint)
    NodeChecker().check("a#B", node)
    assert path[-1] not in str(node)


def test_an_unknown_type_is_unsupported() -> None:
    with pytest.raises(Flaw, match="unknown type `strng`") as caught:
        NodeChecker().check("a#B", {"type": "strng"})
    assert caught.value.kind is UnsupportedShape
    assert caught.value.hint == "did you mean `string`"


def test_members_and_references_are_found() -> None:
    resource = {
        "type": "resource",
        "identifiers": {"id": {"target": "a#Id"}},
        "read": {"target": "a#Get"},
        "collectionOperations": [{"target": "a#Batch"}],
    }
    NodeChecker().check("a#R", resource)
    assert list(reference_nodes(resource)) == [
        (("identifiers", "id"), "a#Id"),
        (("read",), "a#Get"),
        (("collectionOperations", 0), "a#Batch"),
    ]
    mapping = {"type": "map", "key": {"target": "a#K"}, "value": {"target": "a#V"}}
    assert [name for name, _ in member_nodes(mapping)] == ["key", "value"]


def test_a_bad_id_says_what_it_should_be() -> None:
    with pytest.raises(Flaw, match=r"^shape: `B` is not an absolute") as caught:
        parse_id("B", "shape", ("shapes", "B"))
    assert caught.value.hint
    assert caught.value.path == ("shapes", "B")
