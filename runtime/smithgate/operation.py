"""The declaration that a generated module makes: one AWS operation as data.

Owns the vocabulary (risk, change, reader, tag shape) and nothing that acts. The
generator prints these declarations, the catalog loads them, every other part of
the runtime reads them. Member names stay as AWS spells them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Risk(StrEnum):
    """What an operation can do, the class that policy is written against."""

    READ = "read"
    """State comes back, nothing changes."""
    SENSITIVE = "sensitive"
    """Credentials, secrets, keys or login links come back."""
    WRITE = "write"
    """A reversible create or change, tagging included."""
    EXECUTE = "execute"
    """Runs code, SQL, commands or workflows that the caller supplies."""
    PERMISSIONS = "permissions"
    """Changes who may do what."""
    DESTRUCTIVE = "destructive"
    """A resource or data is lost, now or later by a rule."""


class Change(StrEnum):
    """The verb of a plan step."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    PUT = "put"
    DELETE = "delete"
    TAG = "tag"
    UNTAG = "untag"
    ATTACH = "attach"
    """Ties two things that exist; neither is new."""
    DETACH = "detach"
    """Unties two things; both stay."""
    START = "start"
    STOP = "stop"
    OTHER = "other"


class ReadMode(StrEnum):
    """What a write does to members that the request leaves out."""

    PATCH = "patch"
    """They stay as they are; a map or list that is given replaces the stored one.

    What becomes of the members that a given structure leaves out is not known."""
    REPLACE = "replace"
    """They are lost or fall back to a default: the request is the whole new document."""
    MERGE = "merge"
    """They stay, and so do the keys that a given map leaves out."""


class How(StrEnum):
    """How a value of the request relates to the paired value of the state."""

    PLAIN = "plain"
    """Equal by meaning: JSON in texts parsed, ``1`` and ``1.0`` one number."""
    SET = "set"
    """Lists with the same items, in any order."""
    TAGS = "tags"
    """Tags as key → value, each side a map or a list of key and value."""
    KEYS = "keys"
    """The request lists the keys of tags (or of a map) that go away."""
    ADD = "add"
    """The items of the request are added to the list of the state."""
    REMOVE = "remove"
    """The items of the request are taken out of the list of the state."""
    NUMBER = "number"
    """Numbers, as text on one side (``"30"`` and ``30``)."""
    ARN = "arn"
    """A name or id on one side may be the full ARN on the other."""
    EVERY = "every"
    """The value of the request becomes that of every item of the state's list."""
    PATCH = "patch"
    """The request is a JSON patch of the whole state (``op``, ``path``, ``value``)."""
    CHANGES = "changes"
    """Each item of the request adds one to the list of the state or takes one out."""


class Confidence(StrEnum):
    """How sure the choice of reader and document is."""

    HIGH = "high"
    """Declared by the model, or stated by a person in an override."""
    MEDIUM = "medium"
    """Names, identifiers and shapes agree."""
    LOW = "low"
    """Nothing speaks against it; never enough to call a step unchanged."""


class Unreadable(StrEnum):
    """Why an operation that changes something has no reader."""

    NO_STATE = "no_state"
    """It sends, runs or computes; no state stays that a call could show."""
    NO_OPERATION = "no_operation"
    """The service has no operation that shows what is changed."""
    CONFIDENTIAL = "confidential"
    """Only an operation that hands out secrets or contents shows it."""
    UNADDRESSED = "unaddressed"
    """The request does not carry what the reader must be told."""
    UNSELECTED = "unselected"
    """The reader shows many things, and nothing tells which one is meant."""


class TagStyle(StrEnum):
    """How an operation takes tags."""

    LIST = "list"
    """A list of structures with a key and a value member."""
    MAP = "map"
    """A map from key to value."""
    SPECIFICATIONS = "specifications"
    """EC2 ``TagSpecifications``: a list whose items hold a ``Tags`` list."""


class When(StrEnum):
    """What must hold of the values at a member for a :class:`Raise` to apply."""

    GIVEN = "given"
    """There is a value that is neither null nor ``false`` nor empty."""
    FALSE = "false"
    """A value is given as ``false``."""
    EMPTY = "empty"
    """A list, map, structure or text is given, and empty."""
    IS = "is"
    """A text equals one of ``values``, in any case."""
    HOLDS = "holds"
    """A text holds one of ``values`` as a whole word, in any case."""


