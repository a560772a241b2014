"""Mixins: order of members and traits, local traits, applied traits, refusals."""

import json
from typing import Any

import pytest
from smithgate_codegen.errors import ModelError, UnknownShape
from smithgate_codegen.model import ShapeId, load_model

MIXIN: dict[str, Any] = {"smithy.api#mixin": {}}


def load(shapes: Any) -> Any:
    shapes = {"a#T": {"type": "string"}, "a#U": {"type": "string"}, **shapes}
    return load_model(
        json.dumps({"smithy": "2.0", "shapes": shapes}).encode(), origin="f"
    )


def structure(members: Any, *, mixins: Any = (), traits: Any = None) -> Any:
    return {
        "type": "structure",
        "mixins": [{"target": m} for m in mixins],
        "members": {
            name: {"target": "a#T", **({"traits": value} if value else {})}
            for name, value in members.items()
        },
        "traits": traits or {},
    }


def test_members_come_from_mixins_first_and_keep_their_place() -> None:
    model = load(
        {
            "a#M": structure({"x": {"t#doc": "x of M"}, "y": None}, traits=MIXIN),
            "a#N": structure({"z": None}, mixins=["a#M"], traits=MIXIN),
            "a#S": structure({"own": None, "x": {"t#req": {}}}, mixins=["a#N"]),
        }
    )
    shape = model.expect_shape("a#S")
    assert list(shape.members) == ["x", "y", "z", "own"]
    assert shape.members["x"].traits == {"t#doc": "x of M", "t#req": {}}


def test_traits_are_inherited_but_for_local_ones_and_the_own_wins() -> None:
    local = {"smithy.api#mixin": {"localTraits": ["t#local"]}, "t#local": 1}
    model = load(
        {
            "a#M": structure({}, traits={**local, "t#a": 1, "t#b": 1}),
            "a#N": structure({}, traits={**MIXIN, "t#b": 2}),
            "a#S": structure({}, mixins=["a#M", "a#N"], traits={"t#c": 3}),
        }
    )
    assert model.expect_shape("a#S").traits == {"t#a": 1, "t#b": 2, "t#c": 3}


def test_mixins_leave_the_model_and_cannot_be_targets() -> None:
    shapes = {"a#M": structure({}, traits=MIXIN), "a#S": structure({}, mixins=["a#M"])}
    assert ShapeId("a", "M") not in load(shapes).shapes
    shapes["a#L"] = {"type": "list", "member": {"target": "a#M"}}
    with pytest.raises(ModelError, match=r"`a#L.member` targets `a#M`.* is a mixin"):
        load(shapes)


def test_applying_to_an_inherited_member_overrides_what_the_mixin_says() -> None:
    mixin = structure({"x": {"t#doc": "old", "t#k": 1}}, traits=MIXIN)
    shapes = {
        "a#M": mixin,
        "a#S": structure({}, mixins=["a#M"]),
        "a#R": structure({}, mixins=["a#M"]),
        "a#S$x": {"type": "apply", "traits": {"t#doc": "new"}},
    }
    model = load(shapes)
    assert model.expect_shape("a#S").members["x"].traits == {"t#doc": "new", "t#k": 1}
    assert model.expect_shape("a#R").members["x"].traits == {"t#doc": "old", "t#k": 1}


def test_what_is_applied_to_a_mixin_reaches_the_shapes_that_include_it() -> None:
    model = load(
        {
            "a#M": structure({"x": None}, traits=MIXIN),
            "a#S": structure({}, mixins=["a#M"]),
            "a#M$x": {"type": "apply", "traits": {"t#k": 1}},
        }
    )
    assert model.expect_shape("a#S").members["x"].traits == {"t#k": 1}


def test_lists_maps_and_services_take_what_their_mixins_have() -> None:
    model = load(
        {
            "a#LM": {"type": "list", "member": {"target": "a#T"}, "traits": MIXIN},
            "a#L": {"type": "list", "mixins": [{"target": "a#LM"}]},
            "a#O": {"type": "operation"},
            "a#P": {"type": "operation"},
            "a#SM": {
                "type": "service",
                "version": "1",
                "operations": [{"target": "a#O"}],
                "traits": MIXIN,
            },
            "a#S": {
                "type": "service",
                "mixins": [{"target": "a#SM"}],
                "operations": [{"target": "a#P"}, {"target": "a#O"}],
            },
            "a#RM": {"type": "resource", "traits": {**MIXIN, "t#k": 1}},
            "a#R": {"type": "resource", "mixins": [{"target": "a#RM"}]},
        }
    )
    assert model.expect_shape("a#L").members["member"].target == ShapeId("a", "T")
    assert [o.shape.id.name for o in model.operations()] == ["O", "P"]
    assert model.service.version == "1"
    assert model.expect_shape("a#R").traits == {"t#k": 1}


@pytest.mark.parametrize(
    ("shapes", "error", "message"),
    [
        (
            {"a#S": structure({}, mixins=["a#Gone"])},
            UnknownShape,
            "`a#S` includes `a#Gone`, which is not defined",
        ),
        (
            {
                "a#M": structure({}, mixins=["a#N"], traits=MIXIN),
                "a#N": structure({}, mixins=["a#M"], traits=MIXIN),
                "a#S": structure({}, mixins=["a#M"]),
            },
            ModelError,
            "mixins include each other: a#M → a#N → a#M",
        ),
        (
            {
                "a#M": {"type": "string", "traits": MIXIN},
                "a#S": structure({}, mixins=["a#M"]),
            },
            ModelError,
            "a structure includes a mixin of type string",
        ),
    ],
)
def test_bad_mixins_are_refused(shapes: Any, error: Any, message: str) -> None:
    with pytest.raises(error) as caught:
        load(shapes)
    assert message in caught.value.message
    assert caught.value.message.startswith("`f`, line 1, column ")
