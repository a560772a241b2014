"""The writer: what it writes, what it leaves alone, what it refuses."""

import os
from pathlib import Path

import pytest
from smithgate_codegen import write
from smithgate_codegen.errors import CodegenError, RenderError

INDEX = '{"format_version": 1}\n'
FILES = {"index.json": INDEX, "s3/a.py": "a\n", "s3/b.py": "b\n", "sqs/c.py": "c\n"}


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "generated"
    write.write(folder, FILES)
    return folder


def test_a_new_tree_is_written_whole(root):
    assert tree(root) == FILES


def test_a_second_run_writes_nothing(root):
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    changes = write.write(root, FILES)
    assert changes.is_clean
    assert changes.unchanged == len(FILES)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_only_what_changed_is_written_and_orphans_go(root):
    keep = (root / "s3" / "a.py").stat().st_mtime_ns
    now = {"index.json": INDEX, "s3/a.py": "a\n", "s3/b.py": "B\n", "s3/d.py": "d\n"}
    changes = write.write(root, now)
    assert changes.missing == ("s3/d.py",)
    assert changes.changed == ("s3/b.py",)
    assert changes.extra == ("sqs/c.py",)
    assert tree(root) == now
    assert (root / "s3" / "a.py").stat().st_mtime_ns == keep
    assert not (root / "sqs").exists()


def test_leftovers_of_python_are_not_orphans_but_go_with_their_folder(root):
    for folder in ("s3", "sqs"):
        (root / folder / "__pycache__").mkdir()
        (root / folder / "__pycache__" / "x.pyc").write_bytes(b"")
    assert write.compare(root, FILES).is_clean
    write.write(root, {name: text for name, text in FILES.items() if "sqs" not in name})
    assert not (root / "sqs").exists()
    assert (root / "s3" / "__pycache__" / "x.pyc").exists()


@pytest.mark.parametrize(
    ("damage", "missing", "changed", "extra"),
    [
        (lambda r: (r / "s3/a.py").unlink(), ("s3/a.py",), (), ()),
        (lambda r: (r / "s3/a.py").write_text("by hand"), (), ("s3/a.py",), ()),
        (lambda r: (r / "s3/new.py").write_text("x"), (), (), ("s3/new.py",)),
        (lambda r: (r / ".hidden").write_text("x"), (), (), (".hidden",)),
        (lambda r: (r / "s3/a.py").write_bytes(b"a\r\n"), (), ("s3/a.py",), ()),
        (lambda r: (r / "s3/a.py").write_bytes(b"\xff"), (), ("s3/a.py",), ()),
    ],
)
def test_every_kind_of_difference_is_seen(root, damage, missing, changed, extra):
    damage(root)
    changes = write.compare(root, FILES)
    assert (changes.missing, changes.changed, changes.extra) == (
        missing,
        changed,
        extra,
    )
    shown = list(write.diffs(root, FILES, changes))
    assert len(shown) == 1
    assert shown[0]


def test_a_diff_says_what_would_be_written(root):
    (root / "s3/a.py").write_text("by hand\n")
    (root / "s3/b.py").unlink()
    changes = write.compare(root, FILES)
    changed, missing = write.diffs(root, FILES, changes)
    assert changed.splitlines() == [
        "--- a/s3/a.py",
        "+++ b/s3/a.py",
        "@@ -1 +1 @@",
        "-by hand",
        "+a",
    ]
    assert missing.splitlines()[0] == "--- /dev/null"


def test_a_long_diff_is_cut_and_says_so(root):
    files = FILES | {"s3/a.py": "".join(f"{n}\n" for n in range(500))}
    (shown,) = write.diffs(root, files, write.compare(root, files))
    assert shown.splitlines()[-1].endswith("more lines")


@pytest.mark.parametrize(
    "path",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "a//b",
        "./a",
        "a/.",
        "",
        "a\\b",
        ".git/config",
        "a\0b",
    ],
)
def test_a_path_outside_the_tree_is_refused(root, path):
    with pytest.raises(RenderError):
        write.write(root, FILES | {path: "x"})
    assert tree(root) == FILES


