"""A team's repository works with the built wheel alone, the checkout out of sight."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
from stack import ROOT

pytestmark = pytest.mark.slow
SERVICES = ("sqs", "sts")


class Team:
    """An environment with the wheel, and a repository made by ``init``."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.bin = home / "venv" / "bin"
        self.folder = home / "team"

    def run(
        self, *command: str, stdin: str = "", cwd: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command as the team would, with nothing of ours in its environment."""
        return subprocess.run(
            command,
            cwd=cwd or self.folder,
            input=stdin,
            env={
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "HOME": str(self.home),
                "LC_ALL": "C.UTF-8",
                "GIT_CONFIG_GLOBAL": os.devnull,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ok(self, *command: str, **options: Any) -> str:
        """Run a command that must succeed; return its stdout."""
        done = self.run(*command, **options)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def commit(self) -> None:
        """Commit all that is there."""
        name = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        self.ok("git", "add", "--all")
        self.ok("git", *name, "commit", "--quiet", "--message", "state")


def install(home: Path) -> None:
    """Build the wheel and install it beside the dependencies that are here already."""
    pip = (sys.executable, "-m", "pip")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps")
    wheels = home / "wheels"
    build = (*pip, "wheel", *quiet, "--no-build-isolation", "--wheel-dir", str(wheels))
    subprocess.run([*build, str(ROOT)], check=True, cwd=home)
    (wheel,) = wheels.glob("*.whl")
    venv.create(home / "venv", symlinks=True)
    python = home / "venv" / "bin" / "python"
    offline = ("install", *quiet, "--no-index")
    subprocess.run(
        [*pip, "--python", str(python), *offline, str(wheel)], check=True, cwd=home
    )
    # A path in a .pth file is searched last, and .pth files in it are not read: the
    # dependencies are found, the editable checkout is not.
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    made = Team(tmp_path_factory.mktemp("home"))
    install(made.home)
    services = [word for name in SERVICES for word in ("--service", name)]
    command = ("smithgate-codegen", "init", "team", "--account", "123456789012")
    made.ok(*command, *services, cwd=made.home)
    made.ok("git", "init", "--quiet", "--initial-branch", "main")
    made.commit()
    return made


def test_nothing_comes_from_the_checkout(team: Team) -> None:
    program = (
        "import sys, smithgate, smithgate_codegen, importlib.metadata as m;"
        "print(smithgate.__file__, smithgate_codegen.__file__, *sys.path, sep='\\n')"
    )
    for line in team.ok("python", "-c", program).splitlines():
        # The packages that Smithgate needs may be in the checkout's own .venv.
        assert Path(line) != ROOT, line
        for folder in ("runtime", "codegen", "templates", "generated"):
            assert not Path(line).is_relative_to(ROOT / folder), line


def test_the_folder_is_up_to_date_and_executable(team: Team) -> None:
    said = team.ok("make", "check")
    assert "files are up to date" in said
    assert " 0 findings" in said
    assert "the policy is valid" in said
    assert team.ok("git", "status", "--porcelain") == ""
    targets = team.ok("make")
    assert all(f"  {name} " in targets for name in ("sync", "report", "serve"))


def test_the_policy_is_explained(team: Team) -> None:
    places = ("--policy", "policy.yaml", "--generated", "generated")
    said = team.ok("smithgate", "policy", "explain", "sqs:DeleteQueue", *places)
    assert "deny by risks.destructive" in said
    # Without a tree of its own the command takes the one inside the wheel.
    said = team.ok("smithgate", "policy", "explain", "s3:DeleteBucket", *places[:2])
    assert "deny by risks.destructive" in said


def test_the_server_answers(team: Team) -> None:
    client = {"name": "test", "version": "1"}
    version = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": client,
    }
    search = {"name": "search_operations", "arguments": {"query": "delete queue"}}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": version},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
        {"id": 3, "method": "tools/call", "params": search},
    ]
    lines = [json.dumps({"jsonrpc": "2.0", **message}) for message in messages]
    config = json.loads(team.ok("make", "mcp-config"))["mcpServers"]["smithgate"]
    assert str(team.folder) in " ".join(config["args"])
    command = (config["command"], *config["args"], "--engine", "minimal")
    said = team.ok(*command, stdin="\n".join(lines) + "\n")
    replies = {reply["id"]: reply for reply in map(json.loads, said.splitlines())}
    assert replies[1]["result"]["serverInfo"]["name"]
    tools = {tool["name"] for tool in replies[2]["result"]["tools"]}
    assert {"search_operations", "plan", "apply"} <= tools
    assert "sqs:DeleteQueue" in json.dumps(replies[3]["result"])


def test_a_change_is_reported_and_checked(team: Team) -> None:
    assert "Nothing changed." in team.ok("make", "report", "BASE=HEAD")
    services = team.folder / "services.yaml"
    services.write_text(services.read_text() + "  - secretsmanager\n")
    team.ok("make", "sync", "generate")
    page = team.ok("make", "report", "BASE=HEAD")
    assert "service `secretsmanager`, added" in page
    assert "`secretsmanager:DeleteSecret`" in page
    assert "deny by `risks.destructive`" in page
    team.ok("make", "check")
    team.commit()
    module = team.folder / "generated" / "sqs" / "delete_queue.py"
    module.write_text(module.read_text().replace("Risk.DESTRUCTIVE", "Risk.READ"))
    stale = team.run("make", "check")
    assert stale.returncode != 0
    assert "Risk.READ" in stale.stdout
    page = team.run("make", "report", "BASE=HEAD").stdout
    assert "Policy not judged" in page
    assert "risk lowered: `sqs:DeleteQueue` `destructive` → `read`" in page


def test_nothing_is_overwritten(team: Team) -> None:
    again = team.run("smithgate-codegen", "init", "team", cwd=team.home)
    assert again.returncode == 1
    assert "is not empty" in again.stderr
