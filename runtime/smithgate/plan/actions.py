"""The IAM actions that one apply needs, by which its role session can be narrowed."""

from collections.abc import Iterable, Iterator, Sequence

from ..canonical import canonical_json
from ..catalog import Catalog
from ..errors import PlanFailed
from ..execute.target import BoundTarget
from ..operation import Operation
from ..policy import Target
from ..store import PlanRecord
from .sealed import SealedStep

IDENTITY = "sts:GetCallerIdentity"
MAX_CHARACTERS = 2048
"""What STS takes as an inline session policy; packed it may be less still."""


def session_policy(catalog: Catalog, steps: Iterable[SealedStep]) -> str:
    """Return the session policy that lets exactly the steps and their reads through.

    Raises ``PlanFailed`` where actions are not known or too many: a session that is not
    narrow would not be what policy asks for.
    """
    actions = {IDENTITY}
    for operation in _operations(catalog, steps):
        if not operation.iam_actions:
            raise PlanFailed(
                f"the IAM actions of {operation.id} are not known: its session cannot "
                "be narrowed",
                hint="take `session_policy` out of the target, or plan without it",
            )
        actions |= set(operation.iam_actions)
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    text = canonical_json(document).decode()
    if len(text) > MAX_CHARACTERS:
        raise PlanFailed(
            f"a session policy of {len(text)} characters is too long for STS",
            hint="plan fewer steps at once",
        )
    return text


def _operations(catalog: Catalog, steps: Iterable[SealedStep]) -> Iterator[Operation]:
    for step in steps:
        yield step.operation
        if step.operation.read is not None:
            yield catalog.operation(step.operation.read.operation)
            if step.operation.read.keys is not None:
                yield catalog.operation(step.operation.read.keys.operation)
        if step.wait is not None:
            yield catalog.operation(step.wait.operation)


def bound_for(
    catalog: Catalog,
    place: tuple[Target, str],
    plan: PlanRecord,
    steps: Sequence[SealedStep],
) -> BoundTarget:
    """Return the target of a plan, and the session that its apply gets there.

    Raises ``PlanFailed`` when the session has to be narrowed and cannot be.
    """
    target, region = place
    assert plan.document is not None  # sealed: its requester cannot be another's
    return BoundTarget(
        target,
        region,
        principal=plan.document["requester"],
        session=plan.id,
        session_policy=(
            session_policy(catalog, steps) if target.session_policy else None
        ),
    )
