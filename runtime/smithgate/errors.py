"""The runtime's error tree: every failure a person or an agent can meet.

    SmithgateError
      InputError      UnknownOperation  UnknownTool  SchemaViolation  UnsafeArgument
                      InputTooLarge  MalformedInput  ArtifactNotFound  TxNotFound
                      BadQuery  BadReference  UnknownWaiter
      PolicyError     PolicyFileInvalid  PolicyDenied  LimitReached
                      UnknownTarget
      PlanError       PlanNotFound  PlanStale  PlanExpired  PlanConsumed  PlanFailed
                      CannotBeUndone
      ApprovalError   ApprovalRequired  ApprovalExpired  ApprovalRefused
                      ApprovalNotFound  ApprovalUnverified  KeyUnusable
      ExecutionError  AwsRefused  AwsUnreachable  Throttled  CredentialsMissing
                      IdentityMismatch  ReplyInvalid  PartialFailure
                      OutcomeUnknown  ApplyCancelled  ReferenceMissing  WaitFailed
      StoreError      AuditUnavailable  AuditBroken  ArtifactCorrupt  FormatUnknown
      CatalogError    CatalogInvalid

Each class has a stable ``code``. Text is lower case, one line, without a full stop;
user input stands in backticks and the next step in ``hint``. ``retry_safe`` says
whether the same call may be sent again without a second effect; ``None`` is unknown.
"""

from typing import Any, ClassVar


