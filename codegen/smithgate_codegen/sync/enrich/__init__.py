"""What Smithy models know and botocore's descriptions lack, put on top of the latter."""

from .merge import enrich
from .report import Conflict, Enrichment

__all__ = ["Conflict", "Enrichment", "enrich"]
