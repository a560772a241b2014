"""The operations of a service, however deep the resources that bind them.

Owns the walk from the service shape. In AWS models every sixth operation is
reachable only through a resource, so a list of the service's own is not enough.
"""

from collections.abc import Callable, Iterator

from .ids import ShapeId
from .shapes import BoundOperation, Shape

Expect = Callable[..., Shape]
_Binding = tuple[ShapeId, ShapeId | None, str | None]


def bound_operations(service: Shape, expect: Expect) -> tuple[BoundOperation, ...]:
    """Return every operation in the closure of ``service`` once, sorted by name.

    Of several bindings of one operation the most telling one stays: a resource's
    lifecycle before a plain resource binding before the service's own.
    """
    best: dict[ShapeId, _Binding] = {}
    for binding in _walk(service, expect):
        known = best.get(binding[0])
        if known is None or _rank(binding) > _rank(known):
            best[binding[0]] = binding
    return tuple(
        BoundOperation(expect(shape_id, "operation"), resource, lifecycle)
        for shape_id, resource, lifecycle in sorted(
            best.values(),
            key=lambda b: (b[0].name, b[0].namespace),
        )
    )


def _rank(binding: _Binding) -> int:
    _, resource, lifecycle = binding
    return (resource is not None) + (lifecycle is not None)


def _walk(service: Shape, expect: Expect) -> Iterator[_Binding]:
    yield from ((operation, None, None) for operation in service.operations)
    seen: set[ShapeId] = set()
    waiting = list(reversed(service.resources))
    while waiting:
        shape_id = waiting.pop()
        if shape_id in seen:
            continue
        seen.add(shape_id)
        resource = expect(shape_id, "resource")
        for lifecycle, operation in resource.lifecycle.items():
            yield operation, shape_id, lifecycle
        for operation in resource.operations + resource.collection_operations:
            yield operation, shape_id, None
        waiting.extend(reversed(resource.resources))
