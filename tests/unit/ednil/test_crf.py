"""Conditional random fields against every sequence of tags, one by one."""

from itertools import pairwise, product

import numpy as np
import pytest

from workers.ednil.inference.crf import Array, Chain, Table

TAGS = ("O", "B-X", "I-X")


def random_chain(seed: int) -> tuple[Chain, list[Array]]:
    generator = np.random.default_rng(seed)
    chain = Chain(TAGS, generator.normal(size=(3, 3)).astype(np.float32))
    lengths = [int(n) for n in generator.integers(1, 6, size=4)]
    return chain, [generator.normal(size=(n, 3)).astype(np.float32) for n in lengths]


def score(chain: Chain, sums: Array, path: tuple[int, ...]) -> float:
    states = sum(float(sums[place, tag]) for place, tag in enumerate(path))
    steps = sum(float(chain.transitions[a, b]) for a, b in pairwise(path))
    return states + steps


@pytest.mark.parametrize("seed", range(6))
def test_the_best_tags_and_their_probabilities_are_those_of_all(seed: int) -> None:
    chain, sentences = random_chain(seed)
    best = chain.best(sentences)
    shares = chain.marginals(sentences)
    for sums, path, share in zip(sentences, best, shares, strict=True):
        ways = list(product(range(3), repeat=len(sums)))
        scores = np.array([score(chain, sums, way) for way in ways])
        assert tuple(path) == ways[int(scores.argmax())]
        weights = np.exp(scores) / np.exp(scores).sum()
        wanted = np.zeros_like(sums)
        for way, weight in zip(ways, weights, strict=True):
            wanted[np.arange(len(way)), way] += weight
        np.testing.assert_allclose(share, wanted, atol=1e-4)


def test_a_sentence_alone_is_tagged_as_among_others() -> None:
    chain, sentences = random_chain(9)
    assert chain.best(sentences) == [chain.best([one])[0] for one in sentences]


def test_no_sentence_has_no_tags() -> None:
    chain, _ = random_chain(1)
    assert chain.best([]) == []
    assert chain.marginals([]) == []


def test_unknown_features_weigh_nothing() -> None:
    table = Table({"a": 0, "b": 1}, np.array([[1, 2], [10, 20]], np.float16))
    sums = table.sums([["a", "b"], ["?"], [], ["b", "b", "?"]])
    assert sums.tolist() == [[11, 22], [0, 0], [0, 0], [20, 40]]
    assert table.sums([]).shape == (0, 2)
