"""Run a network over sequences of unequal length with little padding.

Sequences lie one after the other in flat arrays, longest sequence first; a network sees
neighbours of near length together, padded to the longest of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

# whoever runs this did not ask to report to the library's makers
onnxruntime.disable_telemetry_events()

Array = NDArray[Any]

STEP = 1
"""What a step in time costs over and above its cells, in cells."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Sequences that a network sees together."""

    first: int
    """Number of its first sequence."""
    start: int
    """Row of its first item in the flat arrays."""
    lengths: Array
    inside: Array
    """[sequence, time]: whether a sequence is still going on."""

    @property
    def rows(self) -> slice:
        """The items of its sequences in the flat arrays."""
        return slice(self.start, self.start + int(self.lengths.sum()))

    def spread(self, flat: Array) -> Array:
        """Lay items out as [time, sequence, …]; 0 after a sequence's end."""
        out = np.zeros(self.inside.shape + flat.shape[1:], flat.dtype)
        out[self.inside] = flat[self.rows]
        return np.ascontiguousarray(out.swapaxes(0, 1))

    def flatten(self, laid_out: Array) -> Array:
        """Take the items back from [time, sequence, …]."""
        items: Array = laid_out.swapaxes(0, 1)[self.inside]
        return items


def buckets(lengths: Sequence[int], cells: int) -> Iterator[Bucket]:
    """Yield buckets of at most so many cells, padding included.

    A sequence longer than that stands alone. The lengths must not grow. A bucket is
    closed where the padding of as many more sequences would cost more than the steps of
    another bucket.
    """
    first = start = 0
    while first < len(lengths):
        longest = lengths[first]
        end = first + 1
        while (
            end < len(lengths)
            and (end - first + 1) * longest <= cells
            and (longest - lengths[end]) * (end - first) <= STEP * lengths[end]
        ):
            end += 1
        some = np.array(lengths[first:end], np.int32)
        bucket = Bucket(first, start, some, np.arange(longest) < some[:, None])
        yield bucket
        first, start = end, bucket.rows.stop


def by_length(sizes: Sequence[int]) -> list[int]:
    """Return the order that puts the longest first, and keeps equals in theirs."""
    return sorted(range(len(sizes)), key=lambda place: -sizes[place])


class Network:
    """One graph, loaded."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep the largest batch's memory
        options.log_severity_level = 3  # its warnings are about graph optimisation
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self.inputs = frozenset(given.name for given in self._session.get_inputs())

    def __call__(self, **given: Array) -> list[Array]:
        """Run it; the outputs come in the order of the graph."""
        outputs: list[Array] = self._session.run(None, given)
        return outputs
