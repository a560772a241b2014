"""What each SDK exception proves about the request."""

import inspect
from typing import Any

import pytest
from botocore import exceptions as sdk
from smithgate.errors import (
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
from smithgate.execute.classify import classify


def client_error(code: str, status: int, message: str = "no") -> sdk.ClientError:
    return sdk.ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "Op",
    )


class AnyFields(dict[str, Any]):
    """Fills every placeholder of botocore's message formats."""

    def __missing__(self, key: str) -> str:
        return key


def every_sdk_exception() -> list[Exception]:
    made: list[Exception] = []
    for _, kind in inspect.getmembers(sdk, inspect.isclass):
        if not issubclass(kind, Exception) or kind.__module__ != sdk.__name__:
            continue
        if issubclass(kind, sdk.ClientError):
            made.append(client_error("X", 400))
            continue
        error = kind.__new__(kind)
        Exception.__init__(error, f"made {kind.__name__}")
        made.append(error)
    return made


@pytest.mark.parametrize("error", every_sdk_exception(), ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("changes", [True, False])
def test_every_sdk_exception_becomes_one_of_ours(
    error: Exception, sent: bool, changes: bool
) -> None:
    ours = classify(error, "s3:X", sent=sent, changes=changes)
    assert isinstance(ours, SmithgateError)
    assert ours.code != "internal"
    if not sent:
        assert not isinstance(ours, OutcomeUnknown)
    surely_not_run = (
        sdk.ClientError,
        sdk.EndpointConnectionError,
        sdk.ConnectTimeoutError,
        sdk.ProxyConnectionError,
        sdk.ParamValidationError,
        sdk.NoCredentialsError,
        sdk.PartialCredentialsError,
        sdk.CredentialRetrievalError,
        sdk.TokenRetrievalError,
        sdk.SSOError,
        sdk.ProfileNotFound,
    )
    if sent and changes and not isinstance(error, surely_not_run):
        assert isinstance(ours, OutcomeUnknown)


@pytest.mark.parametrize(
    ("error", "changes", "expected"),
    [
        (client_error("AccessDenied", 403), True, AwsRefused),
        (client_error("NoSuchBucket", 404), True, AwsRefused),
        (client_error("Throttling", 400), True, Throttled),
        (client_error("SlowDown", 503), True, Throttled),
        (client_error("LimitExceededException", 400), True, AwsRefused),
        (client_error("InternalError", 500), True, OutcomeUnknown),
        (client_error("InternalError", 500), False, AwsRefused),
        (client_error("ServiceUnavailable", 503), True, OutcomeUnknown),
    ],
)
def test_answers_of_aws(error: Exception, changes: bool, expected: type) -> None:
    ours = classify(error, "s3:X", sent=True, changes=changes)
    assert type(ours) is expected
    assert ours.fields["http_status"]


@pytest.mark.parametrize(
    ("error", "sent", "changes", "expected"),
    [
        (sdk.NoCredentialsError(), False, True, CredentialsMissing),
        (sdk.EndpointConnectionError(endpoint_url="u"), True, True, AwsUnreachable),
        (sdk.ReadTimeoutError(endpoint_url="u"), True, True, OutcomeUnknown),
        (sdk.ReadTimeoutError(endpoint_url="u"), True, False, AwsUnreachable),
        (sdk.ConnectionClosedError(endpoint_url="u"), True, True, OutcomeUnknown),
        (sdk.ParamValidationError(report="bad"), False, True, SchemaViolation),
        (RuntimeError("half"), True, True, OutcomeUnknown),
        (RuntimeError("half"), False, True, ExecutionError),
    ],
)
def test_what_a_lost_connection_proves(
    error: Exception, sent: bool, changes: bool, expected: type
) -> None:
    assert type(classify(error, "s3:X", sent=sent, changes=changes)) is expected


def test_an_unreadable_reply_to_a_read_is_named_so() -> None:
    from botocore.parsers import ResponseParserError

    error = ResponseParserError("invalid XML")
    assert type(classify(error, "s3:X", sent=True, changes=False)) is ReplyInvalid
    assert type(classify(error, "s3:X", sent=True, changes=True)) is OutcomeUnknown


def test_hostile_text_of_aws_is_escaped() -> None:
    error = client_error("Bad\x1b[2J", 400, "line\nnext\u202e")
    ours = classify(error, "s3:X", sent=True, changes=True)
    assert "\x1b" not in ours.message
    assert "\u202e" not in ours.message
