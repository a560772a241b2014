"""A new repository: whole or not at all, and nothing is overwritten."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jinja2 import nodes
from smithgate.policy.load import load_policy
from smithgate_codegen.emit.module import environment
from smithgate_codegen.emit.roots import templates_root
from smithgate_codegen.errors import CodegenError, ConfigError, RenderError
from smithgate_codegen.scaffold import create as module
from smithgate_codegen.scaffold.command import init_command
from smithgate_codegen.scaffold.create import FILES, create, models_maker, rendered
from smithgate_codegen.scaffold.values import (
    PLACEHOLDER_ACCOUNT,
    Values,
    checked_values,
    default_services,
)
from smithgate_codegen.sync import load_config
from stack import ROOT

KNOWN = ("lambda", "s3", "sqs", "sts")


def values(*services: str) -> Values:
    return checked_values(
        services or ("sqs",), account="123456789012", region="eu-west-1", known=KNOWN
    )


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def make_models(folder: Path) -> None:
    """Stand in for the generator."""
    (folder / "generated").mkdir()
    (folder / "generated" / "index.json").write_text("{}")
    (folder / "models.lock.json").write_text("{}")


def test_a_new_folder_has_every_file(tmp_path: Path) -> None:
    created = create(tmp_path / "a" / "team", values(), make_models=make_models)
    assert created.is_generated
    assert set(created.written) == {*FILES, "generated", "models.lock.json"}
    assert created.kept == ()
    assert contents(tmp_path / "a" / "team").keys() == {
        *FILES,
        "generated/index.json",
        "models.lock.json",
    }
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["team"]


def test_an_empty_folder_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "team").mkdir()
    monkeypatch.chdir(tmp_path / "team")
    created = create(Path(), values())
    assert set(created.written) == set(FILES)
    assert not created.is_generated
    assert [path.name for path in tmp_path.iterdir()] == ["team"]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CodegenError, match="is not empty") as caught:
        create(tmp_path, values(), make_models=make_models)
    assert "--add" in str(caught.value.hint)
    assert contents(tmp_path) == {"notes.txt": "mine"}
    with pytest.raises(CodegenError, match="not a folder"):
        create(tmp_path / "notes.txt", values(), add=True)


def test_adding_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("mine")
    (tmp_path / "Makefile").symlink_to("/nowhere")
    (tmp_path / ".github").mkdir()
    created = create(tmp_path, values(), add=True, make_models=make_models)
    assert set(created.kept) == {"policy.yaml", "Makefile"}
    assert (tmp_path / "policy.yaml").read_text() == "mine"
    assert (tmp_path / "Makefile").is_symlink()
    assert (tmp_path / ".github" / "workflows" / "smithgate.yml").is_file()
    assert created.is_generated


@pytest.mark.parametrize("name", ["services.yaml", "models.lock.json", "generated"])
def test_models_are_made_anew_as_a_whole_or_not_at_all(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    created = create(tmp_path, values(), add=True, make_models=make_models)
    assert not created.is_generated
    assert not list((tmp_path / name).iterdir())


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "generated").mkdir()
        raise CodegenError("no")

    (tmp_path / "team").mkdir()
    with pytest.raises(CodegenError, match=r"^no$"):
        create(tmp_path / "team", values(), make_models=fail)
    assert [path.name for path in tmp_path.rglob("*")] == ["team"]


def test_a_broken_template_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "init").mkdir()
    for template in FILES.values():
        (tmp_path / "init" / template).write_text("{{ nobody }}")
    monkeypatch.setattr(module, "templates_root", lambda: tmp_path)
    with pytest.raises(RenderError, match="nobody"):
        rendered(values())


@pytest.mark.parametrize(
    ("services", "account", "region"),
    [
        (["s4"], "123456789012", "eu-west-1"),
        (["s3\n  - x"], "123456789012", "eu-west-1"),
        (["s3"], "12345678901", "eu-west-1"),
        (["s3"], "12345678901\u0662", "eu-west-1"),
        (["s3"], '123456789012"\nx: "', "eu-west-1"),
        (["s3"], "123456789012", "eu-west-1]\nx: [1"),
        (["s3"], "123456789012", "$(shell id)"),
        (["s3"], "123456789012", "eu-west-1\n"),
    ],
)
def test_values_that_are_none(services: list[str], account: str, region: str) -> None:
    with pytest.raises(ConfigError):
        checked_values(services, account=account, region=region, known=KNOWN)


def test_the_nearest_service_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        values("lamda")
    assert caught.value.hint == "did you mean `lambda`"


def test_services_are_sorted_and_named_once() -> None:
    assert values("sqs", "s3", "sqs").services == ("s3", "sqs")


def test_the_default_services_are_those_of_the_repository() -> None:
    text = (ROOT / "smithy-models" / "services.yaml").read_text()
    assert list(default_services()) == sorted(yaml.safe_load(text)["services"])


@pytest.fixture
def files() -> dict[str, str]:
    return rendered(values("s3", "lambda"))


def test_services_yaml_is_read_by_the_generator(
    tmp_path: Path, files: dict[str, str]
) -> None:
    path = tmp_path / "services.yaml"
    path.write_text(files["services.yaml"])
    config = load_config(path)
    assert [choice.name for choice in config.services or ()] == ["lambda", "s3"]
    assert config.source == "botocore"
    assert config.lock_path.name == "models.lock.json"


@pytest.mark.parametrize("is_example_on", [False, True])
def test_policy_yaml_is_read_by_the_runtime(
    tmp_path: Path, files: dict[str, str], *, is_example_on: bool
) -> None:
    text = files["policy.yaml"]
    if is_example_on:
        head, example = text.split("\n#rules:\n")
        lines = [
            line.removeprefix("#") for line in example.split("\n\n")[0].split("\n")
        ]
        text = "\n".join([head, "rules:", *lines])
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    policy = load_policy(path)
    target, region = policy.target()
    assert (target.account, region) == ("123456789012", "eu-west-1")
    assert len(policy.rules) == is_example_on
    assert policy.risks["destructive"] == "deny"


def test_json_and_yaml_files_are_well_formed(files: dict[str, str]) -> None:
    config = json.loads(files["mcp.example.json"])
    assert config["mcpServers"]["smithgate"]["args"][0] == "serve"
    workflow: dict[Any, Any] = yaml.safe_load(files[".github/workflows/smithgate.yml"])
    steps = workflow["jobs"]["check"]["steps"]
    report = next(step for step in steps if step.get("name") == "report")
    assert report["env"] == {"BASE": "origin/${{ github.base_ref }}"}
    assert all("${{" not in step.get("run", "") for step in steps)
    assert workflow["permissions"] == {"contents": "read"}
    for step in steps:
        if "uses" in step:
            assert step["uses"].endswith("_COMMIT")
            assert step["uses"].partition("@")[2] in files["README.md"]


def test_requirements_pin_what_belongs_together(files: dict[str, str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = files["requirements.txt"].splitlines()[1:]
    assert pins[0] == f"smithgate[codegen,fastmcp]=={project['version']}"
    assert {pin.split("==")[0] for pin in pins[1:]} == {"boto3", "botocore"}
    assert {"codegen", "fastmcp"} <= project["optional-dependencies"].keys()


def test_the_readme_names_every_file_and_every_target(files: dict[str, str]) -> None:
    readme = files["README.md"]
    for name in {*FILES, "models.lock.json", "generated/"} - {
        *("README.md", "Makefile", ".gitignore"),
    }:
        assert f"`{name}`" in readme
    phony = next(
        line for line in files["Makefile"].splitlines() if line.startswith(".PHONY")
    )
    for target in phony.split()[1:]:
        assert f"\n{target}: ## " in files["Makefile"]


def test_templates_make_no_choices_and_are_all_used() -> None:
    root = templates_root() / "init"
    assert {path.name for path in root.iterdir()} == set(FILES.values())
    env = environment(root)
    for path in root.iterdir():
        tree = env.parse(path.read_text("utf-8"))
        for kind in (nodes.If, nodes.CondExpr, nodes.Assign, nodes.Macro):
            assert not list(tree.find_all(kind)), path.name


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMITHGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_models_come_from_botocore(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "team"
    create(folder, values("sts"), make_models=models_maker(jobs=1))
    lock = json.loads((folder / "models.lock.json").read_bytes())
    assert lock["services"].keys() == {"sts"}
    index = json.loads((folder / "generated" / "index.json").read_bytes())
    assert "sts:GetCallerIdentity" in index["operations"]


def test_the_command(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "team"
    result = CliRunner().invoke(init_command, [str(folder), "--service", "sts"])
    assert (result.exit_code, result.exception) == (0, None)
    assert "written  generated\n" in result.output
    assert "make sync generate" not in result.output
    assert PLACEHOLDER_ACCOUNT in (folder / "policy.yaml").read_text()
    again = CliRunner().invoke(init_command, [str(folder), "--service", "sts", "--add"])
    assert "kept     policy.yaml" in again.output
    bare = CliRunner().invoke(
        init_command, [str(tmp_path / "bare"), "--service", "sts", "--no-generate"]
    )
    assert "make sync generate" in bare.output
    assert not (tmp_path / "bare" / "generated").exists()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "team")
    result = CliRunner().invoke(init_command, [place, "--service", "sts"])
    assert isinstance(result.exception, CodegenError)
    assert "cannot be made" in result.exception.message
