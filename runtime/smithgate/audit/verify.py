"""Proves that a store is what its event chain says, or names the first break.

Read-only and on one consistent snapshot, so a server may be at work meanwhile. Without
the audit key nobody can make a chain that holds; that its end was not cut together with
rows and head pointer is proven by the checkpoints, or by a ``Head`` that was kept
elsewhere (``expect``).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..canonical import canonical_json
from ..errors import AuditBroken, SmithgateError
from ..store.artifacts import ArtifactStore
from ..store.chain import GENESIS_HASH, GENESIS_KIND, Link
from ..store.database import HEAD
from ..store.places import ARTIFACTS, Places
from ..store.records import Head
from ..store.snapshot import Snapshot, decode_row, open_snapshot
from ..store.values import utc_now
from ..store.witness import witness
from .replay import ENTITIES, Expected, Replay
from .told import Told, read_told

if TYPE_CHECKING:
    from ..store import Store

MAX_PROBLEMS = 100
"""Problems that a report lists; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was checked and what is wrong."""

    ok: bool
    store_id: str
    events: int
    """Events that were proven, from the first on."""
    head: Head
    """The last proven event; keep it elsewhere as a checkpoint."""
    first_break: int | None
    """Sequence number at which the chain breaks."""
    problem: str | None
    """The first problem, in one line."""
    problems: tuple[str, ...]
    """The first ``MAX_PROBLEMS``, in the order they were found."""
    problem_count: int
    rows_checked: bool
    """False after a break: what follows it proves nothing about the rows."""
    checked: Mapping[str, int]
    """Entity → rows (for artifacts: rows and files) that were compared."""
    unindexed_files: int
    """Artifact files without a row: left by a crash, or stored this moment."""
    checkpoints: int
    """Checkpoints of this store that the chain was compared with."""
    unreadable_checkpoints: int
    """Lines that are none: a power cut leaves one torn."""


class _Break(Exception):
    """The chain does not hold at ``seq``."""

    def __init__(self, seq: int, problem: str) -> None:
        super().__init__(problem)
        self.seq = seq


def verify(
    source: "Store | Places | Path", *, expect: Head | None = None
) -> VerifyReport:
    """Check a store: an open one's, or that at some places or in a folder.

    ``expect`` is a head that was kept elsewhere. Raises ``AuditUnavailable`` and
    ``FormatUnknown`` when there is nothing to check.
    """
    places = places_of(source)
    # Before the snapshot: what is committed meanwhile is not in it.
    return verify_against(places, read_told(places.checkpoints, expect))


def verify_against(places: Places, told: Told) -> VerifyReport:
    """Check a store against what is known from outside; raises as ``verify`` does."""
    with open_snapshot(places) as snapshot:
        return _Verification(snapshot, told).run()


def places_of(source: "Store | Places | Path") -> Places:
    """Return where the parts of a store are."""
    if isinstance(source, Path):
        return Places.of(source)
    return source if isinstance(source, Places) else source.places


class _Verification:
    """One run over one snapshot."""

    def __init__(self, snapshot: Snapshot, told: Told) -> None:
        self._snapshot = snapshot
        self._chain = snapshot.chain
        self._told = told
        self._expected = told.heads_of(snapshot.meta["store_id"])
        self._replay = Replay()
        self._last = Head(seq=0, hash=GENESIS_HASH)
        self._problems: list[str] = []
        self._count = 0
        self._checked = dict.fromkeys(ENTITIES, 0)

    def run(self) -> VerifyReport:
        """Check the chain, then the rows, then the files."""
        first_break: int | None = None
        intact = True
        try:
            for raw in self._snapshot.events():
                self._take(raw)
        except _Break as found:
            first_break, intact = found.seq, False
            self._report(f"event {found.seq} {found}")
        else:
            first_break = self._check_end()
        if intact:
            for entity in ENTITIES:
                self._check_rows(entity)
        unindexed = self._check_files()
        return VerifyReport(
            ok=self._count == 0,
            store_id=self._snapshot.meta["store_id"],
            events=self._last.seq,
            head=self._last,
            first_break=first_break,
            problem=self._problems[0] if self._problems else None,
            problems=tuple(self._problems),
            problem_count=self._count,
            rows_checked=intact,
            checked=self._checked,
            unindexed_files=unindexed,
            checkpoints=len(self._expected),
            unreadable_checkpoints=self._told.unreadable,
        )

    def _report(self, problem: str) -> None:
        self._count += 1
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)

    def _take(self, raw: Mapping[str, Any]) -> None:
        """Prove one event and replay it; raises ``_Break``."""
        seq = self._last.seq + 1
        if raw["seq"] != seq:
            raise _Break(seq, f"is missing: the next one is {raw['seq']}")
        link = _link_of(seq, raw)
        if self._hash(link) != raw["hash"]:
            raise _Break(seq, "was edited: its content does not have its hash")
        if link.prev_hash != self._last.hash:
            raise _Break(seq, f"does not follow from event {seq - 1}: one was replaced")
        if (seq == 1) != (link.kind == GENESIS_KIND):
            raise _Break(seq, f"is `{link.kind}` where it cannot be")
        if seq == 1 and link.body != {
            key: value for key, value in self._snapshot.meta.items() if key != HEAD
        }:
            raise _Break(
                seq, "names another format, chain or store than the meta table"
            )
        if self._expected.get(seq, raw["hash"]) != raw["hash"]:
            raise _Break(seq, "is not the one that the checkpoint names")
        problem = self._replay.apply(seq, link.kind, link.body)
        if problem is not None:
            raise _Break(seq, problem)
        self._last = Head(seq=seq, hash=str(raw["hash"]))

    def _hash(self, link: Link) -> str | None:
        try:
            return self._chain.hash_of(link)
        except (TypeError, ValueError):  # cells that no JSON text can hold
            return None

    def _check_end(self) -> int | None:
        """Compare the end with the head pointer and the checkpoint."""
        last = self._last.seq
        try:
            head = self._snapshot.head
        except AuditBroken as error:
            self._report(error.message)
            return None
        if head.seq > last or last == 0:
            self._report(
                f"the end of the chain is missing: the last event is {last}, "
                f"the head pointer names {head.seq}"
            )
            return last + 1
        if head != self._last:
            self._report(f"the head pointer names event {head.seq}, the last is {last}")
            return min(head.seq + 1, last)
        newest = max(self._expected, default=0)
        if newest > last:
            self._report(
                f"the end of the chain is missing: the last event is {last}, "
                f"the checkpoint names {newest}"
            )
            return last + 1
        self._check_told()
        return None

    def _check_told(self) -> None:
        """Report checkpoints that are missing or another store's."""
        if self._told.problem is not None:
            self._report(self._told.problem)
        elif not (self._expected or self._told.is_new) and self._last.seq > 1:
            self._report("no checkpoint of this store is there: they were removed")
        for other in sorted(self._told.stores - {self._snapshot.meta["store_id"]}):
            self._report(f"the checkpoints are those of store `{other}`, too")

    def _check_rows(self, entity: str) -> None:
        """Compare each row of a table with what the events tell of it."""
        expected = self._replay.rows[entity]
        seen: set[str] = set()
        for raw in self._snapshot.rows(entity):
            self._checked[entity] += 1
            row_id = str(raw["id"])
            seen.add(row_id)
            if row_id not in expected:
                self._report(f"{entity} `{row_id}` is in no event: it was added")
                continue
            for problem in _differences(
                entity, raw, expected[row_id], self._chain.digest_of
            ):
                self._report(f"{entity} `{row_id}` {problem}")
        for row_id, row in expected.items():
            if row_id not in seen:
                self._report(
                    f"{entity} `{row_id}` of event {row.created_seq} was deleted"
                )
            elif entity in {"op", "plan"}:
                self._check_references(entity, row_id, row)

    def _check_references(self, entity: str, row_id: str, row: Expected) -> None:
        """Check that the artifacts which a row names have a row themselves."""
        told = row.told
        named = [told.get("request_artifact"), told.get("response_artifact")]
        named += told.get("artifacts", [])
        for artifact in named:
            if artifact is not None and artifact not in self._replay.rows["artifact"]:
                self._report(f"{entity} `{row_id}` names `{artifact}`, not stored")

    def _check_files(self) -> int:
        """Check the file of each artifact row; return how many files have no row."""
        store = ArtifactStore(self._snapshot.places.folder / ARTIFACTS, clock=utc_now)
        indexed: set[str] = set()
        for raw in self._snapshot.rows("artifact"):
            artifact_id = str(raw["id"])
            indexed.add(artifact_id)
            problem = _file_problem(store, artifact_id, raw)
            if problem is not None:
                self._report(problem)
        return sum(1 for artifact_id in store.ids() if artifact_id not in indexed)


