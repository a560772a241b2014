"""The catalog: one generated tree behind lookup, loading and search.

Owns the caches and the order in which files are read. Nothing is read before the first
question; then the index once, and an operation's files when it is used.
"""

import gc
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from ..canonical import digest_of
from ..errors import CatalogInvalid
from ..operation import Operation, Risk
from .cache import LruCache
from .index import (
    REGENERATE,
    Entry,
    Index,
    Service,
    invalid,
    parse_tree_json,
    read_index,
    read_skipped,
    read_tree_bytes,
)
from .modules import load_operation
from .names import Names
from .search import Hit, SearchIndex

# Operations kept loaded; a server uses few, a walk over all must not keep them all.
_LOADED = 512

_RISK_SOURCE = re.compile(r"^    risk=Risk\.[A-Z]+,  # ([^\n]+)$", re.MULTILINE)


class _Loaded(NamedTuple):
    """One operation's files, read together so that the digest covers what is used."""

    operation: Operation
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    digest: str


class Catalog:
    """The operations of one generated tree; safe to share between threads.

    Every method may raise ``CatalogInvalid`` when a file it needs is missing, damaged
    or of an unknown format, and ``UnknownOperation`` for an id it does not hold.
    Methods that take an ``operation_id`` want the canonical one.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = RLock()
        self._index_read: Index | None = None
        self._names_built: Names | None = None
        self._search_built: SearchIndex | None = None
        self._skipped_read: dict[str, str] | None = None
        self._loaded: LruCache[str, _Loaded] = LruCache(_LOADED)

    @property
    def root(self) -> Path:
        """The folder of the generated tree."""
        return self._root

    @property
    def source(self) -> Mapping[str, Any]:
        """What the tree was generated from, such as ``kind`` and ``version``."""
        return self._index().source

    @staticmethod
    def default_root() -> Path:
        """Return the tree of the checkout this package runs from, else the packaged one.

        Raises ``CatalogInvalid`` when there is neither.
        """
        package = Path(__file__).resolve().parent.parent
        checkout = package.parent.parent
        candidates = [package / "_generated"]
        if package.parent.name == "runtime" and (checkout / "pyproject.toml").is_file():
            candidates.insert(0, checkout / "generated")
        for root in candidates:
            if (root / "index.json").is_file():
                return root
        raise CatalogInvalid("no generated tree is installed", hint=REGENERATE)

    def canonical_id(self, text: str) -> str:
        """Return the one canonical id that ``text`` spells.

        Takes ``s3:PutBucketVersioning``, ``s3.put_bucket_versioning``, ``aws s3api
        put-bucket-versioning``, the shape id and the tool name, in any case and with
        any alias of the service. Raises ``UnknownOperation``: ``nearest`` in its fields
        holds names that look alike, ``candidates`` those an ambiguous text may mean.
        """
        return self._names().canonical_id(text)

    def entry(self, operation_id: str) -> Entry:
        """Return what the index says of an operation."""
        entries = self._index().entries
        if operation_id not in entries:
            # The canonical id of another spelling is not accepted here: callers that
            # skip canonical_id would let two spellings of one operation through.
            raise self._names().unknown(operation_id)
        return entries[operation_id]

    def entries(self) -> tuple[Entry, ...]:
        """Return every operation, sorted by id."""
        return tuple(self._index().entries.values())

    def services(self) -> tuple[Service, ...]:
        """Return every service, sorted by name."""
        return tuple(self._index().services.values())

    def skipped(self) -> Mapping[str, str]:
        """Return the operations that were left out of the tree, each with the reason."""
        with self._lock:
            if self._skipped_read is None:
                self._skipped_read = read_skipped(self._root)
            return self._skipped_read

    def operation(self, operation_id: str) -> Operation:
        """Return the operation's declaration; loads its module at first use."""
        return self._load(operation_id).operation

    def input_schema(self, operation_id: str) -> dict[str, Any]:
        """Return the schema of the arguments; shared between callers, not to change."""
        return self._load(operation_id).input_schema

    def output_schema(self, operation_id: str) -> dict[str, Any]:
        """Return the schema of the reply; shared between callers, not to change."""
        return self._load(operation_id).output_schema

    def digest(self, operation_id: str) -> str:
        """Return ``sha256:…`` over the bytes of the module and both schema files."""
        return self._load(operation_id).digest

    def risk_source(self, operation_id: str) -> str:
        """Return what the generator took the operation's risk from, as it printed it."""
        module = self.entry(operation_id).module
        text = read_tree_bytes(self._root, module).decode()
        found = _RISK_SOURCE.search(text)
        if found is None:
            raise invalid(module, "gives no source for its risk")
        return found[1]

    def search(
        self,
        query: str,
        service: str | None = None,
        risk: Risk | str | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """Return the best operations for a wish; see ``SearchIndex.search``."""
        found = self.search_index()
        return found.search(query, service=service, risk=risk, limit=limit)

    def search_index(self) -> SearchIndex:
        """Return the index behind ``search``; it is read at the first question."""
        with self._lock:
            if self._search_built is None:
                with _collector_paused():
                    self._search_built = SearchIndex(
                        self._root, self._index(), self._names()
                    )
            return self._search_built

    def _index(self) -> Index:
        with self._lock:
            if self._index_read is None:
                self._index_read = read_index(self._root)
            return self._index_read

    def _names(self) -> Names:
        with self._lock:
            if self._names_built is None:
                self._names_built = Names(self._index(), self.skipped)
            return self._names_built

    def _load(self, operation_id: str) -> _Loaded:
        return self._loaded.get(self.entry(operation_id).id, self._read)

    def _read(self, operation_id: str) -> _Loaded:
        entry = self.entry(operation_id)
        files = {
            path: read_tree_bytes(self._root, path)
            for path in (entry.module, entry.schema, entry.output_schema)
        }
        digests = {
            path: hashlib.sha256(data).hexdigest() for path, data in files.items()
        }
        return _Loaded(
            operation=load_operation(entry, files[entry.module]),
            input_schema=_object_schema(files[entry.schema], entry.schema),
            output_schema=_object_schema(
                files[entry.output_schema], entry.output_schema
            ),
            digest=digest_of(digests),
        )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cycle collector from walking what is being built, all of it to stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()


def _object_schema(data: bytes, path: str) -> dict[str, Any]:
    schema = parse_tree_json(data, path)
    if schema.get("type") != "object":
        raise invalid(path, "is not the schema of an object")
    return schema
