"""Ties with members of their own, values of several things, numbers in texts."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from smithgate import Change, Operation, Read, Risk
from smithgate.diff import Snapshot, SnapshotStatus, diff_step
from smithgate.diff.selecting import select
from smithgate.plan.done import CannotUndo, Done
from smithgate.plan.inverse import Inverter

MODIFY = Operation(
    id="ec2:ModifyHosts",
    shape_id="com.amazonaws.ec2#ModifyHosts",
    client=("ec2", "modify_hosts"),
    change=Change.UPDATE,
    risk=Risk.WRITE,
    idempotency_token=None,
    required=("HostIds",),
    tags=None,
    read=Read(
        operation="ec2:DescribeHosts",
        params={"HostIds": "HostIds"},
        select="Hosts",
        match={"HostId": "HostIds"},
        compare={"AutoPlacement": "Placement"},
    ),
    schema="x.schema.json",
    output_schema="x.output.json",
)


def test_a_value_is_compared_with_each() -> None:
    arguments = {"HostIds": ["h-1", "h-2"], "AutoPlacement": "on"}
    hosts = [{"HostId": "h-1", "Placement": "on"}, {"HostId": "h-2"}]
    found = Snapshot(status=SnapshotStatus.EXISTS, document=hosts, digest="d")
    entries = diff_step(MODIFY, arguments, found).entries
    assert [(e.as_dict()["path"], e.action) for e in entries] == [
        ("[0].AutoPlacement", "no-op"),
        ("[1].AutoPlacement", "create"),
    ]
    catalog: Any = SimpleNamespace(input_schema=lambda _: {})
    with pytest.raises(CannotUndo, match="each from a state of its own"):
        Inverter(catalog).invert(Done(0, MODIFY, arguments, found, {}))


ATTACH = replace(
    MODIFY,
    id="ec2:AttachVolume",
    change=Change.ATTACH,
    read=Read(
        operation="ec2:DescribeVolumes",
        params={"VolumeIds[0]": "VolumeId"},
        select="Volumes[0].Attachments",
        match={"InstanceId": "InstanceId", "VolumeId": "VolumeId"},
        compare={"Device": "Device"},
    ),
)
TIED = {"VolumeId": "v", "InstanceId": "i"}


@pytest.mark.parametrize(
    ("device", "stored", "status"),
    [
        (None, {}, "unchanged"),
        ("sdh", {"Device": "sdh"}, "unchanged"),
        ("sdh", {"Device": "sdk"}, "change"),
    ],
)
def test_a_tie_with_members_of_its_own(device: Any, stored: Any, status: str) -> None:
    arguments = TIED | ({"Device": device} if device else {})
    found = Snapshot(status=SnapshotStatus.EXISTS, document=TIED | stored, digest="d")
    assert diff_step(ATTACH, arguments, found).status == status


def test_a_new_tie_shows_what_it_ties() -> None:
    absent = Snapshot(status=SnapshotStatus.ABSENT, digest="d")
    entries = diff_step(ATTACH, TIED | {"Device": "sdh"}, absent).entries
    assert {e.as_dict()["path"]: e.after for e in entries} == TIED | {"Device": "sdh"}


@pytest.mark.parametrize("found", [5, "5"])
def test_a_number_may_be_a_text_on_one_side(found: Any) -> None:
    read = Read(
        operation="x:List", params={}, select="Rules", match={"Number": "Number"}
    )
    selected = select(read, {"Number": 5}, {"Rules": [{"Number": found}]})
    assert selected.document == {"Number": found}
