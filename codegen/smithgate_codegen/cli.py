"""The ``smithgate-codegen`` command: options, what is printed, exit codes.

Owns talking to people. Every step is a function of ``sync``, ``generate`` or
``write``; nothing here is worth importing elsewhere.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from . import __doc__ as package_doc
from .drift.command import drift_command
from .emit.roots import templates_root
from .errors import CodegenError, StaleOutput
from .generate import Job, Tree, generate
from .knowledge.overrides import default_folder
from .report.command import report_command
from .scaffold.command import init_command
from .sync import default_cache_root, load_config, read_lock
from .sync.command import sync_command
from .write import Changes, compare, diffs, locked, write

EXIT_OK = 0
EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
_HELP = f"""{package_doc}

Exit codes: 0 done or up to date, 1 an error or a tree that is not up to date, 2 a
wrong option, 130 interrupted.
"""


@click.group("smithgate-codegen", help=_HELP)
@click.version_option(package_name="smithgate")
def cli() -> None:
    """Hold the commands."""


for _command in (sync_command, report_command, drift_command, init_command):
    cli.add_command(_command)


_PATH = click.Path(path_type=Path)
_JOB_OPTIONS = (
    click.option(
        "--config",
        type=_PATH,
        default=Path("smithy-models/services.yaml"),
        show_default=True,
        help="Which services to generate.",
    ),
    click.option(
        "--lock",
        type=_PATH,
        help="The lock.  [default: beside the configuration]",
    ),
    click.option(
        "--cache",
        type=_PATH,
        help="Folder of the cache.  [default: SMITHGATE_CACHE or the user's cache]",
    ),
    click.option(
        "--out",
        type=_PATH,
        default=Path("generated"),
        show_default=True,
        help="The generated tree.",
    ),
    click.option(
        "--overrides",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="Folder of corrections.  [default: the package's own]",
    ),
    click.option(
        "--strict",
        is_flag=True,
        help="Every correction of the package must fit the models, as given ones "
        "must; else those that do not are left out.",
    ),
    click.option(
        "--templates",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="Folder of templates.  [default: the checkout's or the package's own]",
    ),
    click.option(
        "--source",
        help="Take every service of this source, with a lock of its own.",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=lambda: os.cpu_count() or 1,
        show_default="one per processor",
        help="Processes to share the services.",
    ),
    click.option(
        "--fresh",
        is_flag=True,
        help="Generate every service anew, even where nothing changed.",
    ),
)
"""What the commands take that generate: what from, and where to."""


def _job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what to generate from and where to."""
    for option in reversed(_JOB_OPTIONS):
        command = option(command)
    return command


@cli.command("generate")
@_job_options
def generate_command(out: Path, jobs: int, **options: Any) -> None:
    """Generate the tree: write what changed, remove what is no longer there."""
    with locked(out):
        tree = _generate(_job(options), jobs, fresh=options["fresh"])
        changes = write(out, tree.files)
    _print_summary(tree, changes)


@cli.command("check")
@_job_options
def check_command(out: Path, jobs: int, **options: Any) -> None:
    """Compare the tree with what would be generated, without writing.

    Prints a unified diff for each file that is missing, changed or extra, and exits
    with 1 when there is one.
    """
    tree = _generate(_job(options), jobs, fresh=options["fresh"])
    changes = compare(out, tree.files)
    for diff in diffs(out, tree.files, changes):
        click.echo(_printable(diff))
    if not changes.is_clean:
        msg = (
            f"`{out}` is not up to date: {len(changes.missing)} missing, "
            f"{len(changes.changed)} changed, {len(changes.extra)} extra"
        )
        raise StaleOutput(msg, hint="run `smithgate-codegen generate` and commit")
    click.echo(f"{changes.unchanged} files are up to date")


def main() -> None:
    """Run the command; the entry point of ``smithgate-codegen``."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str], command: click.Command = cli) -> int:
    """Run a command with these arguments and return the exit code."""
    try:
        command.main(arguments, prog_name="smithgate-codegen", standalone_mode=False)
    except CodegenError as error:
        _complain(f"error[{error.code}]: {error.message}")
        if error.hint:
            _complain(f"hint: {error.hint}")
        return EXIT_ERROR
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted: the tree is as it was before")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    return EXIT_OK


def _job(options: dict[str, Any]) -> Job:
    config = load_config(options["config"])
    if options["source"] is not None:
        config = config.with_source(options["source"])
    return Job(
        config=config,
        lock=options["lock"] or config.lock_path,
        cache=options["cache"] or default_cache_root(),
        overrides=options["overrides"] or default_folder(),
        templates=options["templates"] or templates_root(),
        strict=options["strict"] or options["overrides"] is not None,
    )


def _generate(job: Job, jobs: int, *, fresh: bool) -> Tree:
    if not read_lock(job.lock).services:
        msg = f"`{job.lock}` pins no model"
        raise CodegenError(msg, hint="run `smithgate-codegen sync`")
    with _Progress(len(job.names())) as progress:
        return generate(job, jobs=jobs, fresh=fresh, progress=progress)


def _print_summary(tree: Tree, changes: Changes) -> None:
    for reason in tree.left_out:
        _complain(f"left out: {reason}")
    patterns = tree.patterns
    written = len(changes.missing) + len(changes.changed)
    click.echo(
        f"{tree.operations} operations, {tree.skipped} skipped; "
        f"files: {written} written, {changes.unchanged} unchanged, "
        f"{len(changes.extra)} removed; "
        f"patterns: {patterns.get('kept', 0)} kept, "
        f"{patterns.get('rewritten', 0)} rewritten, "
        f"{patterns.get('left_to_aws', 0)} left to AWS"
    )


def _complain(text: str) -> None:
    click.echo(_printable(text), err=True)


def _printable(text: str) -> str:
    """Return text that a terminal shows instead of obeying."""
    return "".join(
        (
            char
            if char.isprintable() or char == "\n"
            else char.encode("unicode_escape").decode()
        )
        for char in text
    )


class _Progress:
    """A progress bar on a terminal's stderr, nothing elsewhere."""

    def __init__(self, length: int) -> None:
        self._bar = click.progressbar(
            length=length,
            label="generate",
            file=sys.stderr,
            item_show_func=lambda name: name,
            hidden=not sys.stderr.isatty(),
        )

    def __enter__(self) -> Callable[[str], None]:
        self._bar.__enter__()
        return lambda name: self._bar.update(1, name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.render_finish()
