"""Every spelling of every operation of every AWS service: the operation, or refused.

Prints one Markdown table; ``--out`` writes one JSON document. Exits with 1 when a spelling
leads to another operation than the one it was made of.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from search_tree import write_full_tree
from smithgate.catalog import Catalog

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from spellings import judge_spellings


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="write the JSON to a file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="smithgate-spell-") as folder:
        root = write_full_tree(Path(folder) / "tree", wishes=False)
        counts, wrong = judge_spellings(Catalog(root))
    print("## Spellings")
    print()
    print("| operations | the operation | refused | another operation |")
    print("|--:|--:|--:|--:|")
    cells = ("operations", "same", "refused", "wrong")
    print(f"| {' | '.join(f'{counts[cell]:,}' for cell in cells)} |")
    for line in wrong[:10]:
        print(f"\n- {line}")
    if options.out is not None:
        options.out.write_text(json.dumps(dict(counts), indent=2) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
