"""What people say for operations: the files, their words, and what search makes of them."""

from pathlib import Path

import botocore.session
import pytest
import yaml
from generated_tree import standard_tree
from smithgate.catalog import Catalog
from smithgate_codegen.emit.search import search_text
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.search import phrases_of
from smithgate_codegen.search.phrases import PHRASES, service_phrases
from smithgate_codegen.search.words import said_words, things

MEASURED = Path(__file__).parents[1] / "models" / "search_wishes.yaml"
LEAST_OPERATIONS = 0


def operations_of(service: str) -> set[str]:
    loader = botocore.session.get_session().get_component("data_loader")
    return set(loader.load_service_model(service, "service-2")["operations"])


@pytest.mark.parametrize("path", sorted(PHRASES.iterdir()), ids=lambda path: path.name)
def test_the_files_name_operations_of_the_pinned_models(path: Path) -> None:
    said = service_phrases(path.stem)
    assert path.suffix == ".txt"
    assert said
    assert set(said) <= operations_of(path.stem)


def test_no_phrase_is_a_wish_that_search_is_measured_with() -> None:
    told = {
        phrase
        for path in PHRASES.iterdir()
        for phrases in service_phrases(path.stem).values()
        for phrase in phrases
    }
    measured = yaml.safe_load(MEASURED.read_text("utf-8"))
    assert told.isdisjoint(wish for wishes in measured.values() for wish in wishes)


def test_phrases_are_read_for_the_operations_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "s3.txt").write_text(
        "CreateBucket: make a bucket; new storage\nGoneBucket: an older name\n"
    )
    found = phrases_of({"s3:CreateBucket", "ec2:RunInstances"}, tmp_path)
    assert found == {"s3:CreateBucket": ("make a bucket", "new storage")}


@pytest.mark.parametrize(
    "text",
    [
        "CreateBucket make a bucket\n",
        "CreateBucket:\n",
        "CreateBucket: Make A Bucket\n",
        "CreateBucket: make a bucket; \n",
        "CreateBucket: a\tb\n",
        "CreateBucket: a|b\n",
        "Create Bucket: make a bucket\n",
        "CreateBucket: make a bucket\n\nGetBucket: see it\n",
        "CreateBucket: make it; make it\n",
        "CreateBucket: make it\nCreateBucket: make one\n",
        "CreateBucket: caf\u00e9\n",
        "CreateBucket: " + "x" * 90 + "\n",
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "s3.txt").write_text(text, "utf-8")
    with pytest.raises(OverrideError, match=r"s3\.txt"):
        service_phrases("s3", tmp_path)


def test_said_words_are_those_that_summary_and_name_lack() -> None:
    phrases = ("make a public AMI", "share an image with an account")
    assert said_words(phrases, "image attribute", "ShareImage") == [
        "account",
        "ami",
        "make",
        "public",
    ]


def test_tagging_any_resource_is_about_what_the_service_makes() -> None:
    names = ["CreateDatastore", "StartDICOMImportJob", "GetImage", "TagResource"]
    assert things("TagResource", names) == ["Datastore", "DICOMImportJob"]
    assert things("ListTagsForResource", names) == ["Datastore", "DICOMImportJob"]
    assert things("CreateDatastore", names) == []
    assert things("TagUser", names) == []
    columns = {f"x:{name}": ["", "", "", "", ""] for name in names}
    text = search_text(columns, {}, {})
    assert "x:TagResource\t\t\t\tdatastore dicom import job\t" in text


def saying(root: Path) -> Catalog:
    rows = {
        "PutBucketVersioning": {
            "said": "revisions keep old undo",
            "phrases": "keep old revisions|undo a delete later",
        },
        "CreateBucket": {"said": "revisions place", "phrases": "a place for revisions"},
    }
    return Catalog(standard_tree(root).write_search(rows))


@pytest.mark.parametrize(
    ("wish", "operation", "phrase"),
    [
        ("keep the old revisions", "s3:PutBucketVersioning", "keep old revisions"),
        ("i need a place for revisions", "s3:CreateBucket", "a place for revisions"),
        ("undo deletes later", "s3:PutBucketVersioning", "undo a delete later"),
    ],
)
def test_the_nearest_phrase_leads_to_its_operation_and_is_shown(
    tmp_path: Path, wish: str, operation: str, phrase: str
) -> None:
    hit = saying(tmp_path).search(wish)[0]
    assert hit.entry.id == operation
    assert f"phrase: {phrase}" in hit.why


def test_a_word_that_only_a_phrase_has_finds_its_operation(tmp_path: Path) -> None:
    hit = saying(tmp_path).search("revisions", limit=5)
    assert {h.entry.id for h in hit} == {"s3:PutBucketVersioning", "s3:CreateBucket"}
    assert all("said: revisions" in h.why for h in hit)


def test_an_operation_is_still_found_by_its_name_first(tmp_path: Path) -> None:
    hit = saying(tmp_path).search("get bucket versioning")[0]
    assert hit.entry.id == "s3:GetBucketVersioning"
