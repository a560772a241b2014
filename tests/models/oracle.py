"""The pattern's own engine, which knows nothing of our rewriting.

ECMA 262 in node, by which Smithy defines patterns; Java, in which the services were
written, for those that ECMA cannot read. Owns one child process of each for each
measuring process.
"""

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_JAVA = {"1": True, "0": False, "?": None}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine says of one pattern and some texts."""

    mode: str | None
    """``u``, ``plain`` (ECMA without ``u`` only), ``java`` (neither), or ``None``."""
    verdicts: tuple[bool | None, ...]
    """One for each text; ``None`` where the engine did not end in time."""


class _Child:
    """A process that answers each line with a line."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, question: str) -> str:
        """Return the answer; raises ``BrokenPipeError`` when the process has gone."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        asked.write(question.encode() + b"\n")
        asked.flush()
        line = told.readline()
        if not line:
            raise BrokenPipeError("the pattern engine has ended")
        return line.decode().strip()


class Oracle:
    """The engines of this process."""

    def __init__(self, node: str, java: str | None) -> None:
        self._node = _Child([node, str(_FOLDER / "oracle.js")])
        self._java_command = java and [java, str(_FOLDER / "Oracle.java")]
        self._java: _Child | None = None

    def ecma(self, pattern: str, texts: Sequence[str] = ()) -> Answer:
        """Return node's answer."""
        question = json.dumps({"pattern": pattern, "texts": list(texts)})
        answer = json.loads(self._node.ask(question))
        return Answer(answer["mode"], tuple(answer["verdicts"]))

    def ask(self, pattern: str, texts: Sequence[str] = ()) -> Answer:
        """Return node's answer, or Java's for what node cannot compile."""
        answer = self.ecma(pattern, texts)
        if answer.mode is not None or not self._java_command:
            return answer
        if self._java is None:
            self._java = _Child(self._java_command)
        told = self._java.ask(" ".join(_encoded(text) for text in (pattern, *texts)))
        if told == "x":
            return answer
        return Answer("java", tuple(_JAVA[sign] for sign in told[1:]))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@cache
def oracle() -> Oracle | None:
    """Return this process's oracle, ``None`` where node is not installed."""
    node = shutil.which("node")
    return None if node is None else Oracle(node, shutil.which("java"))
