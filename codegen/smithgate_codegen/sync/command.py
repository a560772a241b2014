"""``smithgate-codegen sync``: the command around ``run``.

Owns options and what is printed; ``cli`` mounts it.
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from ..errors import LockMismatch, printable
from .cache import Cache, default_cache_root
from .config import Config, build_sources, load_config
from .lock import read_lock
from .run import Progress, SyncReport, planned, sync, verify
from .source import Source
from .views import Views

_FOLDER = Path("smithy-models")


@click.command("sync")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=_FOLDER / "services.yaml",
    show_default=True,
    help="Which services to bring in, and from where.",
)
@click.option(
    "--lock",
    "lock_path",
    type=click.Path(path_type=Path),
    help="The lock file.  [default: beside the configuration]",
)
@click.option(
    "--cache",
    "cache_path",
    type=click.Path(path_type=Path),
    help="Folder of the model cache.  [default: SMITHGATE_CACHE or the user's cache]",
)
@click.option(
    "--source",
    help="Take every service of this source, into a lock of its own.",
)
@click.option(
    "--locked",
    is_flag=True,
    help="Change nothing; fail if the lock is not what the sources have.",
)
@click.option(
    "--update",
    is_flag=True,
    help="Let pins move: look up git refs anew. Of the named services only, if any.",
)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
def sync_command(
    *,
    config_path: Path,
    lock_path: Path | None,
    cache_path: Path | None,
    source: str | None,
    locked: bool,
    update: bool,
    services: tuple[str, ...],
) -> None:
    """Bring models into the cache and pin them in the lock.

    Pins follow what their source has. Only a git source can still serve what the lock
    pins; it stays there until --update.
    """
    if services and not update:
        raise click.UsageError("services are named with --update only")
    if update and locked:
        raise click.UsageError("--locked and --update exclude each other")
    config = load_config(config_path)
    if source is not None:
        config = config.with_source(source)
    cache = Cache(cache_path or default_cache_root())
    sources = build_sources(config, cache.root)
    lock = lock_path or config.lock_path
    moving = services or (_all_of(config, sources) if update else None)
    job = verify if locked else sync
    with _progress(config, sources, lock, moving) as progress:
        report = job(config, sources, lock, cache, update=moving, progress=progress)
    _print(report)
    if locked and not report.is_current:
        raise LockMismatch(
            f"`{lock.name}` is not what the sources have",
            hint="run `smithgate-codegen sync` and review the lock",
        )


def _print(report: SyncReport) -> None:
    for warning in report.warnings:
        click.echo(f"warning: {printable(warning)}", err=True)
    if report.is_redefined:
        click.echo("a git source is defined otherwise than when it was pinned")
    for kind in ("added", "changed", "removed"):
        for name in getattr(report, kind):
            click.echo(f"{kind:8}{name}")
    total = len(report.lock.services)
    click.echo(
        f"{total} services, {len(report.unchanged)} unchanged, "
        f"{len(report.fetched)} read from their source",
    )


def _all_of(config: Config, sources: Mapping[str, Source]) -> tuple[str, ...]:
    available = sources[config.source].services() if config.services is None else ()
    return tuple(choice.name for choice in config.choices(available))


@contextmanager
def _progress(
    config: Config,
    sources: Mapping[str, Source],
    lock: Path,
    moving: Collection[str] | None,
) -> Iterator[Progress | None]:
    """Show a progress bar on a terminal's stderr, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    views = Views(config, sources, read_lock(lock), moving or ())
    length = len(planned(config, views))
    with click.progressbar(length=length, label="sync", file=sys.stderr) as bar:
        yield lambda _name: bar.update(1)
