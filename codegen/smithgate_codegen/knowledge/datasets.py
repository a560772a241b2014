"""Reviewed data files and how they are read.

Owns strict reading of the package's own YAML: an unknown key, a missing reason, a
repeated key or another format version is an error that names the file.
"""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import OverrideError

FORMAT_VERSION = 1
DATA = Path(__file__).parent / "data"
"""Folder of the data sets."""


class _StrictLoader(yaml.SafeLoader):
    """YAML without repeated keys, which plain YAML silently lets the last one win."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            mark = node.start_mark
            msg = f"line {mark.line + 1}: key `{repeated[0]}` is there twice"
            raise yaml.YAMLError(msg)
        return super().construct_mapping(node, deep=deep)


def load_yaml(path: Path) -> dict[str, Any]:
    """Return a data file's content; raises ``OverrideError`` when it is not usable."""
    try:
        # The loader is a SafeLoader: it builds plain values only.
        content = yaml.load(path.read_bytes(), Loader=_StrictLoader)  # noqa: S506
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        msg = f"`{path.name}` cannot be read: {' '.join(str(error).split())}"
        raise OverrideError(msg) from error
    if not isinstance(content, dict):
        msg = f"`{path.name}` is not a mapping"
        raise OverrideError(msg)
    version = content.pop("format_version", None)
    if version != FORMAT_VERSION:
        msg = f"`{path.name}` has format version `{version}`, not `{FORMAT_VERSION}`"
        raise OverrideError(msg)
    return content


def checked(
    row: Any, *, where: str, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return a row with just the known keys; raises ``OverrideError`` otherwise."""
    if not isinstance(row, dict):
        msg = f"{where}: `{row}` is not a mapping"
        raise OverrideError(msg)
    missing = sorted(set(required) - set(row))
    unknown = sorted(str(key) for key in set(row) - set(required) - set(optional))
    if missing or unknown:
        word, keys = ("misses", missing) if missing else ("has an unknown", unknown)
        msg = f"{where} {word} key `{keys[0]}`"
        raise OverrideError(msg)
    return row


@cache
def data_set(name: str) -> Mapping[str, Any]:
    """Return a data set of the package, read once."""
    return load_yaml(DATA / f"{name}.yaml")
