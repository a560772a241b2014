"""Every row of the reviewed data names what exists and changes something.

The build checks the services that it generates; this checks the rows of all others
against the installed botocore.
"""

from functools import cache

import pytest
import yaml
from smithgate_codegen.ir import Risk
from smithgate_codegen.knowledge.datasets import DATA, data_set
from smithgate_codegen.knowledge.iam import access_of
from smithgate_codegen.knowledge.overrides import default_folder, load_overrides
from smithgate_codegen.knowledge.raises import raises_of
from smithgate_codegen.knowledge.risk import risk_of
from smithgate_codegen.knowledge.sensitive import SecretPaths, mark_listed
from smithgate_codegen.knowledge.subject import Subject
from smithgate_codegen.sync import BotocoreSource, load_service

OVERRIDDEN = sorted(path.stem for path in default_folder().glob("*.yaml"))
RAISING = sorted(
    {name for row in data_set("raises")["raises"] for name in row["operations"]}
)


@cache
def subjects(service):
    model = mark_listed(load_service(service, BotocoreSource()).model, service)
    found = {
        bound.shape.id.name: Subject(
            service, model, bound.shape, bound.resource, bound.lifecycle
        )
        for bound in model.operations()
    }
    return found, SecretPaths.of(model, service)


@pytest.mark.parametrize("service", OVERRIDDEN)
def test_a_risk_override_names_an_operation_and_changes_its_class(service):
    found, secrets = subjects(service)
    for (operation, field), row in load_overrides(
        default_folder(), service
    ).rows.items():
        assert operation in found, row.where
        if field == "risk":
            subject = found[operation]
            fact = risk_of(subject, secrets.credentials_of(subject))
            assert fact.value != Risk(row.value), row.where
            access = access_of(service, operation)
            assert row.value != "read" or access is None or access.only_reads, row.where


def test_readers_filter_by_what_ec2_documents():
    found, _ = subjects("ec2")
    named = 0
    for (_, field), row in load_overrides(default_folder(), "ec2").rows.items():
        if field != "read" or "operation" not in row.value:
            continue
        constants = row.value.get("constants", {})
        for member in sorted({"Filter", "Filters"} & set(constants)):
            traits = found[row.value["operation"]].input.members[member].traits
            for item in constants[member]:
                text = traits["smithy.api#documentation"]
                assert f"<code>{item['Name']}</code>" in text, row.where
                named += 1
    assert named


@pytest.mark.parametrize("key", RAISING)
def test_a_raise_row_fits_its_operation(key):
    service, _, name = key.partition(":")
    facts = raises_of(subjects(service)[0][name], Risk.WRITE)
    assert "data set raises" in {fact.source for fact in facts}


def test_every_row_says_why():
    for name, rows in (("raises", "raises"), ("sensitive_members", "members")):
        content = yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))
        assert all(row["why"].strip() for row in content[rows])
