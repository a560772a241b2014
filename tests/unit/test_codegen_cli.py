"""The command: what is written, printed and returned; caching and processes."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from codegen_kit import Kit
from smithgate_codegen import cli
from smithgate_codegen.emit.roots import templates_root
from smithgate_codegen.generate import Job, generate
from smithgate_codegen.rendered import RenderCache
from smithgate_codegen.sync import load_config
from smithgate_codegen.write import locked

SERVICES = """
format_version: 1
source: local
sources: {local: models}
services: all
"""


def write_model(root: Path, name: str, kit: Kit) -> None:
    folder = root / "models" / name / "service" / "2026-01-01"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-2026-01-01.json"
    path.write_text(json.dumps(kit.document()))


def kit(name: str, *operations: str) -> Kit:
    out = Kit(name)
    for operation in operations:
        out.op(operation, {"Id!": "string", "Password": "string"}, {})
    return out


class Checkout:
    """A folder with a configuration, models and a cache of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "generated"
        (root / "services.yaml").write_text(SERVICES)
        (root / "overrides").mkdir()
        write_model(root, "alpha", kit("Alpha", "GetThing", "PutThing"))
        write_model(root, "beta", kit("Beta", "DeleteThing"))

    def run(self, command: str, *more: str) -> int:
        options = ["--config", str(self.root / "services.yaml")]
        options += ["--cache", str(self.root / "cache")]
        if command != "sync":
            options += ["--out", str(self.out)]
            options += ["--overrides", str(self.root / "overrides"), "--jobs", "1"]
        return cli.run([command, *options, *more])

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in self.out.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path)
    assert made.run("sync") == 0
    return made


@pytest.fixture
def generated(checkout: Checkout, capsys) -> Checkout:
    assert checkout.run("generate") == 0
    capsys.readouterr()
    return checkout


def test_generate_writes_the_tree_and_sums_up(checkout, capsys):
    capsys.readouterr()
    assert checkout.run("generate") == 0
    out, err = capsys.readouterr()
    assert out == (
        "3 operations, 0 skipped; files: 12 written, 0 unchanged, 0 removed; "
        "patterns: 0 kept, 0 rewritten, 0 left to AWS\n"
    )
    assert err == ""
    assert sorted(checkout.files())[:4] == [
        "alpha/get_thing.output.json",
        "alpha/get_thing.py",
        "alpha/get_thing.schema.json",
        "alpha/put_thing.output.json",
    ]
    index = json.loads(checkout.files()["index.json"])
    assert sorted(index["operations"]) == [
        "alpha:GetThing",
        "alpha:PutThing",
        "beta:DeleteThing",
    ]
    assert sorted(index["services"]) == sorted(index["source"]) == ["alpha", "beta"]


def test_check_agrees_with_what_was_generated(generated, capsys):
    assert generated.run("check") == 0
    assert capsys.readouterr().out == "12 files are up to date\n"


@pytest.mark.parametrize("fresh", [(), ("--fresh",)])
def test_check_sees_an_edit_by_hand_and_repairs_nothing(generated, capsys, fresh):
    path = generated.out / "alpha" / "put_thing.py"
    path.write_text(path.read_text().replace("Risk.WRITE", "Risk.READ"))
    (generated.out / "alpha" / "new.py").write_text("x\n")
    (generated.out / "beta" / "delete_thing.py").unlink()
    before = generated.files()
    assert generated.run("check", *fresh) == 1
    out, err = capsys.readouterr()
    assert "-    risk=Risk.READ,  # rule writing-verb Put\n" in out
    assert "+    risk=Risk.WRITE,  # rule writing-verb Put\n" in out
    assert "--- a/alpha/new.py\n+++ /dev/null\n" in out
    assert "--- /dev/null\n+++ b/beta/delete_thing.py\n" in out
    assert "error[stale_output]" in err
    assert "1 missing, 1 changed, 1 extra" in err
    assert "hint: run `smithgate-codegen generate`" in err
    assert generated.files() == before


def test_generate_repairs(generated):
    before = generated.files()
    (generated.out / "alpha" / "put_thing.py").write_text("edited")
    (generated.out / "index.json").write_text('{"format_version": 1}')
    assert generated.run("generate") == 0
    assert generated.files() == before


def test_a_service_that_goes_away_is_removed(generated, capsys):
    (generated.root / "services.yaml").write_text(
        SERVICES.replace("all", "[{name: alpha, source: local}]")
    )
    assert generated.run("sync") == 0
    assert generated.run("generate") == 0
    assert "3 removed" in capsys.readouterr().out
    assert not (generated.out / "beta").exists()


def test_cached_and_fresh_runs_give_the_same_bytes(generated):
    before = generated.files()
    assert generated.run("generate", "--fresh") == 0
    assert generated.files() == before


