"""``python -m smithgate_codegen.knowledge.refresh_types OUT``: resource types as data.

Reduces the resource schemas of CloudFormation's registry, as the installed cfn-lint
carries them, to which operations Cloud Control calls to create, update or delete a
resource of a type. The runtime's policy reads the file: who denies ``s3:DeleteBucket``
denies ``cloudcontrol:DeleteResource`` of an ``AWS::S3::Bucket``, too.

A handler's IAM actions become canonical ids by ``data/iam_actions.json``; those that
only read are left out, those that no operation has stay as they are, and where nothing
is left the handler is left out, which the runtime denies.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from .datasets import FORMAT_VERSION
from .iam import access_of, known_operations
from .words import words_of

HANDLERS = ("create", "update", "delete")
NOTICE = (
    "Which operations Cloud Control calls for a resource type: handler permissions of "
    "the CloudFormation registry schemas, reduced from cfn-lint (MIT No Attribution, "
    "Copyright Amazon.com, Inc. or its affiliates). `opens` names the handlers that may "
    "pass a role or have an action of access level permissions management."
)
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_PASS_ROLE = "iam:passrole"  # noqa: S105 - the name of an action
_LINKED_ROLE = "iam:createservicelinkedrole"
"""Left out: AWS fixes what such a role may do, and hundreds of handlers may make one."""
_READING = {"Describe", "Get", "List"}


def main(arguments: list[str]) -> int:
    """Write the file; returns the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: refresh_types OUT\n")
        return 2
    text = render(schemas(), {"cfn-lint": version("cfn-lint")})
    Path(arguments[0]).write_text(text, encoding="utf-8")
    return 0


def schemas() -> list[Mapping[str, Any]]:
    """Return the registry schemas of the installed cfn-lint."""
    folder = files("cfnlint").joinpath("data/schemas/resources")
    return [
        json.loads(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".json")
    ]


def render(found: Iterable[Mapping[str, Any]], sources: Mapping[str, str]) -> str:
    """Return the file's text: one line a type, sorted."""
    rows = {str(schema["typeName"]): row_of(schema) for schema in found}
    lines = [
        f"    {json.dumps(name)}: {json.dumps(row, separators=(', ', ': '))}"
        for name, row in sorted(rows.items())
        if row
    ]
    head = {
        "format_version": FORMAT_VERSION,
        "notice": NOTICE,
        "sources": dict(sources),
    }
    start = json.dumps(head, indent=2).removesuffix("\n}")
    return start + ',\n  "types": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def row_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the file says of one type: handler → service → operation names."""
    row: dict[str, Any] = {}
    opens = []
    for handler in HANDLERS:
        listed = schema.get("handlers", {}).get(handler, {}).get("permissions", ())
        actions = {action.casefold(): action for action in listed}
        actions.pop(_LINKED_ROLE, None)
        passes = actions.pop(_PASS_ROLE, None) is not None
        ids = {
            (name, permits)
            for action in actions.values()
            for name, permits in _ids(action)
        }
        if not ids:
            continue
        by_service: dict[str, set[str]] = defaultdict(set)
        for name, _ in ids:
            service, _, operation = name.partition(":")
            by_service[service].add(operation)
        row[handler] = {
            service: " ".join(sorted(names))
            for service, names in sorted(by_service.items())
        }
        if passes or any(permits for _, permits in ids):
            opens.append(handler)
    if opens:
        row["opens"] = opens
    return row


def _ids(action: str) -> list[tuple[str, bool]]:
    """Return the operations behind an action that change something.

    Each with whether it decides who may do what.
    """
    known = _by_action().get(action.casefold())
    if known is not None:
        return [(name, permits) for name, changes, permits in known if changes]
    name = action.partition(":")[2]
    if not _ACTION.fullmatch(action) or words_of(name)[0] in _READING:
        return []
    return [(action, False)]


@cache
def _by_action() -> Mapping[str, list[tuple[str, bool, bool]]]:
    """Return folded action → operations that it is for: id, changes, permits."""
    found: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
    for service, name in known_operations():
        access = access_of(service, name)
        if access is not None:
            row = (f"{service}:{name}", access.changes, access.permits)
            found[access.actions[0].casefold()].append(row)  # the main one
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
