"""``smithgate-codegen report``: the command around the comparison.

Owns options and where the page goes; ``cli`` mounts it.
"""

from pathlib import Path

import click

from ..errors import ConfigError, ReportFailed
from ..sync.files import write_atomically
from .compare import compare_trees
from .jsonform import to_json
from .markdown import DEFAULT_FOLD, to_markdown
from .record import Report
from .trees import FolderTree, GitTree, Tree
from .verdicts import judge

_FAILURES = ("breaking", "risk")
_PATH = click.Path(path_type=Path)


@click.command("report")
@click.option("--base", metavar="REV", help="Compare with this git revision.")
@click.option(
    "--base-dir", type=_PATH, metavar="DIR", help="Compare with the tree in a folder."
)
@click.option(
    "--generated",
    type=_PATH,
    default=Path("generated"),
    show_default=True,
    help="The generated tree.",
)
@click.option(
    "--policy",
    type=_PATH,
    default=Path("policy.yaml"),
    show_default=True,
    help="The policy to ask about new operations.",
)
@click.option("--target", metavar="NAME", help="Ask the policy for this target.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    show_default=True,
    help="A page to read, or everything for programs.",
)
@click.option(
    "--fold",
    type=click.IntRange(min=0),
    default=DEFAULT_FOLD,
    show_default=True,
    help="Names of a list to show on the page; 0 shows all.",
)
@click.option("--out", type=_PATH, metavar="FILE", help="Write to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(_FAILURES),
    multiple=True,
    help="Exit with 1 when there is such a change. Repeatable.",
)
def report_command(
    *,
    base: str | None,
    base_dir: Path | None,
    generated: Path,
    policy: Path,
    target: str | None,
    form: str,
    fold: int,
    out: Path | None,
    fail_on: tuple[str, ...],
) -> None:
    """Say what the generated tree changes, and what the policy makes of it."""
    before, algorithm = _base(base, base_dir, generated)
    after = FolderTree.open(generated, "the working tree")
    state = judge(policy, generated, target=target)
    report = compare_trees(before, after, state, algorithm=algorithm)
    text = to_json(report) if form == "json" else to_markdown(report, fold=fold)
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(out, text)
    _fail(report, fail_on)


def _base(base: str | None, base_dir: Path | None, generated: Path) -> tuple[Tree, str]:
    """Return the tree to compare with, and the hash that git uses for its ids."""
    if (base is None) == (base_dir is None):
        msg = "give one of --base REV and --base-dir DIR"
        raise click.UsageError(msg)
    if base_dir is not None:
        return FolderTree.open(base_dir, base_dir.name or str(base_dir)), "sha1"
    assert base is not None
    tree = GitTree.open(generated, base)
    return tree, tree.algorithm


def _write(out: Path, text: str) -> None:
    try:
        write_atomically(out, text.encode())
    except OSError as error:
        msg = f"`{out}` cannot be written: {error.strerror}"
        raise ConfigError(msg) from error


def _fail(report: Report, fail_on: tuple[str, ...]) -> None:
    """Raise ``ReportFailed`` for the first change that is not to pass."""
    if "breaking" in fail_on and report.is_breaking:
        msg = "operations were removed or their schemas accept less"
        raise ReportFailed(msg, hint="review the report; --fail-on asked for this stop")
    if "risk" in fail_on and report.risks:
        msg = f"the risk of {len(report.risks)} operation(s) changed"
        raise ReportFailed(msg, hint="review the report; --fail-on asked for this stop")
