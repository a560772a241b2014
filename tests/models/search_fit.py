"""Fits the weights of the ranking on the titles that are not held back.

Owns the fitting: a softmax over the candidates of each wish, by gradient descent with
momentum. Prints the table for ``catalog/weights.py``; nothing is written. Needs numpy,
which nothing else here does: run it in an environment of its own.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from search_sets import Case, cli_titles
from search_tree import write_full_tree
from smithgate.catalog import Catalog
from smithgate.catalog.weights import WEIGHTS

_BY_HAND = ("deprecated", "wish", "wish_same")
_DECAY, _FAST, _SLOW, _STEP = 1e-3, 0.9, 0.99, 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=250)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="smithgate-search-") as folder:
        catalog = Catalog(write_full_tree(Path(folder) / "tree", wishes=False))
        ids = {entry.id for entry in catalog.entries()}
        cases = [case for case in cli_titles(ids) if not case.is_held]
        weights = _fit(catalog, cases, rounds)
    for name, weight in zip(WEIGHTS, weights, strict=True):
        shown = WEIGHTS[name] if name in _BY_HAND else round(float(weight), 2)
        print(f'    "{name}": {shown},')
    return 0


def _fit(catalog: Catalog, cases: list[Case], rounds: int) -> Any:
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    sets = []
    for case in cases:
        found = catalog.search_index().signs(case.wish)
        places = [at for at, (id_, _) in enumerate(found) if id_ == case.operation]
        if places and len(found) > 1:
            sets.append((np.array([signs for _, signs in found]), places[0]))
    # Signs differ in size: each is measured by its spread while the weights are sought.
    spread = np.concatenate([signs for signs, _ in sets]).std(axis=0) + 1e-6
    free = np.array([name not in _BY_HAND for name in WEIGHTS])
    sets = [(signs / spread * free, right) for signs, right in sets]
    weights = np.zeros(len(WEIGHTS))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for done in range(1, rounds + 1):
        slope = _DECAY * weights
        for signs, right in sets:
            scores = signs @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            slope += (signs.T @ chances - signs[right]) / len(sets)
        mean = _FAST * mean + (1 - _FAST) * slope
        square = _SLOW * square + (1 - _SLOW) * slope * slope
        root = np.sqrt(square / (1 - _SLOW**done)) + 1e-8
        weights -= _STEP * (mean / (1 - _FAST**done)) / root
    return weights / spread


if __name__ == "__main__":
    sys.exit(main())
