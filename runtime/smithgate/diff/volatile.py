"""What moves although nobody changes anything: left out of drift, with the reason.

One row is a pattern that matches a whole member name, and why. What moves *with* a
change (``ETag``, ``RevisionId``, ``LastModified``) is state and stays: it is often the
only trace of one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

VOLATILE: tuple[tuple[str, str], ...] = (
    (
        r"Approximate(Number|Age|Receive|First)\w*",
        "sqs counts messages, which come and go by themselves",
    ),
    (
        r"\w*LastUsed(Date|Time|Region|At)?|LastUsed\w*",
        "iam, kms and others note each use of a thing",
    ),
    (
        r"LastAccess(ed)?(Date|Time|At)?|LastRequestedDate|LastAuthenticated\w*",
        "notes each look at a secret, an entity or a user",
    ),
    (
        r"[lL]astEvaluat(ed|ion)\w*",
        "policies and rules are evaluated on a schedule of the service",
    ),
    (r"LastPingDateTime|LastHeartbeat\w*|LastSeen\w*", "agents report by themselves"),
    (
        (
            r"LastEventTimestamp|LastIngestionTime|FirstEventTimestamp|lastEventTimestamp"
            r"|lastIngestionTime|firstEventTimestamp|uploadSequenceToken"
        ),
        "log streams move with every event",
    ),
    (
        (
            r"TableSizeBytes|IndexSizeBytes|ItemCount|StoredBytes|storedBytes"
            r"|SizeInBytes|CurrentSizeInBytes|BackupSizeBytes"
        ),
        "sizes and counts of what a thing holds, refreshed by the service",
    ),
    (
        (
            r"(runningCount|pendingCount|RunningCount|PendingCount"
            r"|running(Tasks|Ec2Tasks|FargateTasks)Count|registeredContainerInstancesCount)"
        ),
        "what an ecs scheduler has running at the moment",
    ),
    (
        r"RequestId|requestId|ResponseMetadata|NextToken|nextToken|NextMarker",
        "belongs to the answer, not to the thing",
    ),
    (
        (
            r"LastIncreaseDateTime|LastDecreaseDateTime|StateUpdatedTimestamp"
            r"|StateTransitionedTimestamp|StateReasonData"
        ),
        "bookkeeping of the service, follows monitoring and scaling",
    ),
    (
        (
            r"Free(Storage|able)\w*|AvailableIpAddressCount|LatestRestorableTime"
            r"|EarliestRestorableTime"
        ),
        "free space, addresses and restore points move with use",
    ),
)

_ANY = re.compile("|".join(f"(?:{pattern})" for pattern, _ in VOLATILE))


def is_volatile(name: str) -> bool:
    """Say whether a member of this name moves by itself."""
    return _ANY.fullmatch(name) is not None


_COUNTERS = frozenset({"revision", "version", "versionnumber"})


def is_counter(where: Sequence[str], value: Any) -> bool:
    """Say whether a value is a number that the service counts up with every change.

    A request that leaves it out (``pipeline.version``) loses nothing.
    """
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and bool(where) and where[-1].casefold() in _COUNTERS


def stable(value: Any) -> Any:
    """Return a document without the members that move by themselves."""
    if isinstance(value, Mapping):
        return {
            key: stable(item)
            for key, item in value.items()
            if not is_volatile(str(key))
        }
    if isinstance(value, list):
        return [stable(item) for item in value]
    return value
