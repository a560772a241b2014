"""What required tags make of a request that is not denied already.

Owns the words and the strictness of tag requirements. They can only make a decision
stricter.
"""

from .conditions import both
from .model import Effect, Policy, PolicyRequest, Reason, RequiredTags
from .tags import missing_tag


def judge_tags(
    policy: Policy, request: PolicyRequest, effect: Effect | None
) -> tuple[list[Reason], list[Reason], bool]:
    """Return what asks for more than ``effect``, the remarks, and what is not known.

    The first lists reasons with the strictest first; the last says whether arguments
    that are not known could matter.
    """
    found: list[Reason] = []
    unknown = False
    for required in policy.required_tags:
        if not any(p.matches(request.operation) for p in required.operations):
            continue
        if request.tags is None:
            found.append(_untagged(required))
        elif request.arguments is None:
            unknown = True
            keys = both([key for key, _ in required.tags])
            text = f"required tags may deny: the request must carry {keys}"
            found.append(Reason(required.by, None, text))
        else:
            found.append(_carried(required, request))
    refused = [reason for reason in found if reason.effect is Effect.DENY]
    approve = [reason for reason in found if reason.effect is Effect.APPROVE]
    asked = refused + approve if refused or effect is Effect.ALLOW else []
    notes = [reason._replace(effect=None) for reason in found if reason not in asked]
    return asked, notes, unknown


def _untagged(required: RequiredTags) -> Reason:
    if required.untagged is None:
        text = "required tags do not apply: the operation takes no tags"
    else:
        text = f"the operation takes no tags, `untagged` says {required.untagged}"
    return Reason(required.by, required.untagged, text)


def _carried(required: RequiredTags, request: PolicyRequest) -> Reason:
    assert request.arguments is not None
    assert request.tags is not None
    problem = missing_tag(request.arguments, request.tags, required.tags)
    if problem is None:
        return Reason(required.by, None, "required tags are there")
    return Reason(required.by, Effect.DENY, f"required {problem}")
