"""The checked-in tree as the contract tests look at it: loaded once, by path."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from smithgate.operation import Operation

ROOT = Path(__file__).resolve().parents[2] / "generated"


@dataclass(frozen=True)
class Generated:
    """Index, declarations and schemas; each is read from disk once."""

    index: dict[str, Any]
    sources: dict[str, str]
    operations: dict[str, Operation]
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@cache
def generated() -> Generated:
    index = json.loads((ROOT / "index.json").read_bytes())
    entries = index["operations"]
    sources = {key: (ROOT / e["module"]).read_text() for key, e in entries.items()}
    return Generated(
        index=index,
        sources=sources,
        operations={key: _load(source) for key, source in sources.items()},
        inputs={
            k: json.loads((ROOT / e["schema"]).read_bytes()) for k, e in entries.items()
        },
        outputs={
            k: json.loads((ROOT / e["output_schema"]).read_bytes())
            for k, e in entries.items()
        },
    )


def _load(source: str) -> Operation:
    names: dict[str, Any] = {}
    exec(compile(source, "generated", "exec"), names)
    operation = names["OPERATION"]
    assert isinstance(operation, Operation)
    return operation
