"""Each guard of approvals, waits and references by itself; see ``test_guards_apply``."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from approver_kit import approvers, signer
from fake_aws import POLICY, World
from smithgate.approval.ssh_agent import MAX_ANSWER_BYTES, AgentKey, agent_keys
from smithgate.approval.sshsig import armor, is_signed_by, signed_bytes
from smithgate.approval.verify import ELICITATION, KEY, SAME_USER, Ask, tally
from smithgate.canonical import digest_of
from smithgate.errors import (
    ApprovalNotFound,
    ApprovalRefused,
    KeyUnusable,
    PlanFailed,
    PlanStale,
    PolicyDenied,
    WaitFailed,
)
from smithgate.operation import Raise, Risk, When
from smithgate.plan import waits
from smithgate.plan.actions import session_policy
from smithgate.plan.decide import Booth, Voice
from smithgate.plan.sealed import filled, sealed_steps
from smithgate.plan.waits import Wait, wait_for
from smithgate.policy import Decision, Effect
from smithgate.policy.sshkey import ssh_string
from smithgate.store import Ballot

MESSAGE = b'{"decision":"grant"}'


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.app.close()


def booth(world: World) -> Booth:
    app = world.app
    return Booth(app.catalog, app.store, app.policies.current(), world.clock)


def cast(world: World, plan_id: str, decision: Ballot, voice: Voice) -> Any:
    digest = world.app.store.plan(plan_id).digest
    assert digest is not None
    return booth(world).cast(plan_id, digest, decision, voice)


# Saying yes and no


def test_nobody_decides_what_nobody_asked_for(world: World) -> None:
    plan_id = world.plan_versioning()
    for decision in Ballot:
        with pytest.raises(ApprovalNotFound):
            cast(world, plan_id, decision, Voice(signer("ada")))


def test_a_yes_to_a_stale_plan_is_refused_where_it_is_said(world: World) -> None:
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    world.policy_file.write_text(
        world.policy_file.read_text() + "\nlimits: {plans_per_hour: 9}\n"
    )
    with pytest.raises(PlanStale):
        cast(world, plan_id, Ballot.GRANT, Voice(signer("ada")))
    assert world.app.store.approval(plan_id).grants == ()  # type: ignore[union-attr]
    cast(world, plan_id, Ballot.DENY, Voice(signer("ada")))


def test_a_key_that_signs_something_else_is_refused(world: World) -> None:
    """As an ssh-agent does that holds another key under the same name."""
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    liar: Any = SimpleNamespace(key=signer("ada").key, sign=signer("bob").sign)
    with pytest.raises(ApprovalRefused, match="does not hold"):
        cast(world, plan_id, Ballot.GRANT, Voice(liar))
    assert world.app.store.approval(plan_id).grants == ()  # type: ignore[union-attr]


@pytest.mark.parametrize("method", [KEY, SAME_USER, ELICITATION])
def test_a_word_without_a_key_is_refused_where_policy_does_not_ask_for_it(
    world: World, method: str
) -> None:
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    for word in (Ballot.GRANT, Ballot.DENY):
        with pytest.raises(ApprovalRefused, match="is not signed"):
            cast(world, plan_id, word, Voice(None, method, "user:ada"))
    assert world.app.store.approval(plan_id).grants == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(("risks", "count"), [("[execute]", 1), ("[write]", 2)])
def test_a_word_without_a_key_that_would_not_count_is_refused(
    tmp_path: Path, risks: str, count: int
) -> None:
    unsigned = f"unsigned_approvals: {{same_user: {risks}}}\n"
    needed = f"approvals: {{write: {{count: {count}}}}}\n"
    policy = POLICY.partition("approvers:")[0] + approvers("ada", "bob")
    world = World(tmp_path, policy + unsigned + needed)
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    voice = Voice(None, SAME_USER, "user:ada")
    with pytest.raises(ApprovalRefused, match="is not signed"):
        cast(world, plan_id, Ballot.GRANT, voice)
    cast(world, plan_id, Ballot.DENY, voice)
    world.app.close()


def test_a_no_is_no_yes_that_does_not_count(world: World) -> None:
    """The tally itself tells a no, whatever the state column says."""
    plan_id = world.approved_plan()
    world.decide(plan_id, "deny")
    plan = world.app.store.plan(plan_id)
    approval = world.app.store.approval(plan_id)
    assert approval is not None
    ask = Ask(frozenset({"write"}), 1, 3600)
    policy = world.app.policies.current()
    found = tally(plan, approval, ask, policy, world.clock())
    assert found.refused_by == "ada"
    assert found.problems == ()
    only_yes = replace(approval, grants=approval.grants[:1])
    assert tally(plan, only_yes, ask, policy, world.clock()).refused_by is None


# Signatures and agents


def test_a_signature_has_one_form() -> None:
    ada = signer("ada")
    text = armor(ada.key, ada.sign(signed_bytes(MESSAGE)))
    assert is_signed_by(ada.key, MESSAGE, text)
    for other in (
        text.replace("\n", "\n\n", 1),
        text.removesuffix("\n"),
        text + "\n",
        " " + text,
        text.replace("SIGNATURE-----\n", "SIGNATURE-----", 1),
    ):
        assert other != text
        assert not is_signed_by(ada.key, MESSAGE, other)


@contextmanager
def agent_saying(path: Path, *answers: bytes) -> Iterator[Path]:
    """Run an agent on a socket that gives one answer to each connection."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def serve() -> None:
            for answer in answers:
                with server.accept()[0] as channel:
                    channel.recv(4096)
                    with suppress(OSError):  # whoever asks may hang up
                        channel.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield path
        thread.join()


