"""Lengths of blobs: of the bytes, not of their base64."""

import base64

import pytest
from smithgate.arguments.convert import convert
from smithgate.arguments.nodes import Nodes

NODE = {
    "type": "object",
    "properties": {
        "Data": {
            "type": "string",
            "contentEncoding": "base64",
            "x-min-bytes": 2,
            "x-max-bytes": 4,
        }
    },
}


@pytest.mark.parametrize(
    ("size", "rules"),
    [
        (0, ["minLength"]),
        (1, ["minLength"]),
        (2, []),
        (3, []),
        (4, []),
        (5, ["maxLength"]),
        (6, ["maxLength"]),
    ],
)
def test_the_decoded_bytes_are_counted(size: int, rules: list[str]) -> None:
    text = base64.b64encode(b"x" * size).decode()
    _, problems = convert(Nodes(NODE), {"Data": text})
    assert [problem.rule for problem in problems] == rules
    assert all(problem.path == ("Data",) for problem in problems)
