"""What models say in errors must not drive a terminal."""

import json
from typing import Any

import pytest
from smithgate_codegen.errors import CodegenError, ModelError
from smithgate_codegen.model import load_model


@pytest.mark.parametrize("bad", ["\x1b[31m", "\n", "\u202e", "\u200b", "\x00"])
def test_shape_ids_in_errors_are_escaped(bad: Any) -> None:
    shapes = {f"a#{bad}": {"type": "string"}}
    data = json.dumps({"smithy": "2.0", "shapes": shapes}).encode()
    with pytest.raises(ModelError) as caught:
        load_model(data, origin="f")
    assert bad not in caught.value.message
    assert caught.value.message.isprintable()
    assert str(caught.value) == caught.value.message


def test_hints_are_escaped_and_plain_text_is_kept() -> None:
    error = CodegenError("`é` — fine", hint="a\tb")
    assert (error.message, error.hint) == ("`é` — fine", r"a\tb")
