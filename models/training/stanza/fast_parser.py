"""Train Stanza's parser without scoring relations for arcs that the loss ignores.

Stanza scores every relation for every pair of words and then looks only at each word's
true head. Scoring those pairs alone gives the same loss and gradient in a third of the
time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from stanza.models.depparse.model import GraphParser
from torch import Tensor, nn

HEAD_ARGUMENT = 9  # of GraphParser.forward_scores


class _AtHeads(nn.Module):
    """Stands for a pairwise scorer and scores each word with its head only."""

    def __init__(self, whole: Any, heads: Tensor) -> None:
        super().__init__()
        self.whole = whole
        self.heads = heads

    def forward(self, dependents: Tensor, heads: Tensor) -> Tensor:
        whole = self.whole
        left = whole.dropout(whole.hidden_func(whole.W1(dependents)))
        right = whole.dropout(whole.hidden_func(whole.W2(heads)))
        left = torch.cat([left, left.new_ones(*left.shape[:2], 1)], 2)
        right = torch.cat([right, right.new_ones(*right.shape[:2], 1)], 2)
        sentences, length, width = left.shape
        # The first word is the root, which has no head: any will do.
        chosen = nn.functional.pad(self.heads, (1, 0))
        right = right.gather(1, chosen.unsqueeze(2).expand(-1, -1, width))
        bilinear = whole.scorer.W_bilin
        labels = bilinear.output_size
        half = left.reshape(-1, width) @ bilinear.weight.reshape(width, -1)
        scores: Tensor = torch.bmm(
            right.reshape(-1, 1, width), half.view(-1, width, labels)
        ).view(sentences, length, 1, labels)
        # The caller gathers at the head again, wherever that is.
        scores = scores + bilinear.bias
        return scores.expand(-1, -1, length, -1)


@contextmanager
def faster() -> Iterator[None]:
    """Let every graph parser train the faster way inside."""
    original = GraphParser.forward_scores

    def chosen(self: Any, *given: Any) -> Any:
        if not self.training or self.args.get("use_arc_embedding"):
            return original(self, *given)
        whole = self.deprel
        self.deprel = _AtHeads(whole, given[HEAD_ARGUMENT])
        try:
            return original(self, *given)
        finally:
            self.deprel = whole

    GraphParser.forward_scores = chosen
    try:
        yield
    finally:
        GraphParser.forward_scores = original
