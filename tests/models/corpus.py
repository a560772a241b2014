"""The models that are measured, and which of them a fix may look at.

Owns the two sets (the public Smithy models beside the checkout, the installed botocore)
and the split of the services: a service is *tuned on* or *held back* by a hash of its
boto3 client name, so both of its models are on the same side.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from smithgate_codegen.model import Model
from smithgate_codegen.sync import BotocoreSource, DirectorySource, Source, load_service

Half = Literal["tuned", "held"]

PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "api-models-aws"
TUNED_READERS = 0.67
"""Part of the services that the rules about readers were tuned on."""
SETS = ("public", "botocore")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One model of one set."""

    model_set: str
    client_name: str

    @property
    def half(self) -> Half:
        """The side of the split that the service is on."""
        return half_of(self.client_name)

    def load(self) -> Model:
        """Load the model; raises ``CodegenError`` for what is none."""
        return load_service(self.client_name, _source(self.model_set)).model


def half_of(client_name: str) -> Half:
    """Return the side of the split; a service's two models are on the same one."""
    return "tuned" if share(client_name, "split") < 0.5 else "held"


def reader_half(client_name: str) -> Half:
    """Return the side on which the rules about readers have a service."""
    return "tuned" if share("readers", client_name) < TUNED_READERS else "held"


def share(*parts: str) -> float:
    """Return a number from 0 up to 1 that only the parts decide: the sampling."""
    digest = hashlib.sha256("\0".join(parts).encode(errors="replace")).digest()
    return float(int.from_bytes(digest[:6])) / float(2**48)


def places(sets: tuple[str, ...] = SETS) -> tuple[list[Place], dict[str, str]]:
    """Return the models, sorted, and set → reason for a set that is not there."""
    found: list[Place] = []
    skipped: dict[str, str] = {}
    for model_set in sets:
        if model_set == "public" and not PUBLIC.is_dir():
            skipped["public"] = "the shared model set is not beside the checkout"
            continue
        found += [Place(model_set, name) for name in _source(model_set).services()]
    return sorted(found), skipped


@cache
def _source(model_set: str) -> Source:
    if model_set == "botocore":
        return BotocoreSource()
    return DirectorySource(PUBLIC, name="public")
