"""The states in which what is deleted is still shown."""

import pytest
from codegen_kit import Kit
from reader_kit import reader


def gone(name: str, shown: dict[str, str], *states: str, verb: str = "Delete"):
    kit = Kit().enum("State", *states).shape("Inner", {"statusCode": "State"})
    kit.shape("Outer", shown)
    kit.op(f"{verb}{name}", {"Name!": "string"}, {})
    kit.op(f"Get{name}", {"Name!": "string"}, {name: "Outer"})
    return reader(kit, f"{verb}{name}").gone


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("DELETING", True),
        ("delete-complete", True),
        ("PENDING_DELETION", True),
        ("DELETED_RUNNING", True),
        ("TERMINATED", True),
        ("MESH_DELETING", True),
        ("DELETE_FAILED", False),
        ("PARTIALLY_DELETED", False),
        ("INACTIVE", False),
        ("REMOVED", False),
    ],
)
def test_states_that_mean_gone(state, counts):
    found = gone("Mesh", {"Name": "string", "Status": "State"}, "ACTIVE", state)
    assert found == ((("Status", (state,)),) if counts else ())


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("Deprovision", "pending-deprovision"),
        ("Release", "released"),
        ("Remove", "REMOVED"),
        ("Terminate", "SHUTTING_DOWN"),
    ],
)
def test_a_verb_has_states_of_its_own(verb, state):
    shown = {"Name": "string", "Status": "State"}
    assert gone("Mesh", shown, "ACTIVE", state, verb=verb) == (("Status", (state,)),)
    assert gone("Mesh", shown, "ACTIVE", state) == ()


def test_a_job_that_has_ended_is_still_there_to_be_deleted():
    assert gone("Job", {"Name": "string", "Status": "State"}, "TERMINATED") == ()


def test_a_status_may_be_a_structure_or_bear_more_words():
    inner = {"Name": "string", "status": "Inner"}
    assert gone("Mesh", inner, "DELETING") == (("status.statusCode", ("DELETING",)),)
    words = {"Name": "string", "LifecycleStatus": "State"}
    assert gone("Mesh", words, "DELETING") == (("LifecycleStatus", ("DELETING",)),)


def test_of_several_things_each_has_its_own_state():
    kit = Kit().enum("State", "ACTIVE", "DELETED")
    kit.shape("Fleet", {"FleetId": "string", "State": "State"})
    kit.op("DeleteFleets", {"FleetIds!": "[string]"}, {})
    kit.op("DescribeFleets", {"FleetIds": "[string]"}, {"Fleets": "[Fleet]"})
    assert reader(kit, "DeleteFleets").gone == (("State", ("DELETED",)),)


def test_the_state_beside_a_configuration_counts():
    kit = Kit().enum("State", "ACTIVE", "DELETING")
    kit.shape("Config", {"Size": "integer"})
    kit.op("DeletePolicy", {"PolicyId!": "string"}, {})
    shown = {"PolicyId": "string", "PolicyConfiguration": "Config", "Status": "State"}
    kit.op("GetPolicy", {"PolicyId!": "string"}, shown)
    found = reader(kit, "DeletePolicy")
    assert (found.select, found.gone) == (None, (("Status", ("DELETING",)),))


def test_the_whole_answer_is_taken_where_it_shows_more_of_the_request():
    kit = Kit().shape("Config", {"A": "string", "B": "string"})
    takes = {"LinkId!": "string", "LinkConfiguration": "Config", "Types": "[string]"}
    kit.op("UpdateLink", takes, {})
    shown = {"LinkId": "string", "LinkConfiguration": "Config", "Types": "[string]"}
    kit.op("GetLink", {"LinkId!": "string"}, shown)
    found = reader(kit, "UpdateLink")
    assert found.select is None
    assert {path for path, _ in found.compare} == {"LinkConfiguration", "Types"}
