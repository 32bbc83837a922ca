"""What the tagger's tags add to the scores of names."""

import numpy as np

from workers.stages.nlp.proper_nouns import leanings

TAGS = ("<PAD>", "O", "B-PER", "S-LOC", "E-ORG", "S-TIME", "S-NUM", "B-MISC")


def test_a_proper_noun_is_less_likely_outside_an_entity() -> None:
    (gains,) = leanings(["NNP"], TAGS)
    assert gains[TAGS.index("O")] < 0
    assert not gains[[i for i, tag in enumerate(TAGS) if tag != "O"]].any()


def test_another_word_is_less_likely_in_a_name_than_in_a_number_or_time() -> None:
    verb, noun, number = leanings(["VM", "NN", "QC"], TAGS)
    names = [TAGS.index(tag) for tag in ("B-PER", "S-LOC", "E-ORG")]
    others = [TAGS.index(tag) for tag in ("O", "S-TIME", "S-NUM")]
    for gains in (verb, noun, number):
        assert (gains[names] < 0).all()
        assert not gains[others].any()
    assert verb.min() < noun.min()  # a verb names less than a noun


def test_there_is_a_row_for_each_tag_of_the_tagger() -> None:
    rows = ["NN", "NNPC", "<UNK>", "NNP"]
    assert leanings(rows, TAGS).shape == (len(rows), len(TAGS))
    assert leanings(rows, TAGS).dtype == np.float32
    assert not leanings([""], TAGS).any()
    assert leanings([], TAGS).shape == (0, len(TAGS))
