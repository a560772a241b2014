"""The one choke point: every call to AWS is canonicalised, validated, judged, recorded.

Direct reads, read-backs, identity checks, role assumption and apply all pass
``Gateway.call`` (I7). Order within one attempt: schema → policy → request artifact →
op committed as intended → send once → response artifact → outcome committed (I1). A
retry is a new recorded attempt and happens only after an error that proves nothing ran.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from ..arguments import Arguments, Metadata
from ..catalog import Catalog
from ..errors import (
    AwsUnreachable,
    OutcomeUnknown,
    PartialFailure,
    PolicyDenied,
    ReplyInvalid,
    SmithgateError,
    StoreError,
    Throttled,
    UnsafeArgument,
)
from ..operation import Operation, Risk
from ..policy import Decision, Effect, Policy
from ..policy.raised import decide_raised, request_for, returns_secrets
from ..redact import redact, secrets_at
from ..store import OpState, Store
from .classify import classify
from .clients import ClientFactory, Credentials, send
from .dry_run import is_dry_run
from .target import BoundTarget

MAX_ATTEMPTS = 3
IDENTITY_OPERATIONS = frozenset({"sts:GetCallerIdentity", "sts:AssumeRole"})
"""What the runtime itself calls to learn or become who the target says; only code of
``execute/identity.py`` uses the purpose, and policy fixes the role it may assume."""
BACKOFF_S = (0.2, 0.8)
"""Waiting before the second and the third attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to AWS that somebody wants."""

    operation: str
    """Canonical id."""
    arguments: Mapping[str, Any]
    target: BoundTarget
    purpose: str
    """``identity``, ``read``, ``before``, ``apply``, ``after``, ``wait`` or
    ``preflight``."""
    step: int | None = None
    token: str | None = None
    """The stored idempotency token, for the record; it is in the arguments already."""
    earlier_attempts: int = 0
    """How often the step was sent before, in an apply that goes on."""
    granted: bool = False
    """A claimed plan stands behind the call: ``approve`` was answered with yes."""
    keep_response: bool = True
    """False for assumed-role credentials, which no file may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a call gave: the response as JSON and where it is stored."""

    op_id: str
    value: Any
    """The whole response, not masked; never leaves without ``mask``."""
    metadata: Metadata
    artifact: str | None
    sealed: bool
    """The response of an operation that returns credentials or secrets."""
    warnings: tuple[str, ...] = field(default=())
    failures: tuple[str, ...] = field(default=())
    """Members that tell of parts which failed inside of a success."""


class Gateway:
    """Calls AWS for the rest of the runtime."""

    def __init__(
        self,
        catalog: Catalog,
        arguments: Arguments,
        store: Store,
        clients: ClientFactory,
        sleep: Callable[[float], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._arguments = arguments
        self._store = store
        self._clients = clients
        self._sleep = sleep
        self._clock = clock

    def judge(self, policy: Policy, call: Call) -> Decision:
        """Return what policy says of a call, without making it.

        Raises ``UnsafeArgument`` for a bucket that is an ARN, whatever policy says.
        """
        refuse_bucket_arn(call)
        operation = self._catalog.operation(call.operation)
        return decide_raised(
            policy,
            request_for(
                operation,
                call.target.target,
                call.target.region,
                call.arguments,
                principal=call.target.principal,
                now=self._clock(),
            ),
        )

    def call(
        self,
        tx_id: str,
        policy: Policy,
        call: Call,
        credentials: Credentials | None = None,
    ) -> Reply:
        """Validate, judge, record and make one call.

        Raises the input errors, ``PolicyDenied``, ``AuditUnavailable`` (nothing was
        sent) and the execution errors of ``classify``.
        """
        canonical = self._catalog.canonical_id(call.operation)
        call = replace(call, operation=canonical)
        operation = self._catalog.operation(canonical)
        self._arguments.check(canonical, call.arguments)
        decision = self.permit(policy, call)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            number = call.earlier_attempts + attempt
            try:
                return self._attempt(
                    tx_id, operation, call, decision, number, credentials
                )
            except (Throttled, AwsUnreachable) as error:
                if attempt == MAX_ATTEMPTS or error.retry_safe is not True:
                    raise
                self._sleep(BACKOFF_S[attempt - 1])
        raise AssertionError  # the loop returns or raises

    def permit(self, policy: Policy, call: Call) -> Decision:
        """Return the decision if it lets the call run now.

        Raises ``PolicyDenied`` and what ``judge`` raises.
        """
        if call.purpose == "identity" and call.operation in IDENTITY_OPERATIONS:
            return Decision(
                effect=Effect.ALLOW,
                risk=self._catalog.operation(call.operation).risk,
                decided_by="internal.identity",
                reasons=(),
                approval=None,
                policy_digest=policy.digest,
                is_provisional=False,
            )
        decision = self.judge(policy, call)
        if decision.effect is Effect.DENY or decision.is_provisional:
            raise denied(call.operation, decision)
        is_check = is_dry_run(
            self._catalog.operation(call.operation), call.purpose, call.arguments
        )
        if decision.effect is Effect.APPROVE and not call.granted and not is_check:
            raise PolicyDenied(
                f"policy wants an approval for {call.operation}",
                hint="plan it and request an approval",
                decided_by=decision.decided_by,
            )
        return decision

    def _attempt(
        self,
        tx_id: str,
        operation: Operation,
        call: Call,
        decision: Decision,
        attempt: int,
        credentials: Credentials | None,
    ) -> Reply:
        """Record, send once, record. See the module docstring for the order."""
        parameters = self._arguments.to_boto(operation.id, call.arguments)
        client = self._client(operation, call, credentials)
        masked = redact(
            dict(call.arguments), operation.sensitive, mark_of=self._store.mark_of
        )
        request_artifact = self._store.artifacts.put(
            {"operation": operation.id, "arguments": masked.value},
            kind="request",
        )
        op_id = self._store.intend(
            tx_id,
            step=call.step,
            operation=operation.id,
            purpose=call.purpose,
            target=call.target.as_dict(),
            attempt=attempt,
            idempotency_token=call.token,
            request_artifact=request_artifact,
            redacted=list(masked.paths),
            policy_digest=decision.policy_digest,
            decided_by=decision.decided_by,
        )
        response, error, sent = send(client, operation.client[1], parameters, op_id)
        if error is None:
            return self._finish(operation, call, op_id, response)
        ours = classify(
            error,
            operation.id,
            sent=sent,
            changes=_changes(operation),
            secrets=secrets_at(call.arguments, operation.sensitive),
        )
        self._record_failure(op_id, ours, error)
        raise ours

    def _client(
        self, operation: Operation, call: Call, credentials: Credentials | None
    ) -> Any:
        """Return the SDK client; nothing is recorded or sent if it cannot be made."""
        try:
            return self._clients.client(
                operation.client[0], call.target.region, credentials
            )
        except Exception as error:
            raise classify(error, operation.id, sent=False, changes=False) from error

    def _record_failure(
        self, op_id: str, ours: SmithgateError, error: Exception
    ) -> None:
        """Commit the outcome of a call that gave no response."""
        # HTTP errors of the SDK have a ``response`` that is None.
        answer = error.response if isinstance(error, ClientError) else {}
        metadata = answer.get("ResponseMetadata", {})
        unknown = isinstance(ours, OutcomeUnknown | ReplyInvalid)
        self._commit_outcome(
            op_id,
            OpState.UNKNOWN if unknown else OpState.FAILED,
            aws_request_id=metadata.get("RequestId"),
            response_artifact=None,
            error=ours.as_dict(),
            http_status=metadata.get("HTTPStatusCode"),
        )
        ours.fields.setdefault("op_id", op_id)

    def _keep(
        self, operation: Operation, call: Call, value: Any, *, sealed: bool
    ) -> tuple[str | None, list[str]]:
        """Store a response that is to be kept; return where, and warnings.

        The call was made: a store that fails must not keep its outcome from the record.
        """
        if not call.keep_response:
            return None, []
        body = {"operation": operation.id, "response": value}
        try:
            artifact = self._store.artifacts.put(body, kind="response", sealed=sealed)
        except StoreError as error:
            return None, [f"the response could not be stored: {error.message}"]
        return artifact, []

    def _value_of(
        self, operation: Operation, op_id: str, response: Any
    ) -> tuple[dict[str, Any], Metadata]:
        """Return the response as JSON values.

        Raises what a lost reply is classified as, with the outcome committed, when the
        body breaks while it is read.
        """
        try:
            return self._arguments.jsonable(response)
        except Exception as error:
            ours = classify(error, operation.id, sent=True, changes=_changes(operation))
            self._record_failure(op_id, ours, error)
            raise ours from error

    def _commit_outcome(self, op_id: str, state: OpState, **outcome: Any) -> None:
        """Commit the outcome of a call that was made.

        Raises ``OutcomeUnknown`` when it cannot be recorded: AWS may have acted, and
        nothing durable says how it ended.
        """
        try:
            self._store.outcome(op_id, state, **outcome)
        except StoreError as error:
            raise OutcomeUnknown(
                f"the call was made but its outcome was not recorded: {error.message}",
                hint="mend the audit store, restart the server and look at the resource",
                op_id=op_id,
            ) from error

    def _finish(
        self, operation: Operation, call: Call, op_id: str, response: Any
    ) -> Reply:
        """Store the response, commit the outcome, check the promised members."""
        value, metadata = self._value_of(operation, op_id, response)
        missing = self._arguments.missing_outputs(operation.id, value)
        empty = (bool(missing) and not value) or self._arguments.is_unread(
            operation.id, value, metadata
        )
        sealed = returns_secrets(operation, call.arguments)
        artifact, warnings = self._keep(operation, call, value, sealed=sealed)
        problem = None
        if empty:
            problem = _cut_reply(operation.id, missing, op_id)
        elif missing:
            warnings.append(f"the reply lacks {', '.join(missing[:5])}")
        failures = tuple(sorted(self._arguments.partial_failures(value)))
        told: SmithgateError | None = problem
        if failures:
            warnings.append(f"parts failed: see {', '.join(failures[:5])}")
            told = problem or partial_failure(operation.id, failures)
        self._commit_outcome(
            op_id,
            OpState.UNKNOWN if problem else OpState.SUCCEEDED,
            aws_request_id=metadata.request_id,
            response_artifact=artifact,
            error=told.as_dict() if told else None,
            http_status=metadata.http_status,
        )
        if problem:
            raise problem
        return Reply(
            op_id=op_id,
            value=value,
            metadata=metadata,
            artifact=artifact,
            sealed=sealed,
            warnings=tuple(warnings),
            failures=failures,
        )


def _cut_reply(operation: str, missing: Sequence[str], op_id: str) -> ReplyInvalid:
    """Return the error for a success without what an answer promises."""
    lacks = f": {', '.join(missing[:3])}" if missing else ""
    return ReplyInvalid(
        f"aws answered {operation} with success, but without what the "
        f"answer promises{lacks}",
        hint="the reply may be cut: look at the resource before acting again",
        op_id=op_id,
    )


def _changes(operation: Operation) -> bool:
    """Say whether a call that was sent may have changed something."""
    return operation.risk not in {Risk.READ, Risk.SENSITIVE}


def refuse_bucket_arn(call: Call) -> None:
    """Raise ``UnsafeArgument`` for an S3 bucket given as an ARN.

    An access point's ARN names a region and an account of its own, and rules on bucket
    names would not see which bucket is behind it.
    """
    bucket = call.arguments.get("Bucket")
    if (
        call.operation.startswith("s3:")
        and isinstance(bucket, str)
        and bucket[:4].lower() == "arn:"
    ):
        raise UnsafeArgument(
            "`Bucket` is an ARN: region and account come from the target",
            hint="give the bucket's name",
            path="Bucket",
        )


def partial_failure(operation: str, members: Sequence[str]) -> PartialFailure:
    """Return the error for a success inside of which parts failed."""
    return PartialFailure(
        f"parts of {operation} failed: see {', '.join(members[:5])}",
        hint="the rest took effect: look at the response before planning anew",
        members=list(members),
    )


def denied(operation: str, decision: Decision) -> PolicyDenied:
    """Return the error for a decision that says no."""
    reason = decision.reasons[0] if decision.reasons else None
    return PolicyDenied(
        f"policy denies {operation} by `{decision.decided_by}`"
        + (f": {reason.text}" if reason else ""),
        hint="a person can change policy; `smithgate policy explain` shows every rule",
        decided_by=decision.decided_by,
        risk=str(decision.risk),
    )
