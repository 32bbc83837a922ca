"""A moving average of a model's weights, scored and saved in their stead.

Averages of the last steps generalise as a model does whose learning rate has fallen
(Polyak and Juditsky 1992), so that every score of a training tells what a model would
be if it ended there, and the best moment to end can be seen.
"""

import torch
from torch import Tensor, nn


class WeightAverage:
    """The exponential moving average of a module's weights.

    `decay` is the share of the average that a step keeps; the first steps keep less, so
    that the weights at the start count for nothing.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._weights = [p for p in module.parameters() if p.requires_grad]
        self._average = [p.detach().clone() for p in self._weights]
        self._own: list[Tensor] | None = None
        self._decay = decay
        self._steps = 0

    @torch.no_grad()
    def step(self) -> None:
        """Take the weights into the average after a step of the optimizer."""
        self._steps += 1
        kept = min(self._decay, self._steps / (self._steps + 10))
        for mean, weight in zip(self._average, self._weights, strict=True):
            mean.lerp_(weight, 1 - kept)

    @torch.no_grad()
    def put_in(self) -> None:
        """Let the module have the average, until `take_out`."""
        self._own = [weight.detach().clone() for weight in self._weights]
        for weight, mean in zip(self._weights, self._average, strict=True):
            weight.copy_(mean)

    @torch.no_grad()
    def take_out(self) -> None:
        """Give the module its own weights back, if it has the average."""
        if self._own is not None:
            for weight, own in zip(self._weights, self._own, strict=True):
                weight.copy_(own)
        self._own = None
