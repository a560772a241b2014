"""Reading ``index.json`` and ``skipped.json``: strict, whole, once.

Owns the records of the index and the check of its form. An index that this release
does not know, or one that was edited by hand, is refused as a whole: a wrong risk or
a path out of the tree must not reach policy or the module loader.
"""

import json
import re
from collections.abc import Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import CatalogInvalid
from ..operation import Change, Risk

FORMAT_VERSION = 1
REGENERATE = "restore the file or run `smithgate-codegen generate`"

_FOLDER = r"[a-z0-9_]+"
# The five texts of an operation that lead somewhere, checked as one: no part of the
# pattern takes the line break that stands between them.
_SPELLED = re.compile(
    "\n".join(
        (
            r"[a-z0-9][a-z0-9-]*:[A-Za-z0-9]+",
            rf"{_FOLDER}/[a-z0-9_]+\.py",
            rf"{_FOLDER}/[a-z0-9_]+\.schema\.json",
            rf"{_FOLDER}/[a-z0-9_]+\.output\.json",
            r"[A-Za-z0-9_-]{1,64}",
        )
    ),
    re.ASCII,
)
_RISKS: dict[str, Risk] = {risk.value: risk for risk in Risk}
_CHANGES: dict[str, Change] = {change.value: change for change in Change}


class Service(NamedTuple):
    """What the index says of one service."""

    name: str
    """boto3 client name, the part of an id before the colon."""
    title: str
    sdk_id: str
    namespace: str
    """Smithy namespace, such as ``com.amazonaws.s3``."""
    aliases: tuple[str, ...]
    """Other lower-case names of the service; several services may share one."""


class Entry(NamedTuple):
    """What the index says of one operation; enough to list, search and route it.

    A named tuple, not a dataclass: an index may hold 20,000 of them.
    """

    id: str
    """Canonical id, such as ``s3:PutBucketVersioning``."""
    risk: Risk
    change: Change
    method: str
    """boto3 method name."""
    tool: str
    """Name of the per-operation MCP tool."""
    summary: str
    deprecated: bool
    required: tuple[str, ...]
    module: str
    """Path below the tree, with forward slashes; the two schemas likewise."""
    schema: str
    output_schema: str

    @property
    def service(self) -> str:
        """The boto3 client name, the part of the id before the colon."""
        return self.id.partition(":")[0]

    @property
    def name(self) -> str:
        """The operation name as AWS spells it."""
        return self.id.partition(":")[2]


_ENTRY_KEYS = frozenset(Entry._fields) - {"id"}
_VALUES = itemgetter(*Entry._fields[1:])
_TYPES = (str, str, str, str, str, bool, list, str, str, str)
"""What each value of an entry is in JSON, in the order of the fields."""
_SERVICE_KEYS = frozenset(Service._fields) - {"name"}


class Index(NamedTuple):
    """A checked index; services and entries are sorted by key."""

    source: Mapping[str, Any]
    """Where the tree was generated from: kind, version, digests."""
    services: Mapping[str, Service]
    entries: Mapping[str, Entry]


def read_tree_bytes(root: Path, relative: str) -> bytes:
    """Return a file of the tree; raises ``CatalogInvalid`` if it cannot be read."""
    try:
        return (root / relative).read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"`{relative}` cannot be read: {reason.lower()}"
        raise CatalogInvalid(message, hint=REGENERATE, file=relative) from error


def parse_tree_json(data: bytes, relative: str) -> dict[str, Any]:
    """Return a JSON object of the tree; raises ``CatalogInvalid`` for anything else."""
    try:
        value = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise invalid(relative, "is not JSON") from error
    if not isinstance(value, dict):
        raise invalid(relative, "is not a JSON object")
    return value


def invalid(relative: str, reason: str) -> CatalogInvalid:
    """Return the error for a file of the tree that cannot be used."""
    return CatalogInvalid(f"`{relative}` {reason}", hint=REGENERATE, file=relative)


