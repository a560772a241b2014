"""Facts about members: tokens, labels, headers, tags, dry run, secrets, summaries."""

from typing import Any

import pytest
from codegen_kit import NAMESPACE, Kit, subjects_of
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.ir import Change, Risk, TagShape, TagStyle
from smithgate_codegen.knowledge import sensitive
from smithgate_codegen.knowledge.change import change_of
from smithgate_codegen.knowledge.datasets import checked
from smithgate_codegen.knowledge.dry_run import dry_run_of
from smithgate_codegen.knowledge.iam import iam_actions_of
from smithgate_codegen.knowledge.sensitive import SecretPaths, mark_listed
from smithgate_codegen.knowledge.skipped import reason_to_skip
from smithgate_codegen.knowledge.summary import summary_of
from smithgate_codegen.knowledge.tags import tags_of
from smithgate_codegen.knowledge.tokens import token_of
from smithgate_codegen.knowledge.wire import headers_of, labels_of


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("CreateThing", Change.CREATE),
        ("RunInstances", Change.CREATE),
        ("PutThing", Change.PUT),
        ("ModifyThing", Change.UPDATE),
        ("SetThing", Change.UPDATE),
        ("DeleteThing", Change.DELETE),
        ("TerminateThing", Change.DELETE),
        ("TagResource", Change.TAG),
        ("CreateTags", Change.TAG),
        ("AddTagsToResource", Change.TAG),
        ("UntagResource", Change.UNTAG),
        ("DeleteTags", Change.UNTAG),
        ("RemoveTagsFromResource", Change.UNTAG),
        ("StopThing", Change.STOP),
        ("Frobnicate", Change.OTHER),
    ],
)
def test_the_verb_says_what_happens(name, change):
    assert change_of(Kit().op(name).subject(name), Risk.WRITE).value is change


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("<p>Registers or updates a target.</p>", Change.PUT),
        ("Creates or replaces one or more records and checks them.", Change.PUT),
        ("Registers a target. To register or update, see below.", Change.CREATE),
        ("Creates a link, an operation that creates or updates.", Change.CREATE),
    ],
)
def test_what_makes_or_changes_a_thing_puts_it(text: str, change: Change) -> None:
    kit = Kit().op("RegisterTarget", {"TargetId": "string"}, documentation=text)
    assert change_of(kit.subject("RegisterTarget"), Risk.WRITE).value is change


def test_a_read_changes_nothing_but_a_secret_maker_may():
    kit = Kit().op("GetThing").op("CreateKeyPair").op("Decrypt")
    subjects = kit.subjects()
    assert change_of(subjects["GetThing"], Risk.READ).value is Change.NONE
    assert change_of(subjects["GetThing"], Risk.SENSITIVE).value is Change.NONE
    assert change_of(subjects["CreateKeyPair"], Risk.SENSITIVE).value is Change.CREATE


def test_a_resource_lifecycle_is_better_evidence_than_a_verb():
    kit = Kit().op("RetireThing", listed=False).resource("Thing", delete="RetireThing")
    fact = change_of(kit.subject("RetireThing"), Risk.WRITE)
    assert (fact.value, fact.source) == (
        Change.DELETE,
        "trait resource lifecycle delete",
    )


def test_the_token_is_the_member_with_the_trait_and_never_required():
    subject = Kit().op("A", {"Token@!": "string", "Id!": "string"}).subject("A")
    assert token_of(subject).value == "Token"
    assert subject.required == ("Id",)
    assert token_of(Kit().op("A", {}).subject("A")).value is None


def test_labels_and_headers_are_bound_members():
    kit = Kit().op("A", {"Key": "string", "Kind": "string", "Meta": "{string}"})
    members = kit.nodes[f"{NAMESPACE}#AInput"]["members"]
    members["Key"]["traits"] = {
        "smithy.api#httpLabel": {},
        "smithy.api#required": {},
    }
    members["Kind"]["traits"] = {"smithy.api#httpHeader": "x-kind"}
    members["Meta"]["traits"] = {"smithy.api#httpPrefixHeaders": "x-meta-"}
    subject = kit.subject("A")
    assert labels_of(subject) == ("Key",)
    assert headers_of(subject) == ("Kind", "Meta")


