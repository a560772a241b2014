"""AWS's own examples as an agent would send them.

Owns finding them (the ``examples`` trait of the public models, botocore's
``examples-1.json``) and the two conversions that our schemas ask for. Everything else
is left as AWS wrote it:

- A timestamp given as a number is the wire's epoch seconds; RFC 3339 is sent instead.
  A timestamp given as text is sent as it is.
- A blob in an example is plain text by Smithy's documentation. Text that is canonical
  base64 already is sent as it is, everything else as the base64 of its UTF-8.
"""

import base64
import binascii
import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore
from corpus import Place
from smithgate_codegen.model import Model, Shape, ShapeId

_EXAMPLES = "smithy.api#examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One published example of one operation."""

    operation: str
    title: str
    request: Any

    @property
    def key(self) -> str:
        """Operation and title hash: what a judgement is filed under."""
        return f"{self.operation}#{hashlib.sha256(self.title.encode()).hexdigest()[:8]}"


def examples_of(place: Place, model: Model) -> Iterator[Example]:
    """Yield the examples of a model's operations, converted."""
    shapes = {bound.shape.id.name: bound.shape for bound in model.operations()}
    published = _botocore(place) if place.model_set == "botocore" else _traits(shapes)
    for operation, title, request in published:
        shape = shapes.get(operation)
        if shape is None or shape.input is None:
            continue
        yield Example(operation, title, Conversion(model).value(shape.input, request))


def _traits(shapes: dict[str, Shape]) -> Iterator[tuple[str, str, Any]]:
    for name, shape in shapes.items():
        for example in shape.traits.get(_EXAMPLES, ()):
            # An example of an error can be meant to break a rule, and says so.
            if not example.get("allowConstraintErrors"):
                yield name, example["title"], example.get("input", {})


def _botocore(place: Place) -> Iterator[tuple[str, str, Any]]:
    data = Path(botocore.__file__).parent / "data" / place.client_name
    versions = sorted(path for path in data.iterdir() if path.is_dir())
    path = versions[-1] / "examples-1.json"
    if path.is_file():
        text = path.read_bytes()
    elif path.with_suffix(".json.gz").is_file():
        text = gzip.decompress(path.with_suffix(".json.gz").read_bytes())
    else:
        return
    for operation, examples in (json.loads(text).get("examples") or {}).items():
        for example in examples:
            title = example.get("title") or example.get("id") or ""
            yield operation, title, example.get("input", {})


class Conversion:
    """Walks a value with the model and converts blobs and times on the way."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def value(self, target: ShapeId, value: Any) -> Any:
        """Return the value as an agent writes it; what does not fit stays."""
        shape = self._model.expect_shape(target)
        match shape.type, value:
            case ("structure" | "union"), dict():
                return {
                    name: (
                        self.value(shape.members[name].target, item)
                        if name in shape.members
                        else item
                    )
                    for name, item in value.items()
                }
            case "list", list():
                return [self.value(shape.members["member"].target, v) for v in value]
            case "map", dict():
                below = shape.members["value"].target
                return {key: self.value(below, item) for key, item in value.items()}
            case "blob", str():
                return _blob(value)
            case "timestamp", (int() | float()):
                return _time(value)
        return value


def _blob(text: str) -> str:
    try:
        if base64.b64encode(base64.b64decode(text, validate=True)).decode() == text:
            return text
    except (binascii.Error, ValueError):
        pass  # plain text, then
    return base64.b64encode(text.encode()).decode()


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
