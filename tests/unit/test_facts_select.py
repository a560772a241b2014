"""JMESPath expressions judged against an output shape."""

import pytest
from codegen_kit import Kit
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.knowledge.shapes import (
    item_of,
    resolve_path,
    resolve_select,
)


def subject():
    kit = Kit()
    kit.shape("State", {"Code": "string"})
    kit.shape("Range", {"Cidr": "string", "State": "State"})
    kit.shape("Other", {"Cidr": "string"})
    kit.shape("Vpc", {"Id": "string", "Ranges": "[Range]", "Default": "boolean"})
    kit.shape("Stack", {"Vpcs": "[Vpc]"})
    output = {
        "Vpcs": "[Vpc]",
        "Stacks": "[Stack]",
        "Old": "[Range]",
        "New": "[Range]",
        "Others": "[Other]",
        "ById": "{Vpc}",
    }
    return kit.op("DescribeVpcs", {}, output).subject("DescribeVpcs")


def resolved(expression):
    found = subject()
    return found.model, resolve_select(found.model, found.output, expression)


@pytest.mark.parametrize(
    ("expression", "kind", "members"),
    [
        ("Vpcs", "list", {"Id", "Ranges", "Default"}),
        ("Vpcs[0]", "structure", {"Id", "Ranges", "Default"}),
        ("Vpcs[0].Ranges", "list", {"Cidr", "State"}),
        ("Vpcs[].Ranges[]", "list", {"Cidr", "State"}),
        ("Stacks[].Vpcs[].Ranges[]", "list", {"Cidr", "State"}),
        ("Vpcs[?Default]", "list", {"Id", "Ranges", "Default"}),
        ("Vpcs[?Default].{Id: Id} | [0]", "structure", {"Id"}),
        ("Old[?State.Code!='gone']", "list", {"Cidr", "State"}),
        ("Old[?State.Code=='a' || State.Code=='b']", "list", {"Cidr", "State"}),
        ("[Old, New][]", "list", {"Cidr", "State"}),
        ("[Old, Others][]", "list", {"Cidr"}),
        ("Vpcs[].{Name: Id}", "list", {"Name"}),
        ("ById.*", "list", {"Id", "Ranges", "Default"}),
        ("ById.*.{Name: Id} | [0]", "structure", {"Name"}),
        ("Vpcs[0].{Own: {Name: Id}, All: Ranges[].Cidr}", "structure", {"Own", "All"}),
    ],
)
def test_what_an_expression_selects(expression, kind, members):
    model, shape = resolved(expression)
    assert shape.type == kind
    one = item_of(model, shape) if kind == "list" else shape
    assert set(one.members) == members


def test_parts_of_items_are_a_list_of_them():
    model, shape = resolved("Old[?State.Code=='active'].Cidr")
    assert (shape.type, item_of(model, shape).type) == ("list", "string")


def test_paths_go_into_what_an_expression_made():
    model, shape = resolved("Vpcs[0].{Own: {Name: Id}, All: Ranges[].State}")
    assert resolve_path(model, shape, "Own.Name").type == "string"
    assert resolve_path(model, shape, "All[].Code").type == "string"
    assert resolve_path(model, shape, "All[0].Code").type == "string"


@pytest.mark.parametrize(
    "expression",
    [
        "Nope",
        "Vpcs[].Nope",
        "Vpcs[].{Name: Nope}",
        "Old[?State.Nope=='gone']",
        "Old[?State.Code=='a' || Nope]",
        "[Old, Vpcs][]",
        "[Old, Vpcs[0]][]",
        "Vpcs[0][]",
        "Vpcs.*",
        "ById.*.Nope",
        "length(Vpcs)",
    ],
)
def test_what_does_not_fit_is_refused(expression):
    with pytest.raises(OverrideError, match="does not fit"):
        resolved(expression)
