"""Asking at the client: only what policy lets it, and only a typed name is a yes."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from approver_kit import approvers
from fake_aws import World
from forgery_kit import HEAD, RULES
from hypothesis import given
from hypothesis import strategies as st
from smithgate.server.handlers.ask import FIELD, is_yes
from smithgate.server.minimal.asking import WAIT_S, States, Waiting
from smithgate.server.stdio_calls import Call
from smithgate.server.stdio_forms import can_show_forms
from smithgate.server.stdio_frames import ProtocolError
from smithgate.server.tool import CallContext, InputNeeded, Question, ToolResult

ALLOWED = (
    f"{HEAD}unsigned_approvals: {{elicitation: [write]}}\n{approvers('ada')}{RULES}"
)
NAMED = "  - {id: named, approve: ['s3:DeleteBucket', 'iam:DeleteRole']}\n"
QUESTION = Question("Approve?", {"type": "object"}, "sha256:abc")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, ALLOWED)
    yield made
    made.app.close()


class Client:
    """Answers what a test says, and remembers what it was asked."""

    def __init__(self, world: World, answer: Any) -> None:
        self._world = world
        self.answer = answer
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Any:
        self.asked.append(question)
        return self.answer

    def request(self, plan_id: str) -> ToolResult:
        context = CallContext(
            "agent", "1", "2026-07-28", threading.Event(), ask=self.ask
        )
        return self._world.core.call("request_approval", {"plan_id": plan_id}, context)


def accept(name: Any) -> dict[str, Any]:
    return {"action": "accept", "content": {FIELD: name}}


def state(world: World, plan_id: str) -> str:
    found = world.app.store.approval(plan_id)
    return str(found.state) if found else "none"


def test_the_name_typed_again_is_a_yes(world: World) -> None:
    plan_id = world.plan_versioning()
    client = Client(world, accept("b"))
    said = client.request(plan_id).structured
    assert "elicitation" in said["how"]
    (question,) = client.asked
    for part in (plan_id, "123456789012", "us-east-1", "Enabled", "type: b", "sha256:"):
        assert part in question.message
    (vote,) = said["approval"]["votes"]
    assert (vote["approver"], vote["method"], vote["key"]) == (
        "client:agent", "elicitation", None,
    )  # fmt: skip
    world.ok("apply", plan_id=plan_id)


NO: list[Any] = [
    None, {}, [], "accept", True, {"action": "accept"}, {"action": "decline"},
    {"action": "cancel"}, {"action": "accept", "content": None},
    {"action": "accept", "content": {}}, {"action": "accept", "content": "b"},
    accept(""), accept("B"), accept(" b"), accept("yes"), accept(True), accept(["b"]),
    accept(None), {"action": "decline", "content": {FIELD: "b"}},
    {"action": "ACCEPT", "content": {FIELD: "b"}}, {"content": {FIELD: "b"}},
    {"action": "accept", "content": {FIELD: "b", "more": 1}},
    {"action": True, "content": {FIELD: "b"}},
]  # fmt: skip


@pytest.mark.parametrize("answer", NO)
def test_anything_else_is_a_no(world: World, answer: Any) -> None:
    plan_id = world.plan_versioning()
    client = Client(world, answer)
    said = client.request(plan_id)
    assert not said.is_error
    assert "did not approve" in said.structured["how"]
    assert (len(client.asked), state(world, plan_id)) == (1, "Pending")
    assert world.refused("apply", plan_id=plan_id)["code"] == "approval_required"
    world.approve(plan_id)  # somebody else still may
    world.ok("apply", plan_id=plan_id)


@given(
    answer=st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_made_up_answer_is_a_yes(answer: Any) -> None:
    assert not is_yes(answer, "name")


def test_nobody_is_asked_without_the_policys_word(tmp_path: Path) -> None:
    two = "approvals: {write: {count: 2}}\n"
    policies = {
        "default": f"{HEAD}{approvers('ada')}{RULES}",
        "same user only": f"{HEAD}unsigned_approvals: {{same_user: [write]}}\n{RULES}",
        "another risk": f"{HEAD}unsigned_approvals: {{elicitation: [read]}}\n{RULES}",
        "two approvers": ALLOWED.replace("rules:", f"{two}rules:", 1),
    }
    for name, policy in policies.items():
        folder = tmp_path / name
        folder.mkdir()
        world = World(folder, policy)
        plan_id = world.plan_versioning()
        client = Client(world, accept("b"))
        said = client.request(plan_id).structured
        assert (client.asked, said["approval"]["state"]) == ([], "Pending"), name
        assert "smithgate approve" in said["how"]
        world.app.close()


def test_never_for_what_is_destructive_or_about_permissions(tmp_path: Path) -> None:
    world = World(tmp_path, ALLOWED + NAMED)
    client = Client(world, accept("b"))
    for operation, arguments in (
        ("s3:DeleteBucket", {"Bucket": "b"}),
        ("iam:DeleteRole", {"RoleName": "b"}),
    ):
        steps = [{"operation": operation, "arguments": arguments}]
        plan_id = world.ok("plan", steps=steps)["plan_id"]
        client.request(plan_id)
        assert (client.asked, state(world, plan_id)) == ([], "Pending")
    world.app.close()


def test_a_client_that_cannot_show_forms_is_not_asked(world: World) -> None:
    plan_id = world.plan_versioning()
    said = world.ok("request_approval", plan_id=plan_id)
    assert "smithgate approve" in said["how"]


@pytest.mark.parametrize(
    ("capabilities", "version", "can"),
    [
        ({"elicitation": {}}, "2025-06-18", True),
        ({"elicitation": {"form": {}}}, "2025-11-25", True),
        ({"elicitation": {"form": {}, "url": {}}}, "2026-07-28", True),
        ({"elicitation": {"url": {}}}, "2026-07-28", False),
        ({"elicitation": {}}, "2025-03-26", False),
        ({"elicitation": None}, "2025-06-18", False),
        ({}, "2026-07-28", False),
        (None, "2026-07-28", False),
    ],
)
def test_who_can_show_forms(capabilities: Any, version: str, can: bool) -> None:
    assert can_show_forms(capabilities, version) is can


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestStates:
    NAME, ARGUMENTS = "request_approval", {"plan_id": "p-1"}

    def sealed(self, states: States) -> str:
        return states.seal(QUESTION, self.NAME, self.ARGUMENTS)

    def test_first_the_question_then_the_answer(self) -> None:
        states = States(Time())
        with pytest.raises(InputNeeded) as caught:
            states.asker({}, self.NAME, self.ARGUMENTS)(QUESTION)
        assert caught.value.question is QUESTION
        params = {
            "requestState": self.sealed(states),
            "inputResponses": {"approve": accept("b")},
        }
        assert states.asker(params, self.NAME, self.ARGUMENTS)(QUESTION) == accept("b")

    def test_answers_without_a_state_are_asked_anew(self) -> None:
        params = {"inputResponses": {"approve": accept("b")}}
        with pytest.raises(InputNeeded):
            States(Time()).asker(params, self.NAME, self.ARGUMENTS)(QUESTION)

    def test_a_state_is_for_one_question(self) -> None:
        states = States(Time())
        params = {
            "requestState": self.sealed(states),
            "inputResponses": {"approve": accept("b")},
        }
        ask = states.asker(params, self.NAME, self.ARGUMENTS)
        assert ask(QUESTION._replace(state="sha256:other")) is None

    @pytest.mark.parametrize("answers", [None, [], {}, {"approve": None}, {"x": {}}])
    def test_no_answer(self, answers: Any) -> None:
        states = States(Time())
        params = {"requestState": self.sealed(states), "inputResponses": answers}
        assert states.asker(params, self.NAME, self.ARGUMENTS)(QUESTION) is None

    def test_a_state_that_was_changed_moved_or_is_old(self) -> None:
        time = Time()
        states = States(time)
        good = self.sealed(states)
        bad: list[Any] = [
            "", "x", good[:-1], good + "=", "0" + good, " " + good, good.upper(),
            good.replace("abc", "abd"), 5, ["x"], {}, "\ud800.a.b",
            States(time).seal(QUESTION, self.NAME, self.ARGUMENTS),
            "9" * 30 + good[good.index("."):],
        ]  # fmt: skip
        bad += [
            good[:at] + "0" + good[at + 1 :]
            for at in range(len(good))
            if good[at] != "0"
        ]
        for state in bad:
            with pytest.raises(ProtocolError):
                states.asker({"requestState": state}, self.NAME, self.ARGUMENTS)
        for name, arguments in (
            ("apply", self.ARGUMENTS),
            (self.NAME, {"plan_id": "p"}),
        ):
            with pytest.raises(ProtocolError):
                states.asker({"requestState": good}, name, arguments)
        time.now += WAIT_S + 1
        with pytest.raises(ProtocolError):
            states.asker({"requestState": good}, self.NAME, self.ARGUMENTS)


class TestWaiting:
    def run(self, answer: Any, *, cancel: bool = False) -> tuple[list[bytes], Any]:
        sent: list[bytes] = []
        call = Call("request_approval")

        def send(line: bytes) -> None:
            import json

            sent.append(line)
            waiting.take("ask-1", accept("b"))  # not the id of any question
            waiting.take(None, accept("b"))
            if cancel:
                call.cancelled.set()
            else:
                request_id = json.loads(line)["id"]
                waiting.take(request_id, answer)
                waiting.take(request_id, accept("late"))

        waiting = Waiting(send)
        return sent, waiting.asker(call, "2025-11-25")(QUESTION)

    def test_the_first_answer_counts(self) -> None:
        sent, answer = self.run(accept("b"))
        assert answer == accept("b")
        assert b'"method":"elicitation/create"' in sent[0]
        assert b'"mode":"form"' in sent[0]

    @pytest.mark.parametrize("answer", [None, [], "yes", 1])
    def test_an_error_or_garbage_is_no_answer(self, answer: Any) -> None:
        assert self.run(answer)[1] is None

    def test_a_cancelled_call_gets_none(self) -> None:
        assert self.run(accept("b"), cancel=True)[1] is None
