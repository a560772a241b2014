"""A model together with what boto3 calls things: what generation starts from.

Owns ``ServiceModel`` and the ways to get one from a source's text.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..model import Model, load_model
from .clients import client_table, methods_of
from .enrich import Enrichment, enrich
from .lock import Pin
from .source import RawModel, Source

_SERVICE = "aws.api#service"


@dataclass(frozen=True)
class ServiceModel:
    """One service, ready for the generator."""

    client_name: str
    """The boto3 client name, the first half of every operation id."""
    sdk_id: str
    model: Model
    methods: Mapping[str, str]
    """Operation name → boto3 method; an operation that boto3 lacks is missing."""
    aliases: tuple[str, ...]
    """Other names of the service, lower case, none of them another client's name."""
    title: str
    source: str
    """Name of the source."""
    version: str
    """The API version."""
    sha256: str
    """Hex digest of the model text, the one that the lock pins."""
    in_boto3: bool
    """Whether the installed boto3 has the client (the stub has none)."""
    enrichment: Enrichment | None = None
    """What was added from another source's model; ``None`` without one."""


def load_service(client_name: str, source: Source) -> ServiceModel:
    """Fetch one model from a source and load it, without cache and lock.

    Raises ``ModelNotFound`` and what ``load_model`` raises.
    """
    raw = source.fetch(client_name)
    digest = hashlib.sha256(raw.data).hexdigest()
    return service_model(client_name, [raw], Pin(source.name, raw.version, digest))


def service_model(client_name: str, raws: Sequence[RawModel], pin: Pin) -> ServiceModel:
    """Load a model's text, enrich it with a second one, join it with boto3's names.

    ``raws`` are the pinned texts, the base first. Raises what ``load_model`` raises.
    """
    model, enrichment = _model(raws, pin)
    table = client_table()
    trait: Mapping[str, Any] = model.service.traits.get(_SERVICE, {})
    sdk_id = str(trait.get("sdkId", client_name))
    return ServiceModel(
        client_name=client_name,
        sdk_id=sdk_id,
        model=model,
        methods=_methods(client_name, model, pin.real_source),
        aliases=table.aliases(client_name, [sdk_id, *_other_names(model)]),
        title=str(model.service.traits.get("smithy.api#title", sdk_id)),
        source=pin.real_source,
        version=pin.version,
        sha256=pin.sha256,
        in_boto3=client_name in table.clients,
        enrichment=enrichment,
    )


def _model(raws: Sequence[RawModel], pin: Pin) -> tuple[Model, Enrichment | None]:
    base, *additions = (load_model(raw.data, origin=raw.origin) for raw in raws)
    if not additions or pin.enrich is None:
        return base, None
    model, enrichment = enrich(base, additions[0])
    added = replace(
        enrichment,
        source=pin.enrich.real_source,
        version=pin.enrich.version,
        sha256=pin.enrich.sha256,
    )
    return model, added


def _other_names(model: Model) -> list[str]:
    traits = model.service.traits
    service: Mapping[str, Any] = traits.get(_SERVICE, {})
    names = [service.get("endpointPrefix"), service.get("arnNamespace")]
    names.append(traits.get("aws.auth#sigv4", {}).get("name"))
    return [name for name in names if isinstance(name, str)]


def _methods(client_name: str, model: Model, source: str) -> Mapping[str, str]:
    names = [bound.shape.id.name for bound in model.operations()]
    table = client_table()
    if source == "botocore" or client_name not in table.clients:
        return methods_of(names)
    known = table.methods(client_name)
    return {name: known[name] for name in names if name in known}
