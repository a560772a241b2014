"""The conversion rules, one by one, on models of a few shapes."""

import json

import pytest
from schema_kit import NS, applied, both, load, member, reply, request, structure, to
from smithgate_codegen.emit.schema import SchemaEmitter, input_schema, output_schema
from smithgate_codegen.emit.schema_graph import LARGE_ENUM
from smithgate_codegen.errors import UnsupportedShape
from smithgate_codegen.patterns import PatternTable


def test_requests_are_closed_and_replies_open():
    asked, given = both(
        {"In": structure(M=to("Sub")), "Sub": structure(A=to("String"))}
    )
    assert asked["additionalProperties"] is False
    assert asked["properties"]["M"]["additionalProperties"] is False
    assert "additionalProperties" not in json.dumps(given)


def test_the_root_has_dialect_title_and_no_reference():
    asked, given = both({"In": structure(Again=to("In"))})
    assert asked["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (asked["title"], given["title"]) == ("Shop Op request", "Shop Op response")
    assert asked["type"] == "object"
    assert "$ref" not in asked
    assert asked["properties"]["Again"] == {"$ref": "#/$defs/In"}
    assert list(asked["$defs"]) == ["In"]


def test_unit_is_an_empty_closed_object():
    model = load({"In": structure(), "Op": {"type": "operation"}})
    found = input_schema(model, model.operations()[0].shape, patterns=PatternTable(()))
    assert (found["properties"], found["additionalProperties"]) == ({}, False)


def test_members_and_required_are_sorted():
    found = request(
        {"In": structure(B=to("String", required={}), A=to("String", required={}))}
    )
    assert list(found["properties"]) == ["A", "B"]
    assert found["required"] == ["A", "B"]


def test_a_default_or_client_optional_does_not_make_a_member_optional():
    found = request(
        {"In": structure(A=to("Integer", required={}, default=3, clientOptional={}))}
    )
    assert found["required"] == ["A"]
    assert found["properties"]["A"]["default"] == 3


def test_a_null_default_is_none_even_over_a_primitive_target():
    assert "default" not in member(to("smithy.api#PrimitiveInteger", default=None))
    assert member(to("smithy.api#PrimitiveInteger"))["default"] == 0


def test_a_token_may_be_left_out_of_the_request_only():
    shapes = {
        "In": structure(T=to("String", required={}, idempotencyToken={}), S=to("Sub")),
        "Sub": structure(T=to("String", required={}, idempotencyToken={})),
    }
    asked, given = both(shapes)
    assert "required" not in asked
    assert asked["properties"]["T"]["x-idempotency-token"] is True
    # boto3 fills tokens of the request's root only, so a nested one stays required.
    assert asked["properties"]["S"]["required"] == ["T"]
    assert "x-idempotency-token" not in json.dumps(given)


@pytest.mark.parametrize("trait", ["httpLabel", "hostLabel"])
@pytest.mark.parametrize(("minimum", "expected"), [(0, 1), (4, 4)])
def test_a_label_is_required_and_not_empty(trait, minimum, expected):
    length = {"length": {"min": minimum, "max": 9}}
    shapes = {"In": structure(L=to("String", **{trait: {}}, **length))}
    asked, given = both(shapes)
    assert asked["required"] == ["L"]
    assert asked["properties"]["L"]["minLength"] == expected
    assert given["properties"]["L"] == {"type": "string"}


def test_an_enum_label_needs_no_length():
    enum = {"type": "enum", "members": {"A": to("Unit")}}
    shapes = {"In": structure(L=to("E", httpLabel={})), "E": enum}
    assert request(shapes)["properties"]["L"] == {"type": "string", "enum": ["A"]}


@pytest.mark.parametrize(
    ("kind", "limit"), [("byte", 127), ("short", 2**15 - 1), ("long", 2**63 - 1)]
)
def test_integers_have_the_bounds_of_their_type(kind, limit):
    node = member(to("N"), N={"type": kind})
    assert node == {"type": "integer", "minimum": -limit - 1, "maximum": limit}


def test_a_range_narrows_the_bounds_and_never_widens_them():
    node = member(to("Integer", range={"min": 0.5, "max": 1e12}))
    assert (node["minimum"], node["maximum"]) == (1, 2**31 - 1)
    assert type(node["minimum"]) is int


def test_a_member_trait_replaces_that_of_its_target():
    target = {"type": "string", "traits": applied({"length": {"min": 5, "max": 9}})}
    node = member(to("S", length={"max": 99}), S=target)
    assert node == {"type": "string", "maxLength": 99}


def test_a_member_length_on_a_list_replaces_that_of_the_list_even_when_shared():
    names = {
        "type": "list",
        "member": to("String"),
        "traits": applied({"length": {"min": 2, "max": 3}}),
    }
    shapes = {
        "In": structure(
            A=to("Names"),
            B=to("Names"),
            C=to("Names", length={"max": 50}),
            D=to("Names", length={"max": 50}),
        ),
        "Names": names,
    }
    found = request(shapes)
    assert found["properties"]["A"] == {"$ref": "#/$defs/Names"}
    assert found["properties"]["C"] == {"$ref": "#/$defs/Names.-50"}
    assert found["$defs"]["Names"]["maxItems"] == 3
    assert found["$defs"]["Names.-50"]["maxItems"] == 50
    assert "minItems" not in found["$defs"]["Names.-50"]


def test_a_blob_length_is_of_bytes():
    node = member(to("Blob", length={"min": 4, "max": 7}))
    assert (node["minLength"], node["maxLength"]) == (8, 12)
    assert node["contentEncoding"] == "base64"


def test_enums_are_closed_in_requests_and_open_in_replies():
    enum = {
        "type": "enum",
        "members": {"A": to("Unit", enumValue="b"), "B": to("Unit", enumValue="a")},
    }
    asked, given = both({"In": structure(M=to("E")), "E": enum})
    assert asked["properties"]["M"] == {"type": "string", "enum": ["a", "b"]}
    assert given["properties"]["M"] == {"type": "string"}


@pytest.mark.parametrize(("count", "moved"), [(LARGE_ENUM, 0), (LARGE_ENUM + 1, 1)])
def test_a_large_enum_moves_to_the_definitions_of_requests(count, moved):
    enum = {"type": "enum", "members": {f"V{n:03}": to("Unit") for n in range(count)}}
    asked, given = both({"In": structure(M=to("E")), "E": enum})
    assert len(asked.get("$defs", {})) == moved
    assert ("$ref" in asked["properties"]["M"]) == bool(moved)
    assert "$defs" not in given


def test_a_union_is_one_of_closed_one_key_objects_in_requests():
    union = {"type": "union", "members": {"B": to("String"), "A": to("Unit")}}
    asked, given = both({"In": structure(M=to("U")), "U": union})
    node = asked["properties"]["M"]
    assert (node["minProperties"], node["maxProperties"]) == (1, 1)
    assert [branch["required"] for branch in node["oneOf"]] == [["A"], ["B"]]
    assert all(branch["additionalProperties"] is False for branch in node["oneOf"])
    assert given["properties"]["M"] == {
        "type": "object",
        "properties": {"A": {"type": "object"}, "B": {"type": "string"}},
    }


def test_lists_are_sparse_or_unique_as_their_traits_say():
    sparse = {"type": "list", "member": to("String"), "traits": applied({"sparse": {}})}
    unique = {
        "type": "list",
        "member": to("String"),
        "traits": applied({"uniqueItems": {}}),
    }
    nothing = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert member(to("L"), L=sparse) == {"type": "array", "items": nothing}
    assert member(to("L"), L=unique)["uniqueItems"] is True
    _, given = both({"In": structure(M=to("L")), "L": unique})
    assert given["properties"]["M"] == {"type": "array", "items": {"type": "string"}}


def test_a_map_checks_its_keys_only_where_they_have_rules():
    plain = {"type": "map", "key": to("String"), "value": to("Boolean")}
    ruled = plain | {"key": to("String", length={"max": 3})}
    values = {"type": "boolean"}
    assert member(to("M"), M=plain) == {
        "type": "object",
        "additionalProperties": values,
    }
    node = member(to("M"), M=ruled)
    assert node["propertyNames"] == {"type": "string", "maxLength": 3}
    assert "propertyNames" not in json.dumps(
        reply({"In": structure(M=to("M")), "M": ruled})
    )


def test_replies_carry_no_limits_no_prose_and_no_defaults():
    shapes = {
        "In": structure(
            S=to("String", length={"min": 1}, pattern="^a$", documentation="Text."),
            N=to("Integer", range={"min": 1}, default=2, deprecated={}),
            T=to("Timestamp"),
        )
    }
    assert reply(shapes)["properties"] == {
        "N": {"type": "integer"},
        "S": {"type": "string"},
        "T": {"type": "string", "format": "date-time"},
    }


def test_required_members_of_a_reply_are_what_the_model_promises():
    given = reply({"In": structure(A=to("String", required={}), B=to("String"))})
    assert given["required"] == ["A"]


def test_sensitive_is_marked_where_the_trait_stands():
    shapes = {
        "In": structure(
            A=to("Plain", sensitive={}),
            B=to("Plain"),
            C=to("Secret"),
            D=to("Secret"),
            E=to("Word"),
            F=to("Words"),
        ),
        "Plain": structure(X=to("Integer")),
        "Secret": structure({"sensitive": {}}, X=to("Integer")),
        "Word": {"type": "string", "traits": applied({"sensitive": {}})},
        "Words": {"type": "list", "member": to("Word")},
    }
    for schema in both(shapes):
        nodes = schema["properties"]
        assert nodes["A"] == {"$ref": "#/$defs/Plain", "x-sensitive": True}
        assert nodes["B"] == {"$ref": "#/$defs/Plain"}
        assert nodes["C"] == {"$ref": "#/$defs/Secret"}
        assert schema["$defs"]["Secret"]["x-sensitive"] is True
        assert "x-sensitive" not in schema["$defs"]["Plain"]
        assert nodes["E"] == {"type": "string", "x-sensitive": True}
        assert nodes["F"]["items"] == {"type": "string", "x-sensitive": True}


def test_a_pattern_is_counted_where_it_stands():
    table = PatternTable(())
    shapes = {
        "In": structure(A=to("S"), B=to("S"), C=to("S", pattern=r"^\_$")),
        "S": {"type": "string", "traits": applied({"pattern": "^a$"})},
    }
    found = request(shapes, table)["properties"]
    assert (found["A"]["pattern"], found["C"]["pattern"]) == ("^a$", "^_$")
    assert table.report()["uses"] == {"kept": 1, "left_to_aws": 0, "rewritten": 1}


def test_a_pattern_that_its_length_forbids_is_dropped_with_it_and_reported():
    table = PatternTable(())
    both_traits = {"pattern": "^[0-9]{4}-[0-9]{4}$", "length": {"min": 8, "max": 8}}
    found = request({"In": structure(A=to("String", **both_traits))}, table)
    assert found["properties"]["A"] == {"type": "string"}
    assert table.report()["length_conflicts"] == [f"{NS}#In$A"]


def test_a_count_moved_out_of_a_pattern_narrows_the_length():
    traits = {"pattern": r"^\S{2,3000}$", "length": {"min": 1, "max": 5000}}
    assert member(to("String", **traits)) == {
        "type": "string",
        "pattern": r"^\S*$",
        "minLength": 2,
        "maxLength": 3000,
    }


def test_an_event_stream_has_no_schema():
    stream = {
        "type": "union",
        "members": {"A": to("Event")},
        "traits": applied({"streaming": {}}),
    }
    shapes = {"In": structure(M=to("U")), "U": stream, "Event": structure()}
    with pytest.raises(UnsupportedShape, match="is an event stream"):
        request(shapes)


def test_a_streaming_blob_is_base64_text():
    stream = {"type": "blob", "traits": applied({"streaming": {}})}
    node = member(to("S", default=""), S=stream)
    assert node["contentEncoding"] == "base64"


@pytest.mark.parametrize("kind", ["union", "enum"])
def test_a_choice_without_branches_cannot_be_asked_for(kind):
    with pytest.raises(UnsupportedShape, match=r"`com\.example\.shop#U` has no"):
        request({"In": structure(M=to("U")), "U": {"type": kind, "members": {}}})


def test_the_functions_and_the_emitter_give_the_same():
    model = load({"In": structure(A=to("String", pattern="^a$"))})
    operation = model.operations()[0].shape
    emitter = SchemaEmitter(model, PatternTable(()))
    table = PatternTable(())
    assert emitter.input_schema(operation) == input_schema(
        model, operation, patterns=table
    )
    assert emitter.output_schema(operation) == output_schema(
        model, operation, patterns=table
    )


def test_another_table_is_used_when_another_is_given():
    model = load({"In": structure(A=to("String", pattern="^a$"))})
    operation = model.operations()[0].shape
    for table in (PatternTable(()), PatternTable(())):
        input_schema(model, operation, patterns=table)
        assert table.report()["uses"]["kept"] == 1
