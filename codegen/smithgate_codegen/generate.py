"""Generation as a whole: locked models in, the tree's files out, nothing written.

Owns the order of the stages for each service, the spreading over processes and the
putting together of the index. ``write`` changes files, ``cli`` talks to people.
"""

import multiprocessing
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import CodegenError, ConfigError, OverrideError, SyncError
from .rendered import RenderCache, RenderedService, inputs_digest, service_key
from .sync import Cache, Config, Lock, load_locked, read_lock

Progress = Callable[[str], None]

CLIENT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
INDEX = "index.json"
SEARCH = "search.txt"
SKIPPED = "skipped.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to generate from; the same job gives the same files."""

    config: Config
    lock: Path
    cache: Path
    overrides: Path
    templates: Path
    strict: bool = True
    """Every correction must fit its model; else those that do not are left out."""

    def names(self) -> tuple[str, ...]:
        """Return the client names to generate, sorted."""
        locked = read_lock(self.lock).services
        return tuple(choice.name for choice in self.config.choices(locked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The generated tree in memory, with the figures of its making."""

    files: Mapping[str, str]
    operations: int
    skipped: int
    patterns: Mapping[str, int]
    cached: int
    """Services that were taken from the render cache."""
    left_out: Sequence[str] = ()
    """Why corrections were left out that do not fit their model."""


def generate(
    job: Job, *, jobs: int = 1, fresh: bool = False, progress: Progress | None = None
) -> Tree:
    """Return the whole tree of a job.

    ``jobs`` processes share the services that are not in the render cache; ``fresh``
    leaves the cache out. ``progress`` is told each service that is done. Raises
    ``CodegenError`` of any stage; the first one ends the run.
    """
    cache = RenderCache(job.cache)
    keys = _keys(job)
    done: dict[str, RenderedService] = {}
    for name, key in keys.items():
        found = None if fresh else cache.get(name, key)
        if found is not None:
            done[name] = found
            _tell(progress, name)
    cached = len(done)
    missing = [name for name in keys if name not in done]
    for service in _render_all(job, missing, jobs):
        cache.put(service, keys[service.client_name])
        done[service.client_name] = service
        _tell(progress, service.client_name)
    return _tree([done[name] for name in keys], cached)


def render_service(job: Job, client_name: str) -> RenderedService:
    """Return one service, generated from its locked model."""
    # Heavy imports stay here: a run that finds everything cached needs none of them.
    from .build import build_service
    from .emit.index import operation_entry, service_entry
    from .emit.module import environment, render_operation
    from .emit.search import service_columns
    from .knowledge.fit import lenient, may_misfit
    from .knowledge.overrides import load_overrides
    from .patterns import PatternTable

    (service,) = load_locked(
        job.config, Cache(job.cache), job.lock, only=frozenset({client_name})
    )
    patterns = PatternTable()
    overrides = load_overrides(job.overrides, client_name)
    with ExitStack() as stack:
        left_out = [] if job.strict else stack.enter_context(lenient())
        built = build_service(service, overrides, patterns)
        report = patterns.report()
        for stale in report["stale_overrides"]:
            with may_misfit():
                msg = f"the pattern override of `{stale}` fits nothing"
                raise OverrideError(msg, hint="remove it from the pattern overrides")
    env = environment(job.templates)
    files: dict[str, str] = {}
    for op in built.operations:
        files.update(render_operation(env, op))
    return RenderedService(
        client_name=client_name,
        files=files,
        operations={op.id: operation_entry(op) for op in built.operations},
        search=service_columns(service.model, built.operations),
        entry=service_entry(built),
        source=dict(built.source),
        skipped={item.id: item.reason for item in built.skipped},
        patterns={str(name): count for name, count in report["uses"].items()},
        left_out=tuple(left_out),
    )


def _keys(job: Job) -> dict[str, str]:
    """Return client name → render key; raises ``SyncError`` for unpinned services."""
    lock: Lock = read_lock(job.lock)
    inputs = inputs_digest(job.templates)
    keys: dict[str, str] = {}
    for choice in job.config.choices(lock.services):
        # The name becomes file names: of the cache, of the corrections.
        if not CLIENT_NAME.fullmatch(choice.name):
            msg = f"`{choice.name}` is no name of a service"
            raise ConfigError(msg, hint="mend services.yaml and the lock")
        pin = lock.services.get(choice.name)
        if pin is None or pin.source != choice.source:
            msg = f"`{choice.name}` from source `{choice.source}` is not in the lock"
            raise SyncError(msg, hint="run `smithgate-codegen sync`")
        keys[choice.name] = service_key(
            inputs, choice.name, pin, job.overrides, strict=job.strict
        )
    return keys


def _render_all(job: Job, names: Sequence[str], jobs: int) -> Iterator[RenderedService]:
    """Yield the services as they get ready, from this process or several."""
    if jobs <= 1 or len(names) <= 1:
        yield from (render_service(job, name) for name in names)
        return
    # Fresh interpreters: forked ones would inherit locks and threads of the caller.
    context = multiprocessing.get_context("spawn")
    # The largest models first, so that no process starts one when all others end.
    order = sorted(names, key=lambda name: (-_size(job, name), name))
    with ProcessPoolExecutor(min(jobs, len(names)), context) as pool:
        futures = [pool.submit(_render_or_error, job, name) for name in order]
        try:
            for future in as_completed(futures):
                yield _service(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _render_or_error(
    job: Job, name: str
) -> RenderedService | tuple[type[CodegenError], str, str | None]:
    """Return the service, or an error in a form that travels between processes."""
    try:
        return render_service(job, name)
    except CodegenError as error:
        return type(error), error.message, error.hint


def _service(
    result: RenderedService | tuple[type[CodegenError], str, str | None],
) -> RenderedService:
    if isinstance(result, RenderedService):
        return result
    kind, message, hint = result
    raise kind(message, hint=hint)


def _size(job: Job, name: str) -> int:
    pin = read_lock(job.lock).services[name]
    path = job.cache / "models" / f"{pin.sha256}.json"
    return path.stat().st_size if path.is_file() else 0


def _tree(services: Sequence[RenderedService], cached: int) -> Tree:
    from .emit.index import index_text, skipped_text
    from .emit.search import search_text
    from .search import load_intents, phrases_of

    files: dict[str, str] = {}
    operations: dict[str, Any] = {}
    search: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    patterns: Counter[str] = Counter()
    for service in services:
        files.update(service.files)
        operations.update(service.operations)
        search.update(service.search)
        skipped.update(service.skipped)
        patterns.update(service.patterns)
    files[INDEX] = index_text(
        source={service.client_name: service.source for service in services},
        services={service.client_name: service.entry for service in services},
        operations=operations,
    )
    files[SEARCH] = search_text(search, load_intents().of(search), phrases_of(search))
    files[SKIPPED] = skipped_text(skipped)
    return Tree(
        files=files,
        operations=len(operations),
        skipped=len(skipped),
        patterns=dict(sorted(patterns.items())),
        cached=cached,
        left_out=tuple(reason for each in services for reason in each.left_out),
    )


def _tell(progress: Progress | None, name: str) -> None:
    if progress is not None:
        progress(name)
