"""Every way to spell an operation, and what the catalog makes of each.

Shared by the test over the generated tree and the measurement over all AWS services.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from botocore import xform_name
from smithgate.catalog import Catalog
from smithgate.catalog.index import Entry, Service
from smithgate.errors import UnknownOperation

SEPARATORS = (":", ".", " ", "#")


def spellings_of(service: Service, entry: Entry) -> Iterator[str]:
    """Yield the spellings of one operation, some of them ambiguous or meaningless."""
    name = entry.id.partition(":")[2]
    names = (name, entry.method, xform_name(name, "-"), name.replace("_", ""))
    services = (
        service.name,
        *service.aliases,
        service.namespace,
        service.sdk_id,
        service.name.replace("-", "_"),
        f"aws {service.name}",
    )
    plain = [
        entry.tool,
        *(
            f"{prefix}{separator}{spelled}"
            for prefix, separator, spelled in product(
                dict.fromkeys(services), SEPARATORS, dict.fromkeys(names)
            )
        ),
    ]
    for text in plain:
        yield text
        yield from (text.upper(), text.lower(), text.swapcase())
    for text in (entry.id, entry.tool, f"{service.name}.{entry.method}"):
        yield from (f" {text}", f"{text} ", f"\t{text}\n", f"  {text}  ")


def judge_spellings(catalog: Catalog) -> tuple[Counter[str], list[str]]:
    """Return the counts of ``same``, ``refused`` and ``wrong``, and the wrong ones.

    Every spelling has to give the operation it was made of, or ``unknown_operation``.
    """
    counts: Counter[str] = Counter()
    wrong = []
    services = {service.name: service for service in catalog.services()}
    for entry in catalog.entries():
        service = services[entry.id.partition(":")[0]]
        for text in dict.fromkeys(spellings_of(service, entry)):
            try:
                found = catalog.canonical_id(text)
            except UnknownOperation:
                counts["refused"] += 1
                continue
            counts["same" if found == entry.id else "wrong"] += 1
            if found != entry.id:
                wrong.append(f"{text!r} is {found}, not {entry.id}")
    counts["operations"] = len(catalog.entries())
    return counts, wrong
