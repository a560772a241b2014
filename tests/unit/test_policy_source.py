"""The policy in force follows its file; the start remembers a file that parsed."""

import os
from pathlib import Path

import pytest
from smithgate.errors import PolicyFileInvalid
from smithgate.policy import Policy, load
from smithgate.policy.source import PolicySource

GOOD = 'version: 1\ntargets: {a: {account: "123456789012", regions: [us-east-1]}}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "policy.yaml"
    made.write_text(GOOD)
    return made


def source(file: Path, checked: Path | None = None) -> PolicySource:
    return PolicySource(str(file), str(checked) if checked else None)


def test_the_same_bytes_are_parsed_once(file: Path) -> None:
    policies = source(file)
    first = policies.current()
    os.utime(file)
    assert policies.current() is first


def test_a_change_of_the_same_size_is_seen(file: Path) -> None:
    policies = source(file)
    before = policies.current().digest
    status = file.stat()
    file.write_text(GOOD.replace("123456789012", "210987654321"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert policies.current().digest != before


def test_a_bad_file_refuses_until_it_is_mended(file: Path) -> None:
    policies = source(file)
    policies.current()
    file.write_text("version: 1\n")
    for _ in range(2):
        with pytest.raises(PolicyFileInvalid):
            policies.current()
    file.unlink()
    with pytest.raises(PolicyFileInvalid):
        policies.current()
    file.write_text(GOOD)
    assert policies.current().targets


def test_reads_go_on_under_the_last_good_policy(file: Path) -> None:
    policies = source(file)
    good, warnings = policies.for_reading()
    assert warnings == ()
    file.write_text("version: 1\n")
    for _ in range(2):
        policy, warnings = policies.for_reading()
        assert policy is good
        assert len(warnings) == 1
        assert "`targets`" in warnings[0]
        with pytest.raises(PolicyFileInvalid):
            policies.current()
    file.unlink()
    assert policies.for_reading().policy is good
    file.write_text(GOOD.replace("123456789012", "210987654321"))
    changed = policies.for_reading()
    assert changed.policy.digest != good.digest
    assert changed.warnings == ()


def test_there_is_no_last_good_policy_at_a_start(file: Path, tmp_path: Path) -> None:
    checked = tmp_path / "checked"
    source(file, checked).check()
    later = source(file, checked)
    later.check()  # the note says that the file parsed, and nothing is in memory
    file.write_text("version: 1\n")
    with pytest.raises(PolicyFileInvalid):
        later.for_reading()


def test_the_start_parses_an_untouched_file_once(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = tmp_path / "checked"
    source(file, checked).check()
    assert checked.stat().st_mode & 0o077 == 0
    parsed = []
    real = load.parse_policy

    def counted(data: bytes, *, origin: str) -> Policy:
        parsed.append(1)
        return real(data, origin=origin)

    monkeypatch.setattr(load, "parse_policy", counted)
    source(file, checked).check()
    assert parsed == []
    os.utime(file)
    source(file, checked).check()
    assert parsed == [1]


def test_a_bad_file_stops_every_start(file: Path, tmp_path: Path) -> None:
    checked = tmp_path / "checked"
    source(file, checked).check()
    file.write_text("rules: []\n")
    for _ in range(2):
        with pytest.raises(PolicyFileInvalid):
            source(file, checked).check()


def test_a_forged_note_changes_no_decision(file: Path, tmp_path: Path) -> None:
    checked = tmp_path / "checked"
    file.write_text("rules: []\n")
    policies = source(file, checked)
    stamp = policies._stamp()
    assert stamp is not None
    checked.write_text(stamp)
    policies.check()
    with pytest.raises(PolicyFileInvalid):
        policies.current()


@pytest.mark.parametrize("note", ["policy.yaml/folder/checked", "."])
def test_a_note_that_cannot_be_written_is_no_failure(
    file: Path, tmp_path: Path, note: str
) -> None:
    source(file, tmp_path / note).check()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["policy.yaml"]