def packed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def signature(algorithm: bytes, raw: bytes) -> bytes:
    return packed(b"\x0e" + ssh_string(ssh_string(algorithm) + ssh_string(raw)))


@pytest.mark.parametrize(
    "answer",
    [
        signature(b"ssh-rsa", b"\0" * 64),
        signature(b"ssh-ed25519", b"\0" * 63),
        signature(b"ssh-ed25519", b"\0" * 65),
    ],
)
def test_another_signature_than_asked_for_is_refused(
    tmp_path: Path, answer: bytes
) -> None:
    with (
        agent_saying(tmp_path / "a", answer) as path,
        pytest.raises(KeyUnusable, match="no Ed25519 signature"),
    ):
        AgentKey(path, signer("ada").key).sign(b"x")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (packed(b"\x05"), "refused"),
        (packed(b"\x0c" + struct.pack(">I", 2**31)), "understood"),
        (struct.pack(">I", 0), "understood"),
        (struct.pack(">I", 2**28) + b"\x0c", "understood"),
        (
            packed(b"\x0c" + struct.pack(">II", 1, 9) + b"12345678"),
            "understood",
        ),
        (packed(b"\x0c" + struct.pack(">I", 1) + b"\0\0"), "understood"),
        # The comment of the last key ends before its size.
        (
            packed(
                b"\x0c" + struct.pack(">I", 1) + ssh_string(b"x") + b"\0\0\0\x09abc"
            ),
            "understood",
        ),
        # No keys, in one byte more than an answer may have.
        (packed(b"\x0c\0\0\0\0" + b"\0" * (MAX_ANSWER_BYTES - 4)), "understood"),
    ],
)
def test_an_agent_that_says_too_much_or_too_little(
    tmp_path: Path, answer: bytes, words: str
) -> None:
    with (
        agent_saying(tmp_path / "a", answer) as path,
        pytest.raises(KeyUnusable, match=words),
    ):
        agent_keys(path)


# Values of earlier steps, and waits


def decision(effect: Effect, risk: Risk = Risk.WRITE) -> Decision:
    return Decision(
        effect=effect,
        risk=risk,
        decided_by="x",
        reasons=(),
        approval=None,
        policy_digest="d",
        is_provisional=False,
    )


@pytest.mark.parametrize(
    "now", [decision(Effect.APPROVE), decision(Effect.ALLOW, Risk.DESTRUCTIVE)]
)
def test_a_known_value_that_policy_judges_otherwise_is_refused(
    world: World, now: Decision
) -> None:
    steps = [
        {"operation": "ec2:CreateVpc", "arguments": {"CidrBlock": "10.0.0.0/16"}},
        {
            "operation": "ec2:CreateSubnet",
            "arguments": {
                "VpcId": {"$from": "steps.0.output.Vpc.VpcId"},
                "CidrBlock": "10.0.0.0/24",
            },
        },
    ]
    plan_id = world.ok("plan", steps=steps)["plan_id"]
    document = world.app.store.plan(plan_id).document
    assert document is not None
    step = sealed_steps(world.app.catalog, document)[1]
    said = iter([decision(Effect.ALLOW), now])
    gateway: Any = SimpleNamespace(judge=lambda *_: next(said))
    nothing: Any = None
    with pytest.raises(PolicyDenied, match="with the values of earlier steps"):
        filled(gateway, nothing, nothing, step, [{"Vpc": {"VpcId": "vpc-1"}}])


