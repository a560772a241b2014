"""Policy documents by meaning: what two of them say, not how they are written."""

import json
from typing import Any

import pytest
from smithgate.diff.meaning import same


def policy(*statements: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", **members, "Statement": list(statements)}


def statement(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **members}


EQUAL = [
    (policy(statement()), policy(statement(Action=["s3:GetObject"]))),
    (policy(statement()), policy(statement(Action="S3:getobject"))),
    (policy(statement()), {"Version": "2012-10-17", "Statement": statement()}),
    (policy(statement()), policy(statement(Sid=""))),
    (
        policy(statement(Action=["s3:A", "s3:B"])),
        policy(statement(Action=["s3:B", "s3:A", "s3:A"])),
    ),
    (
        policy(statement(Sid="a"), statement(Sid="b")),
        policy(statement(Sid="b"), statement(Sid="a")),
    ),
    (
        policy(statement(Principal={"AWS": "111111111111"})),
        policy(statement(Principal={"AWS": ["arn:aws:iam::111111111111:root"]})),
    ),
    (
        policy(statement(Condition={"Bool": {"aws:SecureTransport": True}})),
        policy(statement(Condition={"Bool": {"aws:SecureTransport": ["true"]}})),
    ),
    ({"Statement": [statement()]}, policy(statement(), Version="2008-10-17")),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_the_same_said_in_two_ways(left: Any, right: Any) -> None:
    assert same(json.dumps(left, indent=2), json.dumps(right))
    assert same(left, json.dumps(right))


DIFFERENT = [
    (policy(statement()), policy(statement(Effect="Deny"))),
    (policy(statement()), policy(statement(Resource="arn:aws:s3:::b/*"))),
    (policy(statement(Resource="arn:a")), policy(statement(Resource="ARN:A"))),
    (policy(statement()), policy(statement(), statement(Sid="more"))),
    (policy(statement()), policy(statement(Condition={"Bool": {"a": "true"}}))),
    (policy(statement()), policy(statement(), Version="2008-10-17")),
    # Nearly the same for many services, and not for all of them.
    (
        policy(statement(Principal="*")),
        policy(statement(Principal={"AWS": "*"})),
    ),
    ({"Statement": [statement(Action="s3:A")]}, {"Statement": []}),
]


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_what_differs_differs(left: Any, right: Any) -> None:
    assert not same(json.dumps(left), json.dumps(right))


def test_statements_of_something_else_keep_their_order() -> None:
    left = {"Statement": [{"Do": "a"}, {"Do": "b"}]}
    assert not same(left, {"Statement": left["Statement"][::-1]})
