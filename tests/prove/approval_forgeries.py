"""Forged approvals: whoever can write the database tries to make a plan run.

Every attack gets a plan that nobody approved (or approved otherwise), edits rows behind
the store's back, or puts in what a key signed for something else, and calls apply. None
may reach AWS. ``run`` returns the counts for ``make prove``.
"""

import base64
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from approver_kit import approvers, private_key, signer
from fake_aws import POLICY
from forgery_kit import (
    HEAD,
    LOCAL,
    NARROW,
    RULES,
    TWO,
    Attack,
    Attempt,
    Case,
    signed,
    sshsig,
)
from smithgate.approval.sshsig import armor
from smithgate.canonical import canonical_json, digest_of


def unsigned_rows(new: Callable[..., Case]) -> Iterator[Attempt]:
    """Votes that nobody signed, under every name and method."""
    case = new()
    for approver in ("ada", "bob", "user:root", "mcp:agent", "", "nobody"):
        for method in ("key", "same_user", "elicitation", "cli", ""):
            plan_id = case.plan()
            case.vote(plan_id, approver, method=method)
            yield Attempt(f"unsigned {approver} {method}", case, plan_id)
    plan_id = case.plan()
    case.grant(plan_id)
    yield Attempt("granted by nobody", case, plan_id)
    plan_id = case.plan()
    case.sql("UPDATE approvals SET count = 0 WHERE plan_id = ?", plan_id)
    case.grant(plan_id)
    yield Attempt("count lowered", case, plan_id)
    plan_id = case.plan()
    case.sql('UPDATE plans SET decision = \'{"effect":"allow"}\' WHERE id = ?', plan_id)
    yield Attempt("decision edited", case, plan_id)


def other_keys(new: Callable[..., Case]) -> Iterator[Attempt]:
    """Signatures by keys that are not the approver's."""
    case = new()
    for name in ("mallory", "bob", "agent"):
        plan_id = case.plan()
        text = case.statement(plan_id).text()
        case.vote(plan_id, "ada", text, signed(text, name), key="SHA256:x")
        yield Attempt(f"key of {name}", case, plan_id)
    plan_id = case.plan()
    text = case.statement(plan_id, approver="mallory").text()
    case.vote(plan_id, "mallory", text, signed(text, "mallory"))
    yield Attempt("no approver", case, plan_id)
    plan_id = case.plan()
    text = case.statement(plan_id, approver="agent").text()
    case.vote(plan_id, "agent", text, signed(text, "agent"))
    yield Attempt("the requester's own key", case, plan_id)


def broken_signatures(new: Callable[..., Case]) -> Iterator[Attempt]:
    """A real signature with every byte changed, cut, spelled otherwise, or malleated."""
    case = new()
    plan_id = case.plan()
    text = case.statement(plan_id).text()
    good = signed(text)
    lines = good.splitlines()
    body = "".join(lines[1:-1])
    blob = bytearray(base64.b64decode(body))
    for at in range(len(blob)):
        changed = bytearray(blob)
        changed[at] ^= 1
        yield _swap(case, plan_id, text, _armored(bytes(changed)), f"byte {at}")
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(blob[-32:], "little") + order
    malleated = bytes(blob[:-32]) + scalar.to_bytes(32, "little")
    yield _swap(case, plan_id, text, _armored(malleated), "scalar plus the order")
    others = [
        "", good.strip(), good + "\n", good.replace("\n", "\r\n"), " " + good, body,
        good.replace("SSH SIGNATURE", "SSH2 SIGNATURE"), good[:-40], good * 2,
        base64.b64encode(bytes(blob[-64:])).decode(), "\x00" + good, good.upper(),
    ]  # fmt: skip
    for number, other in enumerate(others):
        yield _swap(case, plan_id, text, other, f"spelling {number}")
    for namespace in ("git", "file", "smithgate", "Smithgate-approval", ""):
        yield _swap(case, plan_id, text, sshsig(text, namespace), f"for {namespace}")
    yield _swap(
        case, plan_id, text, sshsig(text, "smithgate-approval", "sha256"), "hash"
    )
    raw = armor(signer("ada").key, private_key("ada").sign(text))
    yield _swap(case, plan_id, text, raw, "a bare signature")


