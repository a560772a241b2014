"""The pattern's own engine: ECMA 262 in node, which knows nothing of our rewriting.

Owns one child process for each measuring process, and the answers it has given.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

_SCRIPT = Path(__file__).with_name("oracle.js")


@dataclass(frozen=True, slots=True)
class Answer:
    """What node says of one pattern and some texts."""

    mode: str | None
    """``u``, ``plain`` (compiles without ``u`` only) or ``None`` (not at all)."""
    verdicts: tuple[bool | None, ...]
    """One for each text; ``None`` where the engine did not end in time."""


class Oracle:
    """A node process that answers until this process ends."""

    def __init__(self, node: str) -> None:
        self._process = subprocess.Popen(
            [node, str(_SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, pattern: str, texts: Sequence[str] = ()) -> Answer:
        """Return node's answer; raises ``OSError`` when node has gone."""
        question = json.dumps({"pattern": pattern, "texts": list(texts)})
        asked, told = self._pipes()
        asked.write(question.encode() + b"\n")
        asked.flush()
        line = told.readline()
        if not line:
            raise BrokenPipeError("node has ended")
        answer = json.loads(line)
        return Answer(answer["mode"], tuple(answer["verdicts"]))

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


@cache
def oracle() -> Oracle | None:
    """Return this process's oracle, ``None`` where node is not installed."""
    node = shutil.which("node")
    return None if node is None else Oracle(node)
