"""``python -m smithgate_codegen.knowledge.refresh_resources``: what boto3's resources load.

Reduces the resource definitions of the installed boto3 to ``data/boto3_resources.json``:
operation → the operation that loads the resource that it acts on or makes. Generating
needs the file only. Another version of boto3 than the one pinned here is refused: change
``PIN`` and review the difference of the file.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import CodegenError, OverrideError
from .datasets import DATA, FORMAT_VERSION
from .words import READING, words_of

PIN = "1.44.5"
"""The version of boto3 that the file is made from."""
NOTICE = (
    "Reduced from boto3's resource definitions (Apache License 2.0, as this project's "
    "own LICENSE; boto3, Copyright 2013-2017 Amazon.com, Inc. or its affiliates): the "
    "operation that loads the resource which an operation acts on. `act` says whether "
    "it makes the resource, changes the whole of it, or something of it."
)
ACTS = ("make", "whole", "part")
_FILE = "resources-1.json"
Row = dict[str, Any]


def require_pinned(found: str) -> None:
    """Raise ``OverrideError`` for another version of boto3."""
    if found != PIN:
        msg = f"boto3 has version `{found}`, not the pinned `{PIN}`"
        hint = f"install `boto3=={PIN}`, or change the pin and review"
        raise OverrideError(msg, hint=hint)


def reduced(folder: Path) -> dict[str, Any]:
    """Return the file's content from a folder like boto3's ``data``."""
    services = {}
    for service in sorted(path for path in folder.iterdir() if path.is_dir()):
        versions = sorted(path for path in service.iterdir() if path.is_dir())
        if versions and (versions[-1] / _FILE).is_file():
            text = (versions[-1] / _FILE).read_text("utf-8")
            if rows := rows_of(json.loads(text)):
                services[service.name] = rows
    return {
        "format_version": FORMAT_VERSION,
        "notice": NOTICE,
        "sources": {"boto3": PIN},
        "services": services,
    }


def rows_of(definition: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return operation → rows, sorted; what only reads or has no loader is left out."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    resources = definition["resources"]
    for operation, resource, act in _acts(definition):
        load = resources.get(resource, {}).get("load")
        if load and words_of(operation)[0] not in READING:
            row = {"act": act, "reader": load["request"]["operation"]}
            known = found[operation].setdefault(resource, row)
            known["act"] = min(known["act"], act, key=ACTS.index)
    return {
        operation: [
            {"resource": resource, **row} for resource, row in sorted(rows.items())
        ]
        for operation, rows in sorted(found.items())
    }


def _acts(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield operation, resource and what is done to it.

    An action of one word (``Delete``) acts on the whole, ``AttachPolicy`` on a part.
    """
    for owner, part in (("", definition["service"]), *definition["resources"].items()):
        groups = [part.get("actions", {})]
        groups += [m.get("batchActions", {}) for m in part.get("hasMany", {}).values()]
        for name, action in (item for actions in groups for item in actions.items()):
            operation = action["request"]["operation"]
            if made := action.get("resource", {}).get("type"):
                yield operation, made, "make"
            elif owner:
                yield operation, owner, "whole" if len(words_of(name)) == 1 else "part"


def dump(content: Mapping[str, Any]) -> str:
    """Return the file's text: one line an operation, sorted."""
    head = {key: value for key, value in content.items() if key != "services"}
    start = json.dumps(head, indent=1).removesuffix("\n}")
    blocks = []
    for service, rows in content["services"].items():
        lines = [
            f"   {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()
        ]
        blocks.append(f"  {json.dumps(service)}: {{\n" + ",\n".join(lines) + "\n  }")
    return start + ',\n "services": {\n' + ",\n".join(blocks) + "\n }\n}\n"


def main() -> int:
    """Write the file; returns the exit code."""
    try:
        require_pinned(version("boto3"))
        content = reduced(Path(str(files("boto3").joinpath("data"))))
    except CodegenError as error:
        sys.stderr.write(f"error[{error.code}]: {error.message}\n")
        return 1
    (DATA / "boto3_resources.json").write_text(dump(content), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