def _armored(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = "\n".join(text[i : i + 70] for i in range(0, len(text), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


def _swap(
    case: Case, plan_id: str, text: bytes | str, signature: str, name: str
) -> Attempt:
    """Replace the votes of a plan by one with this statement and signature."""
    case.sql("DELETE FROM votes")
    case.vote(plan_id, "ada", text, signature)
    return Attempt(name, case, plan_id)


def other_statements(new: Callable[..., Case]) -> Iterator[Attempt]:
    """What ada really signed, but for something else."""
    case = new()
    plan_id, other = case.plan(), case.plan()
    theirs = case.statement(other)
    now: datetime = case.world.clock()
    changes: list[dict[str, Any]] = [
        {"plan_id": other}, {"approval_id": theirs.approval_id}, {"approver": "bob"},
        {"digest": theirs.digest}, {"digest": ""}, {"decision": "deny"},
        {"decision": "revoke"}, {"decision": "Grant"}, {"plan_id": plan_id + " "},
        {"expires_at": now}, {"expires_at": now - timedelta(hours=1)},
        {"expires_at": now + timedelta(hours=1, seconds=1)},
        {"expires_at": now + timedelta(days=3650)},
        {"issued_at": now + timedelta(seconds=61)},
        {"issued_at": now - timedelta(hours=2)},
        {"plan_id": [plan_id]}, {"digest": None}, {"decision": True},
    ]  # fmt: skip
    for change in changes:
        text = case.statement(plan_id, **change).text()
        yield _swap(case, plan_id, text, signed(text), f"statement {change}")
    text = theirs.text()
    yield _swap(case, plan_id, text, signed(text), "signature of another plan")
    value = json.loads(case.statement(plan_id).text())
    texts: list[bytes] = [
        canonical_json(value | {"format_version": 2}),
        canonical_json(value | {"format_version": "1"}),
        canonical_json(value | {"purpose": "smithgate"}),
        canonical_json(value | {"more": 1}),
        canonical_json({k: v for k, v in value.items() if k != "expires_at"}),
        canonical_json([value]),
        json.dumps(value).encode(),
        canonical_json(value) + b"\n",
        canonical_json(value).replace(b"{", b'{"decision":"deny",', 1),
        b"",
        b"yes",
        str(value["digest"]).encode(),
    ]
    for number, text in enumerate(texts):
        yield _swap(case, plan_id, text, signed(text), f"text {number}")


def moved_rows(new: Callable[..., Case]) -> Iterator[Attempt]:
    """Real approvals whose rows are moved, flipped, copied or kept alive."""
    case = new()
    given = case.plan()
    case.world.approve(given)
    plan_id = case.plan()
    request = case.world.app.store.approval(plan_id)
    assert request is not None
    case.sql("UPDATE votes SET approval_id = ?", request.id)
    case.grant(plan_id)
    yield Attempt("another plan's vote", case, plan_id)

    for decision in ("deny", "revoke"):
        case = new()
        plan_id = case.plan()
        if decision == "revoke":
            case.world.approve(plan_id, "bob")
        case.world.decide(plan_id, decision)
        case.grant(plan_id)
        yield Attempt(f"{decision}, state edited", case, plan_id)
        case.sql("UPDATE votes SET decision = 'grant' WHERE decision = ?", decision)
        case.sql("DELETE FROM votes WHERE approver = 'bob'")
        yield Attempt(f"{decision} turned into a grant", case, plan_id)

    case = new()
    plan_id = case.plan()
    case.world.approve(plan_id)
    case.sql("UPDATE votes SET approver = 'bob'")
    yield Attempt("another name", case, plan_id)

    case = new()
    plan_id = case.plan()
    case.world.approve(plan_id)
    case.world.clock.advance(hours=1)
    late = "2099-01-01T00:00:00.000000Z"
    case.sql("UPDATE approvals SET expires_at = ?", late)
    yield Attempt("request extended", case, plan_id)
    case.sql("UPDATE plans SET expires_at = ?", late)
    yield Attempt("plan extended", case, plan_id)
    _reseal(case, plan_id, expires_at="2099-01-01T00:00:00+00:00")
    yield Attempt("plan extended and sealed anew", case, plan_id)


def edited_plans(new: Callable[..., Case]) -> Iterator[Attempt]:
    """Plans that were changed after a real approval, sealed anew or not."""
    changes: list[dict[str, Any]] = [
        {"requester": "mcp:other"}, {"nonce": "0"}, {"policy_digest": "sha256:0"},
        {"expires_at": "2026-01-01T00:59:59+00:00"}, {"plan_id": "p-other"},
        {"more": 1}, {"format_version": 1.0},
    ]  # fmt: skip
    for change in changes:
        for is_sealed in (False, True):
            case = new()
            plan_id = case.plan()
            case.world.approve(plan_id)
            _reseal(case, plan_id, is_sealed=is_sealed, **change)
            yield Attempt(f"plan edited {change} {is_sealed}", case, plan_id)
    case = new()
    plan_id = case.plan()
    case.world.approve(plan_id)
    _reseal(case, plan_id, bucket="other")
    yield Attempt("arguments changed, sealed anew", case, plan_id)


def _reseal(
    case: Case,
    plan_id: str,
    /,
    *,
    is_sealed: bool = True,
    bucket: str | None = None,
    risk: str | None = None,
    **change: Any,
) -> None:
    """Edit a plan's document; give plan and request its new digest if wanted."""
    document = case.world.app.store.plan(plan_id).document
    assert document is not None
    document = {**document, **change}
    if bucket is not None:
        document["steps"][0]["arguments"]["Bucket"] = bucket
    if risk is not None:
        document["steps"][0] |= {"risk": risk, "operation_risk": risk, "raised": []}
    text = canonical_json(document).decode()
    case.sql("UPDATE plans SET document = ? WHERE id = ?", text, plan_id)
    if is_sealed:
        case.sql("UPDATE plans SET digest = ?", digest_of(document))
        case.sql("UPDATE approvals SET digest = ?", digest_of(document))


def replays(new: Callable[..., Case]) -> Iterator[Attempt]:
    """A used approval, used again."""
    case = new()
    plan_id = case.plan()
    case.world.approve(plan_id)
    case.world.ok("apply", plan_id=plan_id)
    yield Attempt("apply twice", case, plan_id)
    case.grant(plan_id)
    yield Attempt("used turned into granted", case, plan_id)
    case.sql("UPDATE tx SET kind = 'read', state = 'Done' WHERE kind = 'apply'")
    yield Attempt("the transaction is made a read", case, plan_id)
    case.sql("DELETE FROM tx WHERE plan_id = ?", plan_id)
    yield Attempt("the transaction is removed", case, plan_id)
    case.sql("UPDATE plans SET id = 'p-clone'")
    case.sql("UPDATE approvals SET plan_id = 'p-clone'")
    yield Attempt("the plan under another id", case, "p-clone")


def too_few(new: Callable[..., Case]) -> Iterator[Attempt]:
    """One approver who wants to be two, and approvers who may not."""
    case = new(TWO)
    plan_id = case.plan()
    case.world.approve(plan_id)
    text = case.statement(plan_id).text()
    case.sql("UPDATE approvals SET count = 1")
    case.vote(plan_id, "ada", text, signed(text))
    yield Attempt("ada twice", case, plan_id)
    for name in ("bob", "ADA", "ada ", "\uff41da"):
        case.vote(plan_id, name, text, signed(text))
        yield Attempt(f"ada as {name}", case, plan_id)
        other = case.statement(plan_id, approver=name).text()
        case.vote(plan_id, name, other, signed(other))
        yield Attempt(f"ada signs as {name}", case, plan_id)
    case.vote(plan_id, "bob", method="same_user")
    yield Attempt("the second one unsigned", case, plan_id)
    case = new(NARROW)
    for name in ("ada", "carl"):  # another risk, another target
        plan_id = case.plan()
        text = case.statement(plan_id, approver=name).text()
        case.vote(plan_id, name, text, signed(text, name))
        yield Attempt(f"{name} may not", case, plan_id)


def local_mode(new: Callable[..., Case]) -> Iterator[Attempt]:
    """Where policy lets the same user say yes to writes: nothing beyond them."""
    case = new(LOCAL)
    trust = '{"Version":"2012-10-17","Statement":[]}'
    for method in ("same_user", "elicitation"):
        role = {"RoleName": "r", "AssumeRolePolicyDocument": trust}
        plan_id = case.plan("iam:CreateRole", **role)
        case.vote(plan_id, "user:root", method=method)
        yield Attempt(f"{method} for permissions", case, plan_id)
        plan_id = case.plan("s3:DeleteBucket", Bucket="b")
        case.vote(plan_id, "user:root", method=method)
        yield Attempt(f"{method} for destructive", case, plan_id)
    plan_id = case.plan("s3:DeleteBucket", Bucket="b")
    _reseal(case, plan_id, risk="write")
    case.vote(plan_id, "user:root", method="same_user")
    yield Attempt("a destructive plan that says it is a write", case, plan_id)
    plan_id = case.plan()
    case.vote(plan_id, "user:root", method="elicitation")
    yield Attempt("elicitation where only the command line may", case, plan_id)


def changed_policies(new: Callable[..., Case]) -> Iterator[Attempt]:
    """Approvers that the policy does not name any more, or by another key."""
    ada, bob = signer("ada").key.line, signer("bob").key.line
    policies = (
        f"{HEAD}{approvers('bob')}{RULES}",
        f"{HEAD}{RULES}",
        POLICY.replace(ada, signer("new").key.line),
        POLICY.replace(bob, ada),  # one key, two names: no policy at all
        POLICY.replace(ada, ada[:-4] + "AAAA"),
    )
    for number, policy in enumerate(policies):
        case = new()
        plan_id = case.plan()
        case.world.approve(plan_id)
        case.world.policy_file.write_text(policy)
        yield Attempt(f"policy {number}", case, plan_id)


ATTACKS: tuple[Attack, ...] = (
    unsigned_rows,
    other_keys,
    broken_signatures,
    other_statements,
    moved_rows,
    edited_plans,
    replays,
    too_few,
    local_mode,
    changed_policies,
)


def attempts(folder: Path, attack: Attack) -> Iterator[Attempt]:
    """Run one kind of attack in folders of its own; worlds are closed at the end."""
    cases: list[Case] = []

    def new(policy: str = POLICY) -> Case:
        place = folder / f"{attack.__name__}-{len(cases)}"
        place.mkdir()
        cases.append(Case(place, policy))
        return cases[-1]

    try:
        yield from attack(new)
    finally:
        for case in cases:
            case.world.app.close()


def run() -> dict[str, int]:
    """Try every forgery; return how many were tried and how many reached AWS."""
    counts = {"attempts": 0, "accepted": 0}
    with tempfile.TemporaryDirectory(prefix="smithgate-forgeries-") as folder:
        for attack in ATTACKS:
            for attempt in attempts(Path(folder), attack):
                counts["attempts"] += 1
                if attempt.case.apply(attempt.plan_id) == "accepted":
                    counts["accepted"] += 1
                    print(f"accepted: {attack.__name__}: {attempt.name}")
    return counts


if __name__ == "__main__":
    print(run())
