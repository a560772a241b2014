"""Writes the event chain out, one JSON object a line, for a SIEM or a second pair of eyes.

A line holds what the hash covers and the hash itself; ``chain`` says how to check it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..canonical import canonical_json
from ..errors import AuditBroken
from ..store.chain import Chain, Sha256Chain
from ..store.snapshot import open_snapshot

if TYPE_CHECKING:
    from ..store import Store


def export_lines(
    source: "Store | Path", *, after: int = 0, chain: Chain | None = None
) -> Iterator[str]:
    """Yield the events after a sequence number as JSON Lines, without line ends.

    Proves nothing, see ``verify``. Raises ``AuditUnavailable``, ``FormatUnknown``, and
    ``AuditBroken`` at an event whose body is not JSON.
    """
    folder = source if isinstance(source, Path) else source.folder
    with open_snapshot(folder, chain or Sha256Chain()) as snapshot:
        for event in snapshot.events(after):
            try:
                event["body"] = json.loads(event["body"])
                yield canonical_json(event).decode()
            except (TypeError, ValueError) as error:
                raise AuditBroken(
                    f"event {event['seq']} is not readable",
                    hint="run `smithgate audit verify`",
                ) from error