def read_index(root: Path) -> Index:
    """Read and check ``index.json`` below ``root``.

    Raises ``CatalogInvalid`` for a missing or damaged file, an unknown
    ``format_version``, unknown or missing keys, and ids or tool names that clash.
    """
    name = "index.json"
    document = _versioned(root, name)
    if document.keys() != {"format_version", "source", "services", "operations"}:
        raise invalid(name, "has other keys than this release knows")
    source = document["source"]
    services, operations = document["services"], document["operations"]
    if not all(isinstance(table, dict) for table in (source, services, operations)):
        raise invalid(name, "has no table of its source, services and operations")
    known = {key: _service(key, services[key]) for key in sorted(services)}
    entries = {key: _entry(key, operations[key]) for key in sorted(operations)}
    _check_references(known, entries)
    return Index(source, known, entries)


def read_skipped(root: Path) -> dict[str, str]:
    """Return the operations that were not generated, each with the reason."""
    name = "skipped.json"
    skipped = _versioned(root, name).get("skipped")
    if not isinstance(skipped, dict):
        raise invalid(name, "has no table of skipped operations")
    if not all(isinstance(reason, str) for reason in skipped.values()):
        raise invalid(name, "has a reason that is not text")
    return skipped


def _versioned(root: Path, name: str) -> dict[str, Any]:
    document = parse_tree_json(read_tree_bytes(root, name), name)
    version = document.get("format_version")
    if type(version) is not int or version != FORMAT_VERSION:
        shown = json.dumps(version)[:40]
        message = (
            f"`{name}` has format version `{shown}`, "
            f"this release reads {FORMAT_VERSION}"
        )
        hint = "use the tree and the runtime of one release"
        raise CatalogInvalid(message, hint=hint, file=name)
    return document


def _service(name: str, record: Any) -> Service:
    if not isinstance(record, dict) or record.keys() != _SERVICE_KEYS:
        raise invalid("index.json", f"has a malformed service `{name:.80}`")
    texts = (record["title"], record["sdk_id"], record["namespace"])
    aliases = record["aliases"]
    if not all(isinstance(text, str) for text in texts) or not _is_texts(aliases):
        raise invalid("index.json", f"has a malformed service `{name:.80}`")
    return Service(name, *texts, aliases=tuple(aliases))


def _entry(key: str, record: Any) -> Entry:
    if not isinstance(record, dict) or record.keys() != _ENTRY_KEYS:
        raise invalid("index.json", f"has a malformed operation `{key:.80}`")
    values = _VALUES(record)
    # All types at once: an index may hold 20,000 of these.
    if tuple(map(type, values)) != _TYPES:
        raise invalid("index.json", f"has a malformed operation `{key:.80}`")
    risk, change, method, tool, summary, deprecated, required, *paths = values
    if (
        risk not in _RISKS
        or change not in _CHANGES
        or not _SPELLED.fullmatch("\n".join((key, *paths, tool)))
        or not method.isidentifier()
        or not _is_texts(required)
    ):
        raise invalid("index.json", f"has a malformed operation `{key:.80}`")
    return Entry(
        key,
        _RISKS[risk],
        _CHANGES[change],
        method,
        tool,
        summary,
        deprecated,
        tuple(required),
        *paths,
    )


def _check_references(
    services: Mapping[str, Service], entries: Mapping[str, Entry]
) -> None:
    tools: dict[str, str] = {}
    unlisted = {id_.partition(":")[0] for id_ in entries} - services.keys()
    if unlisted:
        reason = f"has operations of the unlisted service `{min(unlisted):.80}`"
        raise invalid("index.json", reason)
    for id_, entry in entries.items():
        if tools.setdefault(entry.tool.lower(), id_) != id_:
            raise invalid("index.json", f"names the tool `{entry.tool}` twice")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and {*map(type, value)} <= {str}


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)
