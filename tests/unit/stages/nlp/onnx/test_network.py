"""How sequences of unequal length are laid out for a network."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workers.stages.nlp.onnx.network import buckets, by_length

LENGTHS = st.lists(st.integers(1, 60), max_size=40).map(
    lambda sizes: sorted(sizes, reverse=True)
)


@given(LENGTHS, st.integers(1, 400))
def test_every_item_is_laid_out_once_and_comes_back(
    lengths: list[int], cells: int
) -> None:
    flat = np.arange(1, sum(lengths) + 1)
    back = []
    sequences = 0
    for bucket in buckets(lengths, cells):
        laid_out = bucket.spread(flat)
        assert bucket.first == sequences
        sequences += len(bucket.lengths)
        assert laid_out.shape == (bucket.lengths[0], len(bucket.lengths))
        assert laid_out.size <= cells or len(bucket.lengths) == 1
        assert (laid_out == 0).sum() == laid_out.size - bucket.lengths.sum()
        column = laid_out[: bucket.lengths[-1], -1]
        assert (np.diff(column) == 1).all()
        back.append(bucket.flatten(laid_out))
    assert sequences == len(lengths)
    assert np.concatenate([*back, np.array([], int)]).tolist() == flat.tolist()


def test_sequences_of_one_length_share_a_bucket() -> None:
    assert [len(bucket.lengths) for bucket in buckets([9] * 50, 1000)] == [50]


def test_a_few_long_ones_do_not_stretch_the_many_short() -> None:
    found = [bucket.lengths.tolist() for bucket in buckets([90] * 20 + [9] * 90, 4000)]
    assert found == [[90] * 20, [9] * 90]


def test_the_longest_come_first_and_equals_keep_their_order() -> None:
    assert by_length([2, 5, 2, 5, 9]) == [4, 1, 3, 0, 2]
