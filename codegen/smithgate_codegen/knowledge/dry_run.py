"""Which member turns a call into a check that changes nothing."""

from ..ir import Fact
from .subject import Subject


def dry_run_of(subject: Subject) -> Fact[str | None]:
    """Return the top-level boolean ``DryRun`` member, as EC2 has it."""
    for name in ("DryRun", "dryRun"):
        member = subject.input.members.get(name)
        if member is not None and subject.target(member).type == "boolean":
            return Fact(name, "rule dry-run-member")
    return Fact(None, "no DryRun member")
