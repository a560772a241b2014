"""What ``services.yaml`` says of a source: a folder, a git repository, or several.

Owns the strict reading of the ``sources`` section and the making of the sources.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .botocore_source import BotocoreSource
from .directory_source import DirectorySource
from .first_of_source import FirstOfSource
from .git import check_ref, check_url
from .git_source import GitSource
from .names import nearest, only_keys
from .source import Source

BOTOCORE = "botocore"
NO_SOURCE = "none"
_GIT_KEYS = ("git", "ref", "folder")
_FIRST_OF = "first_of"
_KINDS = ("git", _FIRST_OF)


@dataclass(frozen=True, slots=True)
class DirectorySpec:
    """A folder in upstream's layout."""

    path: Path


@dataclass(frozen=True, slots=True)
class GitSpec:
    """A git repository in upstream's layout."""

    url: str
    ref: str
    """A branch, a tag or a full commit id."""
    folder: str = ""
    """Where in the repository the service folders are."""


@dataclass(frozen=True, slots=True)
class FirstOfSpec:
    """Other sources by precedence."""

    names: tuple[str, ...]


Spec = DirectorySpec | GitSpec | FirstOfSpec


def read_specs(node: Any, base: Path, where: str) -> dict[str, Spec]:
    """Return the ``sources`` section, name → source; ``base`` is the file's folder.

    Raises ``ConfigError``.
    """
    if node is None:
        return {}
    if not isinstance(node, dict):
        raise ConfigError(f"{where}: `sources` must map names to sources")
    out = {name: _spec(name, value, base, where) for name, value in node.items()}
    for name, spec in out.items():
        if isinstance(spec, FirstOfSpec):
            _check_members(name, spec, out, where)
    return out


def known_source(source: Any, specs: Mapping[str, Spec], where: str, what: str) -> None:
    """Raise ``ConfigError`` for a source that is neither built in nor named."""
    known = [BOTOCORE, *specs]
    if source not in known:
        raise ConfigError(
            f"{where}: {what} names the unknown source `{source}`",
            hint=nearest(str(source), known),
        )


def make_sources(
    names: Iterable[str], specs: Mapping[str, Spec], git_root: Path
) -> dict[str, Source]:
    """Return these sources and those they consist of, by name.

    ``git_root`` is the folder for clones. Raises ``SyncError`` for a missing folder.
    """
    out: dict[str, Source] = {}
    for name in sorted(names):
        _make(name, specs, git_root, out)
    return out


def _make(
    name: str, specs: Mapping[str, Spec], git_root: Path, out: dict[str, Source]
) -> Source:
    if name not in out:
        spec = None if name == BOTOCORE else specs[name]
        if spec is None:
            out[name] = BotocoreSource()
        elif isinstance(spec, DirectorySpec):
            out[name] = DirectorySource(spec.path, name=name)
        elif isinstance(spec, GitSpec):
            out[name] = GitSource(
                spec.url, spec.ref, git_root, name=name, folder=spec.folder
            )
        else:
            members = [_make(member, specs, git_root, out) for member in spec.names]
            out[name] = FirstOfSource(members, name=name)
    return out[name]


def _spec(name: Any, node: Any, base: Path, where: str) -> Spec:
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{where}: the name of a source must be text")
    if name in (BOTOCORE, NO_SOURCE):
        raise ConfigError(f"{where}: `{name}` is built in and cannot be defined")
    what = f"{where}: source `{name}`"
    if isinstance(node, str) and node:
        return DirectorySpec(base / node)
    if isinstance(node, dict) and "git" in node:
        only_keys(node, _GIT_KEYS, what)
        return _git_spec(node, what)
    if isinstance(node, dict) and _FIRST_OF in node:
        only_keys(node, (_FIRST_OF,), what)
        members = node[_FIRST_OF]
        if not isinstance(members, list) or not members:
            raise ConfigError(f"{what}: `{_FIRST_OF}` must be a list of sources")
        return FirstOfSpec(tuple(members))
    if isinstance(node, dict):
        only_keys(node, _KINDS, what)
    raise ConfigError(
        f"{what} must be a folder, or {{git: …, ref: …}}, or {{first_of: […]}}"
    )


def _git_spec(node: Mapping[str, Any], what: str) -> GitSpec:
    url, ref, folder = node["git"], node.get("ref"), node.get("folder", "")
    if not isinstance(url, str):
        raise ConfigError(f"{what}: `git` must be a URL")
    fault = check_url(url)
    if fault:
        raise ConfigError(f"{what}: the URL {fault}")
    if not isinstance(ref, str):
        raise ConfigError(
            f"{what} needs a `ref`, as text",
            hint="name a branch, a tag or a commit; quote a number",
        )
    fault = check_ref(ref)
    if fault:
        raise ConfigError(f"{what}: `{ref}` {fault}")
    if not isinstance(folder, str) or (folder and check_ref(folder)):
        raise ConfigError(f"{what}: `folder` must be a relative path inside it")
    return GitSpec(url, ref, folder)


def _check_members(
    name: str, spec: FirstOfSpec, specs: Mapping[str, Spec], where: str
) -> None:
    for member in spec.names:
        known_source(member, specs, where, f"`{name}`")
        if isinstance(specs.get(member), FirstOfSpec):
            raise ConfigError(f"{where}: `{name}` holds `{member}`, a list itself")
    if len(set(spec.names)) != len(spec.names):
        raise ConfigError(f"{where}: `{name}` names a source twice")
