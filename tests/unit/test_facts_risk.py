"""The six classes: what each kind of evidence says, and what wins."""

import pytest
from codegen_kit import Kit
from smithgate_codegen.ir import Risk
from smithgate_codegen.knowledge.risk import risk_of
from smithgate_codegen.knowledge.sensitive import SecretPaths, mark_listed


def judge(kit: Kit, name: str, service: str = "kit"):
    subject = kit.subject(name, service)
    model = mark_listed(subject.model, service)
    return risk_of(subject, SecretPaths.of(model, service).credentials_of(subject))


@pytest.mark.parametrize(
    ("name", "risk"),
    [
        ("GetThing", Risk.READ),
        ("ListThings", Risk.READ),
        ("BatchGetThing", Risk.READ),
        ("IssueCertificate", Risk.WRITE),
        ("Gettysburg", Risk.WRITE),
        ("FrobnicateThing", Risk.WRITE),
        ("VerifyPhoneNumber", Risk.WRITE),
        ("PutThing", Risk.WRITE),
        ("DisassociateThing", Risk.WRITE),
        ("TagResource", Risk.WRITE),
        ("UntagResource", Risk.WRITE),
        ("RemoveTagsFromResource", Risk.WRITE),
        ("AddTagsToResource", Risk.WRITE),
        ("DeleteThing", Risk.DESTRUCTIVE),
        ("DeleteTags", Risk.DESTRUCTIVE),
        ("DeleteBucketPolicy", Risk.DESTRUCTIVE),
        ("BatchDeleteImage", Risk.DESTRUCTIVE),
        ("TerminateInstances", Risk.DESTRUCTIVE),
        ("PurgeQueue", Risk.DESTRUCTIVE),
        ("RemoveTargets", Risk.DESTRUCTIVE),
        ("ScheduleKeyDeletion", Risk.DESTRUCTIVE),
        ("StopAutomationExecution", Risk.DESTRUCTIVE),
        ("StopTask", Risk.DESTRUCTIVE),
        ("StopInstances", Risk.WRITE),
        ("PutBucketPolicy", Risk.PERMISSIONS),
        ("RemovePermission", Risk.PERMISSIONS),
        ("CreateGrant", Risk.PERMISSIONS),
        ("RevokeGrant", Risk.PERMISSIONS),
        ("AuthorizeSecurityGroupIngress", Risk.PERMISSIONS),
        ("PutPublicAccessBlock", Risk.PERMISSIONS),
        ("CreateAccessKey", Risk.PERMISSIONS),
        ("PutLifecyclePolicy", Risk.DESTRUCTIVE),
        ("PutLifecycleHook", Risk.WRITE),
        ("PutRetentionPolicy", Risk.DESTRUCTIVE),
        ("UpdateTimeToLive", Risk.DESTRUCTIVE),
        ("StartRemoteDelete", Risk.DESTRUCTIVE),
        ("StartFlowFlush", Risk.DESTRUCTIVE),
        ("ExecuteFastReset", Risk.DESTRUCTIVE),
        ("UpdateFirewallDeleteProtection", Risk.WRITE),
        ("IsAuthorized", Risk.READ),
        ("DetectThings", Risk.WRITE),
        ("PutScalingPolicy", Risk.WRITE),
        ("GetBucketPolicy", Risk.READ),
        ("InvokeFunction", Risk.EXECUTE),
        ("RunTask", Risk.EXECUTE),
        ("ExecuteStatement", Risk.EXECUTE),
        ("BatchExecuteStatement", Risk.EXECUTE),
        ("SendCommand", Risk.EXECUTE),
        ("StartQuery", Risk.EXECUTE),
        ("StartInstances", Risk.WRITE),
        ("SendMessage", Risk.WRITE),
        ("AssumeRole", Risk.SENSITIVE),
    ],
)
def test_a_name_is_judged(name, risk):
    fact = judge(Kit().op(name, {}, {}), name)
    assert fact.value is risk
    assert fact.source.split()[0] in {"rule", "trait", "data"}


@pytest.mark.parametrize("name", ["StopQuery", "SubmitFeedback", "ImportPublicKey"])
def test_readonly_alone_lowers_nothing(name):
    fact = judge(Kit().op(name, {}, {}, readonly={}), name)
    assert fact.value is not Risk.READ


def test_readonly_is_named_where_the_verb_agrees():
    fact = judge(Kit().op("GetThing", {}, {}, readonly={}), "GetThing")
    assert fact.source.startswith("trait smithy.api#readonly")


def test_an_unknown_verb_says_so():
    assert judge(Kit().op("Frobnicate", {}, {}), "Frobnicate").source == (
        "rule unknown-verb Frobnicate"
    )


@pytest.mark.parametrize(
    ("method", "risk"),
    [
        ("DELETE", Risk.DESTRUCTIVE),
        ("PUT", Risk.WRITE),
        ("PATCH", Risk.WRITE),
        ("GET", Risk.READ),
        ("POST", Risk.READ),
    ],
)
def test_the_http_method_can_only_raise(method, risk):
    http = {"method": method, "uri": "/"}
    assert judge(Kit().op("GetThing", {}, {}, http=http), "GetThing").value is risk


def test_untagging_over_http_delete_is_a_write():
    kit = Kit().op("UntagResource", {}, {}, http={"method": "DELETE", "uri": "/"})
    assert judge(kit, "UntagResource").value is Risk.WRITE


def test_a_resource_that_is_deleted_is_lost_whatever_the_name_says():
    kit = Kit().op("RetireThing", {}, {}, listed=False)
    kit.resource("Thing", delete="RetireThing")
    fact = judge(kit, "RetireThing")
    assert fact.value is Risk.DESTRUCTIVE
    assert fact.source == "trait resource lifecycle delete"


def test_an_answer_with_a_credential_is_sensitive():
    kit = Kit().shape("Keys", {"SecretAccessKey": "string"})
    kit.op("GetThing", {}, {"Keys": "[Keys]"})
    fact = judge(kit, "GetThing")
    assert fact.value is Risk.SENSITIVE
    assert fact.source.endswith("output Keys[].SecretAccessKey")


def test_a_masked_answer_without_credentials_stays_a_read():
    kit = Kit().op("GetThing", {}, {"Environment*": "string"})
    assert judge(kit, "GetThing").value is Risk.READ


@pytest.mark.parametrize(
    ("name", "risk"),
    [("DeleteThing", Risk.DESTRUCTIVE), ("CreateRole", Risk.PERMISSIONS)],
)
def test_credentials_do_not_hide_a_worse_class(name, risk):
    kit = Kit().op(name, {}, {"SecretAccessKey": "string"})
    assert judge(kit, name).value is risk


def test_carried_code_runs_sooner_or_later():
    kit = Kit().shape("Code", {"ZipFile": "blob"})
    kit.op("CreateFunction", {"Code": "Code"}, {})
    kit.op("ValidateTemplate", {"TemplateBody": "string"}, {})
    assert judge(kit, "CreateFunction").value is Risk.EXECUTE
    assert judge(kit, "ValidateTemplate").value is Risk.READ


def test_every_change_in_a_permission_service_is_about_permissions():
    kit = Kit().op("CreateThing", {}, {}).op("GetThing", {}, {}).op("TagRole", {}, {})
    assert judge(kit, "CreateThing", "iam").value is Risk.PERMISSIONS
    assert judge(kit, "GetThing", "iam").value is Risk.READ
    assert judge(kit, "TagRole", "iam").value is Risk.WRITE
