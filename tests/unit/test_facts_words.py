"""Names of operations as words."""

import pytest
from smithgate_codegen.knowledge import words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PutBucketVersioning", ("Put", "Bucket", "Versioning")),
        ("CreateDBInstance", ("Create", "DB", "Instance")),
        ("IssueCertificate", ("Issue", "Certificate")),
        ("ListObjectsV2", ("List", "Objects", "V2")),
        ("GetMFADevice", ("Get", "MFA", "Device")),
        ("AssignIpv6Addresses", ("Assign", "Ipv6", "Addresses")),
        ("DescribeACLs", ("Describe", "AC", "Ls")),
    ],
)
def test_a_name_is_split_into_words(name, expected):
    assert words.words_of(name) == expected


@pytest.mark.parametrize(
    ("name", "verb", "noun"),
    [
        ("DeleteBucket", "Delete", "Bucket"),
        ("BatchDeleteImage", "Delete", "Image"),
        ("AdminGetUser", "Get", "User"),
        ("IssueCertificate", "Issue", "Certificate"),
        ("Batch", "Batch", ""),
        ("Invoke", "Invoke", ""),
    ],
)
def test_the_verb_is_the_first_word_that_is_no_modifier(name, verb, noun):
    assert (words.verb_of(name), words.noun_of(name)) == (verb, noun)


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("Policies", "Policy"),
        ("Addresses", "Address"),
        ("Vpcs", "Vpc"),
        ("Access", "Access"),
        ("Instance", "Instance"),
    ],
)
def test_a_plural_loses_its_ending(plural, singular):
    assert words.singular_of(plural) == singular


def test_every_plural_leads_back():
    for noun in ("Policy", "Address", "Vpc"):
        assert noun in {words.singular_of(form) for form in words.plurals_of(noun)}


def test_no_verb_is_both_asking_and_changing():
    assert not words.READING & words.MUTATING
    assert not words.VENDING & words.MUTATING
