"""What services show where nobody set anything: leaving it out loses nothing.

Only for requests that replace a whole document; one row with its reason for each.
"""

from collections.abc import Mapping
from typing import Any

from .paths import Path, show_path

DEFAULTS: Mapping[str, Mapping[str, tuple[Any, str]]] = {
    "cloudwatch:PutMetricAlarm": {
        "ActionsEnabled": (True, "the API reference: the default of the member")
    },
    "iam:UpdateAccountPasswordPolicy": {
        "MaxPasswordAge": (0, "the API reference: shown while passwords never expire")
    },
    "s3:PutBucketLifecycleConfiguration": {
        "TransitionDefaultMinimumObjectSize": (
            "all_storage_classes_128K",
            "the user guide: what a bucket has unless it says otherwise",
        )
    },
}
"""Operation → path in the document → (value, why)."""


def is_default(operation: str, path: Path, value: Any) -> bool:
    """Say whether a value at a path is only what the service shows by itself."""
    row = DEFAULTS.get(operation, {}).get(show_path(path))
    return row is not None and row[0] == value
