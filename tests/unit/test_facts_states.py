"""What is a status of the thing, and what a verb leaves there."""

import pytest
from codegen_kit import Kit
from reader_kit import contained, reader
from smithgate_codegen.ir import Change
from smithgate_codegen.knowledge.statuses import Thing

RUNS = ("RUNNING", "STOPPED", "PENDING")


def engine(verb: str, member: str, *values: str) -> Kit:
    kit = Kit().enum("Values", *values)
    kit.op(f"{verb}TurboEngine", {"EngineId!": "string"}, {})
    kit.op("GetTurboEngine", {"EngineId!": "string"}, {member: "Values"})
    return kit


@pytest.mark.parametrize(
    "member",
    [
        *("State", "Status", "EngineState", "TurboEngineStatus", "LifecycleState"),
        *("Lifecycle", "engineStatus", "CurrentPhase", "Stage"),
    ],
)
def test_a_status_belongs_to_the_thing(member):
    found = reader(engine("Start", member, *RUNS), "StartTurboEngine")
    assert found.expect == ((member, "RUNNING"),)


@pytest.mark.parametrize(
    "member",
    [
        *("HealthStatus", "EngineLifecycle", "StatusReason", "EncryptionState"),
        *("FuelStatus", "EngineStage"),
    ],
)
def test_the_status_of_something_else_says_nothing(member):
    assert reader(engine("Start", member, *RUNS), "StartTurboEngine").expect == ()


@pytest.mark.parametrize(
    ("verb", "values", "after"),
    [
        ("Stop", RUNS, "STOPPED"),
        ("Stop", ("RUNNING", "STOPPING", "IDLE"), "IDLE"),
        ("Stop", ("IN_PROGRESS", "STOP_REQUESTED", "COMPLETED"), None),
        ("Stop", ("RUNNING", "CANCELLED", "FAILED"), "CANCELLED"),
        ("Stop", ("RUNNING", "CANCELED", "STOP_DATA_PENDING"), None),
        ("Start", ("RUNNING", "COMPLETED"), None),
        ("Resume", ("RUNNING", "PAUSED", "COMPLETED"), "RUNNING"),
        ("Deprecate", ("REGISTERED", "DEPRECATED"), "DEPRECATED"),
        ("Undeprecate", ("REGISTERED", "DEPRECATED"), "REGISTERED"),
        ("Accept", ("pendingAcceptance", "available", "rejected"), "available"),
        ("Reject", ("pendingAcceptance", "available", "rejected"), "rejected"),
        ("Submit", ("DRAFT", "PENDING_APPROVAL"), "PENDING_APPROVAL"),
        ("Unlock", ("locked", "pending_unlock", "unlocked"), "pending_unlock"),
        ("Reboot", ("available", "rebooting"), None),
    ],
)
def test_a_verb_leaves_a_value_of_the_enum(verb, values, after):
    found = reader(engine(verb, "EngineStatus", *values), f"{verb}TurboEngine")
    assert found.expect == ((("EngineStatus", after),) if after else ())


@pytest.mark.parametrize(
    ("verb", "member", "after"),
    [
        ("Enable", "Enabled", True),
        ("Disable", "TurboEngineEnabled", False),
        ("Disable", "IsDisabled", True),
        ("Enable", "TurboEngine", True),
        ("Activate", "isActive", True),
        ("Unarchive", "isArchived", False),
        ("Stop", "Running", False),
        ("Pause", "Archived", None),
        ("Enable", "FuelEnabled", None),
    ],
)
def test_a_switch_is_on_or_off(verb, member, after):
    kit = Kit().op(f"{verb}TurboEngine", {"EngineId!": "string"}, {})
    kit.op("GetTurboEngine", {"EngineId!": "string"}, {member: "boolean"})
    expected = () if after is None else ((member, after),)
    assert reader(kit, f"{verb}TurboEngine").expect == expected


