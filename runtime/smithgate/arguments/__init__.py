"""Arguments in, replies out: validation, conversion and description.

Owns everything between raw JSON arguments and boto3, and back. Which operation is
meant is the catalog's question, whether it may run is policy's.
"""

from .arguments import Arguments
from .limits import Limits
from .reply import Metadata, jsonable, partial_failures
from .violations import Violation

__all__ = [
    "Arguments",
    "Limits",
    "Metadata",
    "Violation",
    "jsonable",
    "partial_failures",
]
