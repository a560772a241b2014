"""What each default tool does. Arguments are checked against the tool's schema before.

Every handler returns JSON values and raises ``SmithgateError``; the core turns both
into tool results. A handler's module is loaded with the first call of one of its tools.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ...app import Application
from ..tool import CallContext

Handler = Callable[[Mapping[str, Any], CallContext], dict[str, Any]]

LOOKING = ("search_operations", "describe_operation")
QUERYING = ("query_artifact",)


def make_handler(name: str, app: Application) -> Handler:
    """Return the handler of a default tool."""
    handlers: object
    if name in LOOKING:
        from .look import LookHandlers

        handlers = LookHandlers(app)
    elif name in QUERYING:
        from .query import QueryHandlers

        handlers = QueryHandlers(app)
    else:
        from .act import ActHandlers

        handlers = ActHandlers(app)
    handler: Handler = getattr(handlers, name)
    return handler
