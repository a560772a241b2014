"""``PutBucketVersioning`` as it is declared, and states of a bucket."""

from typing import Any

from smithgate import Change, Operation, Read, Risk
from smithgate.diff import Snapshot, SnapshotStatus


def operation(**fields: Any) -> Operation:
    base: dict[str, Any] = {
        "id": "s3:PutBucketVersioning",
        "shape_id": "com.amazonaws.s3#PutBucketVersioning",
        "client": ("s3", "put_bucket_versioning"),
        "change": Change.PUT,
        "risk": Risk.WRITE,
        "idempotency_token": None,
        "required": ("Bucket",),
        "tags": None,
        "read": Read(
            operation="s3:GetBucketVersioning",
            params={"Bucket": "Bucket"},
            compare={
                "VersioningConfiguration.Status": "Status",
                "VersioningConfiguration.MFADelete": "MFADelete",
            },
        ),
        "schema": "s3/put_bucket_versioning.schema.json",
        "output_schema": "s3/put_bucket_versioning.output.json",
    }
    return Operation(**(base | fields))


def exists(document: Any) -> Snapshot:
    return Snapshot(
        status=SnapshotStatus.EXISTS, document=document, reader="r", digest="d"
    )


ENABLE = {"Bucket": "b", "VersioningConfiguration": {"Status": "Enabled"}}


def entries(diff: Any) -> list[dict[str, Any]]:
    return [entry.as_dict() for entry in diff.entries]
