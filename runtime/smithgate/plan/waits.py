"""Waiting between steps until what one made is there: the SDK's own waiters, recorded.

Owns which reader a waiter asks, with what, and how its answers are judged (botocore's
acceptors). Every look is a recorded call through the gateway; how often and how long
between is the waiter's, within bounds of ours.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from ..canonical import digest_of
from ..catalog import Catalog
from ..errors import (
    ExecutionError,
    PlanStale,
    UnknownOperation,
    UnknownWaiter,
    WaitFailed,
)
from ..execute.gateway import Reply
from ..operation import Operation

MAX_LOOKS = 60
"""Looks of one wait, whatever the waiter's own number is."""
MAX_DELAY_S = 30.0
"""Seconds between two looks at the most."""


class Wait(NamedTuple):
    """What is waited for after a step."""

    waiter: str
    """Name in snake case, such as ``instance_running``."""
    operation: str
    """Canonical id of the reader that is asked."""
    arguments: Mapping[str, Any]
    """The reader's arguments; may refer to the output of the step and earlier ones."""
    digest: str
    """Digest of the waiter's definition: what was planned is what is waited for."""

    def as_dict(self) -> dict[str, Any]:
        """Return the sealed form."""
        return self._asdict() | {"arguments": dict(self.arguments)}


@cache
def _definitions(service: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the waiters of a boto3 client by their names in snake case."""
    from botocore import xform_name
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    # Only what the package ships: no models from anybody's home folder.
    loader = Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH],
        include_default_search_paths=False,
    )
    try:
        model = loader.load_service_model(service, "waiters-2")
    except UnknownServiceError:
        return {}
    return {xform_name(name): config for name, config in model["waiters"].items()}


def find_wait(
    catalog: Catalog,
    step: Operation,
    arguments: Mapping[str, Any],
    waiter: str,
    given: Mapping[str, Any] | None,
) -> Wait:
    """Return the wait of a step.

    ``given`` are the reader's arguments; without them the step's own members of the
    same names are taken. Raises ``UnknownWaiter``.
    """
    found = _definitions(step.client[0])
    definition = found.get(waiter)
    if definition is None:
        near = get_close_matches(waiter, found, n=3)
        raise UnknownWaiter(
            f"{step.service} has no waiter `{waiter}`",
            hint=f"nearest: {', '.join(near)}" if near else "leave `wait` out",
        )
    try:
        reader = catalog.canonical_id(f"{step.service}:{definition['operation']}")
    except UnknownOperation as error:
        raise UnknownWaiter(
            f"waiter `{waiter}` asks {definition['operation']}, which is not generated",
            hint="leave `wait` out",
        ) from error
    members = catalog.input_schema(reader).get("properties", {})
    if given is None:
        given = {name: arguments[name] for name in members if name in arguments}
    if members and not given:
        raise UnknownWaiter(
            f"waiter `{waiter}` asks {reader} and is not told what to look at",
            hint="give `wait_arguments`, which may refer to this step: "
            '{"InstanceIds": [{"$from": "steps.0.output.Instances[0].InstanceId"}]}',
        )
    return Wait(waiter, reader, dict(given), digest_of(definition))


def wait_for(
    wait: Wait,
    service: str,
    look: Callable[[], Reply],
    sleep: Callable[[float], None],
) -> int:
    """Look until the waiter is content; return how often that took.

    Raises ``PlanStale`` for a waiter that is not what was sealed, ``WaitFailed`` when
    it gives up or cannot look, and store and policy errors of ``look``.
    """
    from botocore.waiter import SingleWaiterConfig

    definition = _definitions(service).get(wait.waiter)
    if definition is None or digest_of(definition) != wait.digest:
        raise PlanStale(
            f"waiter `{wait.waiter}` is not what the plan was made with",
            hint="plan again",
            changed=[f"waiter {wait.waiter}"],
        )
    config = SingleWaiterConfig(definition)
    acceptors = config.acceptors
    looks = min(config.max_attempts, MAX_LOOKS)
    for number in range(1, looks + 1):
        state = _state(acceptors, look)
        if state == "success":
            return number
        if state == "failure":
            raise WaitFailed(
                f"`{wait.waiter}` can no longer come true",
                hint="look at the resource; the steps after it were not sent",
            )
        if number < looks:
            sleep(min(float(config.delay), MAX_DELAY_S))
    raise WaitFailed(
        f"`{wait.waiter}` was not true after {looks} looks",
        hint="it may still come true: look at the resource and plan the rest anew",
    )


def _state(acceptors: list[Any], look: Callable[[], Reply]) -> str:
    """Return the state of the first acceptor that takes the answer, or ``retry``."""
    failed: ExecutionError | None = None
    try:
        reply = look()
        answer = {
            **reply.value,
            "ResponseMetadata": {"HTTPStatusCode": reply.metadata.http_status},
        }
    except ExecutionError as error:
        failed = error
        answer = {"Error": {"Code": error.fields.get("aws_code"), "Message": ""}}
    for acceptor in acceptors:
        if acceptor.matcher_func(answer):
            return str(acceptor.state)
    if failed is not None:
        raise WaitFailed(
            f"what was waited for could not be read: {failed.message}",
            hint="the step itself ran: look at the resource and plan the rest anew",
            **failed.fields,
        ) from failed
    return "retry"
