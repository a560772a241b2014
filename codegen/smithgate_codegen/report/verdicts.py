"""What the policy makes of the operations: asked of the runtime, in a process of its own.

The generator never imports the runtime, so it runs the installed command, once for all
operations. Whatever goes wrong is a reason in the report, never an allowed operation.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .record import EFFECTS, PolicyState, Verdict

_TIMEOUT_S = 300
"""Judging 20,000 operations takes about 12 s."""
COMMAND = (sys.executable, "-P", "-m", "smithgate")
"""``-P`` keeps a ``smithgate.py`` in the working directory from being run."""


def judge(
    policy: Path,
    generated: Path,
    *,
    target: str | None = None,
    command: Sequence[str] = COMMAND,
) -> PolicyState:
    """Return the verdicts of a policy on a tree, or the reason why there are none."""
    if not policy.is_file():
        return PolicyState(reason=f"there is no {policy}")
    arguments = [
        *(*command, "policy", "explain", "--all", "--json"),
        *("--policy", str(policy), "--generated", str(generated)),
        *(("--target", target) if target else ()),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the program is ours
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return PolicyState(reason=f"the runtime cannot be asked: {error}")
    return _state(done.stdout, done.stderr, done.returncode)


def _state(stdout: bytes, stderr: bytes, code: int) -> PolicyState:
    try:
        said = json.loads(stdout)
    except ValueError:
        lines = stderr.decode(errors="replace").strip().splitlines()
        last = lines[-1] if lines else "it printed nothing"
        return PolicyState(reason=f"smithgate ended with {code}: {last}")
    if not isinstance(said, dict):
        return PolicyState(reason="smithgate printed something else than verdicts")
    if "error" in said:
        return PolicyState(reason=_error(said["error"]))
    try:
        return PolicyState(
            verdicts={
                name: _verdict(line) for name, line in said["operations"].items()
            },
            target=str(said["target"]),
            region=str(said["region"]),
            digest=str(said["policy_digest"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        return PolicyState(reason="smithgate printed something else than verdicts")


def _verdict(line: Any) -> Verdict:
    effect = str(line["effect"])
    if effect not in EFFECTS:
        msg = "an unknown effect"
        raise ValueError(msg)
    return Verdict(effect, str(line["decided_by"]), bool(line["is_provisional"]))


def _error(error: Any) -> str:
    if not isinstance(error, dict):
        return "smithgate refused"
    return f"{error.get('code')}: {error.get('message')}"
