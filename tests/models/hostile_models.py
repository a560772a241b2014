"""Whole models made of hostile text: valid where a name must be, hostile elsewhere.

Owns which places of a model can hold text. ``models`` draws models whose names Smithy
takes; ``spoiled_models`` puts one name into them that Smithy refuses.
"""

import json
from collections.abc import Callable
from typing import Any

from hostile_texts import bad_names, good_names, texts
from hypothesis import strategies as st

Draw = Any
NAMESPACE = "com.example.fuzz"
_API = "smithy.api#"
_VERBS = ("Get", "Put", "Create", "Delete", "List", "Update", "Tag", "Run", "")
_SIMPLE = ("String", "Integer", "Long", "Boolean", "Timestamp", "Blob", "Double")


@st.composite
def models(draw: Draw, *, bad_ids: bool = True) -> dict[str, Any]:
    """Draw a model of one service with one to three operations.

    ``bad_ids`` lets the sdk id, of which the folder's name is made, be any text.
    """
    return _Maker(draw, bad_ids=bad_ids).model()


@st.composite
def spoiled_models(draw: Draw) -> dict[str, Any]:
    """Draw a model with one name that is no identifier."""
    model = draw(models(bad_ids=False))
    bad = draw(bad_names)
    places = [
        (place, name)
        for place in _name_places(model)
        for name in list(place)  # the shapes themselves, and the members of each
    ]
    place, name = draw(st.sampled_from(places))
    if place is model["shapes"]:
        text = json.dumps(model)
        new = json.dumps(f"{NAMESPACE}#{bad}")
        renamed: dict[str, Any] = json.loads(text.replace(json.dumps(name), new))
        return renamed
    place[bad] = place.pop(name)
    return dict(model)


def _name_places(model: dict[str, Any]) -> list[dict[str, Any]]:
    shapes = model["shapes"]
    members = [node["members"] for node in shapes.values() if node.get("members")]
    return [shapes, *members]


