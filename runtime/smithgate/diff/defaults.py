"""What services show where nobody set anything: leaving it out loses nothing.

One row with its reason for each. What a request that replaces leaves out goes back to
the value, or is gone where there is none.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .paths import MISSING, Path, show_path

Defaults = Mapping[str, tuple[Any, str]]
"""Path in the document → (value, why)."""
NO_DEFAULTS: Defaults = MappingProxyType({})

DEFAULTS: Mapping[str, Defaults] = {
    "cloudwatch:PutMetricAlarm": {
        "ActionsEnabled": (True, "the API reference: the default of the member")
    },
    "dynamodb:UpdateContinuousBackups": {
        "RecoveryPeriodInDays": (
            35,
            "the API reference: the value if none is provided",
        )
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
    "scheduler:UpdateSchedule": {
        "ActionAfterCompletion": ("NONE", "the user guide: kept unless it says DELETE"),
        "ScheduleExpressionTimezone": ("UTC", "the user guide: the default time zone"),
        "State": ("ENABLED", "the API reference: the default of the member"),
        "Target.RetryPolicy.MaximumEventAgeInSeconds": (
            86400,
            "the API reference: the default of the member",
        ),
        "Target.RetryPolicy.MaximumRetryAttempts": (
            185,
            "the API reference: the default of the member",
        ),
    },
}
"""Operation → its defaults."""


def default_at(operation: str, path: Path) -> Any:
    """Return what a place in the document shows where nobody set anything."""
    return DEFAULTS.get(operation, {}).get(show_path(path), (MISSING,))[0]
