"""A declaration and a reader's answer, and the diff that they give."""

from types import SimpleNamespace
from typing import Any

from smithgate import Change, Operation, Read, Risk
from smithgate.diff import Diff, Snapshot, diff_step, read_snapshot


def bare_operation(**fields: Any) -> Operation:
    """Return an operation with these fields and nothing else of interest."""
    base: dict[str, Any] = {
        "shape_id": "com.example#X",
        "client": ("x", "x"),
        "risk": Risk.WRITE,
        "idempotency_token": None,
        "required": (),
        "tags": None,
        "read": None,
        "schema": "x.schema.json",
        "output_schema": "x.output.json",
    }
    return Operation(**(base | fields))


def operation(read: Read, change: Change = Change.UPDATE, **fields: Any) -> Operation:
    return bare_operation(**({"id": "x:Set", "read": read, "change": change} | fields))


def snapshot(declared: Operation, arguments: Any, output: Any) -> Snapshot:
    reply = SimpleNamespace(value=output, op_id="o", artifact="a")
    return read_snapshot(declared, arguments, lambda *_: reply)


def diff_of(declared: Operation, arguments: Any, output: Any) -> Diff:
    return diff_step(declared, arguments, snapshot(declared, arguments, output))


def shown(diff: Diff) -> dict[str, Any]:
    found = {}
    for entry in diff.entries:
        one = entry.as_dict()
        sides = (one.get("before"), one.get("after"))
        found[one["path"]] = ("?" if entry.unknown else entry.action, *sides)
    return found
