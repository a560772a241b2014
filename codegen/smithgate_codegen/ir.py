"""The intermediate representation: what is printed, frozen and sorted.

Owns the records that ``build`` makes and ``emit`` prints. Everything is sorted when a
record is made, once, so that templates and the writer never think about order. Every
derived value is a :class:`Fact`, which carries the reason a reviewer can check it by.
The vocabulary mirrors the runtime's ``operation`` module; the two packages never
import each other, and a contract test compares the two.
"""

import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Risk(StrEnum):
    """The class of an operation; the runtime's ``Risk`` says what each one means."""

    READ = "read"
    SENSITIVE = "sensitive"
    WRITE = "write"
    EXECUTE = "execute"
    PERMISSIONS = "permissions"
    DESTRUCTIVE = "destructive"


class Change(StrEnum):
    """The verb of a plan step, as in the runtime."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    PUT = "put"
    DELETE = "delete"
    TAG = "tag"
    UNTAG = "untag"
    ATTACH = "attach"
    DETACH = "detach"
    START = "start"
    STOP = "stop"
    OTHER = "other"


class ReadMode(StrEnum):
    """What a write does to members that the request leaves out, as in the runtime."""

    PATCH = "patch"
    REPLACE = "replace"
    MERGE = "merge"


class How(StrEnum):
    """How a value of the request relates to the paired one, as in the runtime."""

    PLAIN = "plain"
    SET = "set"
    TAGS = "tags"
    KEYS = "keys"
    ADD = "add"
    REMOVE = "remove"
    NUMBER = "number"
    ARN = "arn"
    EVERY = "every"
    PATCH = "patch"
    CHANGES = "changes"


class Confidence(StrEnum):
    """How sure the choice of reader and document is, as in the runtime."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Unreadable(StrEnum):
    """Why an operation that changes something has no reader, as in the runtime."""

    NO_STATE = "no_state"
    NO_OPERATION = "no_operation"
    CONFIDENTIAL = "confidential"
    UNADDRESSED = "unaddressed"
    UNSELECTED = "unselected"


class When(StrEnum):
    """What must hold of a value for its request to be riskier, as in the runtime."""

    GIVEN = "given"
    FALSE = "false"
    EMPTY = "empty"
    IS = "is"
    HOLDS = "holds"


class Payload(StrEnum):
    """What arguments do, for conditions of policy, as in the runtime."""

    BYPASSES_LOCKOUT_CHECK = "bypasses_lockout_check"
    BYPASSES_PROTECTION = "bypasses_protection"
    CARRIES_POLICY = "carries_policy"
    CHANGES_RETENTION = "changes_retention"
    DELETES_ITEMS = "deletes_items"
    EMPTIES = "empties"
    FORCES = "forces"
    LIFTS_PROTECTION = "lifts_protection"
    OPENS_ACCESS = "opens_access"
    PARTIQL_WRITE = "partiql_write"
    PASSES_ROLE = "passes_role"
    PUBLIC_PRINCIPAL = "public_principal"
    REMOVES = "removes"
    REVEALS_SECRETS = "reveals_secrets"
    RUNS_COMMAND = "runs_command"
    SKIPS_COPY = "skips_copy"
    SQL_WRITE = "sql_write"
    STOPS_ALL = "stops_all"
    USER_DATA = "user_data"


class TagStyle(StrEnum):
    """How an operation takes tags, as in the runtime."""

    LIST = "list"
    MAP = "map"
    SPECIFICATIONS = "specifications"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A derived value and where it came from.

    ``source`` is one of ``trait <id>``, ``rule <name>``, ``data set <name>`` or
    ``override <file>``, or for an absent value the reason why there is none.
    """

    value: T
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """An argument that makes a request riskier; the runtime's ``Raise``."""

    members: tuple[str, ...]
    when: When
    values: tuple[str, ...] = ()
    risk: Risk
    payload: Payload | None = None
    judged_as: tuple[str, ...] = ()
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagShape:
    """Where the tags of a request are; the runtime's ``Tags``."""

    member: str
    style: TagStyle
    key: str = "Key"
    value: str = "Value"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNames:
    """A look-up of the names of a key; the runtime's ``KeyNames``."""

    operation: str
    params: tuple[tuple[str, str], ...]
    select: str
    of: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How to read the state that an operation changes; the runtime's ``Read``.

    Mappings are tuples of pairs, sorted by the first item.
    """

    operation: str
    params: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, Any], ...] = ()
    asks: tuple[tuple[str, str], ...] = ()
    keys: KeyNames | None = None
    created: tuple[tuple[str, str], ...] = ()
    select: str | None = None
    match: tuple[tuple[str, str], ...] = ()
    match_created: tuple[tuple[str, str], ...] = ()
    each: tuple[tuple[str, str], ...] = ()
    compare: tuple[tuple[str, str], ...] = ()
    how: tuple[tuple[str, How], ...] = ()
    expect: tuple[tuple[str, Any], ...] = ()
    write_only: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    absent_when_empty: bool = False
    gone: tuple[tuple[str, tuple[str, ...]], ...] = ()
    container: bool = False
    repeats: bool = False
    mode: ReadMode = ReadMode.PATCH
    confidence: Confidence = Confidence.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverse:
    """The operation that takes a change back; the runtime's ``Inverse``."""

    operation: str
    params: tuple[tuple[str, str], ...] = ()
    output: tuple[tuple[str, str], ...] = ()
    before: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationIR:
    """One operation with everything that its three files and its index line say."""

    service: str
    """boto3 client name."""
    name: str
    shape_id: str
    sdk_id: str
    method: str
    change: Fact[Change]
    risk: Fact[Risk]
    raises: tuple[Fact[Raise], ...]
    iam_actions: Fact[tuple[str, ...]]
    idempotency_token: Fact[str | None]
    required: tuple[str, ...]
    labels: tuple[str, ...]
    headers: tuple[str, ...]
    sensitive: Fact[tuple[str, ...]]
    sensitive_output: Fact[tuple[str, ...]]
    tags: Fact[TagShape | None]
    dry_run: Fact[str | None]
    reader: Fact[Reader | None]
    unreadable: Unreadable | None = None
    inverse: Fact[Inverse | None] = Fact(None, "no inverse")
    deprecated: bool
    summary: str
    input_schema: str
    """JSON text of the input schema, ready to write."""
    output_schema: str
    """JSON text of the output schema, ready to write."""

    @property
    def id(self) -> str:
        """Canonical id, such as ``s3:PutBucketVersioning``."""
        return f"{self.service}:{self.name}"

    @property
    def path(self) -> str:
        """Path of the three files below the tree's root, without a suffix."""
        return f"{folder_of(self.service)}/{python_name(self.method)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An operation that is not generated, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceIR:
    """One service: its names, its model's origin and its operations, sorted by id."""

    client_name: str
    namespace: str
    sdk_id: str
    title: str
    aliases: tuple[str, ...]
    source: Mapping[str, Any]
    """What pins the model: its source, version and sha256."""
    operations: tuple[OperationIR, ...]
    skipped: tuple[Skipped, ...]


def python_name(name: str) -> str:
    """Return a name that is legal as a module name: keywords get a trailing ``_``."""
    return f"{name}_" if keyword.iskeyword(name) else name


def folder_of(client_name: str) -> str:
    """Return the folder of a service: the boto3 client name as a Python name."""
    return python_name(client_name.replace("-", "_"))
