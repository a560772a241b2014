"""Fits the weights of the ranking on the titles that are not held back.

Owns the fitting: a softmax over the candidates of each wish, kept small by a
penalty on large weights. Prints the table for ``catalog/weights.py``, and with ``--folds`` first the
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
from smithgate.catalog.wish import read_wish

_BY_HAND = ("deprecated", "phrase", "wish", "wish_same")
_DECAY = 1e-3
_STEPS, _HALVINGS, _ENOUGH = 40, 30, 1e-6
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
    """Each sign twice: as it is, and with a minus in a wish that says no more."""
    right: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate first")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="smithgate-search-") as folder:
        catalog = Catalog(write_full_tree(Path(folder) / "tree", wishes=False))
        ids = {entry.id for entry in catalog.entries()}
        cases = [case for case in cli_titles(ids) if not case.is_held]
        samples = [_sample(catalog, case) for case in cases]
    for name, split in _SPLITS.items() if options.folds else ():
        shares = _cross_validated(samples, split, options.folds)
        print(f"# split by {name}: " + ", ".join(f"{share:.4f}" for share in shares))
    both, apart = _fit(samples).reshape(2, -1)
    for name, *fitted in zip(WEIGHTS, both - apart, both + apart, strict=True):
        shown = tuple(round(float(weight), 2) + 0.0 for weight in fitted)
        print(f'    "{name}": {WEIGHTS[name] if name in _BY_HAND else shown},')
    return 0


def _sample(catalog: Catalog, case: Case) -> Sample:
    import numpy as np  # type: ignore[import-not-found, unused-ignore]

    found = catalog.search_index().signs(case.wish)
    places = [at for at, (id_, _) in enumerate(found) if id_ == case.operation]
    signs = np.array([signs for _, signs in found], dtype=np.float32)
    says_more = 1 if read_wish(case.wish).says_more else -1
    doubled = np.hstack([signs, says_more * signs])
    return Sample(case, doubled, places[0] if places else -1)


def _cross_validated(
    samples: Sequence[Sample], split: Callable[[Case], str], folds: int
) -> list[float]:
    """Return recall at each depth, every title judged by weights not fitted on it."""
    ranks: list[float] = []
    parts = [_part(split(sample.case), folds) for sample in samples]
    for fold in range(folds):
        pairs = list(zip(samples, parts, strict=True))
        weights = _fit([sample for sample, part in pairs if part != fold])
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


def _fit(samples: Sequence[Sample]) -> Any:
    """Return the weights, by Newton's steps, each halved until it helps."""
    import numpy as np

    samples = [sample for sample in samples if sample.right >= 0]
    signs = np.concatenate([sample.signs for sample in samples])
    sizes = np.array([len(sample.signs) for sample in samples])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = starts + np.array([sample.right for sample in samples])
    # Signs differ in size: each is measured by its spread while the weights are sought.
    spread = signs.std(axis=0) + 1e-6
    fitted = np.array([name not in _BY_HAND for name in WEIGHTS] * 2)
    signs *= (fitted / spread).astype(np.float32)
    weights = np.zeros(len(fitted))
    loss, chances = _loss(signs, sizes, starts, right, weights)
    for _ in range(_STEPS):
        weighted = signs * chances[:, None]
        means = np.add.reduceat(weighted, starts)
        slope = _DECAY * weights + (means - signs[right]).mean(axis=0)
        bend = (signs.T @ weighted - means.T @ means) / len(samples)
        step = np.linalg.solve(bend + _DECAY * np.eye(len(weights)), slope)
        before = loss
        for _ in range(_HALVINGS):
            loss, chances = _loss(signs, sizes, starts, right, weights - step)
            if loss < before:
                break
            step /= 2
        weights -= step
        if before - loss < _ENOUGH:
            break
    return weights / spread


def _loss(signs: Any, sizes: Any, starts: Any, right: Any, weights: Any) -> Any:
    """Return the mean surprise at the right candidates, and the chances of all."""
    import numpy as np

    scores = signs @ weights.astype(np.float32)
    scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
    raised = np.exp(scores)
    sums = np.add.reduceat(raised, starts)
    surprise = float((np.log(sums) - scores[right]).mean())
    return surprise + _DECAY / 2 * weights @ weights, raised / np.repeat(sums, sizes)


if __name__ == "__main__":
    sys.exit(main())
