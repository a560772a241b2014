"""A folder of models: layout, versions, names, files that are no models."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import ModelError, ModelNotFound, ModelSyntax, SyncError
from smithgate_codegen.sync import DirectorySource, load_service

SHARED = Path(__file__).parents[2].parent / "shared" / "api-models-aws"
STUB = Path(__file__).parents[2] / "smithy-models" / "stub"


def model(sdk_id: Any, **shapes: Any) -> Any:
    traits = {} if sdk_id is None else {"aws.api#service": {"sdkId": sdk_id}}
    service = {"type": "service", "version": "1", "traits": traits}
    return {"smithy": "2.0", "shapes": {"a#Service": service, **shapes}}


def put(root: Any, path: Any, document: Any) -> Any:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    target.write_text(text, "utf-8")
    return target


def test_models_are_joined_to_clients_or_named_by_their_sdk_id(tmp_path: Path) -> None:
    put(tmp_path, "eventbridge/service/1/m.json", model("EventBridge"))
    put(tmp_path, "x/service/1/m.json", model("My Own Thing"))
    assert DirectorySource(tmp_path).services() == ["events", "my-own-thing"]


def test_json_files_that_are_no_models_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, ".scripts/overrides.json", {"sdkId": "S3"})
    put(tmp_path, "x/service/1/m.json", model("X"))
    put(tmp_path, "x/service/1/notes.json", {"note": "no model"})
    put(tmp_path, "x/service/1/list.json", [])
    source = DirectorySource(tmp_path, name="own")
    assert source.services() == ["x"]
    raw = source.fetch("x")
    assert (raw.version, raw.origin) == ("1", "own/x/service/1/m.json")
    assert raw.data == (tmp_path / "x/service/1/m.json").read_bytes()


def test_the_greatest_version_counts(tmp_path: Path) -> None:
    put(tmp_path, "x/service/2020-01-01/a.json", model("X"))
    put(tmp_path, "x/service/2021-01-01/b.json", model("X"))
    put(tmp_path, "x/service/2019-01-01/c.json", model("X"))
    assert DirectorySource(tmp_path).fetch("x").version == "2021-01-01"


def test_two_models_of_one_service_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "x/service/1/a.json", model("X"))
    put(tmp_path, "y/service/1/b.json", model("X"))
    with pytest.raises(SyncError, match="two models of `x`"):
        DirectorySource(tmp_path).services()


@pytest.mark.parametrize("sdk_ids", [[], ["A", "B"]])
def test_a_model_needs_one_sdk_id(tmp_path: Path, sdk_ids: Any) -> None:
    document = model(None)
    for sdk_id in sdk_ids:
        traits = {"aws.api#service": {"sdkId": sdk_id}}
        document["shapes"][f"a#{sdk_id}"] = {"type": "service", "traits": traits}
    put(tmp_path, "x/service/1/a.json", document)
    with pytest.raises(ModelError, match="sdkIds") as caught:
        DirectorySource(tmp_path).services()
    assert "`directory/x/service/1/a.json`" in caught.value.message


def test_an_sdk_id_inside_documentation_does_not_count(tmp_path: Path) -> None:
    text = '{"sdkId": "Fake"}'
    traits = {"smithy.api#documentation": text}
    put(
        tmp_path,
        "x/service/1/a.json",
        model("X", **{"a#S": {"type": "string", "traits": traits}}),
    )
    assert DirectorySource(tmp_path).services() == ["x"]


@pytest.mark.parametrize("end", [0.5, 0.98])
def test_a_truncated_model_is_refused_at_the_latest_when_loaded(
    tmp_path: Path, end: Any
) -> None:
    text = json.dumps(model("X", **{"a#S": {"type": "string"}}))
    put(tmp_path, "x/service/1/a.json", text[: int(len(text) * end)])
    with pytest.raises(ModelSyntax, match=r"`directory/x/service/1/a.json`, line 1"):
        load_service("x", DirectorySource(tmp_path))


def test_a_missing_folder_or_service_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match="there is no folder"):
        DirectorySource(tmp_path / "gone")
    with pytest.raises(ModelNotFound, match="has no service `x`"):
        DirectorySource(tmp_path).fetch("x")


def test_the_fingerprint_is_the_contents(tmp_path: Path) -> None:
    path = put(tmp_path, "x/service/1/a.json", model("X"))
    source = DirectorySource(tmp_path)
    before = source.fingerprint("x")
    shutil.copy(path, tmp_path / "copy")
    path.write_text(path.read_text() + " ")
    assert source.fingerprint("x") != before
    shutil.copy(tmp_path / "copy", path)
    assert source.fingerprint("x") == before


def test_methods_of_a_service_that_boto3_has_leave_out_what_boto3_lacks(
    tmp_path: Path,
) -> None:
    operations = [{"target": f"a#{name}"} for name in ("GetCallerIdentity", "NotThere")]
    shapes = {o["target"]: {"type": "operation"} for o in operations}
    document = model("STS", **shapes)
    document["shapes"]["a#Service"]["operations"] = operations
    put(tmp_path, "sts/service/1/a.json", document)
    service = load_service("sts", DirectorySource(tmp_path))
    assert service.in_boto3
    assert service.methods == {"GetCallerIdentity": "get_caller_identity"}


def test_the_stub_exercises_the_language() -> None:
    service = load_service("stub-inventory", DirectorySource(STUB, name="stub"))
    assert not service.in_boto3
    assert service.aliases == ("stub inventory",)
    assert service.methods["PutItemPolicy"] == "put_item_policy"
    bindings = {b.shape.id.name: b.lifecycle for b in service.model.operations()}
    assert bindings["CreateItem"] == "create"
    assert bindings["DeleteItemPolicy"] == "delete"
    assert bindings["ReserveItem"] is None
    types = {shape.type for shape in service.model.shapes.values()}
    assert {"enum", "intEnum", "union", "map", "list", "document", "blob"} <= types
    update = service.model.expect_shape("smithgate.stub.inventory#UpdateItemRequest")
    assert "components" in update.members, "the mixin's members are there"
    traits = {t for s in service.model.shapes.values() for t in s.traits}
    traits |= {
        t
        for s in service.model.shapes.values()
        for m in s.members.values()
        for t in m.traits
    }
    wanted = "idempotencyToken sensitive pattern uniqueItems httpLabel httpHeader"
    assert {f"smithy.api#{name}" for name in wanted.split()} <= traits


@pytest.mark.models
@pytest.mark.skipif(not SHARED.is_dir(), reason="the public models are not there")
def test_the_public_models_are_all_found() -> None:
    source = DirectorySource(SHARED)
    assert len(source.services()) == 402
    assert {"s3", "events", "elbv2", "cloudwatch-events"} <= set(source.services())
    assert load_service("events", source).sdk_id == "EventBridge"
