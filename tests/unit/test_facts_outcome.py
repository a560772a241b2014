"""What a change turns out to be: over but still there, or new with an id of its own."""

import pytest
from codegen_kit import Kit
from reader_kit import changes, reader, readers_of
from smithgate_codegen.ir import Change


def jobs(*states: str) -> Kit:
    kit = Kit().enum("State", *states)
    kit.shape("Job", {"JobId": "string", "JobName": "string", "State": "State"})
    kit.op("CancelJob", {"JobId!": "string"}, {})
    kit.op("DescribeJob", {"JobId!": "string"}, {"Job": "Job"})
    return kit


@pytest.mark.parametrize(
    ("states", "change"),
    [
        (("RUNNING", "CANCELLED"), Change.STOP),
        (("RUNNING", "FAILED"), Change.STOP),
        (("ACTIVE", "ERROR"), Change.DELETE),
    ],
)
def test_what_is_cancelled_stays_where_a_state_says_that_it_is_over(states, change):
    assert changes(readers_of(jobs(*states)), "CancelJob") is change


def test_a_cancelled_job_is_expected_as_cancelled_not_gone():
    found = reader(jobs("RUNNING", "CANCELLED"), "CancelJob")
    assert found.expect == (("State", "CANCELLED"),)
    assert not found.gone


def test_an_upload_that_is_aborted_goes():
    kit = Kit().shape("Upload", {"UploadId": "string", "Key": "string"})
    kit.op("AbortUpload", {"UploadId!": "string"}, {})
    kit.op("ListUploads", {}, {"Uploads": "[Upload]"})
    assert changes(readers_of(kit), "AbortUpload") is Change.DELETE


@pytest.mark.parametrize("verb", ["Start", "Submit", "Schedule"])
def test_an_id_that_comes_back_makes_something_new(verb):
    kit = jobs("RUNNING", "FAILED")
    kit.op(f"{verb}Job", {"JobName!": "string"}, {"JobId": "string"})
    name = f"{verb}Job"
    assert changes(readers_of(kit), name) is Change.CREATE
    found = reader(kit, name)
    assert found.created == (("JobId", "JobId"),)
    assert found.compare == (("JobName", "JobName"),)


def test_what_the_request_names_is_started_not_made():
    kit = jobs("RUNNING", "STOPPED")
    kit.op("StartJob", {"JobId!": "string"}, {"JobId": "string", "Arn": "string"})
    assert changes(readers_of(kit), "StartJob") is Change.START


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("FlushCache", Change.OTHER),
        ("RollbackStack", Change.OTHER),
        ("RevertDraft", Change.OTHER),
        ("ResetChannel", Change.OTHER),
        ("ResetImageAttribute", Change.DELETE),
        ("ResetParameterGroup", Change.DELETE),
    ],
)
def test_what_goes_back_is_not_deleted(name, change):
    kit = Kit().op(name, {"Name!": "string"}, {})
    assert changes(readers_of(kit), name) is change


def test_an_id_of_what_is_copied_is_not_compared_with_the_new_one():
    kit = Kit().shape("Snapshot", {"SnapshotArn": "string", "KeyId": "string"})
    takes = {"SnapshotArn!": "string", "KeyId": "string"}
    kit.op("CopySnapshot", takes, {"Snapshot": "Snapshot"})
    kit.op("GetSnapshot", {"SnapshotArn!": "string"}, {"Snapshot": "Snapshot"})
    found = reader(kit, "CopySnapshot")
    assert found.created == (("SnapshotArn", "Snapshot.SnapshotArn"),)
    assert found.compare == (("KeyId", "KeyId"),)


def test_a_restore_names_the_new_thing_where_its_source_has_a_name():
    kit = Kit().shape("Cluster", {"ClusterId": "string", "Size": "integer"})
    takes = {"ClusterId!": "string", "SnapshotId!": "string", "Size": "integer"}
    kit.op("RestoreClusterFromSnapshot", takes, {"Cluster": "Cluster"})
    kit.op("GetCluster", {"ClusterId!": "string"}, {"Cluster": "Cluster"})
    found = reader(kit, "RestoreClusterFromSnapshot")
    assert (found.params, found.created) == ((("ClusterId", "ClusterId"),), ())


def test_a_name_that_comes_back_is_the_one_that_was_given():
    kit = Kit()
    kit.op("CreateTrace", {"Name!": "string", "Size": "integer"}, {"Name": "string"})
    kit.op("GetTrace", {"ConfigurationName!": "string"}, {"Size": "integer"})
    found = reader(kit, "CreateTrace")
    assert (found.params, found.created) == ((("ConfigurationName", "Name"),), ())


@pytest.mark.parametrize(
    ("more", "change"),
    [
        (None, Change.CREATE),
        ("CreateJob", Change.START),
        ("StopJob", Change.START),
    ],
)
def test_a_start_makes_what_it_names_where_nothing_else_does(more, change):
    kit = Kit().shape("Job", {"JobName": "string", "Media": "string"})
    kit.op("StartJob", {"JobName!": "string", "Media!": "string"}, {"Job": "Job"})
    kit.op("GetJob", {"JobName!": "string"}, {"Job": "Job"})
    if more:
        kit.op(more, {"JobName!": "string"}, {})
    assert changes(readers_of(kit), "StartJob") is change
    found = reader(kit, "StartJob")
    assert (found.params, found.created) == ((("JobName", "JobName"),), ())


def test_a_start_that_says_nothing_else_only_starts():
    kit = Kit().shape("Box", {"BoxName": "string", "Size": "integer"})
    kit.op("StartBox", {"BoxName!": "string"}, {})
    kit.op("GetBox", {"BoxName!": "string"}, {"Box": "Box"})
    assert changes(readers_of(kit), "StartBox") is Change.START


@pytest.mark.parametrize(
    ("returned", "made"),
    [({"UploadId": "string"}, (("UploadId", "UploadId"),)), ({}, ())],
)
def test_an_id_that_comes_back_goes_before_the_name_of_another(returned, made):
    kit = Kit().shape("Upload", {"UploadId": "string", "Key": "string"})
    kit.op("CreateMultipartUpload", {"Bucket!": "string", "Key!": "string"}, returned)
    kit.op("ListMultipartUploads", {"Bucket!": "string"}, {"Uploads": "[Upload]"})
    found = reader(kit, "CreateMultipartUpload")
    assert found.match_created == made
    assert bool(found.match) is not bool(made)


def test_a_plain_name_tells_which_one_where_an_arn_could_as_well():
    kit = Kit().shape("Table", {"name": "string"})
    takes = {"bucket!": "string", "name!": "string"}
    kit.op("DeleteTable", takes, {})
    optional = {"bucket": "string", "name": "string", "tableArn": "string"}
    kit.op("GetTable", optional, {"name": "string", "format": "string"})
    kit.op("ListTables", {"bucket!": "string"}, {"tables": "[Table]"})
    found = reader(kit, "DeleteTable")
    assert found.operation.endswith("GetTable")
    assert found.params == (("bucket", "bucket"), ("name", "name"))
