"""Structured log lines on stderr, without the logging package.

One JSON object per line, ASCII only, so that neither a terminal nor a log collector
can be steered by what is in it. What a line may say is the caller's care: arguments,
results and the text of unforeseen exceptions stay out, they may hold secrets.
"""

import json
import os
import time
from types import TracebackType
from typing import Any

_STDERR = 2


def log_line(level: str, event: str, **fields: Any) -> None:
    """Write one line: ``at`` (UTC), ``level``, ``event`` and the given fields."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = json.dumps({"at": at, "level": level, "event": event, **fields}, default=str)
    try:
        os.write(_STDERR, line.encode() + b"\n")
    except OSError:
        return  # whoever read the log is gone, and there is nobody left to tell


def exception_fields(error: BaseException) -> dict[str, Any]:
    """Return an unforeseen exception as log fields: types and places.

    The message is left out: it may repeat an argument or a reply, which may be secret.
    """
    chain = []
    current: BaseException | None = error
    while current is not None:
        chain.append(type(current).__qualname__)
        current = current.__cause__ or current.__context__
    return {"exception": chain, "traceback": _places(error.__traceback__)}


def _places(traceback: TracebackType | None) -> list[str]:
    out = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        out.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_qualname}")
        traceback = traceback.tb_next
    return out
