"""Corrections of derived facts: data with a reason, checked strictly.

Owns the format of ``overrides/<client name>.yaml`` and the bookkeeping: a correction
that names nothing, or says what the rules say anyway, fails the build. A service with
many corrections has more files of the same format in ``overrides/<client name>/``.

    format_version: 1
    service: s3
    overrides:
      - operation: PutBucketLifecycleConfiguration   # or a list of names
        field: risk            # one of FIELDS
        value: destructive
        why: expiry rules delete objects without another call
        link: https://…        # optional

``read`` takes a mapping with the fields of ``Read``, or null for "no reader";
``inverse`` takes operation, params, output and before, or null for "nothing takes it back";
``unreadable`` takes the kind of reason why nothing can be read, in place of a reader;
``absent`` belongs to a reader and adds error codes that its service does not model;
``Code: text`` is the code with this text in the message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import OverrideError
from .datasets import checked, load_yaml
from .fit import may_misfit

FIELDS = frozenset(
    {
        "absent",
        "change",
        "dry_run",
        "iam_actions",
        "inverse",
        "read",
        "risk",
        "tags",
        "unreadable",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One correction of one field of one operation."""

    file: str
    operation: str
    field: str
    value: Any
    why: str

    @property
    def source(self) -> str:
        """What is printed behind the field."""
        return f"override {self.file}"

    @property
    def where(self) -> str:
        """Names the row in errors."""
        return f"`{self.file}` {self.operation} {self.field}"


@dataclass(slots=True)
class Overrides:
    """The corrections of one service, and which of them were used."""

    rows: Mapping[tuple[str, str], Override]
    _used: set[tuple[str, str]] = field(default_factory=set)

    def get(self, operation: str, name: str) -> Override | None:
        """Return the correction of a field and note that it was asked for."""
        row = self.rows.get((operation, name))
        if row is not None:
            self._used.add((operation, name))
        return row

    def require_used(self) -> None:
        """Raise ``OverrideError`` for a correction of an operation that is not there."""
        hint = "remove it, or correct the operation's name"
        for key in sorted(set(self.rows) - self._used):
            with may_misfit():
                msg = f"{self.rows[key].where} names no generated operation"
                raise OverrideError(msg, hint=hint)


def no_overrides() -> Overrides:
    """Return corrections that correct nothing."""
    return Overrides({})


def refuse_idle(row: Override, before: Any, after: Any) -> None:
    """Raise ``OverrideError`` when a correction says what the rules say anyway."""
    if before == after:
        msg = f"{row.where} changes nothing: the rules give the same value"
        raise OverrideError(msg, hint="remove it")


def default_folder() -> Path:
    """Return the package's own corrections."""
    return Path(__file__).parent.parent / "overrides"


def load_overrides(folder: Path, client_name: str) -> Overrides:
    """Return the corrections of a service; none when it has no file.

    Raises ``OverrideError`` for a file that is not in the format.
    """
    rows: dict[tuple[str, str], Override] = {}
    for path in _files(folder, client_name):
        for row in _rows_of(path, str(path.relative_to(folder)), client_name):
            key = (row.operation, row.field)
            if key in rows:
                msg = f"{row.where} is there twice"
                raise OverrideError(msg)
            rows[key] = row
    return Overrides(rows)


def _files(folder: Path, client_name: str) -> list[Path]:
    """Return the file of a service, then those of its folder, sorted."""
    path = folder / f"{client_name}.yaml"
    more = sorted((folder / client_name).glob("*.yaml"))
    return [path, *more] if path.is_file() else more


def _rows_of(path: Path, name: str, client_name: str) -> Iterator[Override]:
    content = checked(
        load_yaml(path), where=f"`{name}`", required=("service", "overrides")
    )
    if content["service"] != client_name:
        msg = f"`{name}` is about `{content['service']}`, not `{client_name}`"
        raise OverrideError(msg)
    if not isinstance(content["overrides"], list):
        msg = f"`{name}`: `overrides` is not a list"
        raise OverrideError(msg)
    for number, raw in enumerate(content["overrides"], start=1):
        yield from _rows(name, number, raw)


def _rows(file: str, number: int, raw: Any) -> list[Override]:
    where = f"`{file}` row {number}"
    row = checked(
        raw,
        where=where,
        required=("operation", "field", "value", "why"),
        optional=("link",),
    )
    if row["field"] not in FIELDS:
        msg = f"{where}: unknown field `{row['field']}`"
        raise OverrideError(msg, hint=f"one of {', '.join(sorted(FIELDS))}")
    if not isinstance(row["why"], str) or not row["why"].strip():
        msg = f"{where} gives no reason"
        raise OverrideError(msg, hint="say in `why` what the rules get wrong")
    names = row["operation"]
    names = names if isinstance(names, list) else [names]
    if not names or not all(isinstance(name, str) for name in names):
        msg = f"{where}: `operation` is a name or a list of names"
        raise OverrideError(msg)
    return [
        Override(
            file=file,
            operation=name,
            field=row["field"],
            value=row["value"],
            why=row["why"],
        )
        for name in names
    ]
