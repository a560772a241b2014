"""The checks and conversions of one catalog's operations, in their fixed order.

Owns the order (limits, schema, conversion, labels and headers) and the caches.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..catalog import Catalog
from ..catalog.cache import LruCache
from ..errors import InputError, SchemaViolation
from ..operation import Operation
from . import reply
from .brief import describe_within
from .convert import Problem, convert
from .describe import describe_members
from .example import example_of, minimal_example
from .limits import Limits, check_limits
from .links import Link, check_link
from .nodes import Nodes, put_at
from .paths import has_path
from .reply import MAX_STREAM_BYTES, Metadata
from .unsafe import check_unsafe
from .validators import Validator, compile_schema
from .violations import Explainer

_COMPILED = 512
_HINT = "correct the listed members; describe_operation shows what an operation takes"


class _Compiled(NamedTuple):
    validator: Validator
    nodes: Nodes


class Arguments:
    """Validates and converts by the schemas of a catalog; threads may share it.

    Every ``operation_id`` is canonical: resolve other spellings with the catalog first.
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        limits: Limits = Limits(),  # noqa: B008 - an immutable tuple
        max_stream_bytes: int = MAX_STREAM_BYTES,
    ) -> None:
        self._catalog = catalog
        self._limits = limits
        self._max_stream_bytes = max_stream_bytes
        # By digest: a tree that is generated anew gets new validators.
        self._compiled: LruCache[tuple[str, str], _Compiled] = LruCache(_COMPILED)

    def check(self, operation_id: str, arguments: Any) -> None:
        """Check raw arguments, as they came from JSON and before any coercion.

        Raises ``InputTooLarge``, ``MalformedInput`` (not JSON), ``SchemaViolation``
        with ``violations`` (at most 20 of ``path``, ``rule``, ``message``, ``allowed``)
        and ``omitted`` (how many more) in its fields, ``UnsafeArgument``.
        """
        check_limits(arguments, self._limits)
        operation = self._catalog.operation(operation_id)
        compiled = self._compile(operation_id)
        valid = compiled.validator.is_valid(arguments)
        _, problems = convert(compiled.nodes, arguments)
        if not valid or problems:
            errors = compiled.validator.iter_errors(arguments)
            raise _violation(operation, compiled, arguments, errors, problems)
        check_unsafe(operation, arguments)

    def check_linked(
        self, operation_id: str, arguments: Any, links: Sequence[Link]
    ) -> None:
        """Check arguments of which some values are not known yet.

        Each link's place is checked by its type, and everything around it as it is.
        Raises ``BadReference`` and what ``check`` raises.
        """
        check_limits(arguments, self._limits)
        operation = self._catalog.operation(operation_id)
        compiled = self._compile(operation_id)
        filled = copy.deepcopy(arguments)
        for link in links:
            put_at(filled, link.at, None)
        for link in links:
            above = compiled.nodes.at(filled, link.at[:-1])
            declared = compiled.nodes.child(above, link.at[-1])
            output = Nodes(self._catalog.output_schema(link.source))
            check_link(link, compiled.nodes, declared, output)
            put_at(filled, link.at, example_of(compiled.nodes, declared))
        # No example may fit a pattern: only the links' own places are forgiven that.
        open_places = {link.at for link in links}
        errors = [
            error
            for error in compiled.validator.iter_errors(filled)
            if tuple(error.instance_path) not in open_places
        ]
        _, found = convert(compiled.nodes, filled)
        problems = [each for each in found if each.path not in open_places]
        if errors or problems:
            raise _violation(operation, compiled, filled, errors, problems)
        check_unsafe(operation, filled)

    def to_boto(
        self, operation_id: str, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return checked arguments as boto3's keyword arguments, in a new object.

        base64 text becomes bytes, timestamps aware datetimes in UTC. Raises
        ``SchemaViolation`` for a value that cannot be converted.
        """
        compiled = self._compile(operation_id)
        converted, problems = convert(compiled.nodes, dict(arguments))
        if problems:
            operation = self._catalog.operation(operation_id)
            raise _violation(operation, compiled, dict(arguments), (), problems)
        return dict(converted)

    def jsonable(self, response: Mapping[str, Any]) -> tuple[dict[str, Any], Metadata]:
        """Return a boto3 response as JSON values and its metadata apart.

        See ``reply.jsonable``.
        """
        return reply.jsonable(response, max_stream_bytes=self._max_stream_bytes)

    def missing_outputs(
        self, operation_id: str, response: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Return the members that the output schema requires and the reply lacks."""
        return reply.missing_outputs(
            self._catalog.output_schema(operation_id), response
        )

    def is_unread(
        self, operation_id: str, response: Mapping[str, Any], metadata: Metadata
    ) -> bool:
        """Say whether the reply had a body of which the SDK understood nothing.

        See ``reply.is_unread``; finds what ``missing_outputs`` cannot, since most
        output shapes require no member.
        """
        schema = self._catalog.output_schema(operation_id)
        return reply.is_unread(schema, response, metadata)

    @staticmethod
    def partial_failures(response: Mapping[str, Any]) -> dict[str, int]:
        """Return the members that tell of failed parts; see ``reply``."""
        return reply.partial_failures(response)

    def describe_within(
        self, operation_id: str, budget: int, member: str | None = None
    ) -> dict[str, Any]:
        """Return the input, or one nested member, in few bytes; see ``brief``."""
        schema = self._catalog.input_schema(operation_id)
        return describe_within(schema, budget, member)

    def has_path(self, operation_id: str, path: str) -> bool:
        """Say whether the input can have a value at a path of a policy condition."""
        return has_path(self._catalog.input_schema(operation_id), path)

    def describe(self, operation_id: str) -> dict[str, Any]:
        """Return ``members`` (required first) and a ``minimal_example`` of the input.

        A member is ``name``, ``type``, ``required`` and, where the schema has them,
        ``enum``, ``format``, limits, ``pattern``, ``sensitive``, ``default`` and
        ``description``. The example is ``None`` when none is found.
        """
        schema = self._catalog.input_schema(operation_id)
        return {
            "members": describe_members(schema),
            "minimal_example": self.minimal_example(operation_id),
        }

    def minimal_example(self, operation_id: str) -> Any:
        """Return the smallest arguments found that ``check`` accepts, or ``None``."""
        compiled = self._compile(operation_id)
        found = minimal_example(compiled.nodes.root)
        if found is None:
            return None
        try:
            self.check(operation_id, found)
        except InputError:
            return None
        return found

    def _compile(self, operation_id: str) -> _Compiled:
        key = (operation_id, self._catalog.digest(operation_id))
        return self._compiled.get(key, self._make)

    def _make(self, key: tuple[str, str]) -> _Compiled:
        operation_id, _ = key
        schema = self._catalog.input_schema(operation_id)
        name = self._catalog.entry(operation_id).schema
        return _Compiled(compile_schema(schema, name), Nodes(schema))


def _violation(
    operation: Operation,
    compiled: _Compiled,
    arguments: Any,
    errors: Iterable[Any],
    problems: list[Problem],
) -> SchemaViolation:
    explainer = Explainer(compiled.nodes, arguments, operation.sensitive)
    shown, count = explainer.explain(errors, problems)
    first = shown[0]
    where = f"`{first.path}` " if first.path else "the arguments "
    message = f"arguments of {operation.id} break its schema: {where}{first.message}"
    if count > 1:
        message += f" (and {count - 1} more)"
    fields: dict[str, Any] = {"violations": [each.as_dict() for each in shown]}
    if count > len(shown):
        fields["omitted"] = count - len(shown)
    return SchemaViolation(message, hint=_HINT, **fields)
