"""Loading a policy file: what it becomes, from which files, for which targets."""

import os
from typing import Any

import pytest
from policy_kit import HEAD, parse
from smithgate import Risk
from smithgate.errors import PolicyFileInvalid, UnknownTarget
from smithgate.policy import ApprovalRule, Effect, Target, load_policy
from smithgate.policy.sections import APPROVAL_DEFAULTS, RISK_DEFAULTS

# --- what a good file becomes ---------------------------------------------------


def test_the_smallest_policy_has_every_default():
    policy = parse(HEAD)
    target = Target("dev", "111111111111", None, ("eu-west-1",), False)
    assert dict(policy.targets) == {"dev": target}
    assert policy.risks == RISK_DEFAULTS
    assert policy.approvals == APPROVAL_DEFAULTS
    assert policy.rules == ()
    assert policy.required_tags == ()


def test_defaults_speak_of_every_risk():
    assert set(RISK_DEFAULTS) == set(APPROVAL_DEFAULTS) == {str(r) for r in Risk}
    assert {r for r, e in RISK_DEFAULTS.items() if e is Effect.DENY} == {
        "sensitive",
        "execute",
        "permissions",
        "destructive",
    }


def test_every_key_arrives():
    policy = parse("""\
version: 1
targets:
  dev:
    account: "111111111111"
    role_arn: arn:aws:iam::111111111111:role/team/agent
    regions: [eu-west-1, us-east-1]
    default: true
  china: {account: '222222222222', regions: [cn-north-1], default: false}
risks: {read: approve, destructive: allow}
rules:
  - id: b
    allow: ["s3:Get.*", "s3:List.*"]
    when:
      targets: [dev]
      regions: [us-east-1]
      arguments: {Bucket: "agent-.*", A.B-c: x}
    why: because
  - {id: a, deny: [".*"]}
required_tags:
  - {id: owned, operations: ["sqs:.*"], tags: {Owner: ".+", Env: dev}}
  - {operations: [".*"], tags: {"aws:x": "1"}}
approvals:
  write: {count: 2}
  destructive: {count: 10, ttl: 2d}
  read: {ttl: 90m}
""")
    assert list(policy.targets) == ["china", "dev"]
    assert policy.targets["dev"] == Target(
        "dev",
        "111111111111",
        "arn:aws:iam::111111111111:role/team/agent",
        ("eu-west-1", "us-east-1"),
        True,
    )
    assert policy.risks["read"] is Effect.APPROVE
    assert policy.risks["destructive"] is Effect.ALLOW
    assert policy.risks["write"] is Effect.APPROVE
    rule, other = policy.rules
    assert (rule.id, rule.effect, rule.why) == ("b", Effect.ALLOW, "because")
    assert [p.text for p in rule.patterns] == ["s3:Get.*", "s3:List.*"]
    assert rule.when.targets == ("dev",)
    assert rule.when.regions == ("us-east-1",)
    assert [(path, p.text) for path, p in rule.when.arguments] == [
        ("A.B-c", "x"),
        ("Bucket", "agent-.*"),
    ]
    assert (other.id, other.effect, other.why) == ("a", Effect.DENY, None)
    first, second = policy.required_tags
    assert (first.by, second.by) == ("required_tags.owned", "required_tags[1]")
    assert [(key, p.text) for key, p in first.tags] == [("Env", "dev"), ("Owner", ".+")]
    assert policy.approvals["write"] == ApprovalRule(2, 3600)
    assert policy.approvals["destructive"] == ApprovalRule(10, 172800)
    assert policy.approvals["read"] == ApprovalRule(1, 5400)
    assert policy.approvals["execute"] == APPROVAL_DEFAULTS["execute"]


@pytest.mark.parametrize(
    ("ttl", "seconds"),
    [("1m", 60), ("10080m", 604800), ("168h", 604800), ("7d", 604800), ("1h", 3600)],
)
def test_durations(ttl, seconds):
    policy = parse(HEAD + f"approvals: {{write: {{ttl: {ttl}}}}}\n")
    assert policy.approvals["write"].ttl_s == seconds


def test_a_policy_cannot_be_changed():
    policy: Any = parse(HEAD)  # what the types forbid, the objects must forbid too
    with pytest.raises(TypeError):
        policy.risks["destructive"] = Effect.ALLOW
    with pytest.raises(TypeError):
        policy.targets["x"] = policy.targets["dev"]
    with pytest.raises(AttributeError):
        policy.digest = "sha256:0"


# --- the digest -----------------------------------------------------------------