@pytest.mark.parametrize(
    ("outer", "inner", "is_known"),
    [
        ("summary", "status", True),
        ("State", "Name", True),
        ("EngineStatus", "StatusCode", True),
        ("FuelDetails", "Status", False),
        ("State", "DomainName", False),
    ],
)
def test_a_status_may_stand_one_structure_below(outer, inner, is_known):
    kit = Kit().enum("Values", *RUNS).shape("Below", {inner: "Values"})
    kit.op("StopEngine", {"EngineId!": "string"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {outer: "Below", "Name": "string"})
    expected = ((f"{outer}.{inner}", "STOPPED"),) if is_known else ()
    assert reader(kit, "StopEngine").expect == expected


def test_what_a_call_makes_has_a_status_of_its_own():
    kit = Kit().enum("Values", *RUNS)
    kit.op("StartTextAnalysis", {"Text": "string"}, {"JobId": "string"})
    kit.op("GetTextAnalysis", {"JobId!": "string"}, {"JobStatus": "Values"})
    found = reader(kit, "StartTextAnalysis", change=Change.START)
    assert (found.created, found.expect) == (
        (("JobId", "JobId"),),
        (("JobStatus", "RUNNING"),),
    )


def test_a_status_is_named_after_the_opposite_verb():
    kit = Kit().enum("Values", "ACTIVATED", "NOT_ACTIVATED")
    kit.op("DeactivateChannel", {"ChannelId!": "string"}, {})
    kit.op("GetChannel", {"ChannelId!": "string"}, {"ActivationStatus": "Values"})
    found = reader(kit, "DeactivateChannel")
    assert found.expect == (("ActivationStatus", "NOT_ACTIVATED"),)


def test_a_document_of_the_owner_needs_the_last_word_of_what_is_switched():
    kit = Kit().enum("Values", "ENABLED", "DISABLED")
    kit.shape("Engine", {"EngineId": "string", "State": "Values", "Other": "Values"})
    kit.op("EnableEngineBoost", {"EngineId!": "string"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"Engine": "Engine"})
    contained(kit, "EnableEngineBoost")
    kit.shape(
        "Engine", {"EngineId": "string", "State": "Values", "BoostState": "Values"}
    )
    found = reader(kit, "EnableEngineBoost")
    assert found.expect == (("BoostState", "ENABLED"),)


@pytest.mark.parametrize(
    ("verb", "member", "is_known"),
    [
        ("Disable", "BoostStatus", True),
        ("Stop", "BoostStatus", True),
        ("Update", "BoostStatus", False),
        ("Stop", "Status", False),
    ],
)
def test_the_status_of_a_part_of_what_is_shown(verb, member, is_known):
    kit = Kit().shape("Engine", {"EngineId": "string", member: "string"})
    kit.op(f"{verb}EngineBoost", {"EngineId!": "string"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"Engine": "Engine"})
    found = reader(kit, f"{verb}EngineBoost")
    assert (found.container, found.expect) == (not is_known, ())


def test_the_whole_answer_is_read_where_only_it_tells_the_state():
    kit = Kit().enum("Values", *RUNS).shape("EngineConfig", {"Size": "integer"})
    kit.op("StopEngine", {"EngineId!": "string"}, {})
    shown = {"EngineConfig": "EngineConfig", "EngineStatus": "Values"}
    kit.op("GetEngine", {"EngineId!": "string"}, shown)
    found = reader(kit, "StopEngine")
    assert (found.select, found.expect) == (None, (("EngineStatus", "STOPPED"),))


def test_the_operation_that_tells_the_state_is_read():
    kit = Kit().enum("Values", *RUNS)
    kit.op("StopEngine", {"EngineId!": "string"}, {})
    kit.op("GetEngine", {"EngineId!": "string"}, {"Name": "string"})
    kit.op("GetEngineState", {"EngineId!": "string"}, {"State": "Values"})
    assert reader(kit, "StopEngine").operation == "kit:GetEngineState"
    kit.op("UpdateEngine", {"EngineId!": "string", "Name": "string"}, {})
    assert reader(kit, "UpdateEngine").operation == "kit:GetEngine"


@pytest.mark.parametrize(
    ("verb", "words", "is_known"),
    [
        ("Verify", ("verification",), True),
        ("Activate", ("activation",), True),
        ("Share", ("shared",), True),
        ("Transfer", ("transit",), False),
        ("Connect", ("connector",), True),
    ],
)
def test_words_of_one_stem_are_one(verb, words, is_known):
    assert Thing.of("Thing", verb).has(words) is is_known
