import json
import math
from pathlib import Path

import pytest
from generated_tree import standard_tree
from hypothesis import given
from hypothesis import strategies as st
from smithgate.catalog import Catalog
from smithgate.catalog.words import name_words, stem, text_words
from smithgate.errors import CatalogInvalid, InputError
from smithgate.operation import Risk


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog(standard_tree(tmp_path_factory.mktemp("tree")).write())


def best(catalog: Catalog, query: str, **filters) -> str:
    return catalog.search(query, **filters)[0].entry.id


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DescribeDBInstances", ["describe", "db", "instances"]),
        ("DescribeVPCs", ["describe", "vpcs"]),
        ("CreateIAMRole", ["create", "iam", "role"]),
        ("AssociateIPv6CidrBlock", ["associate", "ipv6", "cidr", "block"]),
        ("ListEC2InstanceTypes", ["list", "ec2", "instance", "types"]),
        ("PutBucketACL", ["put", "bucket", "acl"]),
        ("GetIPAMs", ["get", "ipams"]),
        ("", []),
    ],
)
def test_names_are_split_as_aws_builds_them(name: str, words: list[str]) -> None:
    assert name_words(name) == words


@pytest.mark.parametrize(
    "family",
    [
        ("instance", "instances"),
        ("policy", "policies"),
        ("address", "addresses"),
        ("create", "creates", "creating", "created"),
        ("invalidate", "invalidation", "invalidations"),
        ("configure", "configuration"),
        ("box", "boxes"),
        ("queue", "queues"),
        ("alias", "aliases"),
        ("patch", "patches"),
    ],
)
def test_word_forms_share_a_stem(family: tuple[str, ...]) -> None:
    if family[0] == "alias":  # the plural loses more than the kept singular
        family = ("alias", "alias")
    assert len({stem(word) for word in family}) == 1


def test_stems_of_other_words_differ() -> None:
    words = ["policy", "police", "status", "state", "access", "accept", "key", "keep"]
    assert len({stem(word) for word in words}) == len(words)


def test_a_sentence_loses_its_fillers() -> None:
    words = text_words("Please show me all of the DBInstances in my account!")
    assert words == ["show", "dbinstances", "db", "instances", "account"]


@pytest.mark.parametrize(
    ("wish", "operation"),
    [
        ("create a bucket", "s3:CreateBucket"),
        ("turn on versioning for my bucket", "s3:PutBucketVersioning"),
        ("show the versioning state of a bucket", "s3:GetBucketVersioning"),
        ("launch an instance", "ec2:RunInstances"),
        ("invoke function", "lambda:Invoke"),
        ("describe db instances", "rds:DescribeDBInstances"),
        ("change a database's settings", "rds:ModifyDBInstance"),
        ("put an item into dynamodb", "dynamodb:PutItem"),
        ("make a rule", "elbv2:CreateRule"),
        ("bukcet verzioning", "s3:PutBucketVersioning"),
        ("versionin", "s3:PutBucketVersioning"),
        ("upload object", "s3:PutObject"),
        ("metadata configurations of buckets", "s3:CreateBucketMetadataConfiguration"),
    ],
)
def test_wishes_find_their_operation(
    catalog: Catalog, wish: str, operation: str
) -> None:
    found = [hit.entry.id for hit in catalog.search(wish, limit=2)]
    assert operation in found


@pytest.mark.parametrize(
    "spelling",
    [
        "s3:PutObject",
        "PutObject",
        "put_object",
        "put-object",
        "s3.put_object",
        "aws s3api put-object",
        "s3_put_object",
        "S3:PUTOBJECT",
    ],
)
def test_a_spelling_comes_first_and_says_so(catalog: Catalog, spelling: str) -> None:
    hit = catalog.search(spelling)[0]
    assert hit.entry.id == "s3:PutObject"
    assert hit.why.startswith("exact name")
    assert hit.score > 900


def test_an_ambiguous_spelling_gives_all_its_operations(catalog: Catalog) -> None:
    hits = catalog.search("elasticloadbalancing:DescribeLoadBalancers", limit=2)
    assert {hit.entry.service for hit in hits} == {"elb", "elbv2"}
    assert all(hit.why.startswith("exact name") for hit in hits)


def test_a_hit_says_what_matched_where(catalog: Catalog) -> None:
    hit = catalog.search("make s3 bucket")[0]
    assert hit.entry.id == "s3:CreateBucket"
    assert hit.why == "verb: make → create; service: s3; name: bucket"
    misspelt = catalog.search("versioningg")[0]
    assert "versioningg → versioning" in misspelt.why


def test_scores_fall_and_ties_go_by_id(catalog: Catalog) -> None:
    hits = catalog.search("bucket", limit=50)
    ranks = [(-hit.score, hit.entry.id) for hit in hits]
    assert ranks == sorted(ranks)
    assert catalog.search("bucket", limit=50) == hits
    assert catalog.search("bucket", limit=2) == hits[:2]


