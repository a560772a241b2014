"""The command: what it prints, writes and refuses."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from smithgate_codegen.errors import ConfigError, LockMismatch
from smithgate_codegen.sync import read_lock
from smithgate_codegen.sync.command import sync_command

STUB = Path(__file__).parents[2] / "smithy-models" / "stub"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    folder = tmp_path / "smithy-models"
    folder.mkdir()
    (folder / "services.yaml").write_text(
        f"format_version: 1\nsources: {{stub: '{STUB}'}}\nservices: [sts, sqs]\n",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMITHGATE_CACHE", str(tmp_path / "cache"))

    def call(*arguments: Any) -> Any:
        return CliRunner().invoke(sync_command, arguments)

    return call


def test_a_sync_says_what_it_did(run: Any) -> None:
    result = run()
    assert result.exit_code == 0
    assert result.stdout == (
        "added   sqs\nadded   sts\n2 services, 0 unchanged, 2 read from their source\n"
    )
    assert list(read_lock(Path("smithy-models/models.lock.json")).services) == [
        "sqs",
        "sts",
    ]
    assert Path("cache/models").is_dir()
    again = run()
    assert again.stdout == "2 services, 2 unchanged, 0 read from their source\n"


def test_nothing_but_the_report_is_printed_without_a_terminal(run: Any) -> None:
    assert run().stderr == ""


def test_locked_fails_when_the_lock_is_behind_and_writes_nothing(run: Any) -> None:
    result = run("--locked")
    assert isinstance(result.exception, LockMismatch)
    assert result.exit_code == 1
    assert result.stdout.startswith("added   sqs\n")
    assert not Path("smithy-models/models.lock.json").exists()
    run()
    assert run("--locked").exit_code == 0


def test_paths_can_be_named(run: Any, tmp_path: Path) -> None:
    config = Path("smithy-models/services.yaml").rename("other.yaml")
    result = run("--config", str(config), "--lock", "here.json", "--cache", "there")
    assert result.exit_code == 0
    assert len(read_lock(Path("here.json")).services) == 2
    assert Path("there/models").is_dir()
    assert not Path("cache").exists()


def test_another_source_is_synced_whole_into_a_lock_of_its_own(run: Any) -> None:
    result = run("--source", "stub")
    assert result.exit_code == 0
    assert "added   stub-inventory\n" in result.stdout
    assert Path("smithy-models/models.stub.lock.json").is_file()
    assert not Path("smithy-models/models.lock.json").exists()


def test_update_takes_known_services_only(run: Any) -> None:
    result = run("--update", "s3")
    assert isinstance(result.exception, ConfigError)
    assert run("--update", "sqs", "--update", "sts").exit_code == 0


def test_a_terminal_gets_a_progress_bar_on_stderr(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smithgate_codegen.sync import command

    drawn = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            self.options = options

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *details: object) -> None:
            pass

        def update(self, steps: Any) -> None:
            drawn.append((steps, self.options["length"], self.options["file"]))

    class Terminal:
        def isatty(self) -> Any:
            return True

    terminal = Terminal()
    monkeypatch.setattr("click.progressbar", Bar)
    monkeypatch.setattr(command, "sys", type("Sys", (), {"stderr": terminal}))
    assert run().exit_code == 0
    assert drawn == [(1, 2, terminal), (1, 2, terminal)]


def test_services_are_named_with_update_only(run: Any) -> None:
    result = run("sqs")
    assert result.exit_code == 2
    assert "services are named with --update only" in result.stderr
    assert run("--locked", "--update").exit_code == 2


def test_update_without_names_is_about_all(run: Any) -> None:
    assert run("--update").stdout.endswith("2 read from their source\n")
    assert run("--update", "sqs", "sts").exit_code == 0
