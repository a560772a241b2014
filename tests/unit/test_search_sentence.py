"""The first sentence of the documentation, compared in order with a wish."""

from pathlib import Path

import pytest
from generated_tree import standard_tree
from smithgate.catalog import Catalog
from smithgate.catalog.corpus import Corpus
from smithgate.catalog.index import read_index
from smithgate.catalog.sentence import InOrder, read_sentence
from smithgate.catalog.tables import Tables
from smithgate.catalog.words import stem


def _stems(text: str) -> list[str]:
    return [stem(word) for word in text.split()]


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("Creates a cache cluster.", "cache cluster"),
        ("Creates a policy for the specified queue.", "policy"),
        ("Lists the rules of a group in a vault.", "rule group"),
        ("Use this operation to delete a vault that holds keys.", "vault"),
        ("Returns a list of keys.", "key"),
        ("Deletes", ""),
        ("", ""),
    ],
)
def test_the_thing_of_a_sentence_ends_where_more_is_said_of_it(
    text: str, thing: str
) -> None:
    assert read_sentence(text).thing == set(_stems(thing))


def test_a_sentence_keeps_its_order_without_fillers() -> None:
    terms = read_sentence("Adds a DBProxy to the queue").terms
    assert list(terms) == _stems("adds dbproxy db proxy queue")


@pytest.mark.parametrize(
    ("wish", "text", "signs"),
    [
        ("delete backup vault", "Deletes a backup vault.", [1.0, 1.0, 1.0]),
        ("delete backup vault", "Deletes a vault.", [2 / 6**0.5, 0.0, 1.0]),
        ("delete vault backup", "Deletes a backup vault.", [2 / 3, 0.0, 1.0]),
        ("delete vault", "Moves a backup.", [0.0, 0.0, 0.0]),
        ("delete vault", "", [0.0, 0.0, 0.0]),
    ],
)
def test_order_counts(wish: str, text: str, signs: list[float]) -> None:
    verb, *terms = _stems(wish)
    found = InOrder(verb, terms, terms[-1]).signs(read_sentence(text))
    assert found == pytest.approx(signs)


def test_a_wish_without_words_has_no_order() -> None:
    found = InOrder(None, (), None).signs(read_sentence("Deletes a vault."))
    assert found == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("right", ["ec2:UpdateVault", "rds:UpdateVault"])
def test_equal_names_are_told_apart_by_the_order_of_the_sentence(
    tmp_path: Path, right: str
) -> None:
    tree = standard_tree(tmp_path)
    for id_ in ("ec2:UpdateVault", "rds:UpdateVault"):
        summary = "the vault queue of a rule" if id_ == right else "a rule of a queue"
        tree.operation(id_, summary=f"Updates {summary} vault.")
    found = Catalog(tree.write()).search("update the vault queue of a rule")
    assert found[0].entry.id == right


def test_a_word_belongs_to_the_services_that_say_it_most(tmp_path: Path) -> None:
    tree = standard_tree(tmp_path)
    tree.operation("rds:StartSpindle", summary="Starts a spindle.")
    tree.operation("rds:StopSpindle", summary="Stops a spindle.")
    tree.operation("ec2:StopLathe", summary="Stops the lathe of a spindle.")
    root = tree.write()
    owned = Tables(Corpus(root, read_index(root))).owned(stem("spindle"))
    assert owned["rds"] > owned["ec2"] > 0
    assert owned.keys() == {"rds", "ec2"}