def test_two_paths_that_differ_in_case_are_refused(root):
    with pytest.raises(RenderError, match="differ only in case"):
        write.write(root, FILES | {"S3/A.py": "x"})


def test_a_link_out_of_the_tree_is_refused(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_text("mine")
    for name in ("a.py", "b.py"):
        (root / "s3" / name).unlink()
    (root / "s3").rmdir()
    (root / "s3").symlink_to(outside)
    with pytest.raises(RenderError, match="`s3` is a symbolic link"):
        write.write(root, FILES)
    assert (outside / "a.py").read_text() == "mine"


def test_a_linked_file_is_refused(root, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (root / "s3/a.py").unlink()
    (root / "s3/a.py").symlink_to(tmp_path / "mine")
    with pytest.raises(RenderError, match=r"`s3/a\.py` is a symbolic link"):
        write.write(root, FILES)
    assert (tmp_path / "mine").read_text() == "mine"


def test_an_orphaned_link_is_removed_and_its_target_stays(root, tmp_path):
    (tmp_path / "mine").write_text("mine")
    (root / "s3/extra").symlink_to(tmp_path / "mine")
    (root / "linked").symlink_to(tmp_path)
    assert write.write(root, FILES).extra == ("linked", "s3/extra")
    assert tree(root) == FILES
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_folder_that_is_no_generated_tree_is_not_cleaned_up(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RenderError, match="did not write"):
        write.write(tmp_path, FILES)
    assert tree(tmp_path) == {"thesis.txt": "mine"}


class Stop(BaseException):
    """Stands for an interrupt."""


class Watched(dict[str, str]):
    """Files that note when each is asked for, and can stop the writer there."""

    def __init__(self, files: dict[str, str], stop_at: int | None = None) -> None:
        super().__init__(files)
        self.asked: list[str] = []
        self.stop_at = stop_at

    def __getitem__(self, path: str) -> str:
        if len(self.asked) == self.stop_at:
            raise Stop
        self.asked.append(path)
        return super().__getitem__(path)


@pytest.mark.parametrize("written", range(3))
def test_an_interrupt_puts_everything_back(root, written):
    now = {"index.json": INDEX + " ", "s3/a.py": "A\n", "s3/d.py": "d\n"}
    # Comparing asks for the two files that are there, then writing for each one.
    with pytest.raises(Stop):
        write.write(root, Watched(now, stop_at=2 + written))
    assert tree(root) == FILES


def test_an_orphan_that_somebody_else_removed_is_no_error(root):
    class Vanishing(Watched):
        def __getitem__(self, path: str) -> str:
            if len(self.asked) == 2:
                (root / "sqs" / "c.py").unlink()
            return super().__getitem__(path)

    now = {"index.json": INDEX, "s3/a.py": "a\n", "s3/d.py": "d\n"}
    write.write(root, Vanishing(now))
    assert tree(root) == now


def test_what_the_file_system_refuses_is_an_error_of_ours(root, tmp_path):
    (root / "s3" / "a.py").unlink()
    (root / "s3" / "a.py").mkdir()
    with pytest.raises(CodegenError, match="cannot be read or written"):
        write.write(root, FILES)
    with pytest.raises(CodegenError, match="cannot be read or written"):
        write.write(root, FILES | {"index.json/a.py": "x"})
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CodegenError, match="cannot be read or written"),
        write.locked(tmp_path / "file"),
    ):
        pytest.fail("a file is no tree")


def test_the_index_is_written_last(tmp_path):
    files = Watched(FILES)
    write.write(tmp_path, files)
    assert files.asked[-1] == "index.json"


def test_two_generators_at_once(root):
    with (
        write.locked(root),
        pytest.raises(CodegenError, match="another generator"),
        write.locked(root),
    ):
        pytest.fail("both have it")
    with write.locked(root):
        pass
    assert tree(root) == FILES


def test_files_are_readable_by_others(root):
    umask = os.umask(0)
    os.umask(umask)
    assert (root / "index.json").stat().st_mode & 0o777 == 0o644
