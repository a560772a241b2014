"""Writes the event chain out, one JSON object a line, for a SIEM or a second pair of eyes.

A line holds what the hash covers and the hash itself; ``chain`` says how to check it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..canonical import canonical_json
from ..errors import AuditBroken
from ..store.places import Places
from ..store.snapshot import open_snapshot
from .verify import places_of

if TYPE_CHECKING:
    from ..store import Store


def export_lines(
    source: "Store | Places | Path", *, since: int | datetime | None = None
) -> Iterator[str]:
    """Yield the events as JSON Lines without line ends, all or from ``since`` on.

    ``since`` is a sequence number or an aware time, itself included. Proves nothing,
    see ``verify``. Raises ``AuditUnavailable``, ``FormatUnknown``, and ``AuditBroken``
    at an event whose body is not JSON.
    """
    with open_snapshot(places_of(source)) as snapshot:
        for event in snapshot.events(since):
            try:
                event["body"] = json.loads(event["body"])
                yield canonical_json(event).decode()
            except (TypeError, ValueError) as error:
                raise AuditBroken(
                    f"event {event['seq']} is not readable",
                    hint="run `smithgate audit verify`",
                ) from error
