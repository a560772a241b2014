"""A fresh process that asks once: how long until the answer, or how much memory.

``python search_probe.py ROOT time|memory`` prints one JSON object. Memory is what the
index allocated and kept (``tracemalloc``), the catalog's own records included.
"""

import json
import sys
import time
import tracemalloc
from pathlib import Path

_WISH = "turn on versioning for a bucket"


def main(root: Path, what: str) -> None:
    """Measure and print."""
    if what == "memory":
        print(json.dumps({"memory_mib": _memory(root)}))
        return
    start, began = time.perf_counter(), time.process_time()
    from smithgate.catalog import Catalog

    imported = time.perf_counter()
    Catalog(root).search(_WISH)
    answered = time.perf_counter()
    figures = {
        "import_s": imported - start,
        "first_answer_s": answered - start,
        "first_answer_cpu_s": time.process_time() - began,
    }
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def _memory(root: Path) -> float:
    from smithgate.catalog import Catalog

    tracemalloc.start()
    catalog = Catalog(root)
    catalog.search(_WISH)
    return round(tracemalloc.get_traced_memory()[0] / 2**20, 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
