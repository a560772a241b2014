"""What an exception of the SDK proves about the request: refused, never sent, unknown.

The one question is whether the operation may have run. ``sent`` comes from botocore's
``before-send`` event: without it nothing left this process. Throttling answers and
refused connections prove that nothing ran; a server error or a lost reply proves
nothing (facts measured with botocore 1.44: a lost SQS reply had run).
"""

from collections.abc import Iterable

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from ..errors import (
    AwsRefused,
    AwsUnreachable,
    CredentialsMissing,
    ExecutionError,
    OutcomeUnknown,
    ReplyInvalid,
    SchemaViolation,
    SmithgateError,
    Throttled,
)
from ..redact import escape_text, redact

THROTTLING_CODES = frozenset(
    {
        # botocore's own list of throttling codes (botocore/data/_retry.json and
        # botocore.retries.standard.ThrottledRetryableChecker).
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Error codes that say: too fast, nothing was done."""

AMBIGUOUS_THROTTLES = frozenset({"LimitExceededException"})
"""Also used for quotas, where a retry cannot help."""

NO_CREDENTIALS = (
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.TokenRetrievalError,
    sdk.SSOError,
    sdk.ProfileNotFound,
)
NEVER_SENT = (
    sdk.EndpointConnectionError,
    sdk.ConnectTimeoutError,
    sdk.ProxyConnectionError,
)
SERVER_ERROR = 500
MAX_SAID = 65536
"""Characters of a message that are looked at."""
REDIRECTS = range(300, 400)
OTHER_REGION = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
        "TemporaryRedirect",
    }
)
"""How S3 says that a bucket is in another region; the request did not run."""
ELSEWHERE = "it is in another region: name one of the target's regions in the plan"


def _shown(text: str, secrets: Iterable[str], limit: int) -> str:
    """Return what somebody else wrote, safe to show.

    Masked before it is cut: half a secret is none that could be found. AWS repeats
    refused values, so the secrets of the request are looked for.
    """
    safe = redact(text[:MAX_SAID], secrets=secrets).value
    return escape_text(safe[:limit])


def _text(error: BaseException, secrets: Iterable[str]) -> str:
    """Return the first line of an exception, safe to show."""
    safe = redact(str(error)[:MAX_SAID], secrets=secrets).value
    lines = safe.splitlines()
    return escape_text(lines[0][:300]) if lines else type(error).__name__


def classify_client_error(
    error: sdk.ClientError,
    operation: str,
    *,
    changes: bool,
    secrets: Iterable[str] = (),
) -> SmithgateError:
    """Return our error for an answer of AWS that is an error."""
    detail = error.response.get("Error", {})
    code = _shown(str(detail.get("Code", "Unknown")), secrets, 100)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    said = _shown(str(detail.get("Message", "")), secrets, 500)
    message = f"aws answered `{code}` to {operation}: {said or 'no message'}"
    fields = {"aws_code": code, "http_status": status}
    if code in THROTTLING_CODES - AMBIGUOUS_THROTTLES:
        return Throttled(message, hint="wait, then try again", **fields)
    if status >= SERVER_ERROR and changes:
        return OutcomeUnknown(
            message, hint="a server error does not prove that nothing ran", **fields
        )
    hint = ELSEWHERE if code in OTHER_REGION or status in REDIRECTS else None
    return AwsRefused(message, hint=hint, **fields)


def classify(
    error: Exception,
    operation: str,
    *,
    sent: bool,
    changes: bool,
    secrets: Iterable[str] = (),
) -> SmithgateError:
    """Return our error for any exception out of an SDK call.

    ``sent`` says whether the request left this process, ``changes`` whether the
    operation may change something (an unknown read is only a failed read), ``secrets``
    what the request held that no error may repeat.
    """
    if isinstance(error, SmithgateError):
        return error
    if isinstance(error, sdk.ClientError):
        return classify_client_error(error, operation, changes=changes, secrets=secrets)
    text = _text(error, secrets)
    if isinstance(error, NO_CREDENTIALS):
        return CredentialsMissing(
            f"no usable AWS credentials for {operation}: {text}",
            hint="give the server's own environment credentials; check `smithgate doctor`",
        )
    if isinstance(error, NEVER_SENT):
        return AwsUnreachable(
            f"{operation} was not sent, the endpoint cannot be reached: {text}",
            hint="check network, region and endpoint, then try again",
        )
    if isinstance(error, sdk.ParamValidationError):
        return SchemaViolation(f"the SDK refuses the arguments of {operation}: {text}")
    if not sent:
        return ExecutionError(f"{operation} was not sent: {text}")
    if changes:
        return OutcomeUnknown(
            f"{operation} was sent and its outcome is unknown: {text}",
            hint="look at the resource before you plan anything again",
        )
    if isinstance(error, ResponseParserError):
        return ReplyInvalid(f"the reply to {operation} cannot be read: {text}")
    return AwsUnreachable(f"no reply to {operation}: {text}", hint="try again")
