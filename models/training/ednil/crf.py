"""Train linear-chain conditional random fields on sparse features.

Batches of sentences of near length, the exact gradient of each batch's likelihood, and
AdaGrad (Duchi et al. 2011), which gives rare features long steps. The weights are the
mean of those after each of the later passes. The model: Lafferty et al. 2001.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

log = logging.getLogger(__name__)

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train."""

    passes: int = 10
    averaged: int = 5
    """So many passes at the end count for the weights."""
    rate: float = 0.1
    l2: float = 1e-3
    batch_words: int = 1500
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned."""

    states: Array
    """Features by tags."""
    transitions: Array
    """From tag, to tag."""


@dataclass(slots=True)
class _Batch:
    """Sentences with those features that they have, numbered anew."""

    features: Array
    words: Any = field(repr=False)
    """Words by features."""
    tags: Array
    """One-hot, words by tags."""
    mask: Array
    """Sentences by places: whether there is a word."""


def train(
    features: csr_matrix,
    lengths: Sequence[int],
    tags: Array,
    count: int,
    recipe: Recipe,
) -> Weights:
    """Return weights for *count* tags.

    *features* are words by features, sentence after sentence; *lengths* are those of
    the sentences; *tags* is the number of each word's tag.
    """
    generator = np.random.default_rng(recipe.seed)
    batches = list(_batches(features, lengths, tags, count, recipe.batch_words))
    states = np.zeros((features.shape[1], count), np.float32)
    steps = np.zeros((count, count), np.float32)
    seen, seen_steps = np.full_like(states, 1e-6), np.full_like(steps, 1e-6)
    mean, mean_steps = np.zeros_like(states), np.zeros_like(steps)
    for number in range(recipe.passes):
        loss = 0.0
        for place in generator.permutation(len(batches)):
            batch = batches[place]
            own = states[batch.features]
            value, errors, step_errors = _gradient(batch, batch.words @ own, steps)
            loss += value
            change = batch.words.T @ errors + recipe.l2 * own
            seen[batch.features] += change**2
            states[batch.features] -= (
                recipe.rate * change / np.sqrt(seen[batch.features])
            )
            seen_steps += step_errors**2
            steps -= recipe.rate * step_errors / np.sqrt(seen_steps)
        if number >= recipe.passes - recipe.averaged:
            mean += states / recipe.averaged
            mean_steps += steps / recipe.averaged
        log.info("pass %d: loss per word %.4f", number + 1, loss / len(tags))
    return Weights(mean, mean_steps)


def _batches(
    features: csr_matrix, lengths: Sequence[int], tags: Array, count: int, words: int
) -> Any:
    starts = np.concatenate(([0], np.cumsum(lengths)))
    order = [n for n in np.argsort(lengths, kind="stable") if lengths[n]]
    batch: list[int] = []
    size = 0
    for position, number in enumerate(order):
        batch.append(int(number))
        size += lengths[number]
        if size >= words or position == len(order) - 1:
            yield _batch(
                features, [(starts[n], lengths[n]) for n in batch], tags, count
            )
            batch, size = [], 0


def _batch(
    features: csr_matrix, sentences: Sequence[tuple[int, int]], tags: Array, count: int
) -> _Batch:
    rows = np.concatenate([np.arange(start, start + n) for start, n in sentences])
    own = features[rows]
    used, places = np.unique(own.indices, return_inverse=True)
    words = csr_matrix(
        (own.data.astype(np.float32), places, own.indptr), shape=(len(rows), len(used))
    )
    longest = max(n for _, n in sentences)
    mask = np.arange(longest)[None] < np.array([n for _, n in sentences])[:, None]
    wanted = np.eye(count, dtype=np.float32)[tags[rows]]
    return _Batch(used, words, wanted, mask)


def _gradient(batch: _Batch, sums: Array, steps: Array) -> tuple[float, Array, Array]:
    """Return the loss, and its gradient by the words' sums and by the transitions."""
    mask = batch.mask
    sentences, longest = mask.shape
    count = sums.shape[1]
    padded = np.zeros((sentences, longest, count), np.float32)
    wanted = np.zeros_like(padded)
    padded[mask], wanted[mask] = sums, batch.tags
    forward, backward = np.empty_like(padded), np.zeros_like(padded)
    forward[:, 0] = padded[:, 0]
    for place in range(1, longest):
        ways = forward[:, place - 1, :, None] + steps
        now = _log_sum(ways, 1) + padded[:, place]
        forward[:, place] = np.where(mask[:, place, None], now, forward[:, place - 1])
    for place in range(longest - 2, -1, -1):
        ways = steps + (padded[:, place + 1] + backward[:, place + 1])[:, None]
        backward[:, place] = np.where(mask[:, place + 1, None], _log_sum(ways, 2), 0)
    total = _log_sum(forward[:, -1], 1)
    shares = np.exp(forward + backward - total[:, None, None])
    pairs = (
        forward[:, :-1, :, None]
        + steps
        + (padded + backward)[:, 1:, None]
        - total[:, None, None, None]
    )
    inside = mask[:, 1:, None, None]
    expected = np.where(inside, np.exp(np.minimum(pairs, 0)), 0).sum((0, 1))
    found = np.einsum("bla,blc->ac", wanted[:, :-1], wanted[:, 1:])
    gold = (padded * wanted).sum() + (found * steps).sum()
    return (
        float(total.sum() - gold),
        (shares - wanted)[mask],
        (expected - found).astype(np.float32),
    )


def _log_sum(values: Array, axis: int) -> Array:
    top = values.max(axis)
    return np.asarray(
        np.log(np.exp(values - np.expand_dims(top, axis)).sum(axis)) + top
    )