class Payload(StrEnum):
    """What a request's arguments do; policy's ``payload`` conditions name it."""

    BYPASSES_LOCKOUT_CHECK = "bypasses_lockout_check"
    """Goes past the check that keeps a policy from locking its owner out."""
    BYPASSES_PROTECTION = "bypasses_protection"
    """Goes past a retention or another protection."""
    CARRIES_POLICY = "carries_policy"
    """Holds a policy document: it decides who may do what."""
    CHANGES_RETENTION = "changes_retention"
    """Sets how long something is kept; a shorter time deletes what is older."""
    DELETES_ITEMS = "deletes_items"
    """A batch or update with something to delete among its items."""
    EMPTIES = "empties"
    """Gives an empty collection where that may take away what is there."""
    FORCES = "forces"
    """Goes past a check that protects what exists."""
    LIFTS_PROTECTION = "lifts_protection"
    """Switches a protection against deletion or overwriting off."""
    OPENS_ACCESS = "opens_access"
    """An ACL, a grant or a switch that decides who may reach the resource."""
    PARTIQL_WRITE = "partiql_write"
    """A PartiQL text that inserts, updates or deletes."""
    PASSES_ROLE = "passes_role"
    """Hands a role over: what runs acts with its rights."""
    PUBLIC_PRINCIPAL = "public_principal"
    """A policy document that allows something to everybody."""
    REMOVES = "removes"
    """Names what is removed."""
    REVEALS_SECRETS = "reveals_secrets"
    """Asks for secret values in the reply."""
    RUNS_COMMAND = "runs_command"
    """Commands that run on a machine or in a container."""
    SKIPS_COPY = "skips_copy"
    """Leaves no last snapshot or backup behind."""
    SQL_WRITE = "sql_write"
    """An SQL or graph query text that changes or deletes."""
    STOPS_ALL = "stops_all"
    """Sets a service to nothing running."""
    USER_DATA = "user_data"
    """Code that runs when an instance starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """An argument that makes a concrete request riskier than its operation."""

    members: tuple[str, ...]
    """Dotted input paths, any of them. Lists are gone through item by item; below a
    map a part is a key, and ``*`` is every key."""
    when: When
    values: tuple[str, ...] = ()
    """What ``IS`` and ``HOLDS`` look for."""
    risk: Risk
    """The class that the request has at least."""
    payload: Payload | None = None
    """The word by which policy can ask for it."""
    judged_as: tuple[str, ...] = ()
    """Canonical ids that the request amounts to: a rule that denies one of them denies
    the request."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """Where the tags of a request are."""

    member: str
    """Dotted path of the member that holds the tags, such as ``Tagging.TagSet``."""
    style: TagStyle
    key: str = "Key"
    """Name of the key member of a list item; unused for maps."""
    value: str = "Value"
    """Name of the value member of a list item; unused for maps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNames:
    """A look-up of which members of a map in the request are the thing's key.

    ``dynamodb:PutItem`` gives a whole item; which of its attributes are the key, only
    the table tells.
    """

    operation: str
    """Canonical id of the operation that tells the names."""
    params: Mapping[str, str]
    """Its input path → dotted path in the writer's arguments."""
    select: str
    """JMESPath into its output: a list of names."""
    of: str
    """Dotted path of the map in the writer's arguments."""
    to: str
    """Input path of the reader that takes the named members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How to read the state that an operation changes."""

    operation: str
    """Canonical id of the reader, such as ``s3:GetBucketVersioning``."""
    params: Mapping[str, str]
    """Reader input path → dotted path in the writer's arguments.

    A path may take one item of a list (``Rules[0].Arn``). An input path is a member, or goes into lists: ``VpcIds[0]`` makes a list of one
    value, ``Filters[0].Values`` fills in what ``constants`` has begun.
    """
    constants: Mapping[str, Any] = field(default_factory=dict)
    """Reader input members with a fixed value (``AttributeNames: ["All"]``); set
    before ``params``."""
    asks: Mapping[str, str] = field(default_factory=dict)
    """Reader input path → JMESPath into the writer's arguments, where the reader takes
    what it is told in another form."""
    keys: KeyNames | None = None
    """What has to be looked up before the reader can be told."""
    created: Mapping[str, str] = field(default_factory=dict)
    """Reader input path → dotted path in the writer's *output* (``[0]`` for an item):
    the id of a new thing. Not empty: nothing can be read before, only after."""
    select: str | None = None
    """JMESPath into the reader's output; ``None`` takes the whole output. With
    ``match`` it gives the list that the thing is an item of."""
    match: Mapping[str, str] = field(default_factory=dict)
    """Dotted path in an item of the selected list → dotted path in the writer's
    arguments: the document is the one item that equals all of them exactly. A list in
    the arguments, or a member of each of its items (``Rules[].Id``), picks every item
    that equals one of it; no item means absent. The empty path is the item itself."""
    match_created: Mapping[str, str] = field(default_factory=dict)
    """The same with a path in the writer's *output*, ``Items[].Id`` for all of a list;
    as with ``created``, nothing can be read before."""
    each: Mapping[str, str] = field(default_factory=dict)
    """Dotted path in an item of the selected list → top-level list in the writer's
    arguments, at most one: for each thing that is listed there, the document is the
    list of the items that belong to it (the tags of every named resource)."""
    compare: Mapping[str, str] = field(default_factory=dict)
    """Dotted path in the writer's arguments → dotted path in the selected document;
    the empty path is the document itself.

    ``Regions[].Name`` is that member of every item; ``Attributes.{AttributeName}`` the
    member that the request names by a value. Of several documents each is compared."""
    how: Mapping[str, How] = field(default_factory=dict)
    """Key of ``compare`` → how the two relate; ``PLAIN`` where it is not named."""
    expect: Mapping[str, Any] = field(default_factory=dict)
    """Dotted path in the selected document → what is there after the change, whatever
    the arguments are (``State.Name: running``); null for nothing."""
    write_only: tuple[str, ...] = ()
    """Dotted paths in the writer's arguments that no reader shows and that are no
    state: passwords, ``SkipFinalSnapshot``, a comment on the change."""
    absent: tuple[str, ...] = ()
    """Error codes of the reader that mean "there is nothing there yet"; ``Code: text``
    where the service has one code for many errors, and the text tells."""
    absent_when_empty: bool = False
    """An empty or missing document means the same; always so with ``match``."""
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Dotted path in the selected document → values that mean the same: what was
    deleted stays visible for a while (``status: INACTIVE``). No values: any that is
    set (``DeletedDate``)."""
    container: bool = False
    """The document is of the thing that what changes belongs to: it is shown, and
    nothing of it is known to become new, other or lost."""
    repeats: bool = False
    """The request acts each time (a job, a rotation, another version), or on what may
    not be what is shown: state that is equal does not mean that nothing changes."""
    mode: ReadMode = ReadMode.PATCH
    confidence: Confidence = Confidence.MEDIUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverse:
    """The operation that takes a change back."""

    operation: str
    """Canonical id, such as ``ec2:DeleteVpc``."""
    params: Mapping[str, str] = field(default_factory=dict)
    """Input path of the inverse → dotted path in the writer's arguments."""
    output: Mapping[str, str] = field(default_factory=dict)
    """Input path of the inverse → dotted path in the writer's output."""
    before: Mapping[str, str] = field(default_factory=dict)
    """Input path of the inverse → dotted path in the document that the reader showed
    before the change: what a detach by the id of a tie does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One AWS API operation as the runtime needs it."""

    id: str
    """Canonical id: boto3 client name, colon, operation name (``s3:PutObject``)."""
    shape_id: str
    """Absolute Smithy shape id of the operation."""
    client: tuple[str, str]
    """boto3 client name and method name."""
    change: Change
    risk: Risk
    raises: tuple[Raise, ...] = ()
    """Which arguments raise the risk of a request; see ``policy/raised.py``."""
    iam_actions: tuple[str, ...] = ()
    """IAM actions and dependent actions that a caller needs; empty when unknown."""
    idempotency_token: str | None
    """Top-level input member that carries the token, if the model has one."""
    required: tuple[str, ...]
    """Required top-level input members, the token left out."""
    labels: tuple[str, ...] = ()
    """Top-level input members that become part of the URL path or host."""
    headers: tuple[str, ...] = ()
    """Top-level input members that become HTTP headers."""
    sensitive: tuple[str, ...] = ()
    """Dotted input paths of members to mask (``[]`` list item, ``{}`` map value)."""
    sensitive_output: tuple[str, ...] = ()
    """The same for the output."""
    tags: Tags | None
    dry_run: str | None = None
    """Top-level boolean member that turns the call into a check (EC2 ``DryRun``)."""
    read: Read | None
    """The reader that gives the before state; ``None`` where no rule finds one."""
    unreadable: Unreadable | None = None
    """Why there is no reader; ``None`` where there is one or nothing changes."""
    inverse: Inverse | None = None
    """What takes a create, attach, detach, start, stop, tag or untag back, and the put
    of something that was absent. Updates and puts take the same operation with the
    values from before."""
    schema: str
    """Path of the input schema below the generated tree."""
    output_schema: str
    """Path of the output schema below the generated tree."""

    @property
    def service(self) -> str:
        """The boto3 client name, the part of the id before the colon."""
        return self.id.partition(":")[0]

    @property
    def name(self) -> str:
        """The operation name as AWS spells it."""
        return self.id.partition(":")[2]
