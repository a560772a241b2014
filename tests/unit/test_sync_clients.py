"""The table of boto3's clients, against botocore itself."""

from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from smithgate_codegen.sync.clients import ClientTable, client_table, hyphenated


class Files:
    """Service files without a disk."""

    def __init__(self, metadata: Any) -> None:
        self._metadata = metadata

    def metadata(self) -> Any:
        return self._metadata


def table(**services: Any) -> ClientTable:
    files: Any = {
        name: Files({"serviceId": sdk, "endpointPrefix": prefix} | more)
        for name, (sdk, prefix, more) in services.items()
    }
    return ClientTable(files)


def test_the_table_has_the_clients_that_botocore_lists() -> None:
    # A session without user models: an empty data path.
    session = botocore.session.Session()
    loader = session.get_component("data_loader")
    builtin = loader.BUILTIN_DATA_PATH
    loader._search_paths = [builtin]
    assert sorted(client_table().clients) == session.get_available_services()


@pytest.mark.parametrize(
    ("sdk_id", "client"),
    [
        ("S3", "s3"),
        ("EventBridge", "events"),
        ("Elastic Load Balancing v2", "elbv2"),
        ("CloudWatch Logs", "logs"),
        ("Pinpoint SMS Voice", "pinpoint-sms-voice"),
        ("CloudWatch Events", None),
        ("Stub Inventory", None),
    ],
)
def test_sdk_ids_are_joined_to_clients(sdk_id: Any, client: Any) -> None:
    assert client_table().client_name(sdk_id) == client


def test_methods_are_those_of_the_client_class() -> None:
    session = botocore.session.Session()
    client = session.create_client(
        "cloudfront",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    methods = client_table().methods("cloudfront")
    mapping = client.meta.method_to_api_mapping
    assert {method: name for name, method in methods.items()} == mapping
    assert methods["GetDistribution"] == xform_name("GetDistribution")


def test_aliases_take_every_spelling() -> None:
    clients = table(
        logs=("CloudWatch Logs", "logs", {}),
        cloudwatch=("CloudWatch", "monitoring", {"signingName": "Monitor"}),
    )
    assert clients.aliases("logs") == ("cloudwatch logs", "cloudwatch-logs")
    assert clients.aliases("cloudwatch") == ("monitor", "monitoring")
    assert clients.aliases("logs", ["Log ARN"])[:1] == ("cloudwatch logs",)
    assert "log-arn" in clients.aliases("logs", ["Log ARN"])


def test_an_alias_never_names_another_client_or_several_services() -> None:
    clients = table(
        rds=("RDS", "rds", {}),
        neptune=("Neptune", "rds", {}),
        elb=("Elastic Load Balancing", "elasticloadbalancing", {}),
        elbv2=("Elastic Load Balancing v2", "elasticloadbalancing", {}),
    )
    assert clients.aliases("neptune") == ()
    assert clients.aliases("elbv2", ["elasticloadbalancing", "elb"]) == (
        "elastic load balancing v2",
        "elastic-load-balancing-v2",
    )


def test_no_alias_of_the_real_table_is_ambiguous() -> None:
    clients = client_table()
    seen: dict[str, str] = {}
    for name in clients.clients:
        for alias in clients.aliases(name):
            assert alias not in clients.clients
            assert seen.setdefault(alias, name) == name
            assert alias == alias.lower()
    assert seen["s3api"] == "s3"
    assert seen["monitoring"] == "cloudwatch"
    assert "email" not in seen


def test_hyphenated() -> None:
    assert hyphenated("Elastic  Load Balancing v2") == "elastic-load-balancing-v2"