@pytest.mark.parametrize(
    ("shapes", "members", "expected"),
    [
        ({"Tag": {"Key": "string", "Value": "string"}}, {"Tags": "[Tag]"}, "Tags"),
        ({}, {"tags": "{string}"}, "tags"),
        ({"Tag": {"k": "string", "v": "string"}}, {"Tags": "[Tag]"}, None),
        ({}, {"Tags": "string"}, None),
        ({}, {"Labels": "{string}"}, None),
        ({"Deep": {"In": "In"}, "In": {"Tags": "{string}"}}, {"Deep": "Deep"}, None),
    ],
)
def test_tags_are_found_by_name_and_form(shapes, members, expected):
    kit = Kit()
    for name, inside in shapes.items():
        kit.shape(name, inside)
    fact = tags_of(kit.op("CreateThing", members).subject("CreateThing"))
    assert (fact.value.member if fact.value else None) == expected


def test_the_key_and_value_members_are_named():
    kit = Kit().shape("Tag", {"TagKey": "string", "TagValue": "string"})
    fact = tags_of(kit.op("A", {"Tags": "[Tag]"}).subject("A"))
    assert fact.value == TagShape(
        member="Tags", style=TagStyle.LIST, key="TagKey", value="TagValue"
    )


def test_tags_one_structure_deep_and_in_specifications():
    kit = Kit().shape("Tag", {"Key": "string", "Value": "string"})
    kit.shape("Tagging", {"TagSet": "[Tag]"})
    kit.shape("Spec", {"Tags": "[Tag]"})
    nested = tags_of(kit.op("A", {"Tagging": "Tagging"}).subject("A"))
    assert nested.value is not None
    assert nested.value.member == "Tagging.TagSet"
    spec = tags_of(kit.op("B", {"TagSpecifications": "[Spec]"}).subject("B"))
    assert spec.value is not None
    assert spec.value.style is TagStyle.SPECIFICATIONS


def test_dry_run_is_a_boolean_of_that_name():
    assert dry_run_of(Kit().op("A", {"DryRun": "boolean"}).subject("A")).value
    assert dry_run_of(Kit().op("A", {"DryRun": "string"}).subject("A")).value is None


def paths(kit: Kit, name: str = "A", service: str = "kit") -> tuple[str, ...]:
    marked = mark_listed(kit.model(), service)
    subject = subjects_of(marked, service)[name]
    return SecretPaths.of(marked, service).sensitive_of(subject).value


def test_secrets_are_followed_through_everything():
    kit = Kit().shape("Leaf", {"Hidden*": "string", "Plain": "string"})
    kit.shape("Box", {"Leaf": "Leaf"})
    kit.op("A", {"Top*": "string", "Box": "Box", "Boxes": "[Box]", "Map": "{Box}"})
    assert paths(kit) == (
        "Box.Leaf.Hidden",
        "Boxes[].Leaf.Hidden",
        "Map{}.Leaf.Hidden",
        "Top",
    )


def test_a_recursive_branch_is_masked_as_a_whole():
    kit = Kit().shape("Node", {"Hidden*": "string", "Next": "Node", "Name": "string"})
    assert paths(kit.op("A", {"Node": "Node"})) == ("Node.Hidden", "Node.Next")


def test_recursion_without_secrets_masks_nothing():
    kit = Kit().shape("Node", {"Next": "Node", "Name": "string"})
    assert paths(kit.op("A", {"Node": "Node"})) == ()


@pytest.mark.parametrize(
    ("member", "service", "is_masked"),
    [
        ("MasterUserPassword", "rds", True),
        ("masterUserPassword", "rds", True),
        ("MasterUserPasswordArn", "rds", False),
        ("MinimumPasswordLength", "iam", False),
        ("NextToken", "kit", False),
        ("MFA", "s3", True),
        ("MFA", "kit", False),
    ],
)
def test_listed_members_are_whole_names(member, service, is_masked):
    kit = Kit().op("A", {member: "string"})
    assert paths(kit, service=service) == ((member,) if is_masked else ())


def test_a_listed_name_that_cannot_hold_a_secret_is_not_masked():
    assert paths(Kit().op("A", {"Password": "boolean"})) == ()


