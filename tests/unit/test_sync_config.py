"""services.yaml: strict reading, and what the errors say."""

from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import ConfigError, SyncError
from smithgate_codegen.sync import (
    BotocoreSource,
    Choice,
    DirectorySource,
    build_sources,
    load_config,
)
from smithgate_codegen.sync.config import check_services
from smithgate_codegen.sync.specs import DirectorySpec

ROOT = Path(__file__).parents[2]


def config(tmp_path: Path, text: Any) -> Any:
    path = tmp_path / "services.yaml"
    path.write_text(text, "utf-8")
    return load_config(path)


def test_services_are_sorted_and_have_a_source(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    loaded = config(
        tmp_path,
        """\
format_version: 1
sources: {own: models}
services: [sqs, {name: thing, source: own}, {name: iam}]
""",
    )
    assert loaded.services == (
        Choice("iam", "botocore"),
        Choice("sqs", "botocore"),
        Choice("thing", "own"),
    )
    assert loaded.specs == {"own": DirectorySpec(tmp_path / "models")}
    sources = build_sources(loaded)
    assert isinstance(sources["own"], DirectorySource)
    assert isinstance(sources["botocore"], BotocoreSource)
    assert loaded.lock_path == tmp_path / "models.lock.json"


def test_all_stands_for_every_service_of_the_default_source(tmp_path: Path) -> None:
    loaded = config(
        tmp_path,
        "format_version: 1\nsource: own\nsources: {own: x}\nservices: all\n",
    )
    assert loaded.choices(["b", "a"]) == (Choice("a", "own"), Choice("b", "own"))


def test_another_source_has_a_lock_of_its_own(tmp_path: Path) -> None:
    loaded = config(
        tmp_path,
        "format_version: 1\nsources: {stub: stub}\nservices: [s3]\n",
    ).with_source("stub")
    assert loaded.choices(["x"]) == (Choice("x", "stub"),)
    assert loaded.lock_path.name == "models.stub.lock.json"
    with pytest.raises(ConfigError, match="unknown source `stab`") as caught:
        loaded.with_source("stab")
    assert caught.value.hint == "did you mean `stub`"


V = "format_version: 1\n"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("services: [s3]", "has format_version `None`", "reads format_version 1"),
        ("format_version: 2\nservices: [s3]", "format_version `2`", None),
        (V + "service: [s3]", "unknown key `service`", "did you mean `services`"),
        (V + "zzzz: 1", "unknown key `zzzz`", "one of: enrich, format_version"),
        (V + "services: []", "must be a list of services", None),
        (V + "services: s3", "must be a list of services", None),
        (V, "must be a list of services", None),
        (V + "services: [1]", "`1` is not a service name", None),
        (V + "services: [no]", "`False` is not a service name", None),
        (V + "services: [{source: botocore}]", "a service without `name`", None),
        (V + "services: [{nam: s3}]", "unknown key `nam`", "did you mean `name`"),
        (V + "services: [s3, {name: s3}]", "`s3` is listed twice", None),
        (V + "services: [{name: s3, source: x}]", "unknown source `x`", None),
        (V + "source: botocor\nservices: [s3]", "source `botocor`", "`botocore`"),
        (V + "source: [a]\nservices: [s3]", "unknown source", None),
        (V + "sources: [a]\nservices: [s3]", "must map names to sources", None),
        (V + "sources: {a: 1}\nservices: [s3]", "must be a folder, or", None),
        (V + "sources: {botocore: x}\nservices: [s3]", "built in", None),
        (
            V + "services: [s3]\nservices: [iam]",
            "line 1, column 1: a key is repe",
            None,
        ),
        (V + "services: [s3", "line 2, column 14", None),
        (V + "services: !!python/name:os.system", "could not determine", None),
        ("[]", "must be a mapping", None),
        ("", "must be a mapping", None),
    ],
)
def test_anything_unexpected_is_refused(
    tmp_path: Path, text: str, message: str, hint: Any
) -> None:
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text)
    assert message in caught.value.message
    assert "services.yaml" in caught.value.message
    if hint:
        assert hint in str(caught.value.hint)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "gone.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "bytes.yaml")


def test_a_missing_source_folder_is_refused(tmp_path: Path) -> None:
    loaded = config(
        tmp_path,
        V + "sources: {own: gone}\nservices: [{name: x, source: own}]",
    )
    with pytest.raises(SyncError, match="source `own`: there is no folder"):
        build_sources(loaded)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dynamodbb", "did you mean `dynamodb`"),
        ("zzzzzzzz", "the names are boto3's client names"),
    ],
)
def test_an_unknown_service_names_the_nearest(name: str, hint: Any) -> None:
    with pytest.raises(ConfigError, match=f"no service `{name}`") as caught:
        check_services(
            [Choice("s3", "botocore"), Choice(name, "botocore")],
            {"botocore": BotocoreSource()},
            "`services.yaml`",
        )
    assert caught.value.hint == hint


def test_the_projects_own_file_lists_the_default_set() -> None:
    loaded = load_config(ROOT / "smithy-models" / "services.yaml")
    names = """cloudwatch dynamodb ec2 ecr ecs events iam kms lambda logs s3
    secretsmanager sns sqs ssm sts"""
    assert loaded.services is not None
    assert [c.name for c in loaded.services] == names.split()
    assert {c.source for c in loaded.services} == {"botocore"}
    stub = build_sources(loaded.with_source("stub"))["stub"]
    assert stub.services() == ["stub-inventory"]
