"""The regions that exist: a checked list, so that no other text reaches a host name.

Owns reading ``regions.txt`` and nothing else. The list is data of this package, not
of the installed SDK, so that one policy means the same with every botocore.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

# No pathlib here: the server has not loaded it when it reads its policy.
_FILE = __file__.removesuffix("regions.py") + "regions.txt"


@lru_cache(maxsize=1)
def known_regions() -> Mapping[str, str]:
    """Return every known region name with its partition (``cn-north-1``: ``aws-cn``)."""
    with open(_FILE, encoding="utf-8") as lines:  # noqa: PTH123
        rows = [line.split() for line in lines if not line.startswith("#")]
    return MappingProxyType(dict(rows))
