"""``services.yaml``: which services to generate, and from which source each comes.

Owns the strict reading of the file. Whether a source has a service is checked against
the sources (``check_services``), because the file alone cannot tell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigError
from .cache import default_cache_root
from .names import nearest, only_keys
from .source import Source
from .specs import (
    BOTOCORE,
    NO_SOURCE,
    FirstOfSpec,
    Spec,
    known_source,
    make_sources,
    read_specs,
)

FORMAT_VERSION = 1
_TOP_LEVEL = ("format_version", "source", "enrich", "sources", "services")
_CHOICE = ("name", "source", "enrich")
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """One service to generate."""

    name: str
    """The boto3 client name."""
    source: str
    enrich: str | None = None
    """The source to take from what ``source`` lacks."""
    may_stay_plain: bool = False
    """Whether a service that ``enrich`` does not have is generated all the same."""


@dataclass(frozen=True, slots=True)
class Config:
    """The contents of ``services.yaml``."""

    path: Path
    """The file; relative source folders start from its folder."""
    source: str
    """The source of services that name none."""
    specs: Mapping[str, Spec] = field(default_factory=dict)
    """Name → further source."""
    services: tuple[Choice, ...] | None = ()
    """Sorted by name; ``None`` means every service of ``source``."""
    enrich: str | None = None
    """The source that enriches services that say nothing else, where it has them."""

    def choices(self, available: Iterable[str]) -> tuple[Choice, ...]:
        """Return the services; ``available`` are those that ``all`` stands for."""
        if self.services is not None:
            return self.services
        enrich = self.enrich if self.enrich != self.source else None
        return tuple(
            Choice(name, self.source, enrich, may_stay_plain=enrich is not None)
            for name in sorted(available)
        )

    @property
    def lock_path(self) -> Path:
        """The lock beside the file, unless the caller names another."""
        stem = "models" if self.services is not None else f"models.{self.source}"
        return self.path.with_name(f"{stem}.lock.json")

    def with_source(self, source: str) -> "Config":
        """Return the configuration for every service of one source, with its own lock.

        Raises ``ConfigError`` for a source that the file does not name.
        """
        known_source(source, self.specs, str(self.path), "--source")
        return replace(self, source=source, services=None)

    def used_sources(self) -> frozenset[str]:
        """Return the names of all sources that services come from, in any way."""
        used = {self.source, self.enrich}
        for choice in self.services or ():
            used |= {choice.source, choice.enrich}
        for name in tuple(used):
            spec = self.specs.get(name or "")
            used |= set(spec.names) if isinstance(spec, FirstOfSpec) else set()
        return frozenset(name for name in used if name is not None)


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
    only_keys(document, _TOP_LEVEL, where)
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise ConfigError(
            f"{where} has format_version `{version}`",
            hint=f"this release reads format_version {FORMAT_VERSION}",
        )
    specs = read_specs(document.get("sources"), path.parent, where)
    source = document.get("source", BOTOCORE)
    known_source(source, specs, where, "`source`")
    enrich = document.get("enrich")
    if enrich is not None:
        known_source(enrich, specs, where, "`enrich`")
    config = Config(path, source, specs, None, enrich)
    services = document.get("services")
    return config if services == _ALL else _with_choices(config, services, where)


def build_sources(config: Config, cache_root: Path | None = None) -> dict[str, Source]:
    """Return the sources that the configuration uses, by name.

    ``cache_root`` holds the clones of git sources (default: the user's cache); nothing
    is fetched yet. Raises ``SyncError`` where the folder of one is missing.
    """
    git_root = (cache_root or default_cache_root()) / "git"
    return make_sources(config.used_sources(), config.specs, git_root)


def check_services(
    choices: Iterable[Choice],
    sources: Mapping[str, Source],
    where: str,
) -> None:
    """Raise ``ConfigError`` for the first service that its source does not have."""
    for choice in choices:
        check_service(choice.name, sources[choice.source], where)


def check_service(client_name: str, source: Source, where: str) -> None:
    """Raise ``ConfigError`` where a source does not have a service."""
    known = source.services()
    if client_name not in known:
        raise ConfigError(
            f"{where}: source `{source.name}` has no service `{client_name}`",
            hint=nearest(client_name, known),
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


def _with_choices(config: Config, node: Any, where: str) -> Config:
    if not isinstance(node, list) or not node:
        raise ConfigError(
            f"{where}: `services` must be a list of services, or `{_ALL}`",
            hint="write a client name, or {name: …, source: …}, per item",
        )
    out: dict[str, Choice] = {}
    for item in node:
        choice = _choice(item, config, where)
        if choice.name in out:
            raise ConfigError(f"{where}: service `{choice.name}` is listed twice")
        out[choice.name] = choice
    return replace(config, services=tuple(out[name] for name in sorted(out)))


def _choice(item: Any, config: Config, where: str) -> Choice:
    if isinstance(item, str) and item:
        item = {"name": item}
    if not isinstance(item, dict):
        raise ConfigError(f"{where}: `{item}` is not a service name")
    only_keys(item, _CHOICE, where)
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigError(f"{where}: a service without `name`")
    source = item.get("source", config.source)
    known_source(source, config.specs, where, f"`{name}`")
    return _enriched(Choice(name, source), item.get("enrich"), config, where)


def _enriched(choice: Choice, enrich: Any, config: Config, where: str) -> Choice:
    if enrich == NO_SOURCE:
        return choice
    if enrich is None:
        if config.enrich in (None, choice.source):
            return choice
        return replace(choice, enrich=config.enrich, may_stay_plain=True)
    known_source(enrich, config.specs, where, f"`enrich` of `{choice.name}`")
    if enrich == choice.source:
        raise ConfigError(f"{where}: `{choice.name}` is enriched from its own source")
    return replace(choice, enrich=enrich)
