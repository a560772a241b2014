"""The list of regions is the one of the pinned botocore."""

import json
from pathlib import Path

import botocore
from smithgate.policy.regions import known_regions


def test_the_list_is_that_of_the_pinned_botocore():
    path = Path(botocore.__file__).parent / "data" / "partitions.json"
    document = json.loads(path.read_text("utf-8"))
    theirs = {
        region: partition["id"]
        for partition in document["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    assert dict(known_regions()) == theirs
    assert len(theirs) > 40


def test_every_region_is_safe_in_a_host_name():
    for region, partition in known_regions().items():
        assert region.replace("-", "").isalnum()
        assert region.isascii()
        assert partition.startswith("aws")


def test_pseudo_regions_are_left_out():
    assert not [region for region in known_regions() if "global" in region]
