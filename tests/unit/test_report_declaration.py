"""Generated modules are read as text; nothing in them ever runs."""

import json

import pytest
from smithgate_codegen.report.declaration import NO_SOURCE, UNREAD, read_declaration
from stack import ROOT

MODULE = b'''\
"""Doc."""

from smithgate import Operation

OPERATION = Operation(
    id="s3:X",
    client=("s3", "x"),
    risk=Risk.WRITE,  # rule writing-verb
    tags=None,  # no member # takes tags
    required=(  # trait smithy.api#required
        "A # not a comment",
        "B",
    ),
    read=Read(  # rule put-get
        operation="s3:Y",
        constants={"Limit": -1, "All": ["x"]},
        mode=ReadMode.PATCH,
    ),
)
'''


def test_fields_and_their_sources() -> None:
    found = read_declaration(MODULE)
    assert found.is_read
    assert found.values == {
        "id": "s3:X",
        "client": ["s3", "x"],
        "risk": "write",
        "tags": None,
        "required": ["A # not a comment", "B"],
        "read": {
            "operation": "s3:Y",
            "constants": {"Limit": -1, "All": ["x"]},
            "mode": "patch",
        },
    }
    assert found.sources == {
        "risk": "rule writing-verb",
        "tags": "no member # takes tags",
        "required": "trait smithy.api#required",
        "read": "rule put-get",
    }
    assert found.source("id") == NO_SOURCE


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"OPERATION = 1",
        b"OPERATION = Operation(id=open('/tmp/x', 'w'))",
        b"OPERATION = Operation(id=f'{x}')",
        b"OPERATION = Operation(id=a + b)",
        b"OPERATION = Operation(",
        b"\0",
        b"OPERATION = Operation(id=" + b"(" * 5_000 + b")" * 5_000 + b")",
    ],
)
def test_other_texts_are_not_read(text: bytes) -> None:
    assert read_declaration(text) == UNREAD


def test_the_generated_tree_is_read_with_a_source_for_each_fact() -> None:
    generated = ROOT / "generated"
    lines = json.loads((generated / "index.json").read_bytes())["operations"]
    for operation, line in sorted(lines.items())[::97]:
        found = read_declaration((generated / line["module"]).read_bytes())
        assert found.values["id"] == operation
        assert found.values["risk"] == line["risk"]
        for field in ("risk", "change", "tags", "read"):
            assert found.source(field) != NO_SOURCE, (operation, field)
