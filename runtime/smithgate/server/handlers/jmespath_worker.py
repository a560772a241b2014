"""Evaluates one JMESPath expression in a process of its own, with limits.

A short expression can double its result many times over; here it can only exhaust this
process. Reads ``{"expression", "value"}`` as JSON from stdin, writes ``{"result"}`` or
``{"problem"}`` to stdout. Run as a module with ``python -I``: nothing of the caller's
environment or folder is imported.
"""

import json
import resource
import sys
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

CPU_S = 5
MEMORY_BYTES = 1024**3
MAX_SIZE = 4_000_000
"""Values and characters a result may have, together.

A shared reference counts each time it would be printed: a short expression can name one
long text many thousand times.
"""


def count(value: Any, budget: int) -> int:
    """Return what is left of a budget after counting a value, below 0 when too large."""
    stack = [value]
    while stack and budget >= 0:
        item = stack.pop()
        budget -= 1 + (len(item) if isinstance(item, str) else 0)
        if isinstance(item, dict):
            budget -= sum(map(len, item))
            stack.extend(item.values())
        elif isinstance(item, list):
            if len(item) > budget:
                return -1
            stack.extend(item)
    return budget


def main() -> None:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    request = json.load(sys.stdin)
    answer: dict[str, Any]
    try:
        result = jmespath.search(request["expression"], request["value"])
        if count(result, MAX_SIZE) < 0:
            answer = {"problem": f"the result is larger than {MAX_SIZE} characters"}
        else:
            answer = {"result": result}
    except (JMESPathError, ValueError, TypeError, RecursionError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        answer = {"problem": lines[0][:200]}
    except MemoryError:
        answer = {"problem": "the result is too large"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