def _link_of(seq: int, raw: Mapping[str, Any]) -> Link:
    """Return the link in an event row; raises ``_Break`` for what is none."""
    try:
        body = json.loads(raw["body"])
        canonical = canonical_json(body).decode() == raw["body"]
    except (TypeError, ValueError, RecursionError):
        canonical = False
    if not canonical or not isinstance(body, dict):
        raise _Break(seq, "was edited: its body is not canonical JSON")
    if not isinstance(raw["kind"], str):
        raise _Break(seq, "was edited: its kind is no text")
    return Link(
        seq=seq,
        at=raw["at"],
        kind=raw["kind"],
        body=body,
        prev_hash=raw["prev_hash"],
    )


def _differences(
    entity: str,
    raw: dict[str, Any],
    expected: Expected,
    digest_of: Callable[[Any], str],
) -> Iterator[str]:
    """Yield how a row differs from what the events tell of it."""
    if raw["created_seq"] != expected.created_seq:
        yield f"does not name event {expected.created_seq} as the one that made it"
    cells = {key: value for key, value in raw.items() if key != "created_seq"}
    try:
        told = witness(decode_row(entity, cells), digest_of)
    except (SmithgateError, TypeError, ValueError):
        yield "has a damaged cell"
        return
    for name in sorted({*told, *expected.told}):
        if not _same(told.get(name), expected.told.get(name)):
            column = name.removesuffix("_digest")
            yield f"has another `{column}` than event {expected.last_seq} tells"


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON: ``1`` is not ``true``."""
    try:
        return canonical_json(one) == canonical_json(other)
    except (TypeError, ValueError):
        return False


def _file_problem(
    store: ArtifactStore, artifact_id: str, raw: Mapping[str, Any]
) -> str | None:
    """Return what is wrong with the file of an artifact row."""
    try:
        found = store.load(artifact_id)
    except SmithgateError as error:
        return error.message
    size = len(canonical_json(found.value))
    if (found.kind, found.sealed, size) != (
        raw["kind"],
        bool(raw["sealed"]),
        raw["size"],
    ):
        return f"artifact `{artifact_id}` is not what its row says"
    return None
