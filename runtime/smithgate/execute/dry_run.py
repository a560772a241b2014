"""Dry runs: the changing call itself, with the member that turns it into a check.

Owns for which services that is safe to believe. A dry run is sent before anybody
approved the change, so it takes a promise of the service that it never ends as a
success, and a policy that asks for it.
"""

from collections.abc import Mapping
from typing import Any

from ..operation import Operation

PURPOSE = "preflight"
WOULD_SUCCEED: Mapping[str, str] = {
    # EC2 API reference, common parameters: DryRun answers with this error or with
    # UnauthorizedOperation.
    "ec2": "DryRunOperation",
    # KMS developer guide, "Testing your permissions": the same, with its own names.
    "kms": "DryRunOperationException",
}
"""Service → the error that means "it would have run". Others' ``DryRun`` members answer
with a success, which nobody can tell from a call that ran."""


def can_dry_run(operation: Operation) -> bool:
    """Say whether an operation can be tried without running."""
    return operation.dry_run is not None and operation.service in WOULD_SUCCEED


def is_dry_run(
    operation: Operation, purpose: str, arguments: Mapping[str, Any]
) -> bool:
    """Say whether a call is a check that changes nothing."""
    return (
        purpose == PURPOSE
        and can_dry_run(operation)
        and operation.dry_run is not None
        and arguments.get(operation.dry_run) is True
    )
