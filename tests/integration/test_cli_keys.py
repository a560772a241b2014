"""Keys on the command line: passphrases unseen, ssh-agent, files, proof for auditors."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from approver_kit import add_key, approvers, key_file, signer, ssh_agent
from fake_aws import World
from forgery_kit import HEAD, RULES
from smithgate.app import utc_now
from stack import ROOT

POLICY = f"{HEAD}{approvers('ada', 'bob')}{RULES}"
LOCAL = f"{HEAD}unsigned_approvals: {{same_user: [write]}}\n{approvers('ada')}{RULES}"
needs_openssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None or shutil.which("ssh-agent") is None,
    reason="OpenSSH is not installed",
)


class Shell:
    """Runs commands in processes of their own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(world.folder),
            "SMITHGATE_POLICY": str(world.policy_file),
            "SMITHGATE_STATE": str(world.folder / "state"),
            "SMITHGATE_GENERATED": str(ROOT / "generated"),
        }

    def __call__(
        self, *arguments: str, stdin: str = "", **env: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "smithgate", *arguments],
            env=self.env | env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def approve(
        self, plan_id: str, *arguments: str, stdin: str = "", **env: str
    ) -> "subprocess.CompletedProcess[str]":
        digest = str(self.world.app.store.plan(plan_id).digest)
        return self(
            "approve", plan_id, "--digest", digest, *arguments, stdin=stdin, **env
        )

    def on_terminal(self, *arguments: str, answers: list[tuple[str, str]]) -> str:
        """Run a command on a terminal; answer each prompt; return what it showed."""
        main, side = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "smithgate", *arguments],
            env=self.env, stdin=side, stdout=side, stderr=side, start_new_session=True,
        )  # fmt: skip
        os.close(side)
        shown = ""
        waiting = list(answers)
        while True:
            assert select.select([main], [], [], 60)[0], shown
            try:
                data = os.read(main, 4096)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            shown += data.decode()
            if waiting and shown.rstrip().endswith(waiting[0][0]):
                os.write(main, waiting.pop(0)[1].encode() + b"\n")
        os.close(main)
        assert process.wait(60) == 0, shown
        assert waiting == []
        return shown


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    world = World(tmp_path, POLICY)
    world.clock.now = utc_now()
    yield Shell(world)
    world.app.close()


def asked(world: World) -> str:
    plan_id = world.plan_versioning()
    world.ok("request_approval", plan_id=plan_id)
    return plan_id


def test_a_passphrase_is_asked_for_and_never_shown(shell: Shell) -> None:
    file = str(shell.world.folder / "new.key")
    secret = "correct horse"
    shown = shell.on_terminal(
        "keys", "new", file, "--name", "carol",
        answers=[("new key:", secret), ("confirmation:", secret)],
    )  # fmt: skip
    assert secret not in shown
    assert "carol:" in shown
    line = Path(f"{file}.pub").read_text().rpartition(" ")[0]
    assert line in shown
    policy = POLICY.replace(signer("ada").key.line, line)
    shell.world.policy_file.write_text(policy)
    plan_id = asked(shell.world)
    shown = shell.on_terminal(
        "approve", plan_id, "--key", file,
        answers=[("to approve it:", plan_id), ("new.key:", secret)],
    )  # fmt: skip
    assert secret not in shown
    assert "Granted" in shown
    shell.world.clock.now = utc_now()
    shell.world.ok("apply", plan_id=plan_id)


def test_new_prints_what_a_policy_takes(shell: Shell) -> None:
    file = shell.world.folder / "k"
    made = shell("keys", "new", str(file), "--name", "dora", "--passphrase-fd", "0",
                 stdin="sesame\n")  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "sesame" not in made.stdout + made.stderr
    shell.world.policy_file.write_text(f"{HEAD}{RULES}{made.stdout}")
    (listed,) = json.loads(shell("keys", "list", "--json").stdout)
    assert (listed["name"], listed["risks"]) == ("dora", ["write"])
    again = shell("keys", "new", str(file), "--no-passphrase")
    assert (again.returncode, "key_unusable" in again.stderr) == (1, True)
    nobody = shell("keys", "new", str(file) + "2")
    assert (nobody.returncode, "no terminal" in nobody.stderr) == (1, True)
    assert not Path(str(file) + "2").exists()
    plan_id = asked(shell.world)
    for stdin in ("wrong\n", "\n", ""):
        done = shell.approve(
            plan_id, "--key", str(file), "--passphrase-fd", "0", stdin=stdin
        )
        assert (done.returncode, "key_unusable" in done.stderr) == (1, True)
    done = shell.approve(plan_id, "--passphrase-fd", "0", stdin="sesame\n",
                         SMITHGATE_KEY=str(file))  # fmt: skip
    assert (done.returncode, "by dora, signed" in done.stdout) == (0, True)


