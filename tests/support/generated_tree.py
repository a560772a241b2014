"""Small generated trees in the format that the generator writes, made by hand.

Tests of the runtime use them instead of the checked-in tree, so that they say
themselves what is in it and can damage it.
"""

import json
import keyword
import re
from pathlib import Path
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SEARCH_COLUMNS = tuple("""
    summary documentation members said input phrases iam_actions wishes
    """.split())  # noqa: SIM905
"""Those of ``search.txt`` behind the id."""


class Tree:
    """Collects operations and writes them below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.services: dict[str, Any] = {}
        self.operations: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        self.skipped: dict[str, str] = {}

    def service(
        self, name: str, *aliases: str, title: str = "", sdk_id: str = ""
    ) -> None:
        self.services[name] = {
            "aliases": list(aliases),
            "namespace": f"com.amazonaws.{name.replace('-', '')}",
            "sdk_id": sdk_id or name.upper(),
            "title": title or f"Amazon {name.upper()}",
        }

    def operation(
        self,
        id_: str,
        properties: dict[str, Any] | None = None,
        *,
        defs: dict[str, Any] | None = None,
        output: dict[str, Any] | None = None,
        required: tuple[str, ...] = (),
        output_required: tuple[str, ...] = (),
        risk: str = "write",
        change: str = "put",
        summary: str = "",
        deprecated: bool = False,
        token: str | None = None,
        **facts: tuple[str, ...],
    ) -> None:
        service, name = id_.split(":")
        method = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        folder = service.replace("-", "_")
        folder += "_" if keyword.iskeyword(folder) else ""
        stem = f"{folder}/{method}"
        entry: dict[str, Any] = {
            "change": change,
            "deprecated": deprecated,
            "method": method,
            "module": f"{stem}.py",
            "output_schema": f"{stem}.output.json",
            "required": list(required),
            "risk": risk,
            "schema": f"{stem}.schema.json",
            "summary": summary,
            "tool": f"{service.replace('-', '_')}_{method}",
        }
        self.operations[id_] = entry
        self.files[entry["module"]] = _module(id_, entry, token, facts)
        self.files[entry["schema"]] = _schema(properties or {}, required, defs, False)
        self.files[entry["output_schema"]] = _schema(
            output or {}, output_required, None, True
        )

    def write_search(self, rows: dict[str, dict[str, str]]) -> Path:
        """Write the tree and its search file; what a row leaves out is empty.

        Rows go by id or by name.
        """
        lines = ["smithgate search index, format 3"]
        for id_ in sorted(self.operations):
            row = rows.get(id_) or rows.get(id_.partition(":")[2], {})
            assert row.keys() <= set(SEARCH_COLUMNS)
            lines.append("\t".join((id_, *(row.get(c, "") for c in SEARCH_COLUMNS))))
        self.write()
        (self.root / "search.txt").write_text("\n".join(lines) + "\n")
        return self.root

    def write(self) -> Path:
        index = {
            "format_version": 1,
            "source": {"kind": "test", "version": "1"},
            "services": dict(sorted(self.services.items())),
            "operations": dict(sorted(self.operations.items())),
        }
        self.files["index.json"] = json.dumps(index, indent=1)
        self.files["skipped.json"] = json.dumps(
            {"format_version": 1, "skipped": self.skipped}
        )
        for path, text in self.files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return self.root


def _schema(
    properties: dict[str, Any],
    required: tuple[str, ...],
    defs: dict[str, Any] | None,
    is_open: bool,
) -> str:
    schema: dict[str, Any] = {"$schema": DIALECT, "type": "object"}
    if not is_open:
        schema["additionalProperties"] = False
    if required:
        schema["required"] = list(required)
    schema["properties"] = properties
    if defs:
        schema["$defs"] = defs
    return json.dumps(schema, indent=2) + "\n"


def _module(
    id_: str, entry: dict[str, Any], token: str | None, facts: dict[str, Any]
) -> str:
    service, name = id_.split(":")
    extra = "".join(f"    {key}={value!r},\n" for key, value in facts.items())
    return (
        f'"""{service} {name}: made by a test."""\n\n'
        "from smithgate import Change, Operation, Risk\n\n"
        "OPERATION = Operation(\n"
        f"    id={id_!r},\n"
        f"    shape_id='com.amazonaws.{service}#{name}',\n"
        f"    client=({service!r}, {entry['method']!r}),\n"
        f"    change=Change.{entry['change'].upper()},\n"
        f"    risk=Risk.{entry['risk'].upper()},\n"
        f"    idempotency_token={token!r},\n"
        f"    required={tuple(entry['required'])!r},\n"
        f"{extra}"
        "    tags=None,\n"
        "    read=None,\n"
        f"    schema={entry['schema']!r},\n"
        f"    output_schema={entry['output_schema']!r},\n"
        ")\n"
    )


TEXT = {"type": "string"}
TIME = {
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9-]{10}T[0-9:.]{8,18}(Z|[+-][0-9]{2}:[0-9]{2})$",
}
BLOB = {"type": "string", "contentEncoding": "base64"}
WHOLE = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}


def _union(**members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "oneOf": [
            {
                "type": "object",
                "additionalProperties": False,
                "required": [name],
                "properties": {name: node},
            }
            for name, node in members.items()
        ],
    }


def standard_tree(root: Path) -> Tree:
    """Return an unwritten tree with a bit of everything that schemas can hold."""
    tree = Tree(root)
    tree.service(
        "s3",
        "s3api",
        "simple storage",
        "simple-storage",
        title="Amazon Simple Storage Service",
    )
    tree.service("ec2", title="Amazon Elastic Compute Cloud")
    tree.service("lambda", title="AWS Lambda")
    tree.service("dynamodb", title="Amazon DynamoDB")
    tree.service("rds", title="Amazon Relational Database Service")
    tree.service("elb", "elasticloadbalancing", title="Elastic Load Balancing")
    tree.service("elbv2", "elasticloadbalancing", title="Elastic Load Balancing v2")
    tree.skipped = {"lambda:InvokeWithResponseStream": "event stream in the output"}
    _add_s3(tree)
    _add_others(tree)
    return tree


def _add_s3(tree: Tree) -> None:
    bucket = {"type": "string", "minLength": 1}
    states = {"type": "string", "enum": ["Enabled", "Suspended"]}
    configuration = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"MFADelete": TEXT, "Status": states},
    }
    tree.operation(
        "s3:PutBucketVersioning",
        {
            "Bucket": bucket,
            "MFA": {"type": "string", "maxLength": 20, "x-sensitive": True},
            "VersioningConfiguration": configuration,
        },
        required=("Bucket", "VersioningConfiguration"),
        labels=("Bucket",),
        headers=("MFA",),
        sensitive=("MFA",),
        summary="Sets the versioning state of an existing bucket.",
    )
    tree.operation(
        "s3:GetBucketVersioning",
        {"Bucket": bucket},
        output={"Status": TEXT, "MFADelete": TEXT},
        required=("Bucket",),
        labels=("Bucket",),
        risk="read",
        change="none",
        summary="Returns the versioning state of a bucket.",
    )
    tree.operation(
        "s3:CreateBucket",
        {"Bucket": bucket},
        required=("Bucket",),
        labels=("Bucket",),
        change="create",
        summary="Creates a new bucket.",
    )
    tree.operation(
        "s3:CreateBucketMetadataConfiguration",
        {"Bucket": bucket},
        required=("Bucket",),
        change="create",
        summary="Creates a metadata configuration for a general purpose bucket.",
    )
    tree.operation(
        "s3:PutObject",
        {
            "Body": BLOB,
            "Bucket": bucket,
            "ContentType": TEXT,
            "Expires": TIME,
            "Key": {"type": "string", "minLength": 1, "maxLength": 1024},
            "Metadata": {
                "type": "object",
                "additionalProperties": TEXT,
                "propertyNames": {"type": "string", "maxLength": 8},
            },
        },
        required=("Bucket", "Key"),
        labels=("Bucket", "Key"),
        headers=("ContentType", "Expires", "Metadata"),
        summary="Adds an object to a bucket.",
    )


def _add_others(tree: Tree) -> None:
    tree.operation(
        "ec2:RunInstances",
        {
            "ClientToken": {"type": "string", "x-idempotency-token": True},
            "DryRun": {"type": "boolean"},
            "MinCount": WHOLE,
            "Ratio": {"type": "number"},
            "TagSpecifications": {
                "type": "array",
                "maxItems": 50,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"Tags": {"type": "array", "items": TEXT}},
                },
            },
        },
        required=("MinCount",),
        token="ClientToken",
        risk="execute",
        change="create",
        summary="Launches the specified number of instances.",
    )
    tree.operation(
        "lambda:Invoke",
        {"FunctionName": {"type": "string", "minLength": 1}, "Payload": BLOB},
        output={"StatusCode": WHOLE, "Payload": BLOB},
        output_required=("StatusCode",),
        required=("FunctionName",),
        labels=("FunctionName",),
        risk="execute",
        change="other",
        summary="Invokes a Lambda function.",
    )
    value = _union(
        S=TEXT,
        B=BLOB,
        BOOL={"type": "boolean"},
        L={"type": "array", "items": {"$ref": "#/$defs/Value"}},
        M={"type": "object", "additionalProperties": {"$ref": "#/$defs/Value"}},
    )
    tree.operation(
        "dynamodb:PutItem",
        {
            "TableName": {"type": "string", "pattern": "^[a-zA-Z0-9_.-]+$"},
            "Item": {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/Value"},
            },
        },
        defs={"Value": value},
        required=("Item", "TableName"),
        summary="Creates a new item, or replaces an old item with a new item.",
    )
    tree.operation(
        "rds:DescribeDBInstances",
        {"DBInstanceIdentifier": TEXT},
        output={"DBInstances": {"type": "array"}},
        risk="read",
        change="none",
        summary="Describes provisioned RDS instances.",
    )
    tree.operation(
        "rds:ModifyDBInstance",
        {"MasterUserPassword": {"type": "string", "minLength": 8, "maxLength": 41}},
        sensitive=("MasterUserPassword",),
        change="update",
        summary="Modifies settings for a DB instance.",
    )
    for service in ("elb", "elbv2"):
        tree.operation(f"{service}:DescribeLoadBalancers", risk="read", change="none")
    tree.operation("elbv2:CreateRule", change="create", summary="Creates a rule.")