def test_marking_shows_in_the_model_and_leaves_the_rest_alone():
    model = Kit().op("A", {"Password": "string", "Name": "string"}).model()
    marked = mark_listed(model, "kit")
    shape = marked.expect_shape(f"{NAMESPACE}#AInput")
    assert sensitive.SENSITIVE in marked.member_traits(shape.members["Password"])
    assert sensitive.SENSITIVE not in marked.member_traits(shape.members["Name"])
    assert len(marked.shapes) == len(model.shapes)
    assert marked.service.id == model.service.id


def test_the_source_says_which_evidence_there_was():
    kit = Kit().op("A", {"Hidden*": "string"}).op("B", {"Password": "string"})
    marked = mark_listed(kit.model(), "kit")
    finder = SecretPaths.of(marked, "kit")
    subjects = subjects_of(marked, "kit")
    assert finder.sensitive_of(subjects["A"]).source == "trait smithy.api#sensitive"
    assert finder.sensitive_of(subjects["B"]).source == "data set sensitive-members"


def test_every_listed_member_has_a_reason_and_no_twin():
    seen = set()
    for rows in sensitive.secret_members().values():
        for row in rows:
            assert len(row.why) >= 10
            key = (row.name.casefold(), row.service, row.shape)
            assert key not in seen
            seen.add(key)


def test_a_row_with_an_unknown_key_is_an_error():
    with pytest.raises(OverrideError, match="unknown key `wyh`"):
        checked(
            {"name": "A", "wyh": "b", "why": "c"}, where="x", required=("name", "why")
        )


@pytest.mark.parametrize(
    ("documentation", "expected"),
    [
        (None, ""),
        ("", ""),
        ("<p>Makes a thing. And more.</p>", "Makes a thing."),
        ("<note><p>Not here.</p></note><p>Makes a thing.</p>", "Makes a thing."),
        ("<note><p>Only a note.</p></note>", "Only a note."),
        ("<p>Makes \u202ea\x1b thing.</p>", "Makes a thing."),
        ("<fullname>Title</fullname><p>Makes a thing.</p>", "Makes a thing."),
    ],
)
def test_a_summary_is_the_first_sentence_that_says_what_it_is(documentation, expected):
    assert summary_of(documentation) == expected


def test_a_summary_is_short():
    assert len(summary_of("word " * 500)) <= 200


@pytest.mark.parametrize("trait", ["internal", "private"])
def test_hidden_operations_are_skipped(trait):
    traits: dict[str, Any] = {trait: {}}
    subject = Kit().op("A", {}, {}, **traits).subject("A")
    assert reason_to_skip(subject, {"A": "a"}) == f"{trait} operation"


@pytest.mark.parametrize("side", ["input", "output"])
def test_event_streams_are_skipped_and_streamed_blobs_are_not(side):
    kit = Kit().op("A", {"Body": "<streaming>"}, {"Body": "<streaming>"})
    assert reason_to_skip(kit.subject("A"), {"A": "a"}) is None
    kit.nodes[f"{NAMESPACE}#Events"] = {
        "type": "union",
        "members": {"One": {"target": "smithy.api#String"}},
        "traits": {"smithy.api#streaming": {}},
    }
    members = {"Events": {"target": f"{NAMESPACE}#Events"}}
    kit.nodes[f"{NAMESPACE}#A{side.title()}"]["members"] = members
    assert reason_to_skip(kit.subject("A"), {"A": "a"}) == f"event stream in the {side}"


def test_an_operation_that_boto3_lacks_is_skipped():
    subject = Kit().op("A", {}, {}).subject("A")
    assert reason_to_skip(subject, {}) == "boto3 has no method for it"
    methods = {subject.name: "m" * 201}
    assert reason_to_skip(subject, methods) == "the name is too long for a file"


def test_iam_actions_come_from_traits_only():
    kit = Kit().op("A", {}, {}).op("B", {}, {})
    kit.nodes[f"{NAMESPACE}#A"]["traits"]["aws.iam#iamAction"] = {"name": "DoA"}
    kit.nodes[f"{NAMESPACE}#A"]["traits"]["aws.iam#requiredActions"] = ["s3:GetObject"]
    subjects = kit.subjects()
    assert iam_actions_of(subjects["A"]).value == ("kit:DoA", "s3:GetObject")
    assert iam_actions_of(subjects["B"]).value == ()
