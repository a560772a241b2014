"""Asking the person at the client, in both eras of the protocol.

With a handshake the server sends a request and a worker waits for the answer. In
2026-07-28 it may send none: the call ends with a question, and the client calls again
with the answer and the state it was given. That state passes through the client, so it
carries a MAC over its text, the call and a time, under a key of this process.
"""

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ...canonical import canonical_json
from ..stdio_calls import Call
from ..stdio_forms import ANSWER, question_form
from ..stdio_frames import INVALID_PARAMS, ProtocolError, RequestId, request_frame
from ..tool import Ask, InputNeeded, Question

WAIT_S = 300.0
"""How long a question waits for its answer."""
_SLICE_S = 0.25  # how often a waiting worker looks whether its call was cancelled


class Waiting:
    """The questions of a connection with a handshake, by the ids of their requests."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._open: dict[RequestId, _Slot] = {}

    def take(self, request_id: RequestId | None, result: Any) -> None:
        """Hand in the client's answer; one that nobody waits for is dropped."""
        with self._lock:
            slot = self._open.get(request_id) if request_id is not None else None
        if slot is not None and not slot.is_there.is_set():
            slot.result = result if isinstance(result, dict) else None
            slot.is_there.set()

    def asker(self, call: Call, version: str) -> Ask:
        """Return what asks for a call and waits."""

        def ask(question: Question) -> dict[str, Any] | None:
            # Not to be guessed, so that no answer is there before its question.
            request_id = f"ask-{os.urandom(16).hex()}"
            slot = _Slot()
            with self._lock:
                self._open[request_id] = slot
            try:
                params = question_form(question, version)
                self._send(request_frame(request_id, "elicitation/create", params))
                ends_at = time.monotonic() + WAIT_S
                while not slot.is_there.wait(_SLICE_S):
                    if call.cancelled.is_set() or time.monotonic() >= ends_at:
                        return None
                return None if call.cancelled.is_set() else slot.result
            finally:
                with self._lock:
                    del self._open[request_id]

        return ask


class Asking:
    """Both ways of asking, for one connection."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.waiting = Waiting(send)
        self.states = States()


class _Slot:
    """Where one answer arrives."""

    def __init__(self) -> None:
        self.is_there = threading.Event()
        self.result: dict[str, Any] | None = None


class States:
    """The states that questions of the modern era travel with."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = os.urandom(32)
        self._clock = clock

    def seal(self, question: Question, name: str, arguments: Mapping[str, Any]) -> str:
        """Return the state of a question of one call."""
        until = int(self._clock() + WAIT_S)
        return f"{until}.{question.state}.{self._mac(until, question.state, name, arguments)}"

    def asker(
        self, params: Mapping[str, Any], name: str, arguments: Mapping[str, Any]
    ) -> Ask:
        """Return what raises ``InputNeeded`` first and gives the answer afterwards.

        Raises ``ProtocolError`` for a state that is not ours, not this call's or old.
        """
        state = params.get("requestState")
        answers = params.get("inputResponses")
        asked = None if state is None else self._open(state, name, arguments)

        def ask(question: Question) -> dict[str, Any] | None:
            if asked is None:
                raise InputNeeded(question)
            answer = answers.get(ANSWER) if isinstance(answers, dict) else None
            is_about_it = hmac.compare_digest(asked.encode(), question.state.encode())
            return answer if is_about_it and isinstance(answer, dict) else None

        return ask

    def _open(self, state: Any, name: str, arguments: Mapping[str, Any]) -> str:
        until, _, rest = state.partition(".") if isinstance(state, str) else ("",) * 3
        about, _, mac = rest.rpartition(".")
        is_number = until.isascii() and until.isdigit() and len(until) < len("9" * 20)
        if is_number and str(int(until)) == until and self._clock() < int(until):
            expected = self._mac(int(until), about, name, arguments)
            if hmac.compare_digest(mac.encode("utf-8", "replace"), expected.encode()):
                return about
        raise ProtocolError(INVALID_PARAMS, "`requestState` is not valid for this call")

    def _mac(
        self, until: int, about: str, name: str, arguments: Mapping[str, Any]
    ) -> str:
        text = canonical_json([until, about, name, arguments])
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()