def cached(checkout: Checkout, *, fresh: bool = False) -> int:
    """How many services a run takes from the cache."""
    config = load_config(checkout.root / "services.yaml")
    job = Job(
        config=config,
        lock=config.lock_path,
        cache=checkout.root / "cache",
        overrides=checkout.root / "overrides",
        templates=templates_root(),
    )
    return generate(job, fresh=fresh).cached


def test_an_unchanged_service_comes_from_the_cache(generated):
    assert cached(generated) == 2
    assert cached(generated, fresh=True) == 0
    (generated.root / "overrides" / "beta.yaml").write_text(
        "format_version: 1\nservice: beta\noverrides:\n"
        "- {operation: DeleteThing, field: risk, value: execute, why: a test}\n"
    )
    assert cached(generated) == 1
    assert cached(generated) == 2
    assert generated.run("check") == 1


@pytest.mark.parametrize("damage", [b"", b"nonsense\n{}", None])
def test_a_damaged_cache_entry_is_generated_again(generated, damage):
    path = generated.root / "cache" / "rendered" / "alpha.json"
    data = path.read_bytes()
    path.write_bytes(
        data.replace(b"Risk.WRITE", b"Risk.READ_") if damage is None else damage
    )
    assert generated.run("check") == 0


def test_a_cache_entry_under_another_key_is_a_miss(generated):
    cache = RenderCache(generated.root / "cache")
    assert cache.get("alpha", "0" * 64) is None


def test_a_cache_that_cannot_be_written_costs_only_time(checkout):
    (checkout.root / "cache" / "rendered").write_text("in the way")
    assert checkout.run("generate") == 0
    assert checkout.run("check") == 0


def test_several_processes_give_the_same_tree(generated):
    before = generated.files()
    assert generated.run("generate", "--fresh", "--jobs", "2") == 0
    assert generated.files() == before


def test_an_error_in_another_process_arrives_whole(checkout, capsys):
    (checkout.root / "overrides" / "beta.yaml").write_text("format_version: 9\n")
    assert checkout.run("generate", "--jobs", "2") == 1
    err = capsys.readouterr().err
    assert (
        err == "error[override_invalid]: `beta.yaml` has format version `9`, not `1`\n"
    )
    assert not list(checkout.out.iterdir())


def test_an_unpinned_service_is_an_error(checkout, capsys):
    (checkout.root / "services.yaml").write_text(
        SERVICES.replace("all", "[{name: gamma, source: local}]")
    )
    assert checkout.run("generate") == 1
    assert "error[" in capsys.readouterr().err


def test_without_a_lock_the_hint_says_what_to_run(tmp_path, capsys):
    assert Checkout(tmp_path).run("generate") == 1
    assert "hint: run `smithgate-codegen sync`" in capsys.readouterr().err


def test_a_second_generator_is_refused(generated, capsys):
    with locked(generated.out):
        assert generated.run("generate") == 1
        assert generated.run("check") == 0
    assert "another generator is writing" in capsys.readouterr().err


def test_an_interrupt_is_named_and_has_a_code_of_its_own(capsys):
    @click.command()
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert cli.run([], interrupted) == 130
    assert "interrupted: the tree is as it was before" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_crash():
    code = (
        "import click; from smithgate_codegen import cli\n"
        "@click.command()\n"
        "def gone(): raise BrokenPipeError\n"
        "raise SystemExit(cli.run([], gone))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["generate", "--jobs", "0"], ["check", "--nope"]]
)
def test_a_wrong_option_is_code_2(arguments, capsys):
    assert cli.run(arguments) == 2
    assert "Usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--help"], ["generate", "--help"], ["--version"]]
)
def test_help_is_no_error(arguments, capsys):
    assert cli.run(arguments) == 0
    assert capsys.readouterr().out


def test_help_names_the_exit_codes(capsys):
    cli.run(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "0 done or up to date" in text
    assert "130 interrupted" in text


def test_what_is_printed_cannot_drive_a_terminal(generated, capsys):
    (generated.out / "alpha" / "put_thing.py").write_text("\x1b[2J\u202e\n")
    assert generated.run("check") == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert r"\x1b[2J\u202e" in out


def test_the_command_is_quick_to_say_what_it_can():
    code = "import sys, smithgate_codegen.cli; print('jinja2' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_name_that_is_a_path_stays_out_of_file_names(tmp_path, capsys):
    checkout = Checkout(tmp_path)
    assert checkout.run("sync") == 0
    for file in (tmp_path / "services.yaml", *tmp_path.glob("*.lock.json")):
        text = file.read_text().replace("services: all", "services: [../alpha]")
        file.write_text(text.replace('"alpha"', '"../alpha"'))
    capsys.readouterr()
    assert checkout.run("generate") == 1
    assert "error[" in capsys.readouterr().err
    assert not checkout.out.exists() or not list(checkout.out.iterdir())
    assert not list(tmp_path.glob("alpha*"))
