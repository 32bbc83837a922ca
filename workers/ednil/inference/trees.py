"""Small decision trees whose leaves add up to log odds, run by numpy."""

from dataclasses import dataclass, field

import numpy as np

from workers.ednil.inference.crf import Array


@dataclass(frozen=True, slots=True)
class Trees:
    """Complete binary trees of one depth, a row each, nodes from the root down."""

    columns: Array = field(repr=False)
    """Of each inner node: which number it looks at."""
    limits: Array = field(repr=False)
    """Of each inner node: a larger number goes right."""
    leaves: Array = field(repr=False)
    start: float

    def odds(self, items: Array) -> Array:
        """Return the log odds of each row of numbers."""
        trees, inner = self.columns.shape
        node = np.zeros((len(items), trees), np.int64)
        tree = np.arange(trees)
        item = np.arange(len(items))[:, None]
        while inner and node.size and node[0, 0] < inner:
            column, limit = self.columns[tree, node], self.limits[tree, node]
            node = 2 * node + 1 + (items[item, column] > limit)
        sums: Array = self.leaves[tree, node - inner].sum(1) + self.start
        return sums
