"""Small Smithy models for tests of the generator, written member by member.

A member is ``"Name": "type"``; ``!`` behind the name makes it required, ``*`` marks it
sensitive, ``@`` makes it the idempotency token. A type is a simple type of Smithy,
``[type]``, ``{type}``, the name of a shape in ``shapes``, or ``<streaming>``.
"""

import json
from collections.abc import Mapping
from typing import Any

from smithgate_codegen.knowledge.subject import Subject
from smithgate_codegen.model import Model, load_model
from smithgate_codegen.sync.service import ServiceModel

NAMESPACE = "example.kit"
_SIMPLE = {
    "blob": "Blob",
    "boolean": "Boolean",
    "integer": "Integer",
    "string": "String",
    "timestamp": "Timestamp",
}


class Kit:
    """Collects shapes and makes a model of them."""

    def __init__(self, sdk_id: str = "Kit", errors: Mapping[str, str | None] = {}):
        self.nodes: dict[str, Any] = {}
        self.operations: list[str] = []
        self.resources: dict[str, Any] = {}
        self.traits = {"aws.api#service": {"sdkId": sdk_id, "arnNamespace": "kit"}}
        for name, code in errors.items():
            traits: dict[str, Any] = {"smithy.api#error": "client"}
            if code:
                traits["aws.protocols#awsQueryError"] = {"code": code}
            self._add(name, {"type": "structure", "members": {}, "traits": traits})

    def shape(self, name: str, members: Mapping[str, str], **node: Any) -> "Kit":
        self._add(
            name, {"type": "structure", "members": self._members(members), **node}
        )
        return self

    def text(self, name: str) -> "Kit":
        self._add(name, {"type": "string"})
        return self

    def enum(self, name: str, *values: str) -> "Kit":
        members = {
            f"V{number}": {
                "target": "smithy.api#Unit",
                "traits": {"smithy.api#enumValue": value},
            }
            for number, value in enumerate(values)
        }
        self._add(name, {"type": "enum", "members": members})
        return self

    def op(
        self,
        name: str,
        takes: Mapping[str, str] | None = None,
        gives: Mapping[str, str] | None = None,
        *,
        errors: tuple[str, ...] = (),
        listed: bool = True,
        **traits: Any,
    ) -> "Kit":
        node: dict[str, Any] = {"type": "operation", "traits": {}}
        for trait, value in traits.items():
            node["traits"][f"smithy.api#{trait}"] = value
        for key, members in (("input", takes), ("output", gives)):
            if members is not None:
                self.shape(f"{name}{key.title()}", members)
                node[key] = {"target": f"{NAMESPACE}#{name}{key.title()}"}
        node["errors"] = [{"target": f"{NAMESPACE}#{error}"} for error in errors]
        self._add(name, node)
        if listed:
            self.operations.append(name)
        return self

    def resource(self, name: str, **lifecycle: str) -> "Kit":
        bound = {k: {"target": f"{NAMESPACE}#{v}"} for k, v in lifecycle.items()}
        self._add(name, {"type": "resource", **bound})
        self.resources[name] = bound
        return self

    def document(self) -> dict[str, Any]:
        service = {
            "type": "service",
            "version": "2026-01-01",
            "traits": self.traits,
            "operations": [{"target": f"{NAMESPACE}#{n}"} for n in self.operations],
            "resources": [{"target": f"{NAMESPACE}#{n}"} for n in self.resources],
        }
        shapes = {f"{NAMESPACE}#KitService": service, **self.nodes}
        return {"smithy": "2.0", "shapes": shapes}

    def model(self) -> Model:
        return load_model(json.dumps(self.document()).encode(), origin="kit.json")

    def subjects(self, service: str = "kit") -> dict[str, Subject]:
        return subjects_of(self.model(), service)

    def subject(self, name: str, service: str = "kit") -> Subject:
        return self.subjects(service)[name]

    def service(
        self, client_name: str = "kit", methods: Mapping[str, str | None] = {}
    ) -> ServiceModel:
        model = self.model()
        known = {b.shape.id.name: b.shape.id.name.lower() for b in model.operations()}
        known |= {name: method for name, method in methods.items() if method}
        for name in [name for name, method in methods.items() if method is None]:
            del known[name]
        return ServiceModel(
            client_name=client_name,
            sdk_id="Kit",
            model=model,
            methods=known,
            aliases=("kit-alias",),
            title="Kit Service",
            source="kit",
            version="2026-01-01",
            sha256="0" * 64,
            in_boto3=False,
        )

    def _add(self, name: str, node: dict[str, Any]) -> str:
        shape_id = f"{NAMESPACE}#{name}"
        self.nodes[shape_id] = node
        return shape_id

    def _members(self, members: Mapping[str, str]) -> dict[str, Any]:
        return dict(self._member(name, kind) for name, kind in members.items())

    def _member(self, name: str, kind: str) -> tuple[str, Any]:
        traits: dict[str, Any] = {}
        for mark, trait in (
            ("!", "required"),
            ("*", "sensitive"),
            ("@", "idempotencyToken"),
        ):
            if mark in name:
                name = name.replace(mark, "")
                traits[f"smithy.api#{trait}"] = {}
        return name, {"target": self._target(kind), "traits": traits}

    def _target(self, kind: str) -> str:
        if kind in _SIMPLE:
            return f"smithy.api#{_SIMPLE[kind]}"
        if kind == "<streaming>":
            traits: dict[str, Any] = {"smithy.api#streaming": {}}
            return self._add("StreamedBlob", {"type": "blob", "traits": traits})
        if kind[0] in "[{":
            inner = self._target(kind[1:-1])
            name = "".join(c if c.isalnum() else "_" for c in kind) + "Of"
            if kind[0] == "[":
                node = {"type": "list", "member": {"target": inner}}
                return self._add(f"List{name}", node)
            key = {"target": "smithy.api#String"}
            node = {"type": "map", "key": key, "value": {"target": inner}}
            return self._add(f"Map{name}", node)
        return f"{NAMESPACE}#{kind}"


def subjects_of(model: Model, service: str) -> dict[str, Subject]:
    found = {}
    for bound in model.operations():
        subject = Subject(service, model, bound.shape, bound.resource, bound.lifecycle)
        found[subject.name] = subject
    return found
