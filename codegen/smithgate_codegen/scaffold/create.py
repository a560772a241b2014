"""Making the folder: everything is prepared beside it and moved in at the end.

Owns what becomes of a folder that holds something already: it is refused, or completed;
no file is ever replaced. A failure leaves the folder as it was.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from ..emit.module import environment
from ..emit.roots import templates_root
from ..errors import CodegenError, RenderError
from ..generate import Job, generate
from ..knowledge.overrides import default_folder
from ..sync import Cache, build_sources, default_cache_root, load_config, sync
from ..write import write
from .values import Values, as_variables

FILES: Mapping[str, str] = {
    "services.yaml": "services.yaml.j2",
    "policy.yaml": "policy.yaml.j2",
    "Makefile": "Makefile.j2",
    "README.md": "README.md.j2",
    "requirements.txt": "requirements.txt.j2",
    "mcp.example.json": "mcp.example.json.j2",
    ".gitignore": "gitignore.j2",
    ".github/workflows/smithgate.yml": "workflow.yml.j2",
}
"""File of the new repository → template below ``init/``."""
CONFIG = "services.yaml"
LOCK = "models.lock.json"
GENERATED = "generated"
_OF_MODELS = (CONFIG, LOCK, GENERATED)
"""What belongs together: made anew as a whole or not at all."""

Maker = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Created:
    """What became of the folder."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    """Files that were there and were left as they are."""
    is_generated: bool


def create(
    folder: Path,
    values: Values,
    *,
    add: bool = False,
    make_models: Maker | None = None,
) -> Created:
    """Fill a folder, which need not exist.

    ``make_models`` puts lock and tree into a folder with a ``services.yaml``; ``None``
    leaves both out. ``add`` completes a folder that is not empty. Raises
    ``CodegenError`` for such a folder without ``add``, and whatever ``make_models``
    raises; the folder is then as it was.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        msg = f"`{folder}` is not a folder"
        raise CodegenError(msg)
    is_filled = folder.is_dir() and any(folder.iterdir())
    if is_filled and not add:
        msg = f"`{folder}` is not empty"
        hint = "name a new folder, or --add what is missing; nothing is overwritten"
        raise CodegenError(msg, hint=hint)
    has_models = any((folder / name).exists() for name in _OF_MODELS)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        for name, text in rendered(values).items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        is_generated = make_models is not None and not has_models
        if make_models is not None and is_generated:
            make_models(staging)
        written, kept = _move(staging, folder)
    finally:
        shutil.rmtree(staging)
    return Created(tuple(written), tuple(kept), is_generated)


def rendered(values: Values) -> dict[str, str]:
    """Return the text of each file; raises ``RenderError`` for a broken template."""
    env = environment(templates_root() / "init")
    variables = as_variables(values)
    try:
        return {
            name: env.get_template(template).render(variables)
            for name, template in FILES.items()
        }
    except jinja2.TemplateError as error:
        msg = f"a template of `init` is broken: {' '.join(str(error).split())}"
        raise RenderError(msg) from error


def models_maker(*, jobs: int, cache: Path | None = None) -> Maker:
    """Return what pins and generates the services of a folder, from botocore."""

    def make(folder: Path) -> None:
        root = cache or default_cache_root()
        config = load_config(folder / CONFIG)
        sync(config, build_sources(config), folder / LOCK, Cache(root))
        job = Job(
            config=config,
            lock=folder / LOCK,
            cache=root,
            overrides=default_folder(),
            templates=templates_root(),
        )
        write(folder / GENERATED, generate(job, jobs=jobs).files)

    return make


def _move(staging: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Move what the folder lacks; what it has stays as it is."""
    written, kept = [], []
    folder.mkdir(exist_ok=True)
    for path in _entries(staging):
        name = path.relative_to(staging).as_posix()
        target = folder / name
        if os.path.lexists(target):
            kept.append(name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        written.append(name)
    return written, kept


def _entries(staging: Path) -> Iterator[Path]:
    """Yield the files, and the generated tree as one thing; sorted."""
    tree = staging / GENERATED
    if tree.is_dir():
        yield tree
    files = [path for path in staging.rglob("*") if path.is_file()]
    yield from sorted(path for path in files if tree not in path.parents)
