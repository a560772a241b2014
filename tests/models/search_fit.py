"""Fits the weights of the ranking on the titles that are not held back.

Owns the fitting: a softmax over the candidates of each wish, by gradient descent with
momentum. Prints the table for ``catalog/weights.py``, and with ``--folds`` first the
recall in cross-validation; nothing is written. Needs numpy, which nothing else here
does: run it in an environment of its own.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from search_sets import Case, cli_titles
from search_tree import write_full_tree
from smithgate.catalog import Catalog
from smithgate.catalog.weights import WEIGHTS

_BY_HAND = ("deprecated", "wish", "wish_same")
_DECAY, _FAST, _SLOW, _STEP = 1e-3, 0.9, 0.99, 0.1
_DEPTHS = (1, 5, 10)
_SPLITS: dict[str, Callable[[Case], str]] = {
    "titles": lambda case: f"{case.wish}|{case.operation}",
    "services": lambda case: case.operation.partition(":")[0],
}
"""What is kept together when titles are split."""


class Sample(NamedTuple):
    """The candidates of one title: their signs, and which one is right, -1 for none."""

    case: Case
    signs: Any
    right: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=600)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate first")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="smithgate-search-") as folder:
        catalog = Catalog(write_full_tree(Path(folder) / "tree", wishes=False))
        ids = {entry.id for entry in catalog.entries()}
        cases = [case for case in cli_titles(ids) if not case.is_held]
        samples = [_sample(catalog, case) for case in cases]
    for name, split in _SPLITS.items() if options.folds else ():
        shares = _cross_validated(samples, split, options.folds, options.rounds)
        print(f"# split by {name}: " + ", ".join(f"{share:.4f}" for share in shares))
    for name, weight in zip(WEIGHTS, _fit(samples, options.rounds), strict=True):
        shown = WEIGHTS[name] if name in _BY_HAND else round(float(weight), 2)
        print(f'    "{name}": {shown},')
    return 0


def _sample(catalog: Catalog, case: Case) -> Sample:
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    found = catalog.search_index().signs(case.wish)
    places = [at for at, (id_, _) in enumerate(found) if id_ == case.operation]
    signs = np.array([signs for _, signs in found], dtype=np.float32)
    return Sample(case, signs, places[0] if places else -1)


def _cross_validated(
    samples: Sequence[Sample], split: Callable[[Case], str], folds: int, rounds: int
) -> list[float]:
    """Return recall at each depth, every title judged by weights not fitted on it."""
    ranks: list[float] = []
    parts = [_part(split(sample.case), folds) for sample in samples]
    for fold in range(folds):
        pairs = list(zip(samples, parts, strict=True))
        weights = _fit([sample for sample, part in pairs if part != fold], rounds)
        ranks += [_rank(sample, weights) for sample, part in pairs if part == fold]
    return [sum(rank < depth for rank in ranks) / len(ranks) for depth in _DEPTHS]


def _part(text: str, folds: int) -> int:
    return hashlib.sha256(text.encode()).digest()[1] % folds


def _rank(sample: Sample, weights: Any) -> float:
    """Return how many candidates stand before the right one; equal ones by place."""
    if sample.right < 0:
        return float("inf")
    scores = sample.signs @ weights
    equal = scores[: sample.right] == scores[sample.right]
    return int((scores > scores[sample.right]).sum() + equal.sum())


def _fit(samples: Sequence[Sample], rounds: int) -> Any:
    import numpy as np

    samples = [sample for sample in samples if sample.right >= 0]
    signs = np.concatenate([sample.signs for sample in samples])
    sizes = np.array([len(sample.signs) for sample in samples])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = starts + np.array([sample.right for sample in samples])
    # Signs differ in size: each is measured by its spread while the weights are sought.
    spread = signs.std(axis=0) + 1e-6
    free = np.array([name not in _BY_HAND for name in WEIGHTS], dtype=np.float32)
    signs = signs / spread * free
    weights = np.zeros(len(WEIGHTS), dtype=np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for done in range(1, rounds + 1):
        scores = signs @ weights
        chances = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        chances /= np.repeat(np.add.reduceat(chances, starts), sizes)
        chances[right] -= 1
        slope = _DECAY * weights + signs.T @ chances / len(samples)
        mean = _FAST * mean + (1 - _FAST) * slope
        square = _SLOW * square + (1 - _SLOW) * slope * slope
        root = np.sqrt(square / (1 - _SLOW**done)) + 1e-8
        weights -= _STEP * (mean / (1 - _FAST**done)) / root
    return weights / spread


if __name__ == "__main__":
    sys.exit(main())
