"""What the files of a new repository are filled with.

Owns the checks of what a person gives on the command line: everything here ends up in
YAML and in a Makefile, so nothing but plain names gets through.
"""

import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..sync import load_config

PLACEHOLDER_ACCOUNT = "000000000000"
"""No account has it: a server that is not set up yet refuses every call."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """The variables of the templates."""

    services: tuple[str, ...]
    """boto3 client names, sorted."""
    account: str
    region: str
    version: str
    boto3: str
    botocore: str
    python: str


def checked_values(
    services: Iterable[str], *, account: str, region: str, known: Iterable[str]
) -> Values:
    """Return the values of a new repository.

    ``known`` are the client names there are. Raises ``ConfigError`` for any other
    name, and for an account or a region that cannot be one.
    """
    names = sorted(set(services))
    there = sorted(known)
    for name in names:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            hint = f"did you mean `{near[0]}`" if near else "use boto3's client names"
            raise ConfigError(f"botocore has no service `{name}`", hint=hint)
    if not _ACCOUNT.fullmatch(account):
        raise ConfigError(f"`{account}` is no account id", hint="give twelve digits")
    if not _REGION.fullmatch(region):
        raise ConfigError(f"`{region}` is no region", hint="such as eu-west-1")
    return Values(
        services=tuple(names),
        account=account,
        region=region,
        version=metadata.version("smithgate"),
        boto3=metadata.version("boto3"),
        botocore=metadata.version("botocore"),
        python=".".join(platform.python_version_tuple()[:2]),
    )


def default_services() -> tuple[str, ...]:
    """Return the services of the checkout's, else of the package's configuration.

    Raises ``ConfigError`` when neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for path in (
        package.parent.parent / "smithy-models" / "services.yaml",
        package / "_models" / "services.yaml",
    ):
        if path.is_file():
            choices = load_config(path).services or ()
            return tuple(choice.name for choice in choices)
    msg = "the default services are missing"
    raise ConfigError(msg, hint="name the services: --service s3")


def as_variables(values: Values) -> Mapping[str, Any]:
    """Return the values by the names that the templates use."""
    return {name: getattr(values, name) for name in Values.__slots__}
