"""Spans that may be events: their probabilities, what is known of them, the choice."""

from itertools import pairwise, product

import numpy as np
import pytest

from tests.support.parses import parse
from workers.ednil.features.candidates import candidate_features
from workers.ednil.features.words import Knowledge
from workers.ednil.inference.candidates import LEAST, Candidate, choose, find_candidates
from workers.ednil.inference.crf import Array, Chain
from workers.ednil.inference.spans import WordSpan, spans_of
from workers.ednil.inference.trees import Trees

TAGS = ("O", "B-X", "I-X", "B-Y", "I-Y")
TEXT, SENTENCE = parse("""
भीषण JJ nmod__adj 2
आग NN k1 3
लगी VM root 0
आग NN k1 5
बुझी VM root 0
""")


def by_hand(chain: Chain, sums: Array) -> dict[WordSpan, float]:
    """Return what all sequences of tags together say of each span, B to last I."""
    total = 0.0
    found: dict[WordSpan, float] = {}
    for way in product(range(len(TAGS)), repeat=len(sums)):
        score = sum(float(sums[place, tag]) for place, tag in enumerate(way))
        score += sum(float(chain.transitions[a, b]) for a, b in pairwise(way))
        total += np.exp(score)
        tags = [TAGS[tag] for tag in way]
        for span in spans_of(tags):
            if tags[span[1]].startswith("B"):
                found[span] = found.get(span, 0.0) + np.exp(score)
    return {span: weight / total for span, weight in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_a_span_is_as_likely_as_all_readings_with_it(seed: int) -> None:
    generator = np.random.default_rng(seed)
    transitions = generator.normal(size=(5, 5)).astype(np.float32)
    chain = Chain(TAGS, transitions)
    sums = generator.normal(size=(4, 5)).astype(np.float32)
    wanted = {
        span: chance for span, chance in by_hand(chain, sums).items() if chance >= LEAST
    }
    found = find_candidates(chain, [sums])
    assert {each.span: each.probability for each in found} == pytest.approx(
        wanted, abs=1e-4
    )
    assert all(each.probability <= each.touched + 1e-4 for each in found)


def test_words_of_no_event_are_no_candidates() -> None:
    chain = Chain(TAGS, np.zeros((5, 5), np.float32))
    sums = np.zeros((3, 5), np.float32)
    sums[:, 0] = 9
    assert find_candidates(chain, [sums, sums[:0]]) == []


def candidate(sentence: int, first: int, end: int, chance: float) -> Candidate:
    return Candidate(sentence, ("NATURAL_EVENT", first, end), chance, chance)


def test_of_rival_spans_the_surest_is_chosen() -> None:
    found = [candidate(0, 0, 2, 0.4), candidate(0, 1, 3, 0.5), candidate(0, 3, 4, 0.3)]
    odds = np.array([0.5, 1.5, -0.2])
    assert choose(found, odds, -0.5, 2) == [
        ([("NATURAL_EVENT", 1, 3), ("NATURAL_EVENT", 3, 4)], [1.5, -0.2]),
        ([], []),
    ]
    assert choose(found, odds, 0.0, 1)[0][0] == [("NATURAL_EVENT", 1, 3)]
    assert choose([], np.zeros(0), 0.0, 1) == [([], [])]


def test_a_span_is_seen_beside_its_rivals_and_its_like() -> None:
    known = Knowledge({}, {"आग": (6, 10)}, {})
    found = [candidate(0, 0, 2, 0.3), candidate(0, 1, 2, 0.5), candidate(0, 3, 4, 0.7)]
    rows = candidate_features(
        TEXT, [SENTENCE], [], found, knowledge=known, expected_events=1.2
    )
    assert rows.shape[0] == len(found)
    longer, short, again = rows.tolist()
    assert 0.5 in longer  # what stands inside it is as likely as that
    assert pytest.approx(0.3) in short[3:5]  # and the other way round
    assert again.count(1.0) > short.count(1.0)  # the second of two such words
    assert 0.5 in short  # a trigger in 6 of 10 + 2 texts
    assert np.isfinite(rows).all()


def test_trees_walk_right_where_a_number_is_larger() -> None:
    trees = Trees(
        columns=np.array([[0, 1, 1], [1, 0, 0]], np.int16),
        limits=np.array([[0, 0, 5], [np.inf, 2, 9]], np.float32),
        leaves=np.array([[1, 2, 3, 4], [10, 20, 30, 40]], np.float32),
        start=0.5,
    )
    items = np.array([[0, 0], [0, 1], [1, 5], [3, 6]], np.float32)
    assert trees.odds(items).tolist() == [11.5, 12.5, 13.5, 24.5]
