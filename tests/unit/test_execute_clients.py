"""The SDK sends once, where it was told to, and nothing of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from smithgate.execute.classify import classify
from smithgate.execute.clients import Boto3Clients, SecondSend, send


class Raw:
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        return iter([b""])


def answering(
    monkeypatch: pytest.MonkeyPatch, status: int, headers: dict[str, str]
) -> tuple[Any, list[str]]:
    """Return an S3 client whose every request is answered alike, and the URLs."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return answered(monkeypatch, "s3", status, headers)


def answered(
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    status: int,
    headers: dict[str, str],
    content: bytes = b"",
) -> tuple[Any, list[str]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    client = Boto3Clients("test").client(service, "us-east-1", None)
    urls: list[str] = []

    def answer(request: Any, **_: Any) -> Any:
        urls.append(request.url)
        response = AWSResponse(request.url, status, headers, Raw())
        response._content = content
        return response

    client.meta.events.register_last("before-send", answer)
    return client, urls


def test_a_bucket_in_another_region_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, urls = answering(monkeypatch, 301, {"x-amz-bucket-region": "eu-central-1"})
    arguments = {"Bucket": "b-bucket", "VersioningConfiguration": {"Status": "Enabled"}}
    _, error, sent = send(client, "put_bucket_versioning", arguments)
    assert isinstance(error, ClientError)
    assert sent
    assert len(urls) == 1
    ours = classify(error, "s3:PutBucketVersioning", sent=sent, changes=True)
    assert ours.code == "aws_refused"
    assert "another region" in (ours.hint or "")


def test_no_session_is_made_behind_our_back(monkeypatch: pytest.MonkeyPatch) -> None:
    client, urls = answering(monkeypatch, 200, {})
    arguments = {"Bucket": "foo--usw2-az1--x-s3", "Key": "k", "Body": b"x"}
    send(client, "put_object", arguments)
    assert not any("session" in url for url in urls)
    assert len(urls) <= 1


def test_an_arn_does_not_choose_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    client, urls = answering(monkeypatch, 200, {})
    arn = "arn:aws:s3:eu-west-1:999999999999:accesspoint/evil"
    _, error, sent = send(client, "get_object", {"Bucket": arn, "Key": "k"})
    assert error is not None
    assert (sent, urls) == (False, [])


def test_a_second_send_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever makes the SDK send again, it does not get far."""
    client, urls = answering(monkeypatch, 503, {})
    again = iter([0, None])
    client.meta.events.register("needs-retry.s3", lambda **_: next(again, None))
    _, error, sent = send(client, "list_buckets", {})
    assert isinstance(error, SecondSend)
    assert sent
    assert len(urls) == 1
    ours = classify(error, "s3:PutBucketVersioning", sent=sent, changes=True)
    assert ours.code == "outcome_unknown"


def test_a_configured_endpoint_is_not_left_for_discovered_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    content = (
        b'{"Endpoints": [{"Address": "other.example", "CachePeriodInMinutes": 1}]}'
    )
    client, urls = answered(monkeypatch, "timestream-query", 200, {}, content)
    _, error, sent = send(client, "list_scheduled_queries", {})
    assert (error, sent) == (None, True)
    assert urls == ["http://127.0.0.1:9/"]