def test_a_value_that_adds_a_class_is_refused_whatever_policy_says(
    world: World,
) -> None:
    """The yes was given by who may say it to the classes that were shown."""
    reference = {"$from": "steps.0.output.Vpc.VpcId"}
    steps = [
        {"operation": "ec2:CreateVpc", "arguments": {"CidrBlock": "10.0.0.0/16"}},
        {
            "operation": "ec2:CreateSubnet",
            "arguments": {"VpcId": reference, "CidrBlock": "10.0.0.0/24"},
        },
    ]
    plan_id = world.ok("plan", steps=steps)["plan_id"]
    document = world.app.store.plan(plan_id).document
    assert document is not None
    step = sealed_steps(world.app.catalog, document)[1]
    raising = Raise(
        members=("VpcId",),
        when=When.IS,
        values=("vpc-1",),
        risk=Risk.SENSITIVE,
        why="because",
    )
    step = replace(step, operation=replace(step.operation, raises=(raising,)))
    gateway: Any = SimpleNamespace(judge=lambda *_: decision(Effect.APPROVE))
    nothing: Any = None
    with pytest.raises(PolicyDenied, match="with the values of earlier steps"):
        filled(gateway, nothing, nothing, step, [{"Vpc": {"VpcId": "vpc-1"}}])
    kept = filled(gateway, nothing, nothing, step, [{"Vpc": {"VpcId": "vpc-2"}}])
    assert kept.arguments["VpcId"] == "vpc-2"


def waiter(**changed: Any) -> Wait:
    definition = waits._definitions("ec2")["instance_running"]
    facts = {
        "waiter": "instance_running",
        "operation": "ec2:DescribeInstances",
        "arguments": {},
        "digest": digest_of(definition),
    }
    return Wait(**facts | changed)


def instance(state: str) -> Any:
    value = {"Reservations": [{"Instances": [{"State": {"Name": state}}]}]}
    return SimpleNamespace(value=value, metadata=SimpleNamespace(http_status=200))


def test_a_wait_that_can_no_longer_come_true_ends_at_once() -> None:
    slept: list[float] = []
    looks = iter([instance("pending"), instance("terminated"), instance("running")])
    with pytest.raises(WaitFailed, match="no longer come true"):
        wait_for(waiter(), "ec2", lambda: next(looks), slept.append)
    assert len(slept) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"digest": "sha256:0"},
        {"waiter": "no_such"},
        {"waiter": "no_such", "digest": digest_of(None)},
    ],
)
def test_another_waiter_than_the_sealed_one_never_looks(changed: Any) -> None:
    def look() -> Any:
        raise AssertionError("looked")

    with pytest.raises(PlanStale, match="is not what the plan was made with"):
        wait_for(waiter(**changed), "ec2", look, lambda _: None)


def test_two_of_two_have_to_be_two(tmp_path: Path) -> None:
    policy = POLICY.partition("approvers:")[0] + approvers("ada", "bob")
    world = World(tmp_path, policy + "approvals: {write: {count: 2}}\n")
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    world.approve(plan_id, "ada")
    with pytest.raises(ApprovalRefused):
        world.approve(plan_id, "ada")
    assert world.refused("apply", plan_id=plan_id)["code"] == "approval_required"
    world.approve(plan_id, "bob")
    world.ok("apply", plan_id=plan_id)
    world.app.close()


@pytest.mark.parametrize(
    ("actions", "words"),
    [((), "not known"), (tuple(f"ec2:Action{n}" for n in range(300)), "too long")],
)
def test_a_session_that_cannot_be_narrowed_is_refused(
    world: World, actions: tuple[str, ...], words: str
) -> None:
    plan_id = world.plan_versioning()
    document = world.app.store.plan(plan_id).document
    assert document is not None
    (step,) = sealed_steps(world.app.catalog, document)
    assert "s3:PutBucketVersioning" in session_policy(world.app.catalog, [step])
    changed = replace(step, operation=replace(step.operation, iam_actions=actions))
    with pytest.raises(PlanFailed, match=words):
        session_policy(world.app.catalog, [changed])
