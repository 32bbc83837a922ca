"""What the tagger's tags add to the scores of names."""

import numpy as np

from workers.stages.nlp.tag_priors import tag_priors

TAGS = ("<PAD>", "O", "B-PER", "S-LOC", "E-ORG", "S-TIME", "S-NUM", "B-MISC")


def test_a_proper_noun_is_less_likely_outside_an_entity() -> None:
    (priors,) = tag_priors(["NNP"], TAGS)
    assert priors[TAGS.index("O")] < 0
    assert not priors[[i for i, tag in enumerate(TAGS) if tag != "O"]].any()


def test_another_word_is_less_likely_in_a_name_than_in_a_number_or_time() -> None:
    verb, noun, number = tag_priors(["VM", "NN", "QC"], TAGS)
    names = [TAGS.index(tag) for tag in ("B-PER", "S-LOC", "E-ORG")]
    others = [TAGS.index(tag) for tag in ("O", "S-TIME", "S-NUM")]
    for priors in (verb, noun, number):
        assert (priors[names] < 0).all()
        assert not priors[others].any()
    assert verb.min() < noun.min()  # a verb names less than a noun


def test_there_is_a_row_for_each_tag_of_the_tagger() -> None:
    rows = ["NN", "NNPC", "<UNK>", "NNP"]
    assert tag_priors(rows, TAGS).shape == (len(rows), len(TAGS))
    assert tag_priors(rows, TAGS).dtype == np.float32
    assert not tag_priors([""], TAGS).any()
    assert tag_priors([], TAGS).shape == (0, len(TAGS))
