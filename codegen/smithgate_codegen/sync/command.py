"""``smithgate-codegen sync``: the command around ``run``.

Owns options and what is printed; ``cli`` mounts it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ..errors import LockMismatch
from .cache import Cache, default_cache_root
from .config import build_sources, load_config
from .run import Progress, SyncReport, sync, verify

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
    multiple=True,
    metavar="SERVICE",
    help="Let only this service's pin change. Repeatable.",
)
def sync_command(
    *,
    config_path: Path,
    lock_path: Path | None,
    cache_path: Path | None,
    source: str | None,
    locked: bool,
    update: tuple[str, ...],
) -> None:
    """Bring models into the cache and pin them in the lock."""
    config = load_config(config_path)
    if source is not None:
        config = config.with_source(source)
    sources = build_sources(config)
    lock = lock_path or config.lock_path
    cache = Cache(cache_path or default_cache_root())
    job = verify if locked else sync
    choices = config.choices(sources[config.source].services())
    with _progress(len(choices)) as progress:
        report = job(
            config,
            sources,
            lock,
            cache,
            update=update or None,
            progress=progress,
        )
    _print(report)
    if locked and not report.is_current:
        raise LockMismatch(
            f"`{lock.name}` is not what the sources have",
            hint="run `smithgate-codegen sync` and review the lock",
        )


def _print(report: SyncReport) -> None:
    for kind in ("added", "changed", "removed"):
        for name in getattr(report, kind):
            click.echo(f"{kind:8}{name}")
    total = len(report.lock.services)
    click.echo(
        f"{total} services, {len(report.unchanged)} unchanged, "
        f"{len(report.fetched)} read from their source",
    )


@contextmanager
def _progress(length: int) -> Iterator[Progress | None]:
    """Show a progress bar on a terminal's stderr, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=length, label="sync", file=sys.stderr) as bar:
        yield lambda _name: bar.update(1)
