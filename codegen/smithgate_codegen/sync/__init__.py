"""Bringing models in: sources, conversion of botocore, cache and lock.

Owns everything between the outside world and a loaded ``ServiceModel``.
"""

from .botocore_source import BotocoreSource
from .directory_source import DirectorySource
from .service import ServiceModel, load_service
from .source import RawModel, Source

__all__ = [
    "BotocoreSource",
    "DirectorySource",
    "RawModel",
    "ServiceModel",
    "Source",
    "load_service",
]
