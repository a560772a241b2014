"""What people say for each operation: words that its name and documentation lack.

Owns the format of ``phrases/<service>.txt``, one file for a boto3 client name and one
line for an operation:

    ModifyImageAttribute: make an image public; share an image with another account

Phrases are plain lower-case words with ``; `` between them. They are written for one
release of the models, and models of others may lack an operation: its line is not
used then. A test holds every name against the pinned botocore.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import OverrideError

PHRASES = Path(__file__).with_name("phrases")
BETWEEN = "; "
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}", re.ASCII)
_PHRASE = re.compile(r"[a-z0-9][a-z0-9 '.&/+-]{1,79}", re.ASCII)


def phrases_of(
    operations: Collection[str], folder: Path = PHRASES
) -> dict[str, tuple[str, ...]]:
    """Return operation id → phrases, in the order of the files, for ``operations``.

    Raises ``OverrideError`` for a file that does not follow the format.
    """
    services = {operation_id.partition(":")[0] for operation_id in operations}
    return {
        f"{service}:{name}": said
        for service in sorted(services)
        for name, said in service_phrases(service, folder).items()
        if f"{service}:{name}" in operations
    }


def service_phrases(service: str, folder: Path = PHRASES) -> dict[str, tuple[str, ...]]:
    """Return operation → phrases of one service, none without a file.

    Raises ``OverrideError`` for a file that does not follow the format.
    """
    path = folder / f"{service}.txt"
    if not path.is_file():
        return {}
    said: dict[str, tuple[str, ...]] = {}
    for name, phrases in _rows(path):
        if name in said:
            raise OverrideError(f"`{path.name}` names `{name}` twice")
        said[name] = phrases
    return said


def _rows(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        text = path.read_text("ascii")
    except (OSError, UnicodeError) as error:
        raise OverrideError(f"`{path.name}` cannot be read as plain text") from error
    for number, line in enumerate(text.splitlines(), 1):
        name, colon, told = line.partition(": ")
        phrases = tuple(told.split(BETWEEN))
        is_plain = all(map(_PHRASE.fullmatch, phrases))
        if not (colon and _NAME.fullmatch(name) and is_plain):
            msg = f"`{path.name}` has a malformed line {number}"
            raise OverrideError(msg, hint="write `Operation: some words; other words`")
        if len(set(phrases)) != len(phrases):
            raise OverrideError(f"`{path.name}` says a phrase of `{name}` twice")
        yield name, phrases
