"""botocore's folders: versions, extras, metadata, fingerprints, the source."""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import pytest
from smithgate_codegen.errors import ModelNotFound, ModelSyntax
from smithgate_codegen.model import load_model
from smithgate_codegen.sync import BotocoreSource, botocore_source
from smithgate_codegen.sync.botocore_files import find_services, installed_data

METADATA = {
    "apiVersion": "2020-01-01",
    "endpointPrefix": "toy",
    "protocol": "json",
    "serviceFullName": "Toy",
    "serviceId": "Toy",
}


def description(**metadata: Any) -> Any:
    operations = {"Op": {"name": "Op", "http": {"method": "POST", "requestUri": "/"}}}
    return {
        "version": "2.0",
        "metadata": {**METADATA, **metadata},
        "operations": operations,
        "shapes": {},
    }


def write(
    data: Any,
    client: Any,
    version: Any,
    document: Any,
    *,
    stem: Any = "service-2",
    zipped: Any = False,
) -> Any:
    folder = data / client / version
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document).encode()
    if zipped:
        # mtime=0: equal content, equal bytes
        (folder / f"{stem}.json.gz").write_bytes(gzip.compress(text, mtime=0))
    else:
        (folder / f"{stem}.json").write_bytes(text)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Any:
    write(tmp_path, "toy", "2019-12-31", description(serviceId="Old"))
    write(tmp_path, "toy", "2020-01-01", description(), zipped=True)
    (tmp_path / "endpoints.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_the_latest_version_counts_and_other_folders_do_not(data: Any) -> None:
    services = find_services(data)
    assert list(services) == ["toy"]
    assert services["toy"].version == "2020-01-01"
    assert services["toy"].service()["metadata"]["serviceId"] == "Toy"
    assert services["toy"].origin == "botocore/toy/2020-01-01/service-2.json"
    assert (services["toy"].paginators(), services["toy"].waiters()) == ({}, {})


def test_extras_are_merged_deeply(data: Any) -> None:
    extra = {"merge": {"metadata": {"serviceId": "Better"}, "shapes": {"S": {}}}}
    write(data, "toy", "2020-01-01", extra, stem="service-2.sdk-extras")
    pages = {"pagination": {"Op": {"input_token": "T"}}}
    write(data, "toy", "2020-01-01", pages, stem="paginators-1")
    more = {"merge": {"pagination": {"Op": {"limit_key": "L"}}}}
    write(data, "toy", "2020-01-01", more, stem="paginators-1.sdk-extras")
    service = find_services(data)["toy"]
    assert service.service()["metadata"] == {**METADATA, "serviceId": "Better"}
    assert service.service()["shapes"] == {"S": {}}
    assert service.metadata()["serviceId"] == "Better"
    assert service.paginators() == {"Op": {"input_token": "T", "limit_key": "L"}}


def test_metadata_are_found_wherever_they_stand(tmp_path: Path) -> None:
    late = {"shapes": {"metadata": {"serviceId": "Wrong"}}, **description()}
    write(tmp_path, "late", "1", late)
    write(tmp_path, "long", "1", description(serviceFullName="x" * 70_000))
    services = find_services(tmp_path)
    assert services["late"].metadata() == METADATA
    assert len(services["long"].metadata()["serviceFullName"]) == 70_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b'{"a": 1, "a": 2}', "repeated key `a`"), (b'{"a": ', "too early")],
)
def test_damaged_files_are_refused(tmp_path: Path, content: Any, reason: str) -> None:
    folder = write(tmp_path, "toy", "1", {})
    (folder / "service-2.json").write_bytes(content)
    with pytest.raises(ModelSyntax) as caught:
        BotocoreSource(tmp_path).fetch("toy")
    assert "`botocore/toy/1/service-2.json`, line 1" in caught.value.message
    assert reason in caught.value.message


def test_a_description_that_is_no_object_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "toy", "1", [])
    with pytest.raises(ModelSyntax, match="not a JSON object"):
        BotocoreSource(tmp_path).fetch("toy")


def test_the_source_fetches_converted_models(data: Any) -> None:
    source = BotocoreSource(data)
    raw = source.fetch("toy")
    assert (list(source.services()), source.name) == (["toy"], "botocore")
    assert raw.version == "2020-01-01"
    assert str(data) not in raw.origin
    [bound] = load_model(raw.data, origin=raw.origin).operations()
    assert bound.shape.id.name == "Op"


def test_an_unknown_service_names_the_nearest(data: Any) -> None:
    with pytest.raises(ModelNotFound, match="no service `toyy`") as caught:
        BotocoreSource(data).fetch("toyy")
    assert caught.value.hint == "did you mean `toy`"


def test_only_the_installed_data_have_a_release(data: Any) -> None:
    assert BotocoreSource(data).release is None
    assert BotocoreSource().release == botocore.__version__


def test_user_models_are_not_read(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(data))
    assert "toy" not in BotocoreSource().services()


@pytest.mark.parametrize("stem", ["service-2", "paginators-1", "waiters-2"])
@pytest.mark.parametrize("tail", ["", ".sdk-extras"])
def test_the_fingerprint_follows_every_file_that_is_read(
    data: Any, stem: Any, tail: Any
) -> None:
    source = BotocoreSource(data)
    before = source.fingerprint("toy")
    assert source.fingerprint("toy") == before
    content = description(serviceFullName="Other") if stem + tail == "service-2" else {}
    write(data, "toy", "2020-01-01", content, stem=stem + tail, zipped=True)
    assert source.fingerprint("toy") != before


def test_the_fingerprint_ignores_what_is_not_read(data: Any) -> None:
    before = BotocoreSource(data).fingerprint("toy")
    write(data, "toy", "2020-01-01", {}, stem="examples-1")
    write(data, "toy", "2019-12-31", {})
    assert BotocoreSource(data).fingerprint("toy") == before


def test_the_fingerprint_follows_the_converter(
    data: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = BotocoreSource(data).fingerprint("toy")
    monkeypatch.setattr(botocore_source, "_converter_digest", lambda: "another")
    assert BotocoreSource(data).fingerprint("toy") != before


def test_s3_and_ec2_convert_and_load() -> None:
    source = BotocoreSource()
    s3 = load_model(source.fetch("s3").data, origin="s3")
    names = {bound.shape.id.name for bound in s3.operations()}
    assert {"PutBucketVersioning", "GetObject"} <= names
    put = s3.expect_shape("com.amazonaws.s3#PutObjectRequest")
    assert "smithy.api#streaming" in s3.member_traits(put.members["Body"])
    assert "smithy.api#httpLabel" in put.members["Bucket"].traits
    ec2 = load_model(source.fetch("ec2").data, origin="ec2")
    run = ec2.expect_shape("com.amazonaws.ec2#RunInstancesRequest")
    assert "smithy.api#idempotencyToken" in run.members["ClientToken"].traits
    assert len(ec2.operations()) > 700


@pytest.mark.models
def test_every_service_of_the_installed_botocore_converts_and_loads() -> None:
    source = BotocoreSource()
    count = expected = 0
    for name, files in find_services(installed_data()).items():
        raw = source.fetch(name)
        count += len(load_model(raw.data, origin=raw.origin).operations())
        expected += len(files.service()["operations"])
    assert count == expected
    if botocore.__version__ == "1.44.5":
        assert (len(source.services()), count) == (439, 19_796)
