"""What an error of a reader says about whether something is there."""

import pytest
from smithgate import Read
from smithgate.diff.absence import says_absent


def read(
    operation: str = "kit:GetThing", *absent: str, container: bool = False
) -> Read:
    return Read(operation=operation, params={}, absent=absent, container=container)


@pytest.mark.parametrize(
    ("operation", "code", "absent"),
    [
        ("kit:GetThing", "ResourceNotFoundException", True),
        ("kit:GetThing", "NotFoundException", True),
        ("kit:GetThing", "NoSuchThing", True),
        ("kit:GetThing", "ThingDoesNotExistException", True),
        ("kit:GetThing", "UnknownResourceFault", True),
        ("kit:GetThing", "EntityNotExistsException", True),
        ("kit:GetThing", "NoSuchBox", False),
        ("kit:GetOperation", "UnknownOperationException", False),
        ("kit:GetParameter", "UnknownParameter", False),
        ("kit:GetThing", "AccessDenied", False),
        ("kit:GetThingPolicy", "NoSuchThing", False),
        ("kit:GetThingPolicy", "NoSuchThingPolicy", True),
        ("ec2:DescribeVpcs", "InvalidVpcID.NotFound", True),
        ("ec2:DescribeSecurityGroups", "InvalidGroup.NotFound", True),
        ("ec2:DescribePolicies", "PolicyNotFound", True),
        ("ec2:DescribeVpcs", "InvalidSubnetID.NotFound", False),
    ],
)
def test_the_name_of_a_code_counts_where_the_model_has_none(operation, code, absent):
    assert says_absent(read(operation), code, "said") is absent


def test_with_a_code_of_its_own_no_other_general_one_counts():
    known = read("kit:GetThing", "ThingNotFoundFault")
    assert says_absent(known, "ThingNotFoundFault", "said")
    assert says_absent(known, "NoSuchThing", "said")
    assert not says_absent(known, "ResourceNotFoundException", "said")
    assert not says_absent(known, "ValidationException", "thing not found")


@pytest.mark.parametrize(
    ("code", "said", "absent"),
    [
        ("ValidationException", "Thing arn:aws:x was not found", True),
        ("InvalidRequestException", "The thing does not exist.", True),
        ("BadRequestException", "Thing doesn't exist", True),
        ("ClientException", "Could not find thing t", True),
        ("InvalidParameterValue", "No such thing", True),
        ("ValidationException", "Thing must have a name", False),
        ("ValidationException", "not found, or you are not authorized", False),
        ("ValidationException", "does not exist or access to it is denied", False),
        ("InternalServerError", "Thing was not found", False),
        (None, "Thing was not found", False),
    ],
)
def test_an_error_that_may_say_anything_is_read(code, said, absent):
    assert says_absent(read(), code, f"aws answered `{code}` to x: {said}") is absent


def test_a_text_that_belongs_to_a_code_has_to_be_in_the_message():
    told = read("kit:GetThing", "ValidationError: gone away")
    assert says_absent(told, "ValidationError", "it is gone away")
    assert not says_absent(told, "ValidationError", "it is wrong")


def test_of_what_only_contains_the_change_nothing_is_told():
    held = read(container=True)
    assert not says_absent(held, "NotFoundException", "not found")
