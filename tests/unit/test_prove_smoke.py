"""``make prove`` runs, with tiny counts; the counts that must be zero are."""

import subprocess
import sys

import pytest
from stack import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kills", "faults", "disks", "races", "ends", "fuzz"])
def test_the_proofs_run_and_what_must_be_zero_is(name: str) -> None:
    script = ROOT / "tests" / "prove" / "prove.py"
    done = subprocess.run(
        [sys.executable, str(script), "--quick", "--only", name],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "double effects" in done.stdout
