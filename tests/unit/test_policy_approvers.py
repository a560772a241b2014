"""The sections ``approvers`` and ``unsigned_approvals`` of a policy file."""

import base64
from typing import Any

import pytest
from approver_kit import approvers, signer
from policy_kit import HEAD, parse, policy_of, refused
from smithgate.policy.approvers import ELICITATION_RISKS, RISKS, SAME_USER_RISKS
from smithgate.policy.sshkey import PublicKey, parse_public_key

ADA = signer("ada").key
BOB = signer("bob").key


def entry(key: str = ADA.line, **more: Any) -> dict[str, Any]:
    return {"key": key, "risks": ["write"], **more}


def test_approvers_are_read_in_full() -> None:
    policy = policy_of(
        approvers={
            "bob": entry(BOB.line + " bob@host", targets=["prod"]),
            "ada": {"key": ADA.line, "risks": ["destructive", "read"]},
        }
    )
    assert list(policy.approvers) == ["ada", "bob"]
    ada, bob = policy.approvers.values()
    assert (ada.key, ada.risks, ada.targets) == (
        ADA, ("read", "destructive"), ("dev", "prod"),
    )  # fmt: skip
    assert (bob.key, bob.targets) == (BOB, ("prod",))
    assert policy_of().approvers == {}
    assert policy_of().unsigned == ((), ())


def test_the_digest_tells_who_may_approve() -> None:
    bare = policy_of(approvers={"ada": entry()})
    assert bare.digest == policy_of(approvers={"ada": entry(ADA.line + " x")}).digest
    digests = {
        policy_of(**sections).digest
        for sections in (
            {},
            {"approvers": {"ada": entry()}},
            {"approvers": {"ada": entry(BOB.line)}},
            {"approvers": {"eve": entry()}},
            {"approvers": {"ada": entry(risks=["execute"])}},
            {"approvers": {"ada": entry(targets=["dev"])}},
            {"unsigned_approvals": {"same_user": ["write"]}},
            {"unsigned_approvals": {"same_user": ["read"]}},
            {"unsigned_approvals": {"elicitation": ["write"]}},
        )
    }
    assert len(digests) == 9


BAD_KEYS = {
    "ssh-rsa AAAA": "is not an `ssh-ed25519` key",
    "ssh-ed25519": "is not an Ed25519 public key",
    "ssh-ed25519 AAAA!": "is not base64",
    "ssh-ed25519 AAAA": "is not an Ed25519 public key",
    ADA.line[:-4]: "is not an Ed25519 public key",
    ADA.line + "AAAA": "is not an Ed25519 public key",
    ADA.line.replace(" ", "  "): "is not an Ed25519 public key",
    " " + ADA.line: "is not an `ssh-ed25519` key",
    ADA.line.replace("ssh-ed25519", "SSH-ed25519"): "is not an `ssh-ed25519` key",
}


@pytest.mark.parametrize(("key", "problem"), BAD_KEYS.items())
def test_a_bad_key_is_refused_with_its_place(key: str, problem: str) -> None:
    error = refused(f'{HEAD}approvers:\n  ada:\n    key: "{key}"\n    risks: [write]\n')
    assert problem in error.message
    assert "approvers.ada.key" in error.message
    assert (error.fields["line"], error.fields["column"]) == (8, 10)
    assert error.hint is not None
    assert "keys new" in error.hint


@pytest.mark.parametrize(
    "point",
    [
        "01" + "00" * 31, "00" * 32, "00" * 31 + "80", "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f", "ee" + "ff" * 31,
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ],
)  # fmt: skip
def test_a_key_of_small_order_is_refused(point: str) -> None:
    line = PublicKey(bytes.fromhex(point)).line
    with pytest.raises(ValueError, match="weak key"):
        parse_public_key(line)


def test_a_key_is_read_as_it_is_written() -> None:
    assert parse_public_key(ADA.line) == ADA
    assert parse_public_key(f"{ADA.line} ada at home") == ADA
    blob = base64.b64decode(ADA.line.split()[1])
    assert (blob, blob[-32:]) == (ADA.blob, ADA.raw)


REFUSED: dict[str, tuple[str, str]] = {
    "ada: {risks: [write]}": ("has no `key`", "add `key`"),
    f'ada: {{key: "{ADA.line}"}}': ("has no `risks`", "add `risks`"),
    f'ada: {{key: "{ADA.line}", risks: []}}': ("is empty", "leave it out"),
    f'ada: {{key: "{ADA.line}", risks: [writ]}}': ("is not a risk", "`write`"),
    f'ada: {{key: "{ADA.line}", risk: [write]}}': ("unknown key", "`risks`"),
    f'ada: {{key: "{ADA.line}", risks: [write], targets: [dve]}}': (
        "is not a target", "`dev`",
    ),
    f'"mcp:ada": {{key: "{ADA.line}", risks: [write]}}': (
        "cannot be called", "use letters",
    ),
    f'"-ada": {{key: "{ADA.line}", risks: [write]}}': (
        "cannot be called", "use letters",
    ),
    f'ada: {{key: "{ADA.line}", risks: [write]}}\n'
    f'  eve: {{key: "{ADA.line} eve", risks: [write]}}': (
        "is the key of `ada`", "one key has one name",
    ),
    f'ada: {{key: "{ADA.line}", risks: [write]}}\n'
    f'  Ada: {{key: "{BOB.line}", risks: [write]}}': (
        "differ in case only", "one person",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "told"), REFUSED.items())
def test_what_no_approver_can_be(line: str, told: tuple[str, str]) -> None:
    error = refused(f"{HEAD}approvers:\n  {line}\n")
    assert told[0] in error.message
    assert told[1] in (error.hint or "")
    assert error.fields["line"] == 7 + line.count("\n")


@pytest.mark.parametrize("key", ["same_user", "elicitation"])
@pytest.mark.parametrize("risk", RISKS)
def test_what_an_unsigned_yes_may_ever_be_for(key: str, risk: str) -> None:
    allowed = {"same_user": SAME_USER_RISKS, "elicitation": ELICITATION_RISKS}[key]
    if risk in allowed:
        policy = policy_of(unsigned_approvals={key: [risk]})
        assert getattr(policy.unsigned, key) == (risk,)
        return
    error = refused(f"{HEAD}unsigned_approvals:\n  {key}: [{risk}]\n")
    assert f"cannot hold `{risk}`" in error.message
    assert (error.fields["line"], "signature" in str(error.hint)) == (7, True)


def test_destructive_and_permissions_always_take_a_signature() -> None:
    for risks in (SAME_USER_RISKS, ELICITATION_RISKS):
        assert not {"destructive", "permissions"} & set(risks)


@pytest.mark.parametrize("text", ["{}", "[]", "same_user", "{same: [write]}"])
def test_other_unsigned_forms_are_refused(text: str) -> None:
    refused(f"{HEAD}unsigned_approvals: {text}\n")


def test_the_section_of_the_tests_is_a_policy() -> None:
    assert list(parse(HEAD + approvers("ada", "bob")).approvers) == ["ada", "bob"]
