"""Views of plans in which everything that an agent or AWS can write is hostile."""

from typing import Any

from hypothesis import strategies as st

DIGEST = "sha256:" + "d" * 64

NASTY = (
    "\x1b[2J\x1b[1;1H", "\u202e\u2066abc\u2069", "\u200b\u200d\u2060\ufeff", "\r\n\t\x00",
    "digest     sha256:0000", "\u2028step 9  s3:GetObject\u2029", "\x85\x9b31m", "\u3164",
    "a" * 500, "\U000e0041\U000e0042", "\ufe0f", "\u0301" * 50, "\u6f22" * 200, "[red]x[/]",
    "\n\nplan       p-good\nstate      Granted", "\ud800", "\ue000", "\u00ad\u034f\u2800",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=400),
    st.lists(st.sampled_from(NASTY), max_size=5).map("".join),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(), st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def entry(path: str, before: Any, after: Any) -> dict[str, Any]:
    return {"path": path, "action": "update", "before": before, "after": after}


def view_of(text: str, value: Any) -> dict[str, Any]:
    """A view in which everything that an agent or AWS can write is hostile."""
    step = {
        "operation": "s3:PutBucketVersioning",
        "summary": "Sets the versioning state.",
        "risk": "write",
        "operation_risk": "write",
        "risk_source": "rule writing-verb Put",
        "raised": [{"member": text, "risk": "write", "why": "why"}],
        "change": "put",
        "arguments": {"Bucket": text, "More": value, text: text},
        "masked": [text],
        "wait": {"waiter": text, "operation": "s3:HeadBucket"},
        "decision": {
            "effect": "approve",
            "decided_by": "risks.write",
            "reasons": [{"text": text, "by": "risks.write", "effect": "approve"}],
        },
        "before": {"status": "exists", "reader": "s3:Get", "op_id": None},
        "diff": {
            "action": "update",
            "status": "exists",
            "entries": [
                entry("Versioning.Status", value, text),
                entry(text, text, value),
            ],
            "omitted": 0,
            "lost": {text: 1},
            "note": text,
        },
    }
    return {
        "plan_id": "p-1",
        "state": "Planned",
        "digest": DIGEST,
        "requester": f"mcp:{text}",
        "expires_at": "2026-01-01T00:00:00+00:00",
        "target": {
            "name": "dev", "account": "123456789012", "region": "r", "role_arn": None,
        },
        "decision": {"effect": "approve", "approval": {"count": 1, "ttl_s": 60}},
        "approval": {
            "state": "Pending", "needed": 1, "granted_by": [text], "expires_at": "later",
            "votes": [
                {"approver": text, "decision": "grant", "method": text, "key": None},
            ],
        },
        "tx": None,
        "error": {"code": "x", "message": text},
        "steps": [step, step],
        "reason_untrusted": text,
    }  # fmt: skip
