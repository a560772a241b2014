"""IAM policy documents by meaning: single or list, order and case where AWS has none.

Sources: "IAM JSON policy element reference" and "Policy grammar" of the IAM user
guide. Where two forms are only nearly the same (``"Principal": "*"`` and
``{"AWS": "*"}``) they stay different: a false "unchanged" is the dangerous answer.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..canonical import canonical_json

_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")
_DEFAULT_VERSION = "2008-10-17"  # what AWS takes a document without a version for


def is_policy(value: Mapping[str, Any]) -> bool:
    """Say whether a JSON object is a policy document: statements with an effect."""
    statements = _listed(value.get("Statement"))
    return bool(statements) and all(
        isinstance(item, Mapping) and item.get("Effect") in {"Allow", "Deny"}
        for item in statements
    )


def policy_meaning(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy document in one form; call it for ``is_policy`` ones only."""
    statements = [_statement(item) for item in _listed(document["Statement"])]
    return {
        "Version": _DEFAULT_VERSION,
        **document,
        "Statement": sorted(statements, key=canonical_json),
    }


def same_member(path: tuple[str, ...], left: Any, right: Any) -> bool:
    """Say whether two values of one member of a statement mean the same."""
    if "Statement" not in path or not path:
        return False
    *above, name = path
    if above and above[-1] in _PRINCIPALS:
        sides = [{above[-1]: {name: value}} for value in (left, right)]
    elif name in (*_LISTS, *_PRINCIPALS, "Condition"):
        sides = [{name: value} for value in (left, right)]
    else:
        return False
    return _statement(sides[0]) == _statement(sides[1])


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    out = {k: v for k, v in statement.items() if not (k == "Sid" and v == "")}
    for name in _LISTS:
        if name in out:
            values = [
                v.lower() if isinstance(v, str) and name.endswith("Action") else v
                for v in _listed(out[name])
            ]
            out[name] = _set(values)
    for name in _PRINCIPALS:
        if isinstance(out.get(name), Mapping):
            out[name] = {
                kind: _set([_principal(v) for v in _listed(values)])
                for kind, values in out[name].items()
            }
    if isinstance(out.get("Condition"), Mapping):
        out["Condition"] = {
            operator: (
                {key: _set(_texts(v)) for key, v in keys.items()}
                if isinstance(keys, Mapping)
                else keys
            )
            for operator, keys in out["Condition"].items()
        }
    return out


def _set(values: list[Any]) -> list[Any]:
    unique = {canonical_json(value): value for value in values}
    return [unique[text] for text in sorted(unique)]


def _principal(value: Any) -> Any:
    """Return one form for an account id and the ARN of its root."""
    match = _ROOT.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else value


def _texts(values: Any) -> list[Any]:
    """Return condition values as texts: ``true`` and ``"true"`` are the same."""
    return [
        (
            str(value).lower()
            if isinstance(value, bool)
            else str(value) if isinstance(value, int | float) else value
        )
        for value in _listed(values)
    ]
