"""Group words by their vectors, few groups and many: spherical k-means."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZES = (100, 800)
_ROUNDS = 12
_FREQUENT = 20_000
"""Centres begin at words of which there are vectors worth the name."""


def clusters(
    words: Sequence[str], vectors: NDArray[Any], seed: int = 1
) -> dict[str, tuple[str, str]]:
    """Return for each word its group of either size."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.maximum(lengths, 1e-6)).astype(np.float32)
    generator = np.random.default_rng(seed)
    coarse, fine = (_groups(unit, size, generator) for size in SIZES)
    return {
        word: (str(few), str(many))
        for word, few, many in zip(words, coarse, fine, strict=True)
    }


def _groups(unit: NDArray[Any], size: int, generator: np.random.Generator) -> list[int]:
    among = min(len(unit), _FREQUENT)
    centres = unit[generator.choice(among, min(size, among), replace=False)].copy()
    nearest = np.zeros(len(unit), dtype=np.int64)
    for _ in range(_ROUNDS):
        nearest = (unit @ centres.T).argmax(1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, unit)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        some = lengths[:, 0] > 1e-6  # noqa: PLR2004 a group may lose all its words
        centres[some] = sums[some] / lengths[some]
    return list(nearest.tolist())
