"""The layout of a tree of Smithy models, whatever the tree is kept in.

Owns ``<sdk-id>/service/<version>/<file>.json``, the choice of the latest version and
what makes one text of a version's files. Reading them is the sources' business.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import ModelError, SyncError
from ..model import merge_texts, parse_json

_DEPTH = 4
# The property stands in the aws.api#service trait only; inside documentation the
# quotes would be escaped. Reading it this way keeps an index over hundreds of files
# cheap; the file that is used in the end is parsed in full.
_SDK_ID = re.compile(rb'"sdkId"\s*:\s*"([^"\\]+)"')


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """One version of one service: the JSON files in its folder."""

    folder: str
    """The service's folder, upstream the sdk id in lower case with hyphens."""
    version: str
    files: tuple[str, ...]
    """Paths from the root of the models, with ``/``, sorted."""


def version_folders(paths: Iterable[str]) -> list[VersionFolder]:
    """Return the version folders among ``paths``, sorted by folder and version.

    Paths start at the root of the models; other files are passed over.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(paths):
        parts = path.split("/")
        if len(parts) == _DEPTH and parts[1] == "service" and path.endswith(".json"):
            found[parts[0], parts[2]].append(path)
    return [
        VersionFolder(folder, version, tuple(files))
        for (folder, version), files in sorted(found.items())
    ]


def sdk_id_of(files: Sequence[tuple[bytes, str]]) -> str | None:
    """Return the sdk id of the model that the files form; ``None`` for no model.

    Files are given as (bytes, name for errors). Raises ``ModelError`` for models
    without an id or with several, ``SyncError`` for two files with a service each.
    """
    owners: dict[str, str] = {}
    models = [(data, origin) for data, origin in files if is_model(data, origin)]
    for data, origin in models:
        ids = {str(match, "utf-8") for match in _SDK_ID.findall(data)}
        if len(ids) > 1:
            raise _wrong_ids(origin, "several")
        if ids:
            owners[origin] = ids.pop()
    if len(owners) > 1:
        one, two, *_ = owners
        raise SyncError(
            f"two models of `{owners[one]}` in one folder: `{one}` and `{two}`"
        )
    if not owners and models:
        raise _wrong_ids(models[0][1], "no")
    return next(iter(owners.values()), None)


def is_model(data: bytes, origin: str) -> bool:
    """Return whether a JSON file is a Smithy model; raises ``ModelSyntax``."""
    if _SDK_ID.search(data) and b'"smithy"' in data:
        return True  # not parsed here: whoever uses the model parses it in full
    document = parse_json(data, origin=origin)
    return isinstance(document, dict) and "smithy" in document


def text_of(files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return the one text of a version's model files, and its name for errors.

    ``files`` maps names for errors to bytes. A single model's bytes stay as they are.
    Raises what the loader raises.
    """
    models = [(data, origin) for origin, data in files.items()]
    models = [(data, origin) for data, origin in models if is_model(data, origin)]
    data = models[0][0] if len(models) == 1 else merge_texts(models)
    return data, models[0][1]


def _wrong_ids(origin: str, count: str) -> ModelError:
    return ModelError(
        f"`{origin}` has {count} aws.api#service sdkIds",
        hint="the service shape needs the trait to be joined to a client",
    )
