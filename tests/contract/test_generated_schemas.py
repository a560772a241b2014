"""Every generated schema is valid, closed where it must be, and sorted."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from smithgate_codegen.emit.schema import dump_schema

from generated import ROOT, generated

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key in {"properties", "$defs"}:
                for child in value.values():
                    yield from nodes(child)
            elif key not in {"enum", "default", "required", "examples", "const"}:
                yield from nodes(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from nodes(item)


def every() -> Iterator[tuple[str, str, Any]]:
    for key, schema in generated().inputs.items():
        yield key, "schema", schema
    for key, schema in generated().outputs.items():
        yield key, "output_schema", schema


def test_schemas_are_valid_and_objects():
    for key, kind, schema in every():
        assert schema["$schema"] == DIALECT, (key, kind)
        assert schema["type"] == "object", (key, kind)
        jsonschema_rs.meta.validate(schema)


def test_requests_are_closed_and_replies_are_open():
    for key, schema in generated().inputs.items():
        for node in nodes(schema):
            if "properties" in node:
                assert node.get("additionalProperties") is False, key
    for key, schema in generated().outputs.items():
        assert not any(
            n.get("additionalProperties") is False for n in nodes(schema)
        ), key


def test_replies_carry_no_prose():
    for key, schema in generated().outputs.items():
        assert not any("description" in node for node in nodes(schema)), key


def test_members_and_enums_are_sorted():
    for key, kind, schema in every():
        for node in nodes(schema):
            for name in ("properties", "$defs"):
                assert list(node.get(name, {})) == sorted(node.get(name, {})), (
                    key,
                    kind,
                )
            for name in ("enum", "required"):
                values = node.get(name, [])
                if all(isinstance(value, str) for value in values):
                    assert values == sorted(set(values)), (key, kind, name)


def test_every_reference_resolves():
    for key, kind, schema in every():
        for node in nodes(schema):
            if "$ref" in node:
                prefix, _, name = node["$ref"].rpartition("/")
                assert prefix == "#/$defs", (key, kind)
                assert name in schema["$defs"], (key, kind)


def test_the_declaration_requires_what_the_schema_requires():
    for key, operation in generated().operations.items():
        schema = generated().inputs[key]
        assert list(operation.required) == schema.get("required", []), key
        members = set(schema.get("properties", {}))
        assert {*operation.labels, *operation.headers} <= members, key
        token = operation.idempotency_token
        if token is not None:
            assert schema["properties"][token]["x-idempotency-token"] is True, key
        if operation.dry_run is not None:
            assert operation.dry_run in members, key


def test_secrets_are_marked_in_both_places():
    for key, operation in generated().operations.items():
        for schema, paths in (
            (generated().inputs[key], operation.sensitive),
            (generated().outputs[key], operation.sensitive_output),
        ):
            marked = any(node.get("x-sensitive") for node in nodes(schema))
            assert marked == bool(paths), (key, paths)
            for path in paths:
                assert is_marked(schema, path), (key, path)


def is_marked(schema: Any, path: str) -> bool:
    """Whether a masked path resolves and is, or holds, a marked node."""
    node = schema
    for part in path.replace("[]", ".[]").replace("{}", ".{}").split("."):
        node = child(schema, node, part)
    if node.get("x-sensitive"):
        return True
    # A branch masked as a whole because it recurs: its secrets are further down.
    below = [target(schema, node), *schema.get("$defs", {}).values()]
    return any(n.get("x-sensitive") for part in below for n in nodes(part))


def child(schema: Any, node: Any, part: str) -> Any:
    if node.get("x-sensitive"):
        return node
    node = target(schema, node)
    if part == "[]":
        return node["items"]
    if part == "{}":
        return node["additionalProperties"]
    if "properties" in node and part in node["properties"]:
        return node["properties"][part]
    for branch in node.get("oneOf", node.get("anyOf", [])):
        found = target(schema, branch)
        if part in found.get("properties", {}):
            return found["properties"][part]
    raise AssertionError(part)


def target(schema: Any, node: Any) -> Any:
    while "$ref" in node and "properties" not in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def test_files_are_printed_as_the_generator_prints_them():
    for entry in list(generated().index["operations"].values())[::10]:
        for kind in ("schema", "output_schema"):
            text = (ROOT / entry[kind]).read_text()
            assert dump_schema(json.loads(text)) == text, entry[kind]
