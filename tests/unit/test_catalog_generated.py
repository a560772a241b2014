"""The runtime over the whole checked-in tree: loads, compiles, resolves, describes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from smithgate.arguments import Arguments
from smithgate.catalog import Catalog, Entry
from smithgate.errors import SchemaViolation

ROOT = Path(__file__).resolve().parents[2] / "generated"

pytestmark = pytest.mark.skipif(
    not (ROOT / "index.json").is_file(), reason="the tree is not generated yet"
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(ROOT)


@pytest.fixture(scope="module")
def arguments(catalog: Catalog) -> Arguments:
    return Arguments(catalog)


def test_the_default_root_is_the_checkout() -> None:
    assert Catalog.default_root() == ROOT


def test_every_module_and_schema_loads(catalog: Catalog, arguments: Arguments) -> None:
    assert len(catalog.entries()) > 1000
    for entry in catalog.entries():
        operation = catalog.operation(entry.id)
        assert operation.id == entry.id
        with pytest.raises(SchemaViolation):
            arguments.check(entry.id, {"NoSuchMember": 1})


def spellings(entry: Entry, names: list[str]) -> Iterator[str]:
    command = entry.method.replace("_", "-")
    yield from (entry.id, entry.id.lower(), entry.id.upper(), entry.tool)
    for name in names:
        yield f"{name}:{entry.name}"
        yield f"{name}.{entry.method}"
        yield f"{name}#{entry.name}"
        yield f"aws {name} {command}"


def test_every_spelling_leads_to_one_id(catalog: Catalog) -> None:
    uses = Counter(alias for service in catalog.services() for alias in service.aliases)
    names = {
        # An alias of two services may be ambiguous, which test_catalog_names covers.
        service.name: [service.name, service.namespace]
        + [alias for alias in service.aliases if uses[alias] == 1]
        for service in catalog.services()
    }
    for entry in catalog.entries():
        for text in spellings(entry, names[entry.service]):
            assert catalog.canonical_id(text) == entry.id


def test_examples_satisfy_the_sdk_too(catalog: Catalog, arguments: Arguments) -> None:
    from botocore.session import get_session
    from botocore.validate import ParamValidator

    session, models = get_session(), {}
    for entry in catalog.entries():
        if entry.service not in models:
            models[entry.service] = session.get_service_model(entry.service)
        shape = models[entry.service].operation_model(entry.name).input_shape
        example = arguments.minimal_example(entry.id)
        assert example is not None, entry.id
        parameters = arguments.to_boto(entry.id, example)
        token = catalog.operation(entry.id).idempotency_token
        if token is not None:
            parameters.setdefault(token, "0" * 36)
        if shape is None:
            assert parameters == {}
        else:
            report = ParamValidator().validate(parameters, shape)
            assert not report.has_errors(), (entry.id, report.generate_report())


@pytest.mark.parametrize(
    ("wish", "operation"),
    [
        ("turn on versioning for a bucket", "s3:PutBucketVersioning"),
        ("block public access to my bucket", "s3:PutPublicAccessBlock"),
        ("delete an sqs queue", "sqs:DeleteQueue"),
        ("list my lambda functions", "lambda:ListFunctions"),
        ("show running ec2 instances", "ec2:DescribeInstances"),
        ("launch a virtual machine", "ec2:RunInstances"),
        ("stop an instance", "ec2:StopInstances"),
        ("rotate a secret", "secretsmanager:RotateSecret"),
        ("attach a policy to a role", "iam:AttachRolePolicy"),
        ("create an iam user", "iam:CreateUser"),
        ("add tags to a queue", "sqs:TagQueue"),
        ("put an item into a dynamodb table", "dynamodb:PutItem"),
        ("publish a message to a topic", "sns:Publish"),
        ("encrypt data with a key", "kms:Encrypt"),
        ("snapshot of an ebs volume", "ec2:CreateSnapshot"),
        ("set an alarm on a metric", "cloudwatch:PutMetricAlarm"),
        ("read a parameter", "ssm:GetParameter"),
        ("list event rules", "events:ListRules"),
    ],
)
def test_wishes_find_their_operation_near_the_top(
    catalog: Catalog, wish: str, operation: str
) -> None:
    found = [hit.entry.id for hit in catalog.search(wish, limit=5)]
    assert operation in found
