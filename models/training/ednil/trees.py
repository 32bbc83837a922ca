"""Gradient boosting of small trees for yes or no (Friedman 2001), by numpy.

Numbers are cut into bins at their quantiles; every tree is complete to its depth, so
that the product can walk all trees of all items at once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.ednil.inference.trees import Trees

Array = NDArray[Any]

_BINS = 32
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Growth:
    """How trees are grown."""

    trees: int = 200
    depth: int = 4
    rate: float = 0.07
    l2: float = 5.0
    """Added to the curvature of a leaf, so that small leaves say little."""
    items: float = 0.7
    """Share of the items that each tree sees."""
    columns: float = 0.5
    """Share of the columns that each tree sees."""
    least: float = 4.0
    """Curvature that a leaf needs."""
    seed: int = 1


def grow(items: Array, right: Array, growth: Growth) -> Trees:
    """Return trees that tell the log odds of *right* from rows of numbers."""
    generator = np.random.default_rng(growth.seed)
    cuts = [_cuts(column) for column in items.T]
    bins = np.stack(
        [np.searchsorted(c, column) for c, column in zip(cuts, items.T, strict=True)], 1
    )
    count, width = bins.shape
    share = float(np.clip(right.mean(), 0.01, 0.99))
    start = float(np.log(share / (1 - share)))
    odds = np.full(count, start)
    inner = 2**growth.depth - 1
    columns = np.zeros((growth.trees, inner), np.int16)
    limits = np.full((growth.trees, inner), np.inf, np.float32)
    leaves = np.zeros((growth.trees, inner + 1), np.float32)
    for tree in range(growth.trees):
        chance = 1 / (1 + np.exp(-odds))
        slope, bend = right - chance, chance * (1 - chance)
        seen = generator.random(count) < growth.items
        some = generator.permutation(width)[: max(1, round(width * growth.columns))]
        node = np.zeros(count, np.int64)
        for level in range(growth.depth):
            base = 2**level - 1
            split = _splits(
                bins[seen][:, some], node[seen] - base, 2**level,
                slope[seen], bend[seen], growth=growth,
            )  # fmt: skip
            for place, best in enumerate(split):
                if best is not None:
                    column, cut = int(some[best[0]]), best[1]
                    columns[tree, base + place] = column
                    limits[tree, base + place] = cuts[column][cut]
            taken = columns[tree, node]
            right_side = items[np.arange(count), taken] > limits[tree, node]
            node = 2 * node + 1 + right_side
        leaf = node - inner
        top = np.bincount(leaf[seen], slope[seen], inner + 1)
        low = np.bincount(leaf[seen], bend[seen], inner + 1)
        leaves[tree] = growth.rate * top / (low + growth.l2)
        odds += leaves[tree, leaf]
    return Trees(columns, limits, leaves, start)


def _cuts(column: Array) -> Array:
    marks = np.quantile(column, np.linspace(0, 1, _BINS + 1)[1:-1])
    values = np.unique(marks.astype(np.float32))
    return values[values < column.max()] if len(values) else values


def _splits(
    bins: Array, node: Array, nodes: int, slope: Array, bend: Array, *, growth: Growth
) -> list[tuple[int, int] | None]:
    """Return the best column and cut of each node, None where none is worth it."""
    width = bins.shape[1]
    size = nodes * width * _BINS
    keys = ((node[:, None] * width + np.arange(width)) * _BINS + bins).ravel()
    tops = np.bincount(keys, np.repeat(slope, width), size)
    lows = np.bincount(keys, np.repeat(bend, width), size)
    top = tops.reshape(nodes, width, _BINS).cumsum(2)
    low = lows.reshape(nodes, width, _BINS).cumsum(2)
    all_top, all_low = top[:, :, -1:], low[:, :, -1:]
    gain = (
        top**2 / (low + growth.l2)
        + (all_top - top) ** 2 / (all_low - low + growth.l2)
        - all_top**2 / (all_low + growth.l2)
    )
    gain[(low < growth.least) | (all_low - low < growth.least)] = 0
    flat = gain.reshape(nodes, -1)
    best = flat.argmax(1)
    return [
        (int(b) // _BINS, int(b) % _BINS) if flat[n, b] > _LEAST else None
        for n, b in enumerate(best)
    ]
