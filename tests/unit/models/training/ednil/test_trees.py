"""Boosted trees: that they learn what no single number tells."""

import numpy as np

from models.training.ednil.trees import Growth, grow


def puzzle(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return items that are right where just one of two numbers is above zero."""
    items = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    right = (items[:, 0] > 0) != (items[:, 1] > 0.5)
    return items, right.astype(float)


def test_trees_tell_what_two_numbers_tell_together() -> None:
    trees = grow(*puzzle(1, 3000), Growth(trees=60, depth=2, rate=0.3, columns=1.0))
    items, right = puzzle(2, 1000)
    assert ((trees.odds(items) > 0) == (right > 0)).mean() > 0.95


def test_growing_twice_gives_the_same_trees() -> None:
    one, other = (grow(*puzzle(3, 200), Growth(trees=5)) for _ in range(2))
    assert (one.leaves == other.leaves).all()
    assert (one.columns == other.columns).all()


def test_numbers_that_never_differ_split_nothing() -> None:
    trees = grow(np.ones((40, 2), np.float32), np.arange(40) % 2.0, Growth(trees=3))
    assert np.allclose(trees.odds(np.ones((1, 2), np.float32)), 0.0, atol=0.2)
    assert np.isinf(trees.limits).all()
