"""One request that changes several things: each of them is compared and watched."""

from types import SimpleNamespace
from typing import Any

from smithgate import Change, Operation, Read, Risk
from smithgate.diff import Snapshot, diff_step, read_snapshot
from smithgate.diff.drift import drift, has_drifted

STOP = Operation(
    id="ec2:StopInstances",
    shape_id="com.amazonaws.ec2#StopInstances",
    client=("ec2", "stop_instances"),
    change=Change.STOP,
    risk=Risk.WRITE,
    idempotency_token=None,
    required=("InstanceIds",),
    tags=None,
    read=Read(
        operation="ec2:DescribeInstances",
        params={"InstanceIds": "InstanceIds"},
        select="Instances",
        match={"InstanceId": "InstanceIds"},
        expect={"State.Name": "stopped"},
    ),
    schema="ec2/stop_instances.schema.json",
    output_schema="ec2/stop_instances.output.json",
)
BOTH = {"InstanceIds": ["i-1", "i-2"]}


def read(**states: str) -> Snapshot:
    def call(_: str, __: Any) -> Any:
        found = [
            {"InstanceId": f"i-{key[1:]}", "Ami": "a", "State": {"Name": state}}
            for key, state in states.items()
        ]
        return SimpleNamespace(value={"Instances": found}, op_id="op", artifact="a")

    return read_snapshot(STOP, BOTH, call)


def test_each_has_an_entry() -> None:
    entries = diff_step(STOP, BOTH, read(i1="running", i2="stopped")).entries
    assert [(e.as_dict()["path"], e.action) for e in entries] == [
        ("[0].State.Name", "update"),
        ("[1].State.Name", "no-op"),
    ]


def test_another_state_of_one_of_them_is_drift() -> None:
    planned, now = read(i1="running", i2="running"), read(i1="running", i2="stopped")
    assert has_drifted(planned, now)
    (found,) = drift(STOP, BOTH, planned, now)
    assert (found.planned, found.now, found.wanted) == ("running", "stopped", "stopped")
    assert not has_drifted(planned, read(i1="running", i2="running"))
