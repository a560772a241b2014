from collections import Counter
from pathlib import Path

import pytest
import yaml
from smithgate.catalog import Catalog
from smithgate.catalog.services import MOST_USED
from smithgate_codegen.emit.search import HEADER, search_columns, search_text
from smithgate_codegen.errors import OverrideError
from smithgate_codegen.search import SearchWords, load_intents, search_words

MEASURED = Path(__file__).parents[1] / "models" / "search_wishes.yaml"
LEAST_WISHES = 5


def written(path: Path, body: str) -> Path:
    path.write_text(f"format_version: 1\n{body}")
    return path


def test_the_reviewed_wishes_are_many_and_name_known_operations() -> None:
    intents = load_intents()
    assert sum(map(len, intents.wishes.values())) >= 400
    assert len({id_.partition(":")[0] for id_ in intents.wishes}) >= 40


def test_each_of_the_most_used_services_has_wishes() -> None:
    told = Counter[str]()
    for id_, wishes in load_intents().wishes.items():
        told[id_.partition(":")[0]] += len(wishes)
    assert {name for name in MOST_USED if told[name] < LEAST_WISHES} == set()


def test_the_generated_services_are_among_the_most_used() -> None:
    index = Catalog(Catalog.default_root())
    assert {entry.service for entry in index.entries()} <= MOST_USED


def test_no_wish_is_one_that_search_is_measured_with() -> None:
    told = {wish for wishes in load_intents().wishes.values() for wish in wishes}
    measured = yaml.safe_load(MEASURED.read_text("utf-8"))
    assert told.isdisjoint(wish for wishes in measured.values() for wish in wishes)


def test_wishes_of_other_services_are_kept_for_other_trees() -> None:
    intents = load_intents()
    known = {id_ for id_ in intents.wishes if id_.startswith("s3:")}
    assert set(intents.of(known)) == known
    assert intents.of([]) == {}


def test_a_wish_of_an_unknown_operation_fails_the_build() -> None:
    with pytest.raises(OverrideError, match="unknown operation `s3:"):
        load_intents().of({"s3:CreateBucket"})


@pytest.mark.parametrize(
    "body",
    [
        "intents: []",
        "wishes: {}",
        "intents: {s3: [x]}",
        "intents: {s3: {CreateBucket: []}}",
        "intents: {s3: {CreateBucket: [Make A Bucket]}}",
        "intents: {s3: {CreateBucket: [make a bucket, make a bucket]}}",
        "intents: {s3: {CreateBucket: ['tab\there']}}",
        "intents: {s3: {CreateBucket: ['a|b']}}",
        "intents: {s3: {CreateBucket: [1]}}",
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(OverrideError):
        load_intents(written(tmp_path / "intents.yaml", body))


def test_words_stand_once_each_in_the_first_field_that_has_them() -> None:
    words = search_words(
        "<p>Makes a <code>Bucket</code>. The bucket&#39;s owner pays. 42</p>",
        "Makes a Bucket.",
        ["BucketName", "OwnerId", "SSEKmsKeyId"],
    )
    assert words == SearchWords(
        summary=("bucket", "makes"),
        documentation=("owner", "pays"),
        members=("id", "key", "kms", "name", "sse"),
    )


def test_what_is_said_of_the_input_is_cut_and_without_pages_and_tokens() -> None:
    words = search_words(
        "Makes a bucket. Owners pay.",
        "Makes a bucket.",
        ["Kind"],
        name="CreateThing",
        inputs={
            "Kind": [
                "<b>Who</b> owners are, thing of a bucket, " + "x" * 200 + " late"
            ],
            "Mode": ["", "STRICT_ONLY", "Relaxed"],
            "NextToken": ["The page"],
            "DryRun": ["Whether to try"],
        },
    )
    assert words.inputs == ("owners", "relaxed", "strict")
    assert words.documentation == ("owners", "pay")


def test_no_documentation_is_no_error() -> None:
    assert search_words(None, "", []) == SearchWords((), (), ())


def test_one_line_an_operation_sorted_with_other_iam_names_only() -> None:
    columns = search_columns(
        SearchWords(("a1",), ("b1", "b2"), (), ("c1", "c2")),
        "s3:ListBuckets",
        ("s3:ListAllMyBuckets", "s3:listbuckets", "s3:*"),
    )
    text = search_text(
        {"s3:ListBuckets": columns, "ec2:RunInstances": [""] * 5},
        {"s3:ListBuckets": ("show buckets", "ls")},
        {"s3:ListBuckets": ("what a1 do i own", "all storage")},
    )
    line = [
        *("s3:ListBuckets", "a1", "b1 b2", "", "storage", "c1 c2"),
        *("what a1 do i own|all storage", "s3:ListAllMyBuckets", "show buckets|ls"),
    ]
    rows = [row.split("\t") for row in text.split("\n")]
    assert rows == [[HEADER], ["ec2:RunInstances", *[""] * 8], line, [""]]
