"""A temporary tree of every AWS service, with the index files only.

Owns the short cut: the index and the search file are made by the generator's own
functions, but straight from botocore's models and without modules and schemas, which
search never reads. Risk is guessed from the verb, since ranking does not look at it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from smithgate_codegen.emit.index import index_text, skipped_text, tool_name
from smithgate_codegen.emit.search import search_columns, search_text
from smithgate_codegen.ir import folder_of
from smithgate_codegen.knowledge.summary import summary_of
from smithgate_codegen.search import load_intents, phrases_of, search_words
from smithgate_codegen.sync.clients import client_table

_READS = ("Get", "List", "Describe", "Search", "BatchGet", "Lookup")


def write_full_tree(root: Path, *, wishes: bool = True) -> Path:
    """Write the index files of all services below ``root`` and return it."""
    services: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    source: dict[str, Any] = {}
    columns: dict[str, list[str]] = {}
    for name, model in _models():
        services[name] = _service(name, model)
        source[name] = {"version": model["metadata"]["apiVersion"]}
        for spelled, operation in model["operations"].items():
            entry = _entry(name, spelled, operation, model["shapes"])
            id_ = f"{name}:{spelled}"
            operations[id_] = entry
            words = search_words(
                operation.get("documentation"),
                entry["summary"],
                _members(operation, model["shapes"]),
                name=spelled,
                inputs=_inputs(operation, model["shapes"]),
            )
            columns[id_] = search_columns(words, id_, ())
    told = load_intents().of(operations) if wishes else {}
    root.mkdir(parents=True, exist_ok=True)
    index = index_text(source=source, services=services, operations=operations)
    (root / "index.json").write_text(index)
    (root / "skipped.json").write_text(skipped_text({}))
    (root / "search.txt").write_text(search_text(columns, told, phrases_of(columns)))
    return root


def _models() -> Iterator[tuple[str, Mapping[str, Any]]]:
    loader = botocore.session.get_session().get_component("data_loader")
    for name in loader.list_available_services("service-2"):
        yield name, loader.load_service_model(name, "service-2")


def _service(name: str, model: Mapping[str, Any]) -> dict[str, Any]:
    metadata = model["metadata"]
    sdk_id = metadata.get("serviceId", name)
    others = [metadata.get(key) for key in ("endpointPrefix", "signingName")]
    known = [sdk_id, *(other for other in others if other)]
    return {
        "aliases": sorted(client_table().aliases(name, known)),
        "namespace": f"com.amazonaws.{name.replace('-', '')}",
        "sdk_id": sdk_id,
        "title": metadata.get("serviceFullName", sdk_id),
    }


def _entry(
    service: str, name: str, operation: Mapping[str, Any], shapes: Mapping[str, Any]
) -> dict[str, Any]:
    method = xform_name(name)
    path = f"{folder_of(service)}/{method}"
    reads = name.startswith(_READS)
    given = operation.get("input", {}).get("shape")
    return {
        "change": "none" if reads else "other",
        "deprecated": bool(operation.get("deprecated")),
        "method": method,
        "module": f"{path}.py",
        "output_schema": f"{path}.output.json",
        "required": sorted(shapes[given].get("required", ())) if given else [],
        "risk": "read" if reads else "write",
        "schema": f"{path}.schema.json",
        "summary": summary_of(operation.get("documentation")),
        "tool": tool_name(service, method),
    }


def _members(operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[str]:
    for side in ("input", "output"):
        if side in operation:
            yield from shapes[operation[side]["shape"]].get("members", {})


def _inputs(
    operation: Mapping[str, Any], shapes: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the documentation of each top-level input and the values of its enum."""
    given = shapes[operation["input"]["shape"]] if "input" in operation else {}
    told: dict[str, list[str]] = {}
    for name, reference in given.get("members", {}).items():
        target = shapes[reference["shape"]]
        text = reference.get("documentation") or target.get("documentation") or ""
        if target["type"] == "list":
            target = shapes[target["member"]["shape"]]
        told[name] = [text, *target.get("enum", ())]
    return told
