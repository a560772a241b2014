"""Whether a request carries the tags that a policy speaks of.

Owns the three ways in which AWS operations take tags. Which operations a requirement or
a condition is about, and what becomes of a refusal, is decided elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .model import Effect
from .pattern import Pattern

if TYPE_CHECKING:
    from ..operation import Tags

_MAP = "map"
_SPECIFICATIONS = "specifications"  # the texts of smithgate.operation.TagStyle


def missing_tag(
    arguments: Mapping[str, Any],
    shape: "Tags",
    required: Sequence[tuple[str, Pattern]],
) -> str | None:
    """Return what is wrong with a request's tags, ``None`` when nothing is.

    Every required key must be there, and each of its values must match in full. EC2
    specifications must be there, and each of them must carry every tag.
    """
    document = _at(arguments, shape.member)
    if shape.style != _SPECIFICATIONS:
        return _judge(dict_of(document, shape), required, f"`{shape.member}`")
    if not isinstance(document, list) or not document:
        return f"`{shape.member}` has no specification to carry the tags"
    for index, item in enumerate(document):
        inner = item.get("Tags") if isinstance(item, Mapping) else None
        where = f"`{shape.member}[{index}].Tags`"
        problem = _judge(dict_of(inner, shape), required, where)
        if problem is not None:
            return problem
    return None


def tag_condition_holds(
    arguments: Mapping[str, Any],
    shape: "Tags",
    key: str,
    pattern: Pattern,
    effect: Effect,
) -> bool:
    """Say whether a request's tags fulfil a rule's condition on one key.

    To permit, every place that carries tags must have the key, and all its values must
    match; to deny, one value that matches is enough, and one that is no text does.
    """
    carriers = list(_carriers(arguments, shape))
    if effect is Effect.DENY:
        return any(
            _matches(pattern, value, unusable=True)
            for tags in carriers
            for value in tags.get(key, ())
        )
    return bool(carriers) and all(
        key in tags and all(_matches(pattern, value) for value in tags[key])
        for tags in carriers
    )


def _carriers(
    arguments: Mapping[str, Any], shape: "Tags"
) -> Iterator[dict[str, list[Any]]]:
    """Yield the tags of each place that carries some: one, or one a specification."""
    document = _at(arguments, shape.member)
    if shape.style != _SPECIFICATIONS:
        yield dict_of(document, shape)
    elif isinstance(document, list):
        for item in document:
            inner = item.get("Tags") if isinstance(item, Mapping) else None
            yield dict_of(inner, shape)


def dict_of(document: Any, shape: "Tags") -> dict[str, list[Any]]:
    """Return each tag key with its values; what has no tag form gives no tags.

    A key may be given twice in a list: AWS refuses that, and until it does both values
    count.
    """
    found: dict[str, list[Any]] = {}
    for key, value in _pairs(document, shape):
        if isinstance(key, str):
            found.setdefault(key, []).append(value)
    return found


def _pairs(document: Any, shape: "Tags") -> Iterator[tuple[Any, Any]]:
    if shape.style == _MAP:
        if isinstance(document, Mapping):
            yield from document.items()
    elif isinstance(document, list):
        for item in document:
            if isinstance(item, Mapping):
                yield item.get(shape.key), item.get(shape.value)


def _judge(
    tags: Mapping[str, Sequence[Any]],
    required: Sequence[tuple[str, Pattern]],
    where: str,
) -> str | None:
    for key, pattern in required:
        if key not in tags:
            return f"tag `{key}` is missing in {where}"
        if not all(_matches(pattern, value) for value in tags[key]):
            return f"tag `{key}` in {where} does not match `{pattern.text}`"
    return None


def _matches(pattern: Pattern, value: Any, *, unusable: bool = False) -> bool:
    if not isinstance(value, str):
        return unusable
    try:
        return pattern.matches(value)
    except UnicodeEncodeError:
        return unusable  # a lone surrogate is no text that AWS could store


def _at(arguments: Mapping[str, Any], path: str) -> Any:
    value: Any = arguments
    for segment in path.split("."):
        if not isinstance(value, Mapping) or segment not in value:
            return None
        value = value[segment]
    return value
