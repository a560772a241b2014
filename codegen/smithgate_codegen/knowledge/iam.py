"""Which IAM actions a caller needs, as far as the model says.

Owns the reading of Smithy's IAM traits. Models without them give no actions: a guessed
action name that does not exist would be worse than none.
"""

from ..ir import Fact
from .subject import Subject

_ACTION = "aws.iam#iamAction"
_ACTION_NAME = "aws.iam#actionName"
_REQUIRED = "aws.iam#requiredActions"
_SERVICE = "aws.api#service"


def iam_actions_of(subject: Subject) -> Fact[tuple[str, ...]]:
    """Return the actions that the operation's traits name, sorted."""
    prefix = _prefix(subject)
    action = subject.traits.get(_ACTION)
    name = action.get("name") if isinstance(action, dict) else None
    name = name or subject.traits.get(_ACTION_NAME)
    required = list(subject.traits.get(_REQUIRED, ()))
    if isinstance(name, str) and prefix:
        source = _ACTION if _ACTION in subject.traits else _ACTION_NAME
        actions = {f"{prefix}:{name}", *required}
        return Fact(tuple(sorted(actions)), f"trait {source}")
    if required:
        return Fact(tuple(sorted(set(required))), f"trait {_REQUIRED}")
    return Fact((), "no aws.iam trait")


def _prefix(subject: Subject) -> str | None:
    """Return the service's part of its action names: the ARN namespace."""
    trait = subject.model.service.traits.get(_SERVICE, {})
    namespace = trait.get("arnNamespace")
    return namespace if isinstance(namespace, str) else None
