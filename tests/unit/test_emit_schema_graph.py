"""What becomes a definition: shared shapes, recursion, names of other namespaces."""

import json

from schema_kit import both, request, structure, to


def test_what_is_used_once_is_printed_in_place_and_what_is_shared_once():
    shapes = {
        "In": structure(A=to("Once"), B=to("Twice"), C=to("Twice")),
        "Once": structure(X=to("Integer")),
        "Twice": structure(X=to("Integer")),
    }
    found = request(shapes)
    assert list(found["$defs"]) == ["Twice"]
    assert found["properties"]["A"]["type"] == "object"
    assert found["properties"]["B"] == {"$ref": "#/$defs/Twice"}


def test_recursion_through_a_list_ends_at_the_structure():
    shapes = {
        "In": structure(A=to("Tree")),
        "Tree": structure(Kids=to("Trees")),
        "Trees": {"type": "list", "member": to("Tree")},
    }
    found = request(shapes)
    assert list(found["$defs"]) == ["Tree"]
    kids = found["$defs"]["Tree"]["properties"]["Kids"]
    assert kids == {"type": "array", "items": {"$ref": "#/$defs/Tree"}}


def test_recursion_through_two_structures_is_found_from_every_operation():
    shapes = {
        "In": structure(A=to("Ping")),
        "Ping": structure(P=to("Pong")),
        "Pong": structure(P=to("Ping")),
    }
    for schema in both(shapes):
        assert list(schema["$defs"]) == ["Ping", "Pong"]


def test_five_thousand_nested_shapes_do_not_reach_the_recursion_limit():
    shapes = {f"S{n}": structure(X=to(f"S{n + 1}")) for n in range(5000)}
    found = request({"In": structure(X=to("S0")), "S5000": structure(), **shapes})
    text = json.dumps(found)
    assert len(found["$defs"]) > 500
    assert text.count("$ref") == len(found["$defs"])


def test_lists_in_a_ring_end_too():
    ring = {"type": "list", "member": to("L")}
    found = request({"In": structure(A=to("L")), "L": ring})
    assert list(found["$defs"]) == ["L"]


def test_shapes_of_another_namespace_keep_it_in_their_name():
    shapes = {
        "In": structure(
            A=to("Thing"),
            B=to("Thing"),
            C=to("org.other#Thing"),
            D=to("org.other#Thing"),
        ),
        "Thing": structure(X=to("Integer")),
        "org.other#Thing": structure(Y=to("Integer")),
    }
    found = request(shapes)
    assert list(found["$defs"]) == ["Thing", "org.other.Thing"]
    assert found["properties"]["C"] == {"$ref": "#/$defs/org.other.Thing"}


def test_a_description_stands_beside_a_reference():
    shapes = {
        "In": structure(A=to("T", documentation="<p>First.</p>"), B=to("T")),
        "T": structure({"documentation": "The shape's own."}, X=to("Integer")),
    }
    found = request(shapes)["properties"]
    assert found["A"] == {"description": "First.", "$ref": "#/$defs/T"}
    assert found["B"] == {"description": "The shape's own.", "$ref": "#/$defs/T"}
