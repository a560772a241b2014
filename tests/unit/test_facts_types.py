"""Resource types: which operations Cloud Control calls, out of handler permissions."""

import json
from importlib.metadata import version
from importlib.resources import files

from smithgate_codegen.knowledge.refresh_types import render, row_of, schemas

SHIPPED = files("smithgate.policy").joinpath("resource_types.json")


def schema(**handlers):
    return {
        "typeName": "AWS::A::B",
        "handlers": {name: {"permissions": list(p)} for name, p in handlers.items()},
    }


def test_actions_become_operations_and_reads_are_left_out():
    row = row_of(schema(delete=["s3:DeleteBucket", "s3:ListBucket", "s3:GetObject"]))
    assert row == {"delete": {"s3": "DeleteBucket", "s3control": "DeleteBucket"}}


def test_an_action_with_another_name_is_found():
    row = row_of(schema(update=["s3:PutEncryptionConfiguration"]))
    names = row["update"]["s3"].split()
    assert {"PutBucketEncryption", "DeleteBucketEncryption"} <= set(names)


def test_what_no_operation_has_stays_and_what_is_none_goes():
    row = row_of(schema(create=["made:UpDo", "made:DescribeUp", "made:*", ""]))
    assert row == {"create": {"made": "UpDo"}}


def test_handlers_that_decide_who_may_do_what_are_named():
    row = row_of(schema(create=["iam:CreateRole"], delete=["sqs:DeleteQueue"]))
    assert row["opens"] == ["create"]
    assert row_of(schema(create=["sqs:TagQueue", "iam:PassRole"]))["opens"] == [
        "create"
    ]
    linked = row_of(schema(create=["sqs:TagQueue", "iam:CreateServiceLinkedRole"]))
    assert linked == {"create": {"sqs": "TagQueue"}}


def test_a_type_without_handlers_has_no_row():
    assert json.loads(render([{"typeName": "AWS::A::B"}], {"x": "1"}))["types"] == {}


def test_the_file_that_ships_is_what_the_packages_give():
    text = SHIPPED.read_text("utf-8")
    assert text == render(schemas(), {"cfn-lint": version("cfn-lint")})
    assert len(json.loads(text)["types"]) > 1700
