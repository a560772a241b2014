import random
import string

import pytest
from generated_tree import standard_tree
from hypothesis import given
from hypothesis import strategies as st
from smithgate.catalog import Catalog
from smithgate.errors import UnknownOperation


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog(standard_tree(tmp_path_factory.mktemp("tree")).write())


PUT = "s3:PutBucketVersioning"


@pytest.mark.parametrize(
    "spelling",
    [
        PUT,
        "s3.put_bucket_versioning",
        "S3:putbucketversioning",
        "s3:put-bucket-versioning",
        "s3 put-bucket-versioning",
        "s3api put-bucket-versioning",
        "aws s3api put-bucket-versioning",
        "  AWS   S3API   PUT-BUCKET-VERSIONING ",
        "s3_put_bucket_versioning",
        "S3_Put_Bucket_Versioning",
        "com.amazonaws.s3#PutBucketVersioning",
        "s3api:PutBucketVersioning",
        "simple storage:PutBucketVersioning",
        "aws simple-storage put-bucket-versioning",
    ],
)
def test_every_spelling_has_one_canonical_id(catalog: Catalog, spelling: str) -> None:
    assert catalog.canonical_id(spelling) == PUT


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("rds.describe_db_instances", "rds:DescribeDBInstances"),
        ("rds describe-db-instances", "rds:DescribeDBInstances"),
        ("elasticloadbalancing:CreateRule", "elbv2:CreateRule"),
        ("elbv2:DescribeLoadBalancers", "elbv2:DescribeLoadBalancers"),
    ],
)
def test_aliases_and_acronyms_resolve(
    catalog: Catalog, spelling: str, expected: str
) -> None:
    assert catalog.canonical_id(spelling) == expected


def test_an_ambiguous_spelling_is_refused_with_the_candidates(catalog: Catalog) -> None:
    with pytest.raises(UnknownOperation, match="ambiguous") as caught:
        catalog.canonical_id("elasticloadbalancing:DescribeLoadBalancers")
    candidates = ["elb:DescribeLoadBalancers", "elbv2:DescribeLoadBalancers"]
    assert caught.value.fields["candidates"] == candidates


@pytest.mark.parametrize(
    ("spelling", "nearest"),
    [
        ("s3:PutBucketVersoning", PUT),
        ("s3a:PutBucketVersioning", PUT),
        ("PutBucketVersioning", PUT),
        ("dynamodbb:PutItem", "dynamodb:PutItem"),
        ("s4:CreateRule", "elbv2:CreateRule"),
    ],
)
def test_a_misspelling_names_the_nearest(
    catalog: Catalog, spelling: str, nearest: str
) -> None:
    with pytest.raises(UnknownOperation) as caught:
        catalog.canonical_id(spelling)
    assert caught.value.fields["nearest"][0] == nearest
    assert caught.value.hint is not None
    assert f"`{nearest}`" in caught.value.hint


def test_a_skipped_operation_says_why(catalog: Catalog) -> None:
    with pytest.raises(UnknownOperation, match="is not generated") as caught:
        catalog.canonical_id("lambda:InvokeWithResponseStream")
    assert caught.value.hint == "event stream in the output"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "s3:",
        ":PutObject",
        "s3 put object please",
        "aws s3api put-bucket-versioning --bucket b",
        "s3:PutObject\x00",
        "s3:PutObject\n\x1b[31mred",
        "\u017f3:PutObject",  # folds to s in some ways of comparing
        "s3:PutObject" + "!",
        "🎉",
        "x" * 10_000,
        "s3:" + "x" * 10_000,
        "\n" * 10_000,
        "`" * 300,
    ],
)
def test_odd_text_is_refused_shortly(catalog: Catalog, text: str) -> None:
    with pytest.raises(UnknownOperation) as caught:
        catalog.canonical_id(text)
    error = caught.value
    assert len(str(error.as_dict())) < 2000
    assert error.message.isprintable()
    assert error.message.count("`") == 2


def test_white_space_around_a_spelling_is_not_part_of_it(catalog: Catalog) -> None:
    assert catalog.canonical_id("s3:PutObject\n") == "s3:PutObject"


@given(st.text(max_size=300))
def test_text_is_either_refused_or_canonical(catalog: Catalog, text: str) -> None:
    try:
        found = catalog.canonical_id(text)
    except UnknownOperation:
        return
    assert catalog.entry(found).id == found


@given(st.sampled_from(["s3:PutObject", "ec2:RunInstances"]), st.randoms())
def test_case_never_leads_to_another_key(
    catalog: Catalog, id_: str, chance: random.Random
) -> None:
    text = "".join(chance.choice((c.lower(), c.upper())) for c in id_)
    assert catalog.canonical_id(text) == id_


def test_all_spellings_of_all_operations_round_trip(catalog: Catalog) -> None:
    for entry in catalog.entries():
        command = entry.method.replace("_", "-")
        for text in (
            entry.id,
            entry.id.upper(),
            f"{entry.service}.{entry.method}",
            f"aws {entry.service} {command}",
            entry.tool,
            entry.tool.upper(),
        ):
            assert catalog.canonical_id(text) == entry.id


def test_names_are_ascii_only(catalog: Catalog) -> None:
    # Full-width letters and the long s fold to ASCII under casefold and NFKC.
    letters = {c: chr(ord(c) + 0xFEE0) for c in string.ascii_letters}
    for char in "spo":
        with pytest.raises(UnknownOperation):
            catalog.canonical_id("s3:putobject".replace(char, letters[char]))
