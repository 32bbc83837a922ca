import random

from models.training.corpora.tokenization import (
    Sentence,
    paragraph,
    training_text,
    written,
)
from workers.evaluation.treebank import Word


def tree(*forms: str) -> tuple[Word, ...]:
    return tuple(Word(form, form, "n", "NN", {}, 0, "main") for form in forms)


def test_labels_mark_the_last_character_of_words_and_sentences() -> None:
    one = Sentence(("राम", "गया", "।"), (True, False, True))
    other = Sentence(("वह", "कौन", "?"), (True, False, False))
    text, labels = paragraph([one, other])
    assert text == "राम गया। वह कौन?"
    assert labels == "0010" + "001" + "20" + "010" + "001" + "2"


def test_every_manner_of_spacing_occurs() -> None:
    sentences = [
        "".join(
            form + " " * space
            for form, space in zip(found.forms, found.spaces, strict=True)
        ).strip()
        for found in (
            written(tree("राम", "घर", "चला", "गया", "।"), random.Random(seed))
            for seed in range(300)
        )
    ]
    for expected in (
        "राम घर चला गया।",
        "राम घर चला गया ।",
        "राम घर चला गया.",
        "राम घर चला गया",
    ):
        assert expected in sentences
    assert any("”" in s and "“" in s for s in sentences)
    assert any(s.endswith(("।”", '।"', "।'", "।’")) for s in sentences)
    assert any("%" in s and " %" not in s for s in sentences)
    assert any("www." in s for s in sentences)


def test_nothing_put_in_parts_a_word_from_its_label() -> None:
    text, labels = training_text([tree("राम", "-", "सीता", "।")] * 200, seed=3)
    assert len(text) == len(labels)
    for character, label in zip(text, labels, strict=True):
        assert (label in "12") <= (not character.isspace())
        assert (character == "\n") == (label == "\n")
    assert "राम-सीता" in text
    assert "राम - सीता" in text
