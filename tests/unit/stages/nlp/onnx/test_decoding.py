"""The best paths and trees, against trying all of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.stages.nlp.onnx.decoding import (
    repair_tags,
    spanning_tree,
    spans,
    trees,
    viterbi,
)


def best_path(scores: np.ndarray, transitions: np.ndarray) -> list[int]:
    def worth(path: list[int]) -> float:
        steps = sum(transitions[a, b] for a, b in itertools.pairwise(path))
        return float(sum(scores[n, tag] for n, tag in enumerate(path)) + steps)

    tags = range(scores.shape[1])
    paths = [list(path) for path in itertools.product(tags, repeat=len(scores))]
    return max(paths, key=worth)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_viterbi_finds_the_best_path_of_every_sentence(
    sizes: list[int], seed: int
) -> None:
    numbers = np.random.default_rng(seed)
    sizes = sorted(sizes, reverse=True)
    scores = numbers.normal(size=(sum(sizes), 3)).astype(np.float32)
    transitions = numbers.normal(size=(3, 3)).astype(np.float32)
    expected = [
        tag
        for part in np.split(scores, np.cumsum(sizes)[:-1])
        for tag in best_path(part, transitions)
    ]
    assert viterbi(scores, sizes, transitions).tolist() == expected


def best_tree(arcs: np.ndarray) -> list[int]:
    count = len(arcs)
    best, found = -np.inf, []
    for heads in itertools.product(range(count), repeat=count - 1):
        if heads.count(0) != 1:
            continue
        worth = sum(arcs[n, head] for n, head in enumerate(heads, start=1))
        if worth > best and is_tree((0, *heads)):
            best, found = worth, [0, *heads]
    return found


def is_tree(heads: tuple[int, ...]) -> bool:
    above = list(heads)
    for _ in heads:
        above = [heads[place] for place in above]
    return not any(above)


def random_arcs(seed: int, count: int, root: float) -> np.ndarray:
    numbers = np.random.default_rng(seed)
    arcs = (numbers.normal(size=(count, count)) * 3).astype(np.float32)
    arcs[:, 0] += root
    np.fill_diagonal(arcs, -np.inf)
    return arcs


@given(
    st.integers(0, 2**32 - 1), st.integers(2, 6), st.sampled_from([-20, -3, 0, 3, 20])
)
@settings(max_examples=150, deadline=None)
def test_the_best_tree_with_one_root_is_found(
    seed: int, count: int, root: float
) -> None:
    arcs = random_arcs(seed, count, root)
    assert spanning_tree(arcs).tolist() == best_tree(arcs)


@given(st.lists(st.integers(2, 6), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_padding_and_neighbours_do_not_change_a_tree(
    lengths: list[int], seed: int
) -> None:
    arcs = np.stack([random_arcs(seed + n, 6, 2.0) for n in range(len(lengths))])
    found = trees(arcs.copy(), np.array(lengths))
    for number, length in enumerate(lengths):
        expected = best_tree(arcs[number, :length, :length])
        assert found[number, :length].tolist() == expected
        assert not found[number, length:].any()


def test_a_long_chain_of_cycles_is_resolved() -> None:
    count = 201
    arcs = np.full((count, count), -50.0, np.float32)
    for place in range(1, count, 2):  # pairs that hold each other
        arcs[place, place + 1] = arcs[place + 1, place] = 10.0
    np.fill_diagonal(arcs, -np.inf)
    heads = spanning_tree(arcs)
    assert is_tree(tuple(heads.tolist()))
    assert (heads[1:] == 0).sum() == 1
    kept = sum(arcs[n, heads[n]] == 10.0 for n in range(1, count))
    assert kept == count // 2


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O O", []),
        ("S-PER O S-LOC", [(0, 0, "PER"), (2, 2, "LOC")]),
        ("B-PER I-PER E-PER", [(0, 2, "PER")]),
        ("B-PER O", [(0, 0, "PER")]),
        ("O E-LOC", [(1, 1, "LOC")]),
        ("I-PER I-PER", [(0, 1, "PER")]),
        ("O I-ORG O", [(1, 1, "ORG")]),
        ("B-PER E-LOC", [(0, 0, "PER"), (1, 1, "LOC")]),
        ("B-PER B-PER E-PER", [(0, 0, "PER"), (1, 2, "PER")]),
        ("B-PER I-PER B-LOC E-LOC", [(0, 1, "PER"), (2, 3, "LOC")]),
    ],
)
def test_names_begin_and_end(tags: str, expected: list[tuple[int, int, str]]) -> None:
    assert spans(tags.split()) == expected


@given(
    st.lists(
        st.sampled_from(["O", *(f"{p}-{k}" for p in "BIES" for k in ("X", "Y"))]),
        max_size=8,
    )
)
def test_repaired_tags_are_well_formed(tags: list[str]) -> None:
    fixed = repair_tags(tags)
    assert [tag == "O" for tag in fixed] == [tag == "O" for tag in tags]
    assert repair_tags(fixed) == fixed
    words = [n for first, last, _ in spans(tags) for n in range(first, last + 1)]
    assert words == [n for n, tag in enumerate(tags) if tag != "O"]
