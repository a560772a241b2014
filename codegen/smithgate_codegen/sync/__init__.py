"""Bringing models in: sources, conversion of botocore, cache and lock.

Owns everything between the outside world and a loaded ``ServiceModel``.
"""

from .botocore_source import BotocoreSource
from .cache import Cache, default_cache_root
from .config import Choice, Config, build_sources, load_config
from .directory_source import DirectorySource
from .enrich import Conflict, Enrichment
from .first_of_source import FirstOfSource
from .git_source import GitSource
from .lock import Lock, Pin, read_lock
from .run import SyncReport, load_locked, sync, verify
from .service import ServiceModel, load_service
from .source import RawModel, Source

__all__ = [
    "BotocoreSource",
    "Cache",
    "Choice",
    "Config",
    "Conflict",
    "DirectorySource",
    "Enrichment",
    "FirstOfSource",
    "GitSource",
    "Lock",
    "Pin",
    "RawModel",
    "ServiceModel",
    "Source",
    "SyncReport",
    "build_sources",
    "default_cache_root",
    "load_config",
    "load_locked",
    "load_service",
    "read_lock",
    "sync",
    "verify",
]