class SmithgateError(Exception):
    """Base of every error that Smithgate raises on purpose."""

    code: ClassVar[str] = "internal"
    retry_safe: bool | None = None

    def __init__(self, message: str, *, hint: str | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fields = fields

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON values, for tool results, audit and ``--json``."""
        from .redact import mask_credentials

        out: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.hint is not None:
            out["hint"] = self.hint
        out["retry_safe"] = self.retry_safe
        if self.fields:
            out["details"] = self.fields
        # What callers and AWS wrote is quoted in errors: no producer may forget this.
        masked: dict[str, Any] = mask_credentials(out)
        return masked


def as_error(error: BaseException) -> SmithgateError:
    """Return an error of ours as it is, a fault or an interrupt by its type only.

    The texts of faults may hold what callers sent, so none of them is kept.
    """
    if isinstance(error, SmithgateError):
        return error
    return SmithgateError(f"cut off by {type(error).__name__}")


class InputError(SmithgateError):
    """What the caller sent cannot be used."""

    code = "invalid_input"
    retry_safe = False


class UnknownOperation(InputError):
    """No generated operation has this id."""

    code = "unknown_operation"


class UnknownTool(InputError):
    """No tool of the server has this name."""

    code = "unknown_tool"


class SchemaViolation(InputError):
    """Arguments break the operation's or the tool's schema."""

    code = "schema_violation"


class UnsafeArgument(InputError):
    """A label or header value would change the request's path or headers."""

    code = "unsafe_argument"


class InputTooLarge(InputError):
    """A limit on bytes, depth, keys or digits is passed."""

    code = "input_too_large"


class MalformedInput(InputError):
    """The text is not the JSON that the protocol asks for."""

    code = "malformed_input"


class ArtifactNotFound(InputError):
    """No stored artifact has this id."""

    code = "artifact_not_found"


class TxNotFound(InputError):
    """No stored transaction has this id."""

    code = "tx_not_found"


class BadQuery(InputError):
    """A JMESPath expression or a cursor cannot be used."""

    code = "bad_query"


class BadReference(InputError):
    """A step refers to an output that will not be there or does not fit."""

    code = "bad_reference"


class UnknownWaiter(InputError):
    """The service has no such waiter, or it cannot be told what to look at."""

    code = "unknown_waiter"


class PolicyError(SmithgateError):
    """Policy cannot be used, or says no."""

    code = "policy_error"
    retry_safe = False


class PolicyFileInvalid(PolicyError):
    """The policy file cannot be read as a policy."""

    code = "policy_invalid"


class PolicyDenied(PolicyError):
    """Policy denies the operation."""

    code = "policy_denied"


class LimitReached(PolicyError):
    """A limit of the policy is reached; nothing was planned or sent."""

    code = "limit_reached"
    retry_safe = True


class UnknownTarget(PolicyError):
    """The policy names no such target or region."""

    code = "unknown_target"


class PlanError(SmithgateError):
    """A plan cannot be used as asked."""

    code = "plan_error"
    retry_safe = False


class PlanNotFound(PlanError):
    """No plan has this id."""

    code = "plan_not_found"


class PlanStale(PlanError):
    """What the plan was sealed over has changed."""

    code = "plan_stale"


class PlanExpired(PlanError):
    """The plan's time is over."""

    code = "plan_expired"


class PlanConsumed(PlanError):
    """The plan was applied, or is being applied, already."""

    code = "plan_consumed"


class PlanFailed(PlanError):
    """The plan failed while it was made and can never be applied."""

    code = "plan_failed"


class CannotBeUndone(PlanError):
    """An apply cannot be turned around; the error says why."""

    code = "cannot_be_undone"


class ApprovalError(SmithgateError):
    """An approval is missing or cannot be used."""

    code = "approval_error"
    retry_safe = False


class ApprovalRequired(ApprovalError):
    """Policy asks for a human's yes that is not there."""

    code = "approval_required"


class ApprovalExpired(ApprovalError):
    """The approval or the request for it ran out."""

    code = "approval_expired"


class ApprovalRefused(ApprovalError):
    """A human said no, took the yes back, or may not decide this."""

    code = "approval_refused"


class ApprovalNotFound(ApprovalError):
    """No approval request fits."""

    code = "approval_not_found"


class ApprovalUnverified(ApprovalError):
    """A recorded yes does not count: its signature or its approver does not hold."""

    code = "approval_unverified"


class KeyUnusable(ApprovalError):
    """An approver's key cannot be read, unlocked or used."""

    code = "key_unusable"


class ExecutionError(SmithgateError):
    """The call to AWS did not end in a known success."""

    code = "execution_error"


class AwsRefused(ExecutionError):
    """AWS answered with an error: the operation did not run."""

    code = "aws_refused"
    retry_safe = False


class AwsUnreachable(ExecutionError):
    """The request never left: connection refused, name not found."""

    code = "aws_unreachable"
    retry_safe = True


class Throttled(ExecutionError):
    """AWS throttled every attempt: the operation did not run."""

    code = "throttled"
    retry_safe = True


class CredentialsMissing(ExecutionError):
    """The SDK found no usable credentials."""

    code = "credentials_missing"
    retry_safe = True


class IdentityMismatch(ExecutionError):
    """The credentials belong to another account than the target's."""

    code = "identity_mismatch"
    retry_safe = False


class ReplyInvalid(ExecutionError):
    """AWS answered success, but without what the output shape promises."""

    code = "reply_invalid"


class PartialFailure(ExecutionError):
    """AWS answered success, but parts of the request failed."""

    code = "partial_failure"
    retry_safe = False


class ApplyCancelled(ExecutionError):
    """The apply was stopped between two steps: no further step was sent."""

    code = "apply_cancelled"
    retry_safe = False


class OutcomeUnknown(ExecutionError):
    """The request was sent and no answer proves what happened."""

    code = "outcome_unknown"


class ReferenceMissing(ExecutionError):
    """An earlier step did not return what a later one refers to."""

    code = "reference_missing"
    retry_safe = False


class WaitFailed(ExecutionError):
    """What a step made did not reach the state that was waited for."""

    code = "wait_failed"
    retry_safe = False


class StoreError(SmithgateError):
    """A store cannot be used; nothing was sent to AWS."""

    code = "store_error"


class AuditUnavailable(StoreError):
    """The audit or artifact store cannot be written."""

    code = "audit_unavailable"
    retry_safe = True


class AuditBroken(StoreError):
    """The event chain does not verify."""

    code = "audit_broken"
    retry_safe = False


class ArtifactCorrupt(StoreError):
    """A stored artifact does not have the content its id promises."""

    code = "artifact_corrupt"
    retry_safe = False


class FormatUnknown(StoreError):
    """A stored format has a version that this release does not know."""

    code = "format_unknown"
    retry_safe = False


class CatalogError(SmithgateError):
    """The generated tree cannot be used."""

    code = "catalog_error"
    retry_safe = False


class CatalogInvalid(CatalogError):
    """A generated file is missing, edited or of an unknown format."""

    code = "catalog_invalid"