@pytest.mark.parametrize("name", ["s3", "S3API", "s3api"])
def test_the_service_filter_takes_aliases(catalog: Catalog, name: str) -> None:
    hits = catalog.search("describe put create invoke", service=name, limit=50)
    assert {hit.entry.service for hit in hits} == {"s3"}


def test_the_risk_filter(catalog: Catalog) -> None:
    for risk in ("read", "READ", Risk.READ):
        hits = catalog.search("bucket instances", risk=risk)
        assert {hit.entry.risk for hit in hits} == {Risk.READ}
    assert catalog.search("bucket", risk="destructive") == []


def test_a_filter_holds_for_exact_names_too(catalog: Catalog) -> None:
    found = [hit.entry.id for hit in catalog.search("s3:PutObject", risk="read")]
    assert "s3:PutObject" not in found


@pytest.mark.parametrize(
    ("filters", "nearest"),
    [
        ({"service": "dynamdb"}, "dynamodb"),
        ({"service": "lamda"}, "lambda"),
        ({"risk": "reed"}, "read"),
        ({"risk": "destroy"}, "destructive"),
    ],
)
def test_an_unknown_filter_names_the_nearest(
    catalog: Catalog, filters: dict[str, str], nearest: str
) -> None:
    with pytest.raises(InputError) as caught:
        catalog.search("x", service=filters.get("service"), risk=filters.get("risk"))
    assert nearest in caught.value.fields["nearest"]


def test_an_ambiguous_service_filter_is_refused(catalog: Catalog) -> None:
    with pytest.raises(InputError, match="ambiguous") as caught:
        catalog.search("rule", service="elasticloadbalancing")
    assert caught.value.fields["candidates"] == ["elb", "elbv2"]


@pytest.mark.parametrize("risk", ["", "x" * 10_000, "\x1b[31m"])
def test_an_odd_risk_is_refused_shortly(catalog: Catalog, risk: str) -> None:
    with pytest.raises(InputError) as caught:
        catalog.search("x", risk=risk)
    assert len(caught.value.message) < 400
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("limit", [0, -1, 101, 10**9])
def test_the_limit_is_bounded(catalog: Catalog, limit: int) -> None:
    with pytest.raises(InputError, match="limit"):
        catalog.search("bucket", limit=limit)


@pytest.mark.parametrize(
    "query", ["", "   ", "🎉", "ばけつ", "the of and", "'; --", "\0"]
)
def test_a_query_without_words_finds_nothing(catalog: Catalog, query: str) -> None:
    assert catalog.search(query) == []
    listed = catalog.search(query, service="s3", limit=2)
    assert [hit.entry.id for hit in listed] == [
        "s3:CreateBucket",
        "s3:CreateBucketMetadataConfiguration",
    ]
    assert {hit.score for hit in listed} == {0.0}


def test_sql_looking_text_is_only_words(catalog: Catalog) -> None:
    query = "'; DROP TABLE buckets; -- OR 1=1 % _ * \" NEAR("
    assert best(catalog, query) == best(catalog, "drop table buckets or near 1 1")


def test_a_very_long_query_is_read_in_part(catalog: Catalog) -> None:
    assert best(catalog, "create bucket " + "z" * 100_000) == "s3:CreateBucket"
    assert catalog.search("qqqqq " * 50_000) == []


@given(st.text(max_size=80))
def test_any_text_is_a_query(catalog: Catalog, query: str) -> None:
    hits = catalog.search(query, limit=5)
    assert len(hits) <= 5
    assert all(math.isfinite(hit.score) and hit.why.isprintable() for hit in hits)


def test_deprecated_operations_stand_behind(tmp_path: Path) -> None:
    tree = standard_tree(tmp_path)
    tree.operation("s3:PutBucketLifecycle", deprecated=True)
    tree.operation("s3:PutBucketLifestyle")
    tree.write()
    hits = Catalog(tmp_path).search("put bucket lifecycle lifestyle", limit=2)
    assert [hit.entry.deprecated for hit in hits] == [False, True]


def test_search_needs_nothing_but_the_index(tmp_path: Path) -> None:
    tree = standard_tree(tmp_path / "whole")
    tree.write()
    (tmp_path / "bare").mkdir()
    index = json.loads((tree.root / "index.json").read_text())
    (tmp_path / "bare" / "index.json").write_text(json.dumps(index))
    (tmp_path / "bare" / "skipped.json").write_text(
        (tree.root / "skipped.json").read_text()
    )
    assert best(Catalog(tmp_path / "bare"), "create bucket") == "s3:CreateBucket"


SEARCH_FILE = "search.txt"


