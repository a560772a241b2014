"""``search_operations`` and ``describe_operation`` over the whole checked-in tree."""

from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from policy_kit import NOW
from smithgate.arguments import Arguments
from smithgate.catalog import Catalog
from smithgate.errors import InputError
from smithgate.policy import load_policy
from smithgate.server.handlers.look import DESCRIPTION_BYTES, LookHandlers
from smithgate.server.present import size_of
from smithgate.server.tool import CallContext

CONTEXT = CallContext("agent", "1", "2026-07-28", Event())


@pytest.fixture(scope="module")
def look() -> LookHandlers:
    catalog = Catalog(Catalog.default_root())
    policy = load_policy(Catalog.default_root().parent / "policy.yaml")
    app = SimpleNamespace(
        catalog=catalog,
        arguments=Arguments(catalog),
        policies=SimpleNamespace(for_reading=lambda: (policy, ())),
        clock=lambda: NOW,
    )
    return LookHandlers(cast("Any", app))


def test_every_description_is_at_most_4_kb(look: LookHandlers) -> None:
    catalog = Catalog(Catalog.default_root())
    for entry in catalog.entries():
        told = look.describe_operation({"operation": entry.id}, CONTEXT)
        assert size_of(told) <= DESCRIPTION_BYTES, entry.id
        assert told["required"] == list(entry.required)


def test_one_member_is_described_in_full(look: LookHandlers) -> None:
    asked = {"operation": "ec2:RunInstances", "member": "BlockDeviceMappings.Ebs"}
    told = look.describe_operation(asked, CONTEXT)
    assert "VolumeSize" in [member["name"] for member in told["members"]]
    with pytest.raises(InputError, match="no member"):
        look.describe_operation({**asked, "member": "Nothing"}, CONTEXT)


def test_a_hit_carries_what_an_agent_decides_by(look: LookHandlers) -> None:
    found = look.search_operations({"query": "turn on versioning"}, CONTEXT)
    first = found["operations"][0]
    assert first["operation"] == "s3:PutBucketVersioning"
    assert first["required"] == ["Bucket", "VersioningConfiguration"]
    assert first["risk"]
    assert first["policy"]
    assert "versioning" in first["why"]
