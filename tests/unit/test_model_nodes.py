"""The form of JSON AST nodes: what is refused, and how the error reads."""

from typing import Any

import pytest
from smithgate_codegen.errors import ModelError, UnsupportedShape
from smithgate_codegen.model.nodes import (
    check_node,
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
        (
            {"type": "list", "member": {"target": "a#C", "trait": {}}},
            "`a#B$member` has the unknown property `trait`",
        ),
        (
            {"type": "list", "member": {"target": "a#C", "traits": 1}},
            "the traits of `a#B$member` must be an object",
        ),
        ({"type": "operation", "input": "a#C"}, "`input` of `a#B` must be an object"),
        ({"type": "operation", "errors": {}}, "`errors` of `a#B` must be a list"),
        (
            {"type": "operation", "errors": [{"target": "a#C", "traits": {}}]},
            "`errors` of `a#B` has the unknown property `traits`",
        ),
        ({"type": "resource", "identifiers": []}, "`identifiers` of `a#B`"),
        ({"type": "service", "version": 1}, "`version` of `a#B` must be a string"),
        ({"type": "service", "rename": []}, "`rename` of `a#B` must be an object"),
        ({"type": "string", "mixins": {}}, "`mixins` of `a#B` must be a list"),
    ],
)
def test_wrong_node_types_are_refused_with_file_and_shape(
    node: Any, message: str
) -> None:
    with pytest.raises(ModelError) as caught:
        check_node("a#B", node, "f.json")
    assert caught.value.message.startswith("`f.json`: ")
    assert message in caught.value.message


def test_an_unknown_property_names_the_nearest_known_one() -> None:
    with pytest.raises(ModelError, match="unknown property `member`") as caught:
        check_node("a#B", {"type": "structure", "member": {}}, "f")
    assert caught.value.hint == "did you mean `members`"


def test_a_property_of_another_type_is_unknown() -> None:
    with pytest.raises(ModelError, match="unknown property `input`"):
        check_node("a#B", {"type": "string", "input": {"target": "a#C"}}, "f")


def test_an_unknown_type_is_unsupported() -> None:
    with pytest.raises(UnsupportedShape, match="unknown type `strng`") as caught:
        check_node("a#B", {"type": "strng"}, "f")
    assert caught.value.hint == "did you mean `string`"


def test_members_and_references_are_found() -> None:
    resource = {
        "type": "resource",
        "identifiers": {"id": {"target": "a#Id"}},
        "read": {"target": "a#Get"},
        "collectionOperations": [{"target": "a#Batch"}],
    }
    check_node("a#R", resource, "f")
    assert list(reference_nodes(resource)) == [
        ("identifiers id", "a#Id"),
        ("read", "a#Get"),
        ("collectionOperations", "a#Batch"),
    ]
    mapping = {"type": "map", "key": {"target": "a#K"}, "value": {"target": "a#V"}}
    assert [name for name, _ in member_nodes(mapping)] == ["key", "value"]


def test_a_bad_id_is_reported_with_its_file() -> None:
    with pytest.raises(ModelError, match=r"^`f`: shape: `B` is not an absolute") as e:
        parse_id("B", "shape", "f")
    assert e.value.hint
