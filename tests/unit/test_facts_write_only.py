"""Which members of a request no reader shows: secrets, and what controls the call."""

from typing import Any

import pytest
from codegen_kit import Kit
from smithgate_codegen.build import derive_service
from smithgate_codegen.knowledge.overrides import no_overrides


def hidden(kit: Kit, name: str = "UpdateBox") -> tuple[str, ...]:
    facts = derive_service(kit.service(), no_overrides())
    (subject,) = [s for s in facts.subjects if s.name == name]
    found = facts.reading(subject)["reader"].value
    return tuple(found.write_only)


def box(shows: Any = None, **members: Any) -> Kit:
    kit = Kit()
    kit.op("UpdateBox", {"BoxId!": "string", "Color": "string", **members}, {})
    kit.op("GetBox", {"BoxId!": "string"}, {"Color": "string", **(shows or {})})
    return kit


@pytest.mark.parametrize(
    "name",
    ["Force", "ForceDelete", "SkipFinalSnapshot", "BypassLockoutCheck", "Overwrite"],
)
def test_what_controls_the_call_is_no_state(name):
    assert hidden(box(**{name: "boolean"})) == (name,)


@pytest.mark.parametrize("name", ["ClientToken", "IfMatch", "ReturnValues"])
def test_tokens_preconditions_and_what_comes_back_are_no_state(name):
    assert hidden(box(**{name: "string"})) == (name,)


def test_a_lock_is_no_state_though_a_read_shows_it():
    members = {"LockToken": "string", "Revision": "string"}
    assert hidden(box(shows=members, LockToken="string")) == ("LockToken",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("CurrentVersion", "integer"),
        ("ConditionalToken", "string"),
        ("ExpectedRevisionId", "string"),
        ("PreviousPolicyHash", "string"),
    ],
)
def test_a_version_that_must_not_have_changed_is_a_lock(name, kind):
    assert hidden(box(shows={name: kind}, **{name: kind})) == (name,)


def test_a_password_that_is_pending_is_not_shown():
    kit = box(shows={"PendingModifiedValues": "Pending"}, **{"Password*": "string"})
    kit.shape("Pending", {"Password*": "string"})
    assert hidden(kit) == ("Password",)


@pytest.mark.parametrize(
    "name",
    [
        "ApplyImmediately",
        "ForceNewDeployment",
        "ForcePasswordChange",
        "SkipTlsChecks",
        "Enabled",
    ],
)
def test_what_may_change_something_stays_unknown(name):
    assert hidden(box(**{name: "boolean"})) == ()


def test_only_a_switch_is_forced_or_passed_over():
    assert hidden(box(Overwrite="string", Force="string")) == ("Force",)


def test_a_secret_that_nothing_shows_is_set_whatever_it_was():
    kit = box(**{"Password*": "string"})
    assert hidden(kit) == ("Password",)


def test_a_secret_inside_of_a_structure_is_named_by_its_path():
    kit = Kit().shape("Login", {"User": "string", "Password*": "string"})
    kit.op("UpdateBox", {"BoxId!": "string", "Login": "Login", "Color": "string"}, {})
    kit.op("GetBox", {"BoxId!": "string"}, {"Color": "string", "User": "string"})
    assert hidden(kit) == ("Login.Password",)


@pytest.mark.parametrize("verb", ["Get", "List"])
def test_what_any_plain_read_shows_is_not_write_only(verb):
    kit = box(**{"Label*": "string", "Overwrite": "boolean"})
    kit.op(f"{verb}Lids", {}, {"Label": "string", "Overwrite": "boolean"})
    assert hidden(kit) == ()


def test_what_is_compared_or_selects_is_not_write_only():
    kit = box({"Label": "string"}, **{"Label*": "string"})
    assert hidden(kit) == ()


def test_tokens_with_the_trait_and_dry_runs_are_facts_of_their_own():
    assert hidden(box(**{"ClientToken@": "string", "DryRun": "boolean"})) == ()


def test_a_container_hides_nothing():
    kit = Kit()
    kit.op("DeleteLid", {"BoxId!": "string", "LidId!": "string", "Force": "boolean"})
    kit.op("GetBox", {"BoxId!": "string"}, {"Color": "string"})
    assert hidden(kit, "DeleteLid") == ()
