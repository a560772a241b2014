"""``services.yaml``: which services to generate, and from which source each comes.

Owns the strict reading of the file. Whether a source has a service is checked against
the sources (``check_services``), because the file alone cannot tell.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigError
from .botocore_source import BotocoreSource
from .directory_source import DirectorySource
from .source import Source

FORMAT_VERSION = 1
BOTOCORE = "botocore"
_TOP_LEVEL = ("format_version", "source", "sources", "services")
_CHOICE = ("name", "source")
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """One service to generate."""

    name: str
    """The boto3 client name."""
    source: str


@dataclass(frozen=True, slots=True)
class Config:
    """The contents of ``services.yaml``."""

    path: Path
    """The file; relative source folders start from its folder."""
    source: str
    """The source of services that name none."""
    directories: Mapping[str, Path] = field(default_factory=dict)
    """Name → folder of the further sources."""
    services: tuple[Choice, ...] | None = ()
    """Sorted by name; ``None`` means every service of ``source``."""

    def choices(self, available: Iterable[str]) -> tuple[Choice, ...]:
        """Return the services; ``available`` are those that ``all`` stands for."""
        if self.services is not None:
            return self.services
        return tuple(Choice(name, self.source) for name in sorted(available))

    @property
    def lock_path(self) -> Path:
        """The lock beside the file, unless the caller names another."""
        stem = "models" if self.services is not None else f"models.{self.source}"
        return self.path.with_name(f"{stem}.lock.json")

    def with_source(self, source: str) -> "Config":
        """Return the configuration for every service of one source, with its own lock.

        Raises ``ConfigError`` for a source that the file does not name.
        """
        _known_source(source, self.directories, str(self.path), "--source")
        return replace(self, source=source, services=None)


class _Loader(yaml.SafeLoader):
    """Refuses repeated keys, of which PyYAML silently takes the last."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,
    ) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            mark = node.start_mark
            raise yaml.constructor.ConstructorError(
                None,
                None,
                "a key is repeated",
                mark,
            )
        return dict(mapping)


def load_config(path: Path) -> Config:
    """Read ``services.yaml``.

    Raises ``ConfigError`` for a file that cannot be read, is not YAML, has unknown
    or repeated keys, values of the wrong type, or a service twice.
    """
    document = _read(path)
    where = f"`{path.name}`"
    _only_keys(document, _TOP_LEVEL, where)
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise ConfigError(
            f"{where} has format_version `{version}`",
            hint=f"this release reads format_version {FORMAT_VERSION}",
        )
    directories = _directories(document.get("sources"), path.parent, where)
    source = document.get("source", BOTOCORE)
    _known_source(source, directories, where, "`source`")
    services = document.get("services")
    if services == _ALL:
        return Config(path, source, directories, None)
    choices = _choices(services, source, directories, where)
    return Config(path, source, directories, choices)


def build_sources(config: Config) -> dict[str, Source]:
    """Return the sources that the configuration uses, by name.

    Raises ``SyncError`` where the folder of one is missing.
    """
    used = {config.source, *(choice.source for choice in config.services or ())}
    out: dict[str, Source] = {}
    for name in sorted(used):
        if name == BOTOCORE:
            out[name] = BotocoreSource()
        else:
            out[name] = DirectorySource(config.directories[name], name=name)
    return out


def check_services(
    choices: Iterable[Choice],
    sources: Mapping[str, Source],
    where: str,
) -> None:
    """Raise ``ConfigError`` for the first service that its source does not have."""
    for choice in choices:
        known = sources[choice.source].services()
        if choice.name not in known:
            raise ConfigError(
                f"{where}: source `{choice.source}` has no service `{choice.name}`",
                hint=_nearest(choice.name, known),
            )


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"`{path}` cannot be read: {error}") from error
    try:
        # A SafeLoader underneath: no tag makes Python objects.
        document = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ConfigError(f"`{path.name}`: {_one_line(error)}") from error
    if not isinstance(document, dict):
        raise ConfigError(f"`{path.name}` must be a mapping with `services`")
    return document


def _one_line(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return " ".join(str(error).split())


def _only_keys(mapping: Mapping[Any, Any], known: Sequence[str], where: str) -> None:
    for key in mapping:
        if key not in known:
            raise ConfigError(
                f"{where}: unknown key `{key}`",
                hint=_nearest(str(key), known),
            )


def _directories(node: Any, base: Path, where: str) -> dict[str, Path]:
    if node is None:
        return {}
    if not isinstance(node, dict):
        raise ConfigError(f"{where}: `sources` must map names to folders")
    out = {}
    for name, folder in node.items():
        if not isinstance(name, str) or not isinstance(folder, str) or not folder:
            raise ConfigError(f"{where}: `sources` must map names to folders")
        if name == BOTOCORE:
            raise ConfigError(f"{where}: `{BOTOCORE}` is built in and has no folder")
        out[name] = base / folder
    return out


def _known_source(
    source: Any,
    directories: Mapping[str, Path],
    where: str,
    what: str,
) -> None:
    known = [BOTOCORE, *directories]
    if source not in known:
        raise ConfigError(
            f"{where}: {what} names the unknown source `{source}`",
            hint=_nearest(str(source), known),
        )


def _choices(
    node: Any,
    default: str,
    directories: Mapping[str, Path],
    where: str,
) -> tuple[Choice, ...]:
    if not isinstance(node, list) or not node:
        raise ConfigError(
            f"{where}: `services` must be a list of services, or `{_ALL}`",
            hint="write a client name, or {name: …, source: …}, per item",
        )
    out: dict[str, Choice] = {}
    for item in node:
        choice = _choice(item, default, where)
        _known_source(choice.source, directories, where, f"`{choice.name}`")
        if choice.name in out:
            raise ConfigError(f"{where}: service `{choice.name}` is listed twice")
        out[choice.name] = choice
    return tuple(out[name] for name in sorted(out))


def _choice(item: Any, default: str, where: str) -> Choice:
    if isinstance(item, str) and item:
        return Choice(item, default)
    if not isinstance(item, dict):
        raise ConfigError(f"{where}: `{item}` is not a service name")
    _only_keys(item, _CHOICE, where)
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{where}: a service without `name`")
    return Choice(name, item.get("source", default))


def _nearest(word: str, words: Iterable[str]) -> str:
    words = sorted(words)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"did you mean `{near[0]}`"
    if len(words) <= len(_TOP_LEVEL):
        return "one of: " + ", ".join(words)
    return "the names are boto3's client names"