def test_a_key_that_the_policy_does_not_name(shell: Shell) -> None:
    plan_id = asked(shell.world)
    key = str(key_file(shell.world.folder, "mallory"))
    done = shell.approve(plan_id, "--key", key)
    assert (done.returncode, "is no approver's" in done.stderr) == (1, True)
    key = str(key_file(shell.world.folder, "ada"))
    done = shell.approve(plan_id, "--key", key, "--as", "bob")
    assert (done.returncode, "is not that of `bob`" in done.stderr) == (1, True)
    none = shell.approve(plan_id)
    assert (none.returncode, "no key to sign with" in none.stderr) == (1, True)


def test_the_unsigned_mode_is_named_for_what_it_is(tmp_path: Path) -> None:
    world = World(tmp_path, LOCAL)
    world.clock.now = utc_now()
    shell = Shell(world)
    plan_id = asked(world)
    done = shell.approve(plan_id)
    assert (done.returncode, "not signed" in done.stdout) == (0, True)
    found = world.app.store.approval(plan_id)
    assert found is not None
    (vote,) = found.grants
    assert (vote.method, vote.signed) == ("same_user", None)
    assert vote.approver.startswith("user:")
    assert "NOT SIGNED" in shell("show", plan_id).stdout
    world.ok("apply", plan_id=plan_id)
    world.app.close()


@needs_openssh
def test_keys_of_an_agent(shell: Shell, tmp_path: Path) -> None:
    with ssh_agent(tmp_path / "agent") as env:
        add_key(env, key_file(tmp_path, "mallory"))
        none = shell.approve(asked(shell.world), **env)
        assert "no key to sign with" in none.stderr
        add_key(env, key_file(tmp_path, "ada"))
        done = shell.approve(asked(shell.world), **env)
        assert (done.returncode, "by ada, signed" in done.stdout) == (0, True)
        add_key(env, key_file(tmp_path, "bob"))
        plan_id = asked(shell.world)
        two = shell.approve(plan_id, **env)
        assert (two.returncode, "ada, bob" in two.stderr) == (1, True)
        done = shell.approve(plan_id, "--as", "bob", **env)
        assert (done.returncode, "by bob, signed" in done.stdout) == (0, True)
        shell.world.clock.now = utc_now()
        shell.world.ok("apply", plan_id=plan_id)


@needs_openssh
def test_an_auditor_checks_with_ssh_keygen(shell: Shell, tmp_path: Path) -> None:
    plan_id = asked(shell.world)
    none = shell("keys", "proof", plan_id, str(tmp_path / "proof"))
    assert (none.returncode, "approval_not_found" in none.stderr) == (1, True)
    shell.world.approve(plan_id)
    folder = tmp_path / "proof"
    done = shell("keys", "proof", plan_id, str(folder))
    assert done.returncode == 0, done.stderr
    (statement,) = folder.glob("vo-*.json")
    said = json.loads(statement.read_text())
    assert (said["plan_id"], said["approver"]) == (plan_id, "ada")
    command = done.stdout.strip().partition(" < ")[0].replace('"', "").split()

    def verified(text: bytes) -> bool:
        checked = subprocess.run(
            command,
            input=text,
            cwd=folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return checked.returncode == 0

    assert verified(statement.read_bytes())
    assert not verified(statement.read_bytes().replace(b"grant", b"denyy"))
    listed = shell("keys", "list", "--allowed-signers").stdout
    assert listed == (folder / "allowed_signers").read_text()
    table = shell("keys", "list").stdout
    assert signer("ada").key.fingerprint in table


def test_the_console_prints_its_address_and_ends(shell: Shell, tmp_path: Path) -> None:
    key = str(key_file(tmp_path, "ada"))
    process = subprocess.Popen(
        [sys.executable, "-m", "smithgate", "console", "--key", key],
        env=shell.env | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ada · SHA256:")
        assert process.stdout.readline().startswith("http://127.0.0.1:")
    finally:
        process.send_signal(2)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, "the key is forgotten" in out) == (0, True)
    mallory = str(key_file(tmp_path, "mallory"))
    refused = shell("console", "--key", mallory)
    assert (refused.returncode, "is no approver's" in refused.stderr) == (1, True)
