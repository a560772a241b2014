"""No spelling of an operation leads to another decision than its own (invariant I7)."""

import random

import pytest
from fake_aws import World
from smithgate.catalog import Catalog
from spellings import judge_spellings, spellings_of
from stack import ROOT

CATALOG = Catalog(ROOT / "generated")


def test_every_spelling_of_every_operation_is_that_operation_or_refused() -> None:
    counts, wrong = judge_spellings(CATALOG)
    assert wrong == []
    assert counts["wrong"] == 0
    # The corpus has to be one: all operations, many spellings of each.
    assert counts["operations"] > 1900
    assert counts["same"] > 100 * counts["operations"]


@pytest.mark.parametrize("seed", range(3))
def test_the_tools_judge_every_spelling_alike(tmp_path, seed: int) -> None:
    """Whatever a tool is given, policy decides about the one canonical id."""
    policy = (
        "version: 1\ntargets: {dev: {account: '123456789012', regions: [us-east-1]}}\n"
        "risks: {read: allow, sensitive: allow, write: allow, execute: allow,"
        " permissions: allow, destructive: allow}\n"
        "rules: [{id: these, deny: ['.*:(Delete|Put|Create)[A-Z].*']}]\n"
    )
    world = World(tmp_path, policy)
    services = {service.name: service for service in CATALOG.services()}
    chosen = random.Random(seed)
    for entry in chosen.sample(CATALOG.entries(), 40):
        want = world.ok("describe_operation", operation=entry.id)
        service = services[entry.id.partition(":")[0]]
        text = chosen.choice([*spellings_of(service, entry)])
        found = world.ok("describe_operation", operation=text)
        assert (found["operation"], found["policy"]) == (entry.id, want["policy"])
    world.app.close()


def test_a_denied_operation_stays_denied_in_every_spelling(tmp_path) -> None:
    world = World(tmp_path)
    services = {service.name: service for service in CATALOG.services()}
    entry = CATALOG.entry("s3:DeleteBucket")
    texts = dict.fromkeys(spellings_of(services["s3"], entry))
    for text in texts:
        step = {"operation": text, "arguments": {"Bucket": "b"}}
        error = world.refused("plan", steps=[step])
        assert error["code"] in {"policy_denied", "unknown_operation"}, text
    assert world.aws.calls == []
    world.app.close()
