"""The writing step: the only part of the generator that changes files.

Owns the comparison of a tree on disk with the tree as it should be, atomic writing of
what differs, removal of orphans, and the lock against a second generator. Nothing
outside the root is ever touched; a symbolic link inside it is refused, not followed.
"""

import difflib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .errors import CodegenError, RenderError
from .sync.files import write_atomically

MARKER = "index.json"
"""File that shows that a folder is a generated tree and may be cleaned up."""
_IGNORED_FOLDERS = frozenset({"__pycache__"})
"""Written by Python when the catalog loads a module; never ours."""
_DIFF_LINES = 40
"""Lines of one file's diff that are printed before it is cut."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How a tree on disk differs from the tree as it should be; sorted paths."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]
    unchanged: int

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to write and nothing to remove."""
        return not (self.missing or self.changed or self.extra)


def compare(root: Path, files: Mapping[str, str]) -> Changes:
    """Return what writing ``files`` below ``root`` would do, without doing it.

    Raises ``RenderError`` for a path that leaves the root, for two paths that differ
    only in case, and for a symbolic link in the way.
    """
    targets = _targets(root, files)
    missing, changed, unchanged = [], [], 0
    with _disk_errors(root):
        for path, target in targets.items():
            current = _read(target)
            if current is None:
                missing.append(path)
            elif current != files[path].encode():
                changed.append(path)
            else:
                unchanged += 1
        extra = [path for path in _present(root) if path not in targets]
    return Changes(tuple(missing), tuple(changed), tuple(extra), unchanged)


def write(root: Path, files: Mapping[str, str]) -> Changes:
    """Make the tree below ``root`` equal to ``files`` and return what was done.

    Each file is replaced atomically. Whatever stops the writing half-way, an interrupt
    included, puts back what was there before. Raises what ``compare`` raises,
    ``CodegenError`` for what the file system refuses, and ``RenderError`` when the root holds files but was never written by the generator.
    """
    changes = compare(root, files)
    _refuse_foreign(root, changes)
    with _disk_errors(root):
        _apply(root, files, changes)
        _drop_empty_folders(root)
    return changes


def _apply(root: Path, files: Mapping[str, str], changes: Changes) -> None:
    """Write and remove; whatever stops it, put back what was there."""
    undo: list[Callable[[], None]] = []
    # The index last: it must never name a file that is not there yet.
    order = sorted((*changes.missing, *changes.changed), key=lambda p: (p == MARKER, p))
    try:
        for path in order:
            target = root / path
            undo.append(_undo(target))
            _replace(target, files[path].encode())
        for path in changes.extra:
            target = root / path
            undo.append(_undo(target))
            target.unlink(missing_ok=True)
    except BaseException:
        for put_back in reversed(undo):
            # Best effort: the error that is on its way up must be the one seen.
            with suppress(OSError):
                put_back()
        raise


def diffs(root: Path, files: Mapping[str, str], changes: Changes) -> Iterator[str]:
    """Yield a unified diff, tree on disk → tree as it should be, for each difference.

    Long diffs are cut and say so.
    """
    for path in sorted((*changes.missing, *changes.changed, *changes.extra)):
        before = _read(root / path)
        lines = list(
            difflib.unified_diff(
                (before or b"").decode(errors="replace").splitlines(),
                files.get(path, "").splitlines(),
                fromfile="/dev/null" if before is None else f"a/{path}",
                tofile=f"b/{path}" if path in files else "/dev/null",
                lineterm="",
            )
        )
        cut = len(lines) - _DIFF_LINES
        if cut > 0:
            lines = [*lines[:_DIFF_LINES], f"… {cut} more lines"]
        yield "\n".join(lines or [f"{path}: white space at the line ends differs"])


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the tree for one generator; raises ``CodegenError`` when another has it.

    The lock is on the folder itself: nothing is left behind, not even by a crash.
    """
    with _disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"another generator is writing `{root}`"
            raise CodegenError(msg, hint="wait until it has finished") from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    """Turn what the file system refuses into an error of the generator."""
    try:
        yield
    except OSError as error:
        msg = f"`{root}` cannot be read or written: {error.strerror or error}"
        raise CodegenError(msg, hint="look at its owner and the space left") from error


def _targets(root: Path, files: Mapping[str, str]) -> dict[str, Path]:
    folded: dict[str, str] = {}
    targets: dict[str, Path] = {}
    safe_folders: set[Path] = set()
    for path in sorted(files):
        pure = PurePosixPath(path)
        parts = path.split("/")
        if pure.is_absolute() or any(part in {"", ".", ".."} for part in parts):
            msg = f"`{path}` would be written outside the tree"
            raise RenderError(msg)
        if any("\\" in part or "\0" in part or part.startswith(".") for part in parts):
            msg = f"`{path}` is not a portable file name"
            raise RenderError(msg)
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            msg = f"`{other}` and `{path}` differ only in case"
            raise RenderError(msg)
        targets[path] = root / path
        _refuse_links(root, targets[path], safe_folders)
    return targets


def _refuse_links(root: Path, target: Path, safe: set[Path]) -> None:
    folder = target.parent
    while folder != root and folder not in safe:
        if folder.is_symlink():
            break
        safe.add(folder)
        folder = folder.parent
    else:
        folder = target
    if folder.is_symlink():
        msg = f"`{folder.relative_to(root)}` is a symbolic link"
        raise RenderError(msg, hint="replace it by a folder or file of its own")


def _present(root: Path) -> Iterator[str]:
    """Yield every file below the root, sorted by folder; links count as files."""
    for folder, names, files in os.walk(root):
        links = [name for name in names if (Path(folder) / name).is_symlink()]
        names[:] = sorted(set(names) - _IGNORED_FOLDERS - set(links))
        for name in sorted([*files, *links]):
            yield (Path(folder) / name).relative_to(root).as_posix()


def _read(target: Path) -> bytes | None:
    """Return the file's bytes; a link's own target, for one that will be removed."""
    if target.is_symlink():
        return os.fsencode(target.readlink())
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None


def _refuse_foreign(root: Path, changes: Changes) -> None:
    """Refuse to clean up a folder that is not a generated tree, such as ``$HOME``."""
    if not changes.extra:
        return
    try:
        index = json.loads((root / MARKER).read_bytes())
        is_ours = isinstance(index, dict) and "format_version" in index
    except (OSError, ValueError):
        is_ours = False
    if not is_ours:
        msg = f"`{root}` holds files that the generator did not write"
        raise RenderError(
            msg, hint="give `--out` an empty folder or an earlier generated tree"
        )


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, data)


def _undo(target: Path) -> Callable[[], None]:
    """Return what puts back the present state of one file."""
    if target.is_symlink():
        link = target.readlink()
        return lambda: target.symlink_to(link)
    before = _read(target)
    if before is None:
        return lambda: target.unlink(missing_ok=True)
    return lambda: _replace(target, before)


def _drop_empty_folders(root: Path) -> None:
    for folder, _, files in os.walk(root, topdown=False):
        path = Path(folder)
        if path == root or path.name in _IGNORED_FOLDERS or files:
            continue
        left = {child.name for child in path.iterdir()}
        if left <= _IGNORED_FOLDERS:
            shutil.rmtree(path)
