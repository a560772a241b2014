"""Ranking by what kind of answer a wish asks for, and between equal names."""

from pathlib import Path

import pytest
from generated_tree import Tree, standard_tree
from smithgate.catalog import Catalog
from smithgate.catalog.services import MOST_USED, WELL_KNOWN
from smithgate.catalog.wish import read_wish
from smithgate.catalog.words import stem, text_words


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    tree = standard_tree(tmp_path_factory.mktemp("kinds"))
    for id_ in (
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:DescribeBackup",
        "dynamodb:ListBackups",
        "dynamodb:DeleteBackup",
        "dynamodb:RefreshCacheCheck",
        "dynamodb:DescribeCacheCheck",
        "dynamodb:UntagResource",
        "dynamodb:TagResource",
        "elb:CreateVpcEndpoint",
        "ec2:CreateVpcEndpoint",
        "rds:DescribeWorkgroup",
        "s3:GetWorkGroup",
    ):
        tree.operation(id_)
    return Catalog(tree.write())


@pytest.mark.parametrize(
    ("wish", "operation"),
    [
        ("To retrieve multiple items", "dynamodb:BatchGetItem"),
        ("get items in bulk", "dynamodb:BatchGetItem"),
        ("To retrieve an item", "dynamodb:GetItem"),
        ("To get a list of backups", "dynamodb:ListBackups"),
        ("To list details about a backup", "dynamodb:DescribeBackup"),
        ("show the backup", "dynamodb:DescribeBackup"),
        ("To refresh a cache check", "dynamodb:RefreshCacheCheck"),
        ("To remove tags from a table resource", "dynamodb:UntagResource"),
        ("To list the available backups", "dynamodb:ListBackups"),
        ("create a vpc endpoint", "ec2:CreateVpcEndpoint"),
        ("get the workgroup", "s3:GetWorkGroup"),
    ],
)
def test_the_kind_of_answer_decides(
    catalog: Catalog, wish: str, operation: str
) -> None:
    assert catalog.search(wish)[0].entry.id == operation


@pytest.mark.parametrize(
    ("text", "verb", "is_many"),
    [
        ("To get a list of tables", "list", True),
        ("To list tables", "list", True),
        ("describe multiple tables", "describ", True),
        ("list details of a table", "describ", False),
        ("delete the access list", "delet", False),
    ],
)
def test_a_wish_says_how_many_it_asks_for(text: str, verb: str, is_many: bool) -> None:
    wish = read_wish(text)
    assert (wish.verb, wish.is_many) == (verb, is_many)


def test_an_adverb_before_the_verb_says_nothing() -> None:
    wish = read_wish("To permanently delete a report")
    assert (wish.verb, [term.word for term in wish.terms]) == ("delet", ["report"])


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("verified", "verify"),
        ("getting", "get"),
        ("transferred", "transfer"),
        ("submitting", "submit"),
        ("shipped", "ship"),
        ("planned", "plan"),
        ("calling", "call"),
        ("processed", "process"),
    ],
)
def test_forms_of_a_verb_are_one_word(written: str, plain: str) -> None:
    assert stem(written) == stem(plain)


def test_only_a_leading_to_says_a_verb() -> None:
    assert read_wish("To refresh a check").behind_to == "refresh"
    assert read_wish("refresh a check to see").behind_to is None


def knowing(tree: Tree, known: dict[str, str]) -> Catalog:
    """Write the tree with one known wish at each of these operations."""
    rows = {
        id_: {
            "summary": " ".join(text_words(entry["summary"])),
            "wishes": known.get(id_, ""),
        }
        for id_, entry in tree.operations.items()
    }
    return Catalog(tree.write_search(rows))


def test_a_wish_that_names_an_operation_is_not_led_to_a_likely_known_one(
    tmp_path: Path,
) -> None:
    tree = standard_tree(tmp_path)
    tree.operation("ec2:DeleteNetworkAcl")
    tree.operation("ec2:DeleteVpc")
    catalog = knowing(tree, {"ec2:DeleteVpc": "tear down a network"})
    assert catalog.search("delete a network acl")[0].entry.id == "ec2:DeleteNetworkAcl"
    assert catalog.search("tear down the network")[0].entry.id == "ec2:DeleteVpc"


def test_a_wish_that_a_documentation_says_is_not_led_to_a_likely_known_one(
    tmp_path: Path,
) -> None:
    tree = standard_tree(tmp_path)
    catalog = knowing(tree, {"s3:CreateBucket": "set the versioning state"})
    literal = catalog.search("set the versioning state of an existing bucket")
    assert literal[0].entry.id == "s3:PutBucketVersioning"
    strange = catalog.search("the state of our versioning")
    assert strange[0].entry.id == "s3:CreateBucket"


def test_a_known_wish_of_another_service_is_no_error(tmp_path: Path) -> None:
    tree = standard_tree(tmp_path)
    catalog = knowing(tree, {"s3:CreateBucket": "somewhere for pictures"})
    assert catalog.search("somewhere for pictures")[0].entry.id == "s3:CreateBucket"
    assert catalog.search("somewhere for pictures", service="lambda") == []


def test_services_stand_in_one_list() -> None:
    assert len(MOST_USED) == 40
    assert not MOST_USED & WELL_KNOWN
