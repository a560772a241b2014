"""Names that botocore does not have and Smithy needs.

Owns the namespace, the name of the service shape and of shapes that the conversion
makes up. Names of operations and shapes stay botocore's, but for a shape that is
called like an operation: the two share one set of names in Smithy.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_UPPER_START = re.compile(r"[^A-Za-z0-9]+")


class Names:
    """Shape ids of one converted service."""

    def __init__(self, service_id: str, document: Mapping[str, Any]) -> None:
        operations, shapes = document["operations"], document["shapes"]
        self.namespace = namespace_of(service_id)
        self._taken = {*operations, *shapes}
        self._renamed = {
            name: self.unused(f"{name}Shape")
            for name in sorted(operations.keys() & shapes.keys())
        }
        self.service = self._id(self.unused(_service_name(service_id)))

    def operation(self, name: str) -> str:
        """Return the id of an operation."""
        return self._id(name)

    def shape(self, name: str) -> str:
        """Return the id of a botocore shape."""
        return self._id(self._renamed.get(name, name))

    def made_up(self, name: str) -> str:
        """Return the id of a shape that botocore does not have, near ``name``."""
        return self._id(self.unused(name))

    def unused(self, name: str) -> str:
        """Reserve and return ``name``, with a number behind it if it is taken."""
        candidate = _first_free(name, self._taken)
        self._taken.add(candidate)
        return candidate

    def _id(self, name: str) -> str:
        return f"{self.namespace}#{name}"


def namespace_of(service_id: str) -> str:
    """Return upstream's namespace for a service id (equal for all 380 compared)."""
    return "com.amazonaws." + re.sub(r"[^a-z0-9]", "", service_id.lower())


def _service_name(service_id: str) -> str:
    words = _UPPER_START.split(service_id)
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else f"Service{name}"


def _first_free(name: str, taken: Iterable[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}{count}"
    return candidate
