"""The trainer of conditional random fields: gradients, and that it learns."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs `make setup-train`")

from scipy.sparse import csr_matrix

from models.training.ednil import crf, texts, train
from workers.ednil.inference.crf import Chain

LENGTHS = [3, 1, 4]
COUNT = 3


def example(seed: int) -> tuple[csr_matrix, crf.Array]:
    generator = np.random.default_rng(seed)
    dense = generator.integers(0, 2, size=(sum(LENGTHS), 6)).astype(np.float32)
    return csr_matrix(dense), generator.integers(0, COUNT, size=sum(LENGTHS))


def test_the_gradient_is_that_of_the_loss() -> None:
    features, tags = example(1)
    (batch,) = crf._batches(features, LENGTHS, tags, COUNT, 100)
    generator = np.random.default_rng(2)
    sums = generator.normal(size=(sum(LENGTHS), COUNT)).astype(np.float32)
    steps = generator.normal(size=(COUNT, COUNT)).astype(np.float32)
    _, by_sum, by_step = crf._gradient(batch, sums, steps)
    small = 1e-2

    def loss(word: int = 0, tag: int = 0, *, step: bool = False, by: float) -> float:
        more_sums, more_steps = sums.copy(), steps.copy()
        (more_steps if step else more_sums)[word, tag] += by
        return crf._gradient(batch, more_sums, more_steps)[0]

    for word, tag in np.ndindex(sums.shape):
        slope = (loss(word, tag, by=small) - loss(word, tag, by=-small)) / 2 / small
        assert by_sum[word, tag] == pytest.approx(slope, abs=5e-3)
    for before, after in np.ndindex(steps.shape):
        slope = (
            loss(before, after, step=True, by=small)
            - loss(before, after, step=True, by=-small)
        ) / (2 * small)
        assert by_step[before, after] == pytest.approx(slope, abs=5e-3)


def test_what_is_taught_is_said_by_the_product_s_decoder() -> None:
    generator = np.random.default_rng(3)
    tags = generator.integers(0, COUNT, size=300)
    features = csr_matrix(np.eye(COUNT, dtype=np.float32)[tags])
    recipe = crf.Recipe(passes=20, averaged=2, rate=0.5, batch_words=50)
    learned = crf.train(features, [10] * 30, tags, COUNT, recipe)
    chain = Chain(("O", "B-X", "I-X"), learned.transitions)
    sums = features @ learned.states
    paths = chain.best([sums[at : at + 10] for at in range(0, 300, 10)])
    assert np.concatenate(paths).tolist() == tags.tolist()


def test_training_twice_gives_the_same_weights() -> None:
    features, tags = example(4)
    one, other = (
        crf.train(features, LENGTHS, tags, COUNT, crf.Recipe(passes=3, averaged=2))
        for _ in range(2)
    )
    assert (one.states == other.states).all()
    assert (one.transitions == other.transitions).all()


def test_odds_are_scaled_to_how_often_they_are_right() -> None:
    generator = np.random.default_rng(5)
    odds = generator.normal(1.0, 2.0, size=4000)
    chance = 1 / (1 + np.exp(-(0.5 * odds - 0.4)))
    told = list(zip(odds, generator.random(4000) < chance, strict=True))
    slope, offset = train.calibrated(told)
    assert slope == pytest.approx(0.5, abs=0.06)
    assert offset == pytest.approx(-0.4, abs=0.1)
    assert train.calibrated([]) == (1.0, 0.0)


def test_texts_of_one_story_are_of_one_fold() -> None:
    story = "शहर के बीच बने बाजार में देर रात अचानक भीषण आग लग गई और दुकानें जल गईं"
    other = "नदी के किनारे बसे गांवों में बाढ़ का पानी घुस गया और फसल डूब गई कल शाम"
    assert texts.folds([story, other, story + " फिर"]) == [0, 1, 0]
    # nothing else to part them by
    assert texts.folds([story] * 3, 2) == [0, 1, 0]
