"""What loading a policy imports: the server does it before its first answer."""

import subprocess
import sys
from pathlib import Path

import pytest
import smithgate

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "boto3",
    "botocore",
    "click",
    "dataclasses",
    "difflib",
    "fastmcp",
    "inspect",
    "jsonschema",
    "jsonschema_rs",
    "pathlib",
    "rich",
    "smithgate.operation",
    "smithgate.policy.explain",
    "sqlalchemy",
}


def modules_after(code):
    # -S -I: no site-packages hooks that import things of their own.
    paths = [entry for entry in sys.path if entry]
    script = f"import sys; sys.path[:] = {paths!r}\n{code}\nprint(*sys.modules)"
    command = [sys.executable, "-S", "-I", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_loading_a_policy_imports_nothing_heavy():
    code = (
        "from smithgate.policy import load_policy\n"
        f"load_policy({str(ROOT / 'policy.yaml')!r})"
    )
    loaded = modules_after(code)
    assert "smithgate.policy.load" in loaded
    assert loaded & HEAVY == set()


def test_the_package_exports_lazily_and_exactly():
    loaded = modules_after("import smithgate")
    assert "smithgate.operation" not in loaded
    for name in smithgate.__all__:
        assert getattr(smithgate, name).__module__ == "smithgate.operation"
        assert name in dir(smithgate)
    with pytest.raises(AttributeError, match="nothing"):
        smithgate.nothing  # noqa: B018 -- the look-up is the test
