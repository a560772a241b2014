"""``make prove``: the promises on apply, audit and approvals, shown by counts.

Runs every proof against a loopback AWS double and prints one table. Exits with 1 when
anything that must be zero is not.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import approval_forgeries  # noqa: E402 - the path is set above
import disks  # noqa: E402
import ends  # noqa: E402
import faults  # noqa: E402
import fuzz  # noqa: E402
import kills  # noqa: E402
import policy_mutations  # noqa: E402
import races  # noqa: E402
from kit import FORGED, MUTANTS, ZERO, Double, Tally, environment  # noqa: E402

Proof = Callable[[Tally, Double, Path], None]


def proofs(*, quick: bool) -> dict[str, Proof]:
    """Return the proofs by name; ``quick`` ones only show that they run."""
    if quick:
        return {
            "kills": lambda t, d, b: kills.run(t, d, b, every=60),
            "faults": lambda t, d, b: faults.run(t, d, b, ("drop after",)),
            "disks": lambda t, d, b: disks.run(t, d, b, (8_000, 64_000), (8_192,)),
            "races": lambda t, d, b: races.run(t, d, b, 8),
            "ends": lambda t, d, b: ends.run(t, d, b, ("minimal",)),
            "fuzz": lambda t, d, b: fuzz.run(t, d, b, 100),
        }
    return {
        "kills": kills.run,
        "faults": faults.run,
        "disks": disks.run,
        "races": races.run,
        "ends": ends.run,
        "fuzz": fuzz.run,
        "forgeries": forgeries,
        "policies": policies,
    }


def forgeries(tally: Tally, _double: Double, _base: Path) -> None:
    """Try every forged approval."""
    found = approval_forgeries.run()
    tally.add("forged approvals", found["attempts"])
    tally.add(FORGED, found["accepted"], "see above")


def policies(tally: Tally, _double: Double, _base: Path) -> None:
    """Judge every mutation of policy files."""
    found = policy_mutations.run()
    tally.add("policy mutations", found["mutations"])
    tally.add(MUTANTS, found["wrong"], "see above")


def prove(chosen: dict[str, Proof]) -> Tally:
    """Run proofs; return what they counted."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="smithgate-prove-") as place:
        double = Double(Path(place))
        try:
            for name, proof in chosen.items():
                base = Path(place) / name
                base.mkdir()
                began = time.monotonic()
                with environment(double):
                    proof(tally, double, base)
                took = time.monotonic() - began
                sys.stderr.write(f"prove: {name} took {took:.0f} s\n")
        finally:
            double.close()
    return tally


def table(tally: Tally) -> str:
    """Return the counts, those that must be zero last."""
    done = sorted(set(tally.counts) - set(ZERO))
    rows = [(name, tally.counts[name], "") for name in done]
    rows += [(n, tally.counts[n], "must be 0") for n in ZERO]
    lines = [f"{name:<44}{count:>8}  {must}".rstrip() for name, count, must in rows]
    lines += [f"skipped: {reason}" for reason in tally.skipped]
    return "\n".join(lines)


def main() -> int:
    """Run what the command line names; print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny counts")
    parser.add_argument("--only", metavar="NAME", help="one proof")
    options = parser.parse_args()
    chosen = proofs(quick=options.quick)
    if options.only:
        chosen = {options.only: chosen[options.only]}
    tally = prove(chosen)
    print(table(tally))
    for note in tally.notes[:40]:
        print(f"  {note}")
    return 1 if any(tally.counts[name] for name in ZERO) else 0


if __name__ == "__main__":
    sys.exit(main())
