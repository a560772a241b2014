"""boto3's clients: their names, methods and other names, from botocore's own data.

Owns the join of ``aws.api#service`` sdkId and botocore's serviceId, and the aliases.
Everything is computed from the installed botocore; nothing is kept by hand but the
three names that the AWS CLI gives its own commands.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from botocore import xform_name

from .botocore_files import ServiceFiles, find_services, installed_data

# awscli/customizations: s3, configservice/rename_cmd and codedeploy rename commands.
_CLI_COMMANDS = {"s3": "s3api", "config": "configservice", "codedeploy": "deploy"}


@dataclass(frozen=True, slots=True)
class Client:
    """What botocore's metadata say of one client."""

    name: str
    service_id: str
    endpoint_prefix: str
    signing_name: str


class ClientTable:
    """The clients of one botocore data folder."""

    def __init__(self, files: Mapping[str, ServiceFiles]) -> None:
        self._files = files
        self.clients: Mapping[str, Client] = {
            name: _client(name, service.metadata()) for name, service in files.items()
        }
        self._by_service_id: dict[str, list[str]] = defaultdict(list)
        for client in self.clients.values():
            self._by_service_id[client.service_id].append(client.name)
        # An alias that several services claim names none of them.
        claims = Counter(a for c in self.clients.values() for a in _claims(c))
        self._shared = {alias for alias, count in claims.items() if count > 1}

    def client_name(self, sdk_id: str) -> str | None:
        """Return the name of the client with this id; ``None`` if there is none.

        One id has two clients in botocore 1.44: the one that is called like the id
        wins.
        """
        names = self._by_service_id.get(sdk_id, [])
        return min(names, key=lambda n: (n != hyphenated(sdk_id), n), default=None)

    def by_folder(self) -> Mapping[str, str]:
        """Return how upstream names a service's folder → client name."""
        return {
            hyphenated(service_id): self.client_name(service_id) or names[0]
            for service_id, names in self._by_service_id.items()
        }

    def methods(self, client_name: str) -> Mapping[str, str]:
        """Return operation name → method name of a client that botocore has."""
        return methods_of(self._files[client_name].service()["operations"])

    def aliases(self, client_name: str, names: Iterable[str] = ()) -> tuple[str, ...]:
        """Return what else names the service, sorted, in lower case.

        ``names`` are those that the model gives (sdk id, ARN namespace, …); added
        are botocore's and the name of the CLI command. Left out is what is another
        client's name or is claimed by several services.
        """
        found = _spellings(names)
        if client_name in self.clients:
            found |= _claims(self.clients[client_name])
        return tuple(sorted(found - self.clients.keys() - self._shared - {client_name}))


@lru_cache(maxsize=2)
def client_table(data: Path | None = None) -> ClientTable:
    """Return the table of a botocore data folder, of the installed one by default."""
    return ClientTable(find_services(data or installed_data()))


def hyphenated(sdk_id: str) -> str:
    """Return the sdk id in lower case with hyphens for spaces."""
    return "-".join(sdk_id.lower().split())


def methods_of(operations: Iterable[str]) -> Mapping[str, str]:
    """Return operation name → name that boto3 gives the client's method."""
    return {name: str(xform_name(name)) for name in operations}


def _client(name: str, metadata: Mapping[str, str]) -> Client:
    prefix = metadata["endpointPrefix"]
    return Client(
        name=name,
        service_id=metadata["serviceId"],
        endpoint_prefix=prefix,
        signing_name=metadata.get("signingName", prefix),
    )


def _claims(client: Client) -> set[str]:
    names = [client.service_id, client.endpoint_prefix, client.signing_name]
    return _spellings([*names, _CLI_COMMANDS.get(client.name, client.name)])


def _spellings(names: Iterable[str]) -> set[str]:
    return {spelling for n in names for spelling in (n.lower(), hyphenated(n))}
