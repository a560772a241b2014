"""The lock: one text per content, strict reading."""

from pathlib import Path
from typing import Any

import pytest
from smithgate_codegen.errors import SyncError
from smithgate_codegen.sync import Lock, Pin, read_lock

A, B = "a" * 64, "b" * 64
LOCK = Lock(
    services={"sqs": Pin("own", "2", B), "iam": Pin("botocore", "1", A)},
    releases={"botocore": "1.2.3"},
)
TEXT = f"""\
{{
  "format_version": 1,
  "releases": {{"botocore": "1.2.3"}},
  "services": {{
    "iam": {{"sha256": "{A}", "source": "botocore", "version": "1"}},
    "sqs": {{"sha256": "{B}", "source": "own", "version": "2"}}
  }}
}}
"""


def test_the_text_is_sorted_with_one_line_per_service() -> None:
    assert LOCK.text() == TEXT


def test_reading_and_writing_are_inverse(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    assert LOCK.write(path) is True
    assert path.read_bytes() == TEXT.encode()
    assert read_lock(path) == LOCK
    assert read_lock(path).digest == LOCK.digest
    assert LOCK.write(path) is False, "an equal lock is not written again"
    assert [p.name for p in tmp_path.iterdir()] == ["lock.json"]


def test_a_missing_lock_is_empty_and_an_empty_lock_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    assert read_lock(path) == Lock()
    Lock().write(path)
    assert read_lock(path) == Lock()


def test_the_digest_follows_every_pin() -> None:
    changed = Lock({**LOCK.services, "sqs": Pin("own", "2", A)}, LOCK.releases)
    assert changed.digest != LOCK.digest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"format_version": 1', '"format_version": 2', "format_version is `2`"),
        ('"format_version": 1,', "", "format_version is `None`"),
        ('"releases": {"botocore": "1.2.3"},', "", "missing or unknown keys"),
        ('"releases": {', '"more": {}, "releases": {', "missing or unknown keys"),
        ('{"botocore": "1.2.3"}', '{"botocore": 1}', "must be objects"),
        ('"version": "1"', '"version": 1', "the pin of `iam` has a value of the wrong"),
        (
            '"version": "1"',
            '"versions": "1"',
            "the pin of `iam` has missing or unknown",
        ),
        (A, A[:-1], "the pin of `iam` has no SHA-256"),
        (A, "A" * 64, "the pin of `iam` has no SHA-256"),
        ('"sqs": {', '"iam": {', "repeated key `iam`"),
        ("}\n}", "}", "the text ends too early"),
    ],
)
def test_anything_else_is_refused(
    tmp_path: Path, old: Any, new: Any, message: str
) -> None:
    assert old in TEXT
    path = tmp_path / "lock.json"
    path.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(SyncError) as caught:
        read_lock(path)
    assert message in caught.value.message
    assert "`lock.json`" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["[]", '{"format_version": 1, "releases": {}, "services": []}']
)
def test_wrong_types_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lock.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SyncError, match="not a usable lock"):
        read_lock(path)
