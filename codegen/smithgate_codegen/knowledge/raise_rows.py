"""The reading of ``data/raises.yaml``: arguments whose risk no name shows."""

import re
from functools import cache
from typing import Any

from ..errors import OverrideError
from ..ir import Payload, Risk, When
from .datasets import checked, data_set

DATA_SET = "raises"
_ID = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+")

Rows = dict[str, dict[str, list[tuple[str, Any]]]]


@cache
def raise_rows() -> Rows:
    """Return service → operation → rows, each with its place in the file."""
    rows: Rows = {}
    for number, raw in enumerate(data_set(DATA_SET)["raises"], start=1):
        where = f"`{DATA_SET}.yaml` row {number}"
        row = checked(
            raw,
            where=where,
            required=("operations", "members", "when", "risk", "why"),
            optional=("values", "payload", "judged_as"),
        )
        has_values = row["when"] in {When.IS, When.HOLDS}
        if row["when"] not in set(When) or row["risk"] not in set(Risk):
            msg = f"{where}: unknown `when` or `risk`"
            raise OverrideError(msg)
        if row.get("payload", Payload.FORCES) not in set(Payload):
            msg = f"{where}: unknown `payload`"
            raise OverrideError(msg)
        if not all(_ID.fullmatch(name) for name in row.get("judged_as", ())):
            msg = f"{where}: `judged_as` takes ids such as `dynamodb:DeleteItem`"
            raise OverrideError(msg)
        if has_values != bool(row.get("values")):
            msg = f"{where}: `is` and `holds` take `values`, others do not"
            raise OverrideError(msg)
        for operation in row["operations"]:
            service, _, name = operation.partition(":")
            rows.setdefault(service, {}).setdefault(name, []).append((where, row))
    return rows
