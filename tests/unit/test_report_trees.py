"""Trees come from folders and from git, without a checkout and without a shell."""

import os
import subprocess
from pathlib import Path

import pytest
from generated_tree import Tree
from smithgate_codegen.errors import CodegenError
from smithgate_codegen.report.trees import FolderTree, GitTree, index_of, json_of


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "t",
            "GIT_AUTHOR_EMAIL": "t@example.com",
            "GIT_COMMITTER_NAME": "t",
            "GIT_COMMITTER_EMAIL": "t@example.com",
        },
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose tree is in a folder below the top."""
    root = tmp_path / "repository"
    (root / "team").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    git(root, "commit", "-q", "--allow-empty", "-m", "before the first tree")
    tree = Tree(root / "team" / "generated")
    tree.service("s3")
    tree.operation("s3:PutX", {"A": {"type": "string"}})
    tree.write()
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "tree")
    return root


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_ids_of_a_folder_are_gits_own(tmp_path: Path, algorithm: str) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a").write_bytes(b"one\n\xff")
    git(folder, "init", "-q", f"--object-format={algorithm}")
    expected = git(folder, "hash-object", "a")
    found = FolderTree.open(folder, "x").digests(algorithm)
    assert found["a"] == expected


def test_a_revision_has_the_files_of_the_folder(repository: Path) -> None:
    generated = repository / "team" / "generated"
    now = FolderTree.open(generated, "now")
    then = GitTree.open(generated, "main")
    assert then.digests(then.algorithm) == now.digests(then.algorithm)
    paths = sorted(now.files)
    assert then.read(paths) == now.read(paths)
    assert then.read(["nothing", "s3/put_x.py"]).keys() == {"s3/put_x.py"}
    assert then.read([]) == {}
    assert then.label == f"main ({git(repository, 'rev-parse', 'main')[:12]})"


def test_the_working_tree_does_not_show_in_a_revision(repository: Path) -> None:
    generated = repository / "team" / "generated"
    path = generated / "s3" / "put_x.py"
    before = path.read_bytes()
    path.write_text("changed")
    (generated / "new.json").write_text("{}")
    assert GitTree.open(generated, "HEAD").read(["s3/put_x.py"]) == {
        "s3/put_x.py": before
    }
    assert "new.json" not in GitTree.open(generated, "HEAD").blobs


def test_a_revision_without_the_folder_is_an_empty_tree(repository: Path) -> None:
    tree = GitTree.open(repository / "team" / "generated", "main~1")
    assert tree.blobs == {}
    assert tree.read(["index.json"]) == {}


@pytest.mark.parametrize(
    "revision", ["nope", "", "--output=x", "-h", "main:team", "main^{tree}", "a b;c"]
)
def test_a_revision_that_is_none(repository: Path, revision: str) -> None:
    with pytest.raises(CodegenError, match="knows no revision") as caught:
        GitTree.open(repository / "team" / "generated", revision)
    assert "--base-dir" in str(caught.value.hint)


def test_links_are_no_part_of_a_tree(repository: Path) -> None:
    generated = repository / "team" / "generated"
    (generated / "link.json").symlink_to("/etc/hostname")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "link")
    assert "link.json" not in FolderTree.open(generated, "now").files
    assert "link.json" not in GitTree.open(generated, "HEAD").blobs


def test_no_repository_no_git_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(CodegenError):
        GitTree.open(tmp_path / "plain", "HEAD")
    with pytest.raises(CodegenError, match="no folder"):
        FolderTree.open(tmp_path / "none", "x")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CodegenError, match="git cannot be run"):
        GitTree.open(tmp_path / "plain", "HEAD")


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(tmp_path: Path, data: bytes) -> None:
    tree = FolderTree.open(tmp_path, "the tree")
    with pytest.raises(CodegenError, match="of the tree is not"):
        json_of(tree, data, "index.json")


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    tree = FolderTree.open(tmp_path, "the tree")
    with pytest.raises(CodegenError, match=r"format_version `2`"):
        index_of(tree, b'{"format_version": 2}')
    with pytest.raises(CodegenError, match=r"has no `index\.json`"):
        index_of(tree, None)