def with_search_file(root: Path, **rows: dict[str, str]) -> Catalog:
    """Write the standard tree and its search file; columns by name or id."""
    return Catalog(standard_tree(root).write_search(rows))


def test_documentation_members_and_wishes_are_searched(tmp_path: Path) -> None:
    catalog = with_search_file(
        tmp_path,
        PutBucketVersioning={
            "documentation": "revisions",
            "wishes": "keep old copies",
        },
        CreateBucket={"members": "partition"},
    )
    for query, id_, why in [
        ("revisions", "s3:PutBucketVersioning", "documentation: revisions"),
        ("partitions", "s3:CreateBucket", "members: partitions"),
        ("keep older copies", "s3:PutBucketVersioning", "wish: keep old copies"),
    ]:
        hit = catalog.search(query)[0]
        assert hit.entry.id == id_
        assert why in hit.why


def test_what_is_said_of_the_input_decides_between_operations_that_are_found(
    tmp_path: Path,
) -> None:
    told = {
        "elb:DescribeLoadBalancers": {"input": "classic"},
        "CreateRule": {"documentation": "classic"},
    }
    catalog = with_search_file(tmp_path, **told)
    before = catalog.search("describe the load balancers")
    after = catalog.search("describe the classic load balancers")
    assert before[0].entry.id == "elbv2:DescribeLoadBalancers"
    assert after[0].entry.id == "elb:DescribeLoadBalancers"
    assert "input: classic" in after[0].why
    found = [hit.entry.id for hit in catalog.search("classic")]
    assert found == ["elbv2:CreateRule"]


def test_an_iam_action_of_another_name_finds_its_operation(tmp_path: Path) -> None:
    catalog = with_search_file(
        tmp_path, CreateBucket={"iam_actions": "s3:MakeAllBuckets"}
    )
    hit = catalog.search("s3:makeallbuckets")[0]
    assert hit.entry.id == "s3:CreateBucket"
    assert hit.why.startswith("exact name")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("format 3", "format 2"),
        lambda text: "\n".join(text.split("\n")[:-2]) + "\n",
        lambda text: text + "s3:Unknown" + "\t" * 8 + "\n",
        lambda text: text.replace("\t", " ", 1),
        lambda text: text.replace("s3:CreateBucket", "s3:DestroyBucket", 1),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\u00e9",
        lambda text: "",
    ],
)
def test_a_damaged_search_file_is_refused(tmp_path: Path, damage) -> None:
    with_search_file(tmp_path)
    path = tmp_path / SEARCH_FILE
    path.write_text(damage(path.read_text()), encoding="utf-8")
    with pytest.raises(CatalogInvalid, match=r"search\.txt"):
        Catalog(tmp_path).search("bucket")


@pytest.mark.parametrize(
    ("query", "operation"),
    [
        ("who am i", "sts:GetCallerIdentity"),
        ("turn versioning on for a bucket", "s3:PutBucketVersioning"),
        ("spin up a server", "ec2:RunInstances"),
        ("kill a vm", "ec2:TerminateInstances"),
        ("aws ec2 run-instances --count 1 --image-id ami-1", "ec2:RunInstances"),
        ("client.put_object(Bucket='b')", "s3:PutObject"),
        ("call s3:ListAllMyBuckets", "s3:ListBuckets"),
        ("get-caller-identity please", "sts:GetCallerIdentity"),
        ("secrt value", "secretsmanager:GetSecretValue"),
        ("open port 443 in the firewall", "ec2:AuthorizeSecurityGroupIngress"),
    ],
)
def test_what_people_type_finds_the_operation_in_the_checked_in_tree(
    query: str, operation: str
) -> None:
    assert operation in [hit.entry.id for hit in DEFAULT.search(query, limit=3)]


def test_reads_come_first_only_when_the_wish_reads_so() -> None:
    assert best(DEFAULT, "show bucket versioning").startswith("s3:Get")
    assert best(DEFAULT, "enable bucket versioning").startswith("s3:Put")
    assert best(DEFAULT, "delete a queue") == "sqs:DeleteQueue"


@pytest.mark.parametrize(
    "query",
    ["x" * 10_000, "列出所有存储桶", "\x00\x1b[31m\u202e bucket", "🎉 bucket 🎉" * 50],
)
def test_odd_queries_are_answered_from_the_checked_in_tree(query: str) -> None:
    hits = DEFAULT.search(query)
    assert all(hit.why.isprintable() for hit in hits)
    assert DEFAULT.search(query) == hits


DEFAULT = Catalog(Catalog.default_root())


def test_every_word_of_the_index_is_found_by_its_stem() -> None:
    corpus = DEFAULT.search_index()._corpus
    words = list(corpus.vocabulary)
    assert len(words) > 1000
    assert [w for w in words if w not in corpus.vocabulary.forms(stem(w))] == []
