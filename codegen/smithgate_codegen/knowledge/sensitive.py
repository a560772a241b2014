"""Which members hold secrets.

Owns the paths to mask in requests and responses and the question whether an operation
hands out credentials. Evidence: Smithy's ``sensitive`` trait, and a reviewed data set
for the many secrets that carry no trait. Leaves masking to the runtime.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ..ir import Fact
from ..model import Member, Model, Shape, ShapeId
from .datasets import checked, data_set
from .marking import edited
from .subject import Subject

SENSITIVE = "smithy.api#sensitive"
DATA_SET = "sensitive_members"
_TEXTUAL = frozenset({"string", "blob", "enum", "list", "map", "structure", "union"})
"""Types that can hold a secret; a number or a boolean cannot."""


@dataclass(frozen=True, slots=True)
class SecretMember:
    """One row of the data set."""

    name: str
    service: str | None
    shape: str | None
    credential: bool
    why: str

    def matches(self, service: str, container: ShapeId, member: str) -> bool:
        """Return whether a member of a service's shape is meant."""
        return (
            self.name.casefold() == member.casefold()
            and self.service in {None, service}
            and self.shape in {None, container.name}
        )


@cache
def secret_members() -> Mapping[str, tuple[SecretMember, ...]]:
    """Return the data set by folded member name; raises ``OverrideError``."""
    rows: dict[str, list[SecretMember]] = {}
    for number, raw in enumerate(data_set(DATA_SET)["members"], start=1):
        row = checked(
            raw,
            where=f"`{DATA_SET}.yaml` row {number}",
            required=("name", "why"),
            optional=("service", "shape", "credential"),
        )
        member = SecretMember(
            name=row["name"],
            service=row.get("service"),
            shape=row.get("shape"),
            credential=row.get("credential", False),
            why=row["why"],
        )
        rows.setdefault(member.name.casefold(), []).append(member)
    return {name: tuple(members) for name, members in rows.items()}


def is_listed(
    model: Model, service: str, container: Shape, member: Member
) -> SecretMember | None:
    """Return the row that names a member, one that marks a credential first."""
    if model.expect_shape(member.target).type not in _TEXTUAL:
        return None
    rows = secret_members().get(member.name.casefold(), ())
    found = [row for row in rows if row.matches(service, container.id, member.name)]
    return max(found, key=lambda row: row.credential, default=None)


def mark_listed(model: Model, service: str) -> Model:
    """Return the model with the trait on every member that the data set names.

    Schemas and facts then agree on what is masked, whatever the evidence was.
    """
    edits = {}
    for shape_id, shape in model.shapes.items():
        if shape.type not in {"structure", "union"}:
            continue
        members = dict(shape.members)
        for name, member in shape.members.items():
            if SENSITIVE in model.member_traits(member):
                continue
            if is_listed(model, service, shape, member):
                traits = {**member.traits, SENSITIVE: {}}
                members[name] = replace(member, traits=traits)
        if members != shape.members:
            edits[shape_id] = replace(shape, members=members)
    return edited(model, edits)


@dataclass(frozen=True)
class SecretPaths:
    """Finds the secrets of one marked model; shares what it learns per shape."""

    model: Model
    service: str
    _secret: Mapping[ShapeId, bool]
    _credential: Mapping[ShapeId, bool]

    @classmethod
    def of(cls, model: Model, service: str) -> "SecretPaths":
        """Return the finder for a model that ``mark_listed`` has gone over."""

        def is_secret(_: Shape, member: Member) -> bool:
            return SENSITIVE in model.member_traits(member)

        def is_credential(shape: Shape, member: Member) -> bool:
            row = is_listed(model, service, shape, member)
            return row is not None and row.credential

        return cls(
            model,
            service,
            _reaching(model, is_secret),
            _reaching(model, is_credential),
        )

    def sensitive_of(self, subject: Subject) -> Fact[tuple[str, ...]]:
        """Return the input paths to mask, sorted."""
        return self._fact(subject.input)

    def sensitive_output_of(self, subject: Subject) -> Fact[tuple[str, ...]]:
        """Return the output paths to mask, sorted."""
        return self._fact(subject.output)

    def credentials_of(self, subject: Subject) -> tuple[str, ...]:
        """Return the output paths that hold credentials, sorted."""
        found = self._paths(subject.output, self._credential, self._is_credential)
        return tuple(sorted(found))

    def _fact(self, root: Shape) -> Fact[tuple[str, ...]]:
        found = self._paths(root, self._secret, self._is_secret)
        origins = set(found.values())
        return Fact(tuple(sorted(found)), ", ".join(sorted(origins)) or "no secret")

    def _is_secret(self, shape: Shape, member: Member) -> str | None:
        if SENSITIVE not in self.model.member_traits(member):
            return None
        listed = is_listed(self.model, self.service, shape, member)
        return "data set sensitive-members" if listed else f"trait {SENSITIVE}"

    def _is_credential(self, shape: Shape, member: Member) -> str | None:
        row = is_listed(self.model, self.service, shape, member)
        return "data set sensitive-members" if row and row.credential else None

    def _paths(
        self,
        root: Shape,
        reaching: Mapping[ShapeId, bool],
        judge: Callable[[Shape, Member], str | None],
    ) -> dict[str, str]:
        found: dict[str, str] = {}

        def visit(shape: Shape, path: str, above: frozenset[ShapeId]) -> None:
            if not reaching.get(shape.id):
                return
            if shape.id in above:
                # Below here the path repeats without end: mask the whole branch.
                found[path] = "rule recursive-shape"
                return
            for name, member in shape.members.items():
                below = f"{path}{_step(shape, name)}".removeprefix(".")
                if origin := judge(shape, member):
                    found[below] = origin
                elif not (shape.type == "map" and name == "key"):
                    target = self.model.expect_shape(member.target)
                    visit(target, below, above | {shape.id})

        visit(root, "", frozenset())
        return found


def _step(shape: Shape, member: str) -> str:
    if shape.type == "list":
        return "[]"
    return "{}" if shape.type == "map" else f".{member}"


def _reaching(
    model: Model, judge: Callable[[Shape, Member], Any]
) -> Mapping[ShapeId, bool]:
    """Return which shapes have, at any depth, a member that the judge names."""
    parents: dict[ShapeId, set[ShapeId]] = {}
    todo: list[ShapeId] = []
    for shape in model.shapes.values():
        for member in shape.members.values():
            parents.setdefault(member.target, set()).add(shape.id)
            if judge(shape, member):
                todo.append(shape.id)
    reached: dict[ShapeId, bool] = {}
    while todo:
        shape_id = todo.pop()
        if not reached.get(shape_id):
            reached[shape_id] = True
            todo.extend(parents.get(shape_id, ()))
    return reached
