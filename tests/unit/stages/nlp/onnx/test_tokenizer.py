"""What the tokenizer's scores mean, and how it finds words again."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workers.stages.nlp.onnx.tokenizer import _most_likely

SCORE = st.floats(-30, 30, width=32).filter(lambda score: abs(score) > 1e-3)


def softplus(value: float) -> float:
    return max(value, 0) + math.log1p(math.exp(-abs(value)))


@given(SCORE, SCORE)
def test_the_likeliest_end_is_chosen(word: float, close: float) -> None:
    likelihoods = [
        -softplus(word),
        -softplus(-word) - softplus(close),
        -softplus(-word) - softplus(-close),
    ]
    second, first = sorted(likelihoods)[-2:]
    if first - second < 1e-4:  # not told apart in single precision
        return
    scores = np.array([word, close], np.float32).reshape(2, 1, 1)
    chosen = _most_likely(*scores)
    assert likelihoods[int(chosen[0, 0])] == first
