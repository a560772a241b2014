"""The sets that search is measured on; none of them is ever indexed.

Owns getting AWS's own CLI examples (the ``examples`` folder of PyPI's ``awscli`` 1.x,
downloaded into a folder that is not kept), joining their titles with operations, and
the split: a case whose hash is even may be tuned on, an odd one is held back.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from botocore import xform_name

WISHES = Path(__file__).with_name("search_wishes.yaml")
_TITLE = re.compile(r"^\*\*(.+?)\*\*\s*$", re.MULTILINE)
_NUMBER = re.compile(r"^(?:example\s*)?\d*\s*[:.)-]\s*", re.IGNORECASE)
_LONG = 6
# Folders of the CLI that are named otherwise than boto3's client.
_FOLDERS = {"s3api": "s3", "deploy": "codedeploy", "configservice": "config"}


class Case(NamedTuple):
    """A wish and the operation it means."""

    wish: str
    operation: str
    origin: str = ""
    """The wish that this one was made of, which says the half."""

    @property
    def is_held(self) -> bool:
        """Whether nothing was tuned on it."""
        text = f"{self.origin or self.wish}{self.operation}".encode()
        return hashlib.sha256(text).digest()[0] % 2 == 1


def cli_titles(operations: Collection[str]) -> list[Case]:
    """Return the titles of the CLI's examples, each with its operation.

    Commands that are no single operation (``s3 cp``, ``eks update-kubeconfig``) are
    left out. Raises ``CalledProcessError`` when the package cannot be downloaded.
    """
    commands = {
        (service, xform_name(name, "-")): f"{service}:{name}"
        for service, name in (id_.split(":") for id_ in operations)
    }
    cases: dict[Case, None] = {}
    for service, command, text in _examples():
        operation = commands.get((_FOLDERS.get(service, service), command))
        for title in _TITLE.findall(text) if operation else ():
            plain = title.replace("``", "").replace("*", "")
            plain = _NUMBER.sub("", plain).strip().rstrip(":.")
            if plain and operation:
                cases[Case(plain, operation)] = None
    return list(cases)


def own_wishes() -> list[Case]:
    """Return wishes in a user's own words, which avoid the words of the operation."""
    document = yaml.safe_load(WISHES.read_text("utf-8"))
    return [
        Case(wish, operation)
        for operation, wishes in document.items()
        for wish in wishes
    ]


def slipped(case: Case) -> Case:
    """Return the case with a slip in its longest word; its hash says where and which.

    Two letters change places, one is left out or said twice; words of fewer than six
    letters stay as they are.
    """
    words = case.wish.split()
    at = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[at]
    if len(word) >= _LONG:
        digest = hashlib.sha256(case.wish.encode()).digest()
        cut = 1 + digest[1] % (len(word) - 3)
        kept, first, second, rest = (
            word[:cut],
            word[cut],
            word[cut + 1],
            word[cut + 2 :],
        )
        middle = (second + first, second, first + first + second)[digest[2] % 3]
        words[at] = kept + middle + rest
    return case._replace(wish=" ".join(words), origin=case.wish)


def _examples() -> Iterator[tuple[str, str, str]]:
    """Yield (service, command, text) of each example file, sorted."""
    with tempfile.TemporaryDirectory(prefix="smithgate-awscli-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--dest", folder, "awscli<2"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        (wheel,) = Path(folder).glob("awscli-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name in sorted(archive.namelist()):
                parts = name.split("/")
                if parts[:2] == ["awscli", "examples"] and len(parts) == 4:
                    text = archive.read(name).decode("utf-8", "replace")
                    yield parts[2], parts[3].removesuffix(".rst"), text