class _Maker:
    """Draws one model; every text comes from the hostile ones."""

    def __init__(self, draw: Draw, *, bad_ids: bool) -> None:
        self._draw = draw
        self._bad_ids = bad_ids
        self._shapes: dict[str, Any] = {}

    def model(self) -> dict[str, Any]:
        count = self._draw(st.integers(1, 3))
        operations = [self._operation() for _ in range(count)]
        service = self._fresh("service", self._service())
        names = list(dict.fromkeys(operations))
        service["operations"] = [{"target": name} for name in names]
        return {
            "smithy": "2.0",
            "metadata": {self._text(): self._text()},
            "shapes": self._shapes,
        }

    def _text(self) -> str:
        text: str = self._draw(texts)
        return text

    def _maybe(self, chance: int = 2) -> bool:
        return int(self._draw(st.sampled_from(range(chance)))) == chance - 1

    def _sdk_id(self) -> str:
        # A bad one is refused by ``sync``, before anything else is looked at.
        return self._text() if self._bad_ids and self._maybe(4) else "Fuzz Service"

    def _name(self, used: Any = ()) -> str:
        name: str = self._draw(good_names)
        while name in used:
            name += "x"
        return name

    def _fresh(self, kind: str, node: dict[str, Any], prefix: str = "") -> Any:
        shape_id = f"{NAMESPACE}#{prefix}{self._name()}"
        while shape_id in self._shapes:
            shape_id += "x"
        self._shapes[shape_id] = {"type": kind, **node}
        node = self._shapes[shape_id]
        node.setdefault("traits", {})
        self._last = shape_id
        return node

    def _service(self) -> dict[str, Any]:
        traits: dict[str, Any] = {
            "aws.api#service": {
                "sdkId": self._sdk_id(),
                "arnNamespace": self._text(),
                "endpointPrefix": self._text(),
                "cloudTrailEventSource": self._text(),
            },
            "aws.auth#sigv4": {"name": self._text()},
            f"{_API}title": self._text(),
            f"{_API}documentation": self._text(),
            "aws.protocols#restJson1": {},
        }
        return {"version": self._text(), "traits": traits}

    def _operation(self) -> str:
        error = self._fresh("structure", {"members": self._members(1)})
        error["traits"] = {
            f"{_API}error": "client",
            "aws.protocols#awsQueryError": {
                "code": self._text(),
                "httpResponseCode": 404,
            },
        }
        error_id = self._last
        asked = self._structure(is_input=True)
        given = self._structure(is_input=False)
        node = {
            "input": {"target": asked},
            "output": {"target": given},
            "errors": [{"target": error_id}],
            "traits": self._operation_traits(),
        }
        self._fresh("operation", node, prefix=self._draw(st.sampled_from(_VERBS)))
        return self._last

    def _operation_traits(self) -> dict[str, Any]:
        text = self._text
        optional: dict[str, Callable[[], Any]] = {
            f"{_API}http": lambda: {"method": "POST", "uri": text(), "code": 200},
            f"{_API}deprecated": lambda: {"message": text(), "since": text()},
            f"{_API}tags": lambda: [text()],
            f"{_API}paginated": lambda: {"inputToken": text(), "items": text()},
            f"{_API}examples": lambda: [{"title": text(), "input": {}}],
            "aws.iam#requiredActions": lambda: [text()],
            "aws.iam#actionName": text,
            f"{_API}readonly": dict,
            f"{_API}endpoint": lambda: {"hostPrefix": text()},
        }
        return {f"{_API}documentation": text(), **self._some(optional)}

    def _some(self, optional: dict[str, Callable[[], Any]]) -> dict[str, Any]:
        """Draw about a third of the traits."""
        picks = self._draw(st.integers(0, 4 ** len(optional) - 1))
        return {
            name: make()
            for at, (name, make) in enumerate(optional.items())
            if (picks >> (2 * at)) % 3 == 1
        }

    def _structure(self, *, is_input: bool) -> str:
        members = self._members(self._draw(st.integers(0, 4)), is_input=is_input)
        node = self._fresh("structure", {"members": members})
        node["traits"] = {f"{_API}documentation": self._text()}
        return self._last

    def _members(self, count: int, *, is_input: bool = False) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for _ in range(count):
            members[self._name(members)] = {
                "target": self._target(),
                "traits": self._member_traits(is_input=is_input),
            }
        return members

    def _target(self) -> str:
        kind = self._draw(st.sampled_from(("plain", "plain", "enum", "text", "list")))
        if kind == "plain":
            return f"{_API}{self._draw(st.sampled_from(_SIMPLE))}"
        if kind == "enum":
            members: dict[str, Any] = {}
            for value in self._draw(st.lists(texts, min_size=1, max_size=3)):
                members[self._name(members)] = {
                    "target": f"{_API}Unit",
                    "traits": {
                        f"{_API}enumValue": value,
                        f"{_API}documentation": self._text(),
                    },
                }
            self._fresh("enum", {"members": members})
        elif kind == "text":
            node = self._fresh("string", {})
            node["traits"] = {f"{_API}pattern": self._text()}
        else:
            self._fresh("list", {"member": {"target": f"{_API}String"}})
        return self._last

    def _member_traits(self, *, is_input: bool) -> dict[str, Any]:
        text = self._text
        optional: dict[str, Callable[[], Any]] = {
            f"{_API}documentation": text,
            f"{_API}default": text,
            f"{_API}jsonName": text,
            f"{_API}xmlName": text,
            f"{_API}required": dict,
            f"{_API}sensitive": dict,
            f"{_API}deprecated": lambda: {"message": text()},
            f"{_API}timestampFormat": text,
        }
        if is_input:
            optional |= {
                f"{_API}httpHeader": text,
                f"{_API}httpLabel": dict,
                f"{_API}httpQuery": text,
                f"{_API}idempotencyToken": dict,
            }
        return self._some(optional)
