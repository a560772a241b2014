"""What one model gets from another of the same service, and what it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import SyncError
from smithgate_codegen.model import load_model
from smithgate_codegen.sync import BotocoreSource, DirectorySource
from smithgate_codegen.sync.enrich import enrich

S = "smithy.api#"
SHARED = Path(__file__).parents[2].parent / "shared" / "api-models-aws"


def member(target: Any, **traits: Any) -> Any:
    return {"target": target, "traits": {S + k: v for k, v in traits.items()}}


def shape(kind: Any, traits: Any = None, **more: Any) -> Any:
    return {"type": kind, "traits": traits or {}, **more}


def structure(**members: Any) -> Any:
    return {"type": "structure", "members": members}


def operation(name: Any, traits: Any = None) -> Any:
    return shape(
        "operation",
        traits,
        input={"target": f"a#{name}Input"},
        output={"target": "a#Out"},
    )


def model(
    *operations: Any, service: Any = None, sdk_id: Any = "S", **shapes: Any
) -> Any:
    """Return a model whose operations are bound to the service, on shapes of ``a``."""
    traits = {"aws.api#service": {"sdkId": sdk_id, **(service or {})}}
    bound = [{"target": f"a#{name}"} for name in operations]
    nodes = {"a#Svc": shape("service", traits, version="1", operations=bound)}
    for name in operations:
        nodes[f"a#{name}"] = operation(name)
        nodes[f"a#{name}Input"] = structure()
    nodes["a#Out"] = structure()
    nodes.update({f"a#{name}": node for name, node in shapes.items()})
    text = json.dumps({"smithy": "2.0", "shapes": nodes})
    return load_model(text.encode(), origin="f")


def traits(found: Any, where: Any) -> Any:
    shape_id, _, name = where.partition("$")
    found = found.expect_shape(f"a#{shape_id}")
    return dict(found.members[name].traits if name else found.traits)


def test_operations_get_traits_and_their_inputs_members_too() -> None:
    base = model("Get", GetInput=structure(Size=member(S + "Integer", required={})))
    other = model(
        "Get",
        Get=operation("Get", {S + "readonly": {}, "aws.iam#requiredActions": ["a:B"]}),
        GetInput=structure(Size=member(S + "Integer", default=5)),
    )
    merged, report = enrich(base, other)
    assert traits(merged, "Get") == {
        S + "readonly": {},
        "aws.iam#requiredActions": ["a:B"],
    }
    assert traits(merged, "GetInput$Size") == {S + "required": {}, S + "default": 5}
    assert traits(base, "Get") == {}, "the base itself is as it was"
    counts = report.operations_joined, report.operations_enriched
    assert counts == (1, 1)
    assert (report.members_joined, report.members_enriched) == (1, 1)
    assert report.traits == {
        "aws.iam#requiredActions": 1,
        S + "default": 1,
        S + "readonly": 1,
    }


def test_nothing_is_removed_loosened_or_tightened() -> None:
    ours = {S + "length": {"max": 9}, S + "pattern": "^(?:a)$"}
    base = model(
        "Get",
        GetInput=structure(
            A=member("a#Text", required={}), B=member("a#Text"), C=member("a#Text")
        ),
        Text=shape("string", ours),
    )
    theirs = {S + "length": {"max": 20, "min": 3}, S + "pattern": "^b$"}
    other = model(
        "Get",
        "Extra",
        GetInput=structure(
            A=member("a#Text"), B=member("a#Text", required={}), New=member("a#Text")
        ),
        Text=shape("string", theirs),
    )
    merged, report = enrich(base, other)
    assert traits(merged, "Text") == ours
    assert traits(merged, "GetInput$A") == {S + "required": {}}
    assert traits(merged, "GetInput$B") == {}
    assert list(merged.expect_shape("a#GetInput").members) == ["A", "B", "C"]
    assert [b.shape.id.name for b in merged.operations()] == ["Get"]
    assert report.only_other == ("Extra",)
    found = {(c.where, c.what, c.base, c.other) for c in report.conflicts}
    assert ("a#GetInput$A", S + "required", "{}", "") in found
    assert ("a#GetInput$B", S + "required", "", "{}") in found
    lengths = ('{"max": 9}', '{"max": 20, "min": 3}')
    assert ("a#GetInput$A", S + "length", *lengths) in found
    assert {c.kind for c in report.conflicts} == {"constraint"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({S + "length": {"max": 9}}, {S + "length": {"min": 0, "max": 9}}),
        ({}, {S + "length": {"min": 0}}),
        ({S + "pattern": "^(?:a+)$"}, {S + "pattern": "^a+$"}),
        ({S + "pattern": "^(?:.*\\S.*)$"}, {S + "pattern": "\\S"}),
    ],
)
def test_what_means_the_same_is_no_conflict(ours: Any, theirs: Any) -> None:
    base, other = (
        model(
            "Get",
            GetInput=structure(A=member("a#Text")),
            Text=shape("string", constraints),
        )
        for constraints in (ours, theirs)
    )
    assert enrich(base, other)[1].conflicts == ()


def test_unlike_types_are_listed_and_left_alone() -> None:
    base = model("Get", GetInput=structure(A=member(S + "String")))
    other = model(
        "Get",
        GetInput=structure(A=member("a#List")),
        List={"type": "list", "member": {"target": S + "String"}},
    )
    merged, report = enrich(base, other)
    (conflict,) = report.conflicts
    assert (conflict.kind, conflict.base, conflict.other) == (
        "type",
        '"string"',
        '"list"',
    )
    assert str(merged.expect_shape("a#GetInput").members["A"].target) == S + "String"


def test_a_trait_that_both_have_is_compared_not_replaced() -> None:
    trait = "aws.api#arnReference"
    base = model("Get", Get=operation("Get", {trait: {"type": "A"}}))
    other = model("Get", Get=operation("Get", {trait: {"type": "B"}}))
    merged, report = enrich(base, other)
    assert traits(merged, "Get") == {trait: {"type": "A"}}
    assert [(c.kind, c.where) for c in report.conflicts] == [("trait", "a#Get")]


def test_wire_bindings_and_documentation_are_not_taken() -> None:
    more = {S + "documentation": "text", S + "http": {}, S + "private": {}}
    other = model("Get", Get=operation("Get", {**more, "aws.protocols#x": {}}))
    merged, report = enrich(model("Get"), other)
    assert traits(merged, "Get") == {}
    assert report.traits == {}


def shared_list() -> Any:
    return model(
        "Get",
        GetInput=structure(A=member("a#List"), B=member("a#List")),
        List={"type": "list", "member": {"target": S + "String"}},
    )


def test_a_shared_shape_gets_only_what_all_counterparts_say() -> None:
    plain = {"type": "list", "member": {"target": S + "String"}}
    unique = {**plain, "traits": {S + "uniqueItems": {}}}
    inputs = structure(A=member("a#One"), B=member("a#Two"))
    both, _ = enrich(
        shared_list(), model("Get", GetInput=inputs, One=unique, Two=unique)
    )
    assert traits(both, "List") == {S + "uniqueItems": {}}
    one, _ = enrich(shared_list(), model("Get", GetInput=inputs, One=unique, Two=plain))
    assert traits(one, "List") == {}
    assert traits(one, "GetInput$A") == {S + "uniqueItems": {}}
    assert traits(one, "GetInput$B") == {}


def test_counterparts_that_disagree_are_listed_as_ambiguous() -> None:
    def text(value: Any) -> Any:
        return shape("string", {"aws.api#data": value})

    base = model(
        "Get",
        GetInput=structure(A=member("a#Text"), B=member("a#Text")),
        Text=shape("string"),
    )
    inputs = structure(A=member("a#One"), B=member("a#Two"))
    other = model("Get", GetInput=inputs, One=text("content"), Two=text("account"))
    merged, report = enrich(base, other)
    assert traits(merged, "Text") == {}
    assert [(c.kind, c.where) for c in report.conflicts] == [("ambiguous", "a#Text")]


def with_resources(**more: Any) -> Any:
    names = ("CreateThing", "GetThing", "MoveThing", "ListThings", "GetPart", "Gone")
    other = model(
        *names,
        GetThingInput=structure(id=member("a#ThingId", resourceIdentifier="id")),
        ThingId=shape("string", {"aws.api#arnReference": {"resource": "a#Thing"}}),
        Thing={
            "type": "resource",
            "identifiers": {"id": {"target": "a#ThingId"}},
            "properties": {"name": {"target": "a#Unknown"}},
            "create": {"target": "a#CreateThing"},
            "read": {"target": "a#GetThing"},
            "delete": {"target": "a#Gone"},
            "operations": [{"target": "a#MoveThing"}],
            "collectionOperations": [{"target": "a#ListThings"}],
            "resources": [{"target": "a#Part"}, {"target": "a#Empty"}],
            "traits": {"aws.api#arn": {"template": "thing/{id}"}, S + "private": {}},
        },
        Part={"type": "resource", "read": {"target": "a#GetPart"}},
        Empty={"type": "resource", "delete": {"target": "a#Gone"}},
        Unknown=shape("string"),
        **more,
    )
    nodes = {**other.shapes.nodes}
    nodes["a#Svc"] = {**nodes["a#Svc"], "resources": [{"target": "a#Thing"}]}
    return other.with_nodes(nodes)


def test_resources_come_with_their_bindings() -> None:
    names = ("CreateThing", "GetThing", "MoveThing", "ListThings", "GetPart")
    base = model(
        *names,
        GetThingInput=structure(id=member("a#MyId")),
        MyId=shape("string"),
        Thing=structure(),
    )
    merged, report = enrich(base, with_resources())
    bound = {
        b.shape.id.name: (b.resource and b.resource.name, b.lifecycle)
        for b in merged.operations()
    }
    assert bound == {
        "CreateThing": ("ThingResource", "create"),
        "GetThing": ("ThingResource", "read"),
        "MoveThing": ("ThingResource", None),
        "ListThings": ("ThingResource", None),
        "GetPart": ("Part", "read"),
    }
    thing = merged.expect_shape("a#ThingResource", "resource")
    assert {k: str(v) for k, v in thing.identifiers.items()} == {"id": "a#MyId"}
    assert dict(thing.properties) == {}, "nothing corresponds to its target"
    assert dict(thing.traits) == {"aws.api#arn": {"template": "thing/{id}"}}
    assert [str(i) for i in thing.resources] == ["a#Part"], "what binds nothing is out"
    assert merged.expect_shape("a#Thing").type == "structure"
    reference = traits(merged, "MyId")["aws.api#arnReference"]
    assert reference == {"resource": "a#ThingResource"}, "renamed with the resource"
    assert (report.resources, report.bindings) == (2, 5)
    assert report.operations_enriched == 5


def test_a_base_with_resources_keeps_its_bindings() -> None:
    base, other = with_resources(), with_resources()
    nodes = {**other.shapes.nodes}
    thing = {k: v for k, v in nodes["a#Thing"].items() if k not in ("read", "update")}
    nodes["a#Thing"] = {**thing, "update": {"target": "a#GetThing"}}
    merged, report = enrich(base, other.with_nodes(nodes))
    assert report.resources == 0
    assert ("lifecycle", "a#GetThing") in {(c.kind, c.where) for c in report.conflicts}
    found = {b.shape.id.name: b.lifecycle for b in merged.operations()}
    assert found["GetThing"] == "read"


def test_the_service_gets_what_its_trait_lacks() -> None:
    base = model(service={"endpointPrefix": "x"})
    other = model(service={"endpointPrefix": "y", "arnNamespace": "n"})
    merged, report = enrich(base, other)
    assert merged.service.traits["aws.api#service"] == {
        "sdkId": "S",
        "endpointPrefix": "x",
        "arnNamespace": "n",
    }
    (conflict,) = report.conflicts
    assert (conflict.what, conflict.base) == ("aws.api#service endpointPrefix", '"x"')


def test_recursive_models_end() -> None:
    def tree() -> Any:
        return model(
            "Get",
            GetInput=structure(tree=member("a#Tree")),
            Tree=structure(kids=member("a#Trees"), name=member(S + "String")),
            Trees={"type": "list", "member": {"target": "a#Tree"}},
        )

    assert enrich(tree(), tree())[1].members_joined == 4


def test_another_service_is_refused() -> None:
    with pytest.raises(SyncError, match="service `T` cannot enrich the service `S`"):
        enrich(model(), model(sdk_id="T"))


def test_merging_twice_gives_the_same() -> None:
    names = ("CreateThing", "GetThing", "MoveThing", "ListThings", "GetPart")
    (one, first), (two, second) = (
        enrich(model(*names), with_resources()) for _ in "ab"
    )
    assert one.shapes.nodes == two.shapes.nodes
    assert list(one.shapes.nodes) == list(two.shapes.nodes)
    assert first == second


@pytest.mark.models
@pytest.mark.skipif(not SHARED.is_dir(), reason="the public models are not there")
@pytest.mark.parametrize("name", ["s3", "iot", "bedrock", "lambda", "ecr"])
def test_real_models_keep_everything_they_had(name: str) -> None:
    source = BotocoreSource()
    base = load_model(source.fetch(name).data, origin=name)
    other = load_model(DirectorySource(SHARED).fetch(name).data, origin=name)
    merged, report = enrich(base, other)
    # The public set is older than botocore: many operations are newer.
    assert report.operations_joined > 0.5 * report.operations
    for shape_id in base.shapes:
        ours, theirs = base.shapes[shape_id], merged.shapes[shape_id]
        assert ours.type == theirs.type
        assert list(ours.members) == list(theirs.members)
        if ours.type != "service":
            assert ours.traits.items() <= theirs.traits.items()
        for key, one in ours.members.items():
            two = theirs.members[key]
            assert one.target == two.target
            assert one.traits.items() <= two.traits.items()
