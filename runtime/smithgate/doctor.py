"""Checks that a set-up can work, each with what to do when it does not."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .app import Application
from .errors import SmithgateError
from .execute.target import BoundTarget
from .policy import Effect
from .store import TxState

PRIVATE_MODE = 0o077
"""Bits that must not be set on the state folder: it holds plans and responses."""


class Check(NamedTuple):
    """One finding."""

    name: str
    status: str
    """``ok``, ``warning`` or ``failed``."""
    text: str
    hint: str | None = None


def _policy(app: Application) -> Check:
    policy = app.policies.current()
    return Check(
        "policy",
        "ok",
        f"{app.policies.path}: targets: {len(policy.targets)}, rules: {len(policy.rules)}",
    )


def _rules(app: Application) -> Check:
    """Find rules that protect or permit nothing: mostly a name with a slip in it."""
    from .policy.explain import survey

    found = survey(app.policies.current(), app.catalog.entries())
    idle = found["matches_nothing"]
    if not idle:
        return Check("rules", "ok", "every rule matches an operation")
    return Check(
        "rules",
        "warning",
        f"match no operation: {', '.join(idle)}",
        "look for a slip in the names: `smithgate policy explain`",
    )


def _approvers(app: Application) -> Check:
    """Find risks that want an approval which nobody could give."""
    policy = app.policies.current()
    short = []
    for risk, effect in policy.risks.items():
        needed = policy.approvals[risk].count
        able = sum(risk in one.risks for one in policy.approvers.values())
        is_unsigned = needed == 1 and risk in policy.unsigned.same_user
        if effect is Effect.APPROVE and able < needed and not is_unsigned:
            short.append(f"{risk} ({able} of {needed})")
    if not short:
        return Check("approvers", "ok", f"{len(policy.approvers)} approvers are named")
    return Check(
        "approvers",
        "warning",
        f"too few approvers for {', '.join(short)}: such plans can never run",
        "`smithgate keys new FILE` prints what the policy needs of an approver",
    )


def _catalog(app: Application) -> Check:
    count = sum(1 for _ in app.catalog.entries())
    return Check("catalog", "ok", f"{count} operations in {app.catalog.root}")


def _botocore(app: Application) -> Check:
    import botocore

    source = app.catalog.source
    made_from = source.get("version")
    if source.get("kind") != "botocore" or made_from == botocore.__version__:
        return Check("botocore", "ok", f"installed {botocore.__version__}")
    return Check(
        "botocore",
        "warning",
        f"the tree was generated from {made_from}, installed is {botocore.__version__}",
        "install the pinned botocore, or run `make sync generate` and review the diff",
    )


def _store(app: Application) -> Check:
    store = app.store
    mode = stat.S_IMODE(Path(app.settings.state).stat().st_mode)
    if mode & PRIVATE_MODE:
        return Check(
            "store",
            "warning",
            f"{app.settings.state} has mode {mode:04o}: others can enter it",
            f"chmod 700 {app.settings.state}",
        )
    tx_id = store.begin("read", requester="doctor")
    store.end(tx_id, TxState.DONE, None)
    return Check("store", "ok", f"{app.settings.state} can be written")


def _audit(app: Application) -> Check:
    from .audit.verify import verify

    report = verify(app.places)
    if report.ok and app.places.key.is_relative_to(app.places.folder):
        return Check(
            "audit",
            "ok",
            f"{report.events} events verify; the key is beside the database",
            "elsewhere (--audit-key) it holds against who may write the folder",
        )
    if report.ok:
        return Check("audit", "ok", f"{report.events} events verify")
    return Check(
        "audit",
        "failed",
        f"broken at event {report.first_break}: {report.problem}",
        "keep the store as it is and find out who wrote to it",
    )


def _identities(app: Application) -> Iterator[Check]:
    """Ask AWS who we are at each target, recorded like any other call."""
    policy = app.policies.current()
    for name in sorted(policy.targets):
        target, region = policy.target(name, None)
        tx_id = app.store.begin("read", requester="doctor")
        label = f"target {name}"
        try:
            caller = app.identities.caller(
                tx_id, policy, BoundTarget(target, region), fresh=True
            )
        except SmithgateError as error:
            app.store.end(tx_id, TxState.FAILED, error.as_dict())
            yield Check(label, "failed", f"{error.code}: {error.message}", error.hint)
        else:
            app.store.end(tx_id, TxState.DONE, None)
            yield Check(label, "ok", f"{caller.arn} in {region}")


def _guarded(
    name: str, check: Callable[[Application], Check], app: Application
) -> Check:
    try:
        return check(app)
    except SmithgateError as error:
        return Check(name, "failed", f"{error.code}: {error.message}", error.hint)


def run_checks(app: Application, *, offline: bool) -> list[Check]:
    """Return all findings; ``offline`` leaves AWS out.

    A check that fails does not stop the others, unless they build on it.
    """
    checks = [
        _guarded("policy", _policy, app),
        _guarded("catalog", _catalog, app),
        _guarded("rules", _rules, app),
        _guarded("approvers", _approvers, app),
        _guarded("botocore", _botocore, app),
        _guarded("store", _store, app),
        _guarded("audit", _audit, app),
    ]
    if not offline and all(check.status != "failed" for check in checks):
        checks += _identities(app)
    return checks
