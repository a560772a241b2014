"""The policy is asked in a process of its own; what fails is a reason, not a yes."""

import sys
from pathlib import Path

import pytest
from report_kit import Pair
from smithgate_codegen.report import verdicts
from smithgate_codegen.report.record import Verdict
from smithgate_codegen.report.verdicts import judge

POLICY = """\
version: 1
targets:
  dev: {account: "123456789012", regions: [eu-west-1], default: true}
  prod: {account: "999999999999", regions: [us-east-1]}
rules:
  - {id: named, allow: ["s3:DeleteA"], when: {targets: [dev]}}
"""

UNKNOWN_EFFECT = """\
import json
verdict = {"effect": "yes", "decided_by": "x", "is_provisional": False}
place = {"target": "t", "region": "r", "policy_digest": "d"}
print(json.dumps({"operations": {"a:B": verdict}, **place}))
"""


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    pair = Pair(tmp_path)
    pair.after.operation("s3:DeleteA", risk="destructive", change="delete")
    pair.after.operation("s3:GetA", risk="read", change="none")
    return pair.after.write()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path


def test_the_runtime_judges(policy: Path, generated: Path) -> None:
    state = judge(policy, generated)
    assert state.reason is None
    assert (state.target, state.region) == ("dev", "eu-west-1")
    assert str(state.digest).startswith("sha256:")
    assert state.verdicts == {
        "s3:DeleteA": Verdict("allow", "rules.named", is_provisional=False),
        "s3:GetA": Verdict("allow", "risks.read", is_provisional=False),
    }
    prod = judge(policy, generated, target="prod")
    assert prod.verdicts["s3:DeleteA"].effect == "deny"


def test_what_the_runtime_refuses_is_the_reason(policy: Path, generated: Path) -> None:
    assert "unknown_target" in str(judge(policy, generated, target="x").reason)
    policy.write_text(POLICY.replace("rules:", "rule:"))
    assert "policy_invalid" in str(judge(policy, generated).reason)
    (generated / "s3" / "get_a.py").write_text("import os\n")
    policy.write_text(POLICY)
    state = judge(policy, generated)
    assert (state.verdicts, "catalog" in str(state.reason)) == ({}, True)


def test_no_policy(tmp_path: Path, generated: Path) -> None:
    assert str(judge(tmp_path / "none.yaml", generated).reason).startswith(
        "there is no"
    )


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("print('[]')", "something else"),
        ("print('{}')", "something else"),
        ("print('{\"operations\": 1}')", "something else"),
        (UNKNOWN_EFFECT, "something else"),
        ("print('{\"error\": 1}')", "refused"),
        ("import sys; sys.exit('first\\nlast line')", "ended with 1: last line"),
        ("pass", "ended with 0: it printed nothing"),
    ],
)
def test_other_answers_are_no_verdicts(
    policy: Path, generated: Path, program: str, reason: str
) -> None:
    state = judge(policy, generated, command=(sys.executable, "-c", program))
    assert reason in str(state.reason)
    assert state.verdicts == {}


def test_a_program_that_is_missing(policy: Path, generated: Path) -> None:
    state = judge(policy, generated, command=("/nowhere/smithgate",))
    assert "cannot be asked" in str(state.reason)


def test_one_that_does_not_end(
    policy: Path, generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "_TIMEOUT_S", 0.05)
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    assert "timed out" in str(judge(policy, generated, command=command).reason)


def test_a_module_in_the_working_directory_is_not_run(
    policy: Path, generated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "smithgate.py").write_text("open('ran', 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert judge(policy, generated).reason is None
    assert not (tmp_path / "ran").exists()
