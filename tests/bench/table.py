"""The report for a person: one line a figure, on stderr."""

from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 58


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table."""
    for name, section in report["sections"].items():
        yield ""
        yield f"{name} ({section.get('seconds', 0):.0f} s)"
        if "error" in section:
            yield f"  failed: {section['error']}"
            continue
        yield f"  {'':<{_WIDTH}} {'median':>10} {'min':>10} {'max':>10}  unit"
        for table in ("figures", "ratios"):
            for label, figure in section[table].items():
                yield _line(label, figure)
        for label, value in section["facts"].items():
            yield f"  {label:<{_WIDTH}} {value}"


def _line(label: str, figure: Mapping[str, Any]) -> str:
    numbers = " ".join(f"{figure[key]:>10.2f}" for key in ("median", "min", "max"))
    unit = "x" if figure["unit"] == "ratio" else figure["unit"]
    more = f"  p95 {figure['p95']:.2f}" if "p95" in figure else ""
    return f"  {label:<{_WIDTH}} {numbers}  {unit} of {figure['runs']} runs{more}"