SAME = [
    HEAD,
    "# a comment\n\n" + HEAD + "   # another\n\n",
    HEAD.replace('"', "'"),
    HEAD.replace("\n", "\r\n"),
    "\ufeff" + HEAD,
    'targets: {"dev": {regions: ["eu-west-1"], account: "111111111111"}}\nversion: 1',
    HEAD + "    default: false\n",
    HEAD + "risks: {read: allow}\n",
    HEAD + "risks: {write: approve, read: allow}\n",
    HEAD + "approvals: {write: {ttl: 60m}, execute: {count: 1}}\n",
]
OTHER = [
    HEAD.replace("111111111111", "111111111112"),
    HEAD.replace("dev", "prod"),
    HEAD.replace("eu-west-1", "eu-west-2"),
    HEAD.replace("eu-west-1", "eu-west-1, eu-west-2"),
    HEAD + "    default: true\n",
    HEAD + "    role_arn: arn:aws:iam::111111111111:role/x\n",
    HEAD + "risks: {read: deny}\n",
    HEAD + "approvals: {write: {ttl: 61m}}\n",
    HEAD + "approvals: {write: {count: 2}}\n",
    HEAD + "rules: [{id: a, allow: [x]}]\n",
    HEAD + "rules: [{id: b, allow: [x]}]\n",
    HEAD + "rules: [{id: a, deny: [x]}]\n",
    HEAD + "rules: [{id: a, allow: [x, y]}]\n",
    HEAD + "rules: [{id: a, allow: [x], why: w}]\n",
    HEAD + "rules: [{id: a, allow: [x], when: {targets: [dev]}}]\n",
    HEAD + "rules: [{id: a, allow: [x], when: {regions: [eu-west-1]}}]\n",
    HEAD + "rules: [{id: a, allow: [x], when: {arguments: {A: b}}}]\n",
    HEAD + "required_tags: [{operations: [x], tags: {A: b}}]\n",
    HEAD + "required_tags: [{operations: [x], tags: {A: c}}]\n",
    HEAD + "required_tags: [{id: a, operations: [x], tags: {A: b}}]\n",
]


def test_the_digest_is_of_what_a_policy_says():
    assert len({parse(text).digest for text in SAME}) == 1
    assert len({parse(text).digest for text in [HEAD, *OTHER]}) == len(OTHER) + 1


def test_the_digest_is_stable_over_releases():
    # Plans and approvals are bound to it. A change here makes every stored plan stale:
    # do it on purpose only.
    digest = "sha256:be9e360423a3fc4d1aaa5d688d6a13682d58d93b4e5f43d30250e88807eda928"
    assert parse(HEAD).digest == digest


# --- the file itself -------------------------------------------------------------


def test_a_file_is_loaded_from_its_path(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(HEAD)
    assert load_policy(path).digest == load_policy(str(path)).digest
    assert load_policy(path).digest == parse(HEAD).digest


def test_the_file_is_named_as_given(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(HEAD + "x: 1\n")
    with pytest.raises(PolicyFileInvalid) as caught:
        load_policy(path)
    assert caught.value.fields == {"file": str(path), "line": 6, "column": 1}
    assert str(path) in caught.value.message


def unreadable(path):
    with pytest.raises(PolicyFileInvalid) as caught:
        load_policy(path)
    assert caught.value.fields == {"file": str(path), "line": None, "column": None}
    return caught.value.message


def test_what_cannot_be_read_is_no_policy(tmp_path):
    assert "no such file" in unreadable(tmp_path / "missing.yaml")
    assert "not a regular file" in unreadable(tmp_path)
    os.mkfifo(tmp_path / "fifo")
    assert "not a regular file" in unreadable(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "cannot be read" in unreadable(tmp_path / "loop")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_no_policy(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(HEAD)
    path.chmod(0)
    assert "permission denied" in unreadable(path)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_bytes(HEAD.encode() + b"#" * 256 * 1024)
    with pytest.raises(PolicyFileInvalid, match="larger than 256 KiB"):
        load_policy(path)


# --- targets ---------------------------------------------------------------------

TWO = HEAD + "  prod: {account: '222222222222', regions: [us-east-1, us-west-2]}\n"


def test_the_only_target_needs_no_default():
    target, region = parse(HEAD).target()
    assert (target.name, region) == ("dev", "eu-west-1")


def test_the_default_target_is_meant_without_a_name():
    text = TWO.replace("us-west-2]}", "us-west-2], default: true}")
    target, region = parse(text).target()
    assert (target.name, region) == ("prod", "us-east-1")


def test_a_target_by_name_and_region():
    target, region = parse(TWO).target("prod", "us-west-2")
    assert (target.name, region) == ("prod", "us-west-2")
    assert parse(TWO).target("dev")[1] == "eu-west-1"


@pytest.mark.parametrize(
    ("name", "region", "hint"),
    [
        (None, None, "targets: dev, prod"),
        (None, "us-east-1", "targets: dev, prod"),
        ("staging", None, "targets: dev, prod"),
        ("", None, "targets: dev, prod"),
        ("DEV", None, "targets: dev, prod"),
        ("prod", "eu-west-1", "allowed: us-east-1, us-west-2"),
        ("prod", "", "allowed: us-east-1, us-west-2"),
        ("prod", "us-east-1\n", "allowed: us-east-1, us-west-2"),
    ],
)
def test_other_targets_and_regions_do_not_exist(name, region, hint):
    with pytest.raises(UnknownTarget) as caught:
        parse(TWO).target(name, region)
    assert caught.value.hint == hint
    assert "\n" not in caught.value.message
