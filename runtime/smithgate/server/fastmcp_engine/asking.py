"""Asking the person at the client through FastMCP, in both eras of the protocol.

With a handshake a worker hands its question to the coroutine of its call and waits. In
2026-07-28 the call ends with the question; FastMCP seals the state that travels with it
and refuses one that was changed, is old or belongs to another call.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from fastmcp.server.context import Context
from fastmcp.tools.base import InputRequiredToolResult
from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult

from ..stdio_calls import Call
from ..stdio_forms import ANSWER, MODERN_VERSIONS, can_show_forms
from ..tool import Ask, InputNeeded, Question

WAIT_S = 300.0
_SLICE_S = 0.25  # how often a waiting worker looks whether its call was cancelled


class Asked:
    """A question on its way from a worker to its coroutine, and the answer back."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._is_there = threading.Event()
        self._answer: dict[str, Any] | None = None

    async def ask(self, context: Context) -> None:
        """Send the question; a client that cannot answer gave no answer."""
        question = self._question
        try:
            asking = context.session.elicit_form(
                question.message, question.schema, context.request_id
            )
            result = await asyncio.wait_for(asking, WAIT_S)
            self._answer = result.model_dump(mode="json")
        except Exception:  # noqa: BLE001 - whatever the client or the library did
            self._answer = None
        finally:
            self._is_there.set()

    def wait(self, call: Call) -> dict[str, Any] | None:
        """Wait for the answer, on the worker's thread."""
        waited = 0.0
        while not self._is_there.wait(_SLICE_S):
            waited += _SLICE_S
            if call.cancelled.is_set() or waited >= WAIT_S:
                return None
        return None if call.cancelled.is_set() else self._answer


def asker(context: Context, call: Call, post: Callable[[Any], None]) -> Ask | None:
    """Return how the person at the client is asked, ``None`` where it cannot."""
    request = context.request_context
    if request is None:
        return None
    version = request.protocol_version
    declared = context.session.client_capabilities
    capabilities = None if declared is None else declared.model_dump(exclude_none=True)
    if not can_show_forms(capabilities, version):
        return None
    if version not in MODERN_VERSIONS:

        def ask(question: Question) -> dict[str, Any] | None:
            asked = Asked(question)
            post(asked)
            return asked.wait(call)

        return ask
    state, answers = context.request_state, context.input_responses

    def ask_back(question: Question) -> dict[str, Any] | None:
        if state is None:
            raise InputNeeded(question)
        answer = (answers or {}).get(ANSWER)
        if state != question.state or answer is None:
            return None
        return answer.model_dump(mode="json")

    return ask_back


def input_result(question: Question) -> InputRequiredToolResult:
    """Return the result of a call that asks back."""
    params = ElicitRequestFormParams(
        message=question.message, requested_schema=question.schema
    )
    return InputRequiredToolResult(
        InputRequiredResult(
            input_requests={ANSWER: ElicitRequest(params=params)},
            request_state=question.state,
        )
    )
