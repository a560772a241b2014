"""Every file and folder that a process of ours makes is private, whatever the umask."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_aws import POLICY
from stack import ROOT

OPEN_UMASK = 0o000


def run(
    folder: Path, arguments: list[str], stdin: str
) -> "subprocess.CompletedProcess[str]":
    """Run ``smithgate`` as if its parent had opened everything to everybody."""
    (folder / "policy.yaml").write_text(POLICY)
    env = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder / "home"),
        "SMITHGATE_POLICY": str(folder / "policy.yaml"),
        "SMITHGATE_STATE": str(folder / "new" / "state"),
        "SMITHGATE_AUDIT_KEY": str(folder / "keys" / "audit.key"),
        "SMITHGATE_CHECKPOINTS": str(folder / "log" / "checkpoints.jsonl"),
        "SMITHGATE_GENERATED": str(ROOT / "generated"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "smithgate", *arguments],
        env=env,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        umask=OPEN_UMASK,
    )


def open_to_others(folder: Path) -> dict[str, str]:
    """Return everything below a folder that somebody else may use."""
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in folder.rglob("*")
        if path.name != "policy.yaml" and stat.S_IMODE(path.lstat().st_mode) & 0o077
    }


def request(request_id: int, method: str, **params: Any) -> str:
    message = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
    return json.dumps(message) + "\n"


@pytest.mark.parametrize("engine", ["minimal", "fastmcp"])
def test_what_a_server_writes_is_private(tmp_path: Path, engine: str) -> None:
    """Without credentials the read is recorded as a transaction and then refused."""
    client = {"name": "t", "version": "1"}
    said = request(
        1,
        "initialize",
        protocolVersion="2025-11-25",
        capabilities={},
        clientInfo=client,
    )
    said += '{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
    read = {"operation": "s3:GetBucketVersioning", "arguments": {"Bucket": "b"}}
    said += request(2, "tools/call", name="read", arguments=read)
    done = run(tmp_path, ["serve", "--engine", engine], said)
    assert done.returncode == 0, done.stderr
    assert "credentials_missing" in done.stdout
    state = tmp_path / "new" / "state"
    assert {"smithgate.db", "artifacts"} <= {path.name for path in state.iterdir()}
    assert (tmp_path / "keys" / "audit.key").is_file()
    assert (tmp_path / "log" / "checkpoints.jsonl").is_file()
    assert open_to_others(tmp_path) == {}


def test_what_the_command_line_writes_is_private(tmp_path: Path) -> None:
    assert run(tmp_path, ["plans"], "").returncode == 0
    assert run(tmp_path, ["audit", "verify"], "").returncode == 0
    assert (tmp_path / "new" / "state" / "smithgate.db").is_file()
    assert open_to_others(tmp_path) == {}
