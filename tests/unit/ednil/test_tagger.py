"""The two taggers with weights written by hand, and their file."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.parses import parse
from workers.domain.records import Sentence
from workers.ednil.corpus import Mark
from workers.ednil.features.nearby_events import nearby_events
from workers.ednil.features.phrases import phrase_features
from workers.ednil.features.topics import strengths, topics
from workers.ednil.features.words import Knowledge, TextFeatures
from workers.ednil.inference.spans import spans_of, tags_of
from workers.ednil.links import links
from workers.ednil.model import FILE, ModelError, open_model, packed, problems, save
from workers.ednil.tagger import marks

EVENT_TAGS = ["O", "B-NATURAL_EVENT", "I-NATURAL_EVENT"]
ARGUMENT_TAGS = ["O", "B-CASUALTIES", "I-CASUALTIES"]
TEXT, SENTENCE = parse("""
बाढ़ NN r6 2
में PSP lwg__psp 1
दो QC nmod__adj 4
लोग NN k1 5
बहे VM root 0
""")


def write(folder: Path) -> None:
    weights = {
        "bias": [1, 0, 0, 1, 0, 0],
        "l=बाढ़": [0, 3, 0, 0, 3, 0],
        "l=में": [0, 0, 0, 0, 0, 3],
        "n=O": [0, 0, 0, 0, 0, 0],
        "event=BN": [0, 0, 0, 0, 1, 0],
        "event=-": [0, 0, 0, 0, 0, 0],
        "before=True|False": [0, 0, 0, 0, 0, 2],
    }
    save(
        folder,
        {
            "event_tags": EVENT_TAGS,
            "argument_tags": ARGUMENT_TAGS,
            "subtypes": ["FLOODS", "STORM"],
            "topics": {"बाढ़": {"FLOODS": 0.6}},
            "least_strength": 0.5,
            "least_odds": -0.5,
            "forms": {"बाढ़ में": (1, 9)},
            "lemmas": {},
            "calibration": {"CASUALTIES": (0.0, 0.0)},
        },
        {
            "words_features": packed(list(weights)),
            "words_weights": np.array(list(weights.values()), np.float16),
            "event_transitions": np.zeros((3, 3), np.float32),
            "look_columns": np.array([[0]], np.int16),
            "look_limits": np.array([[0.0]], np.float32),
            "look_leaves": np.array([[-2.0, 1.0]], np.float32),
            "look_start": np.array(0.5, np.float32),
            "argument_transitions": np.zeros((3, 3), np.float32),
            "subtypes_features": packed(["in=बाढ़", "bias"]),
            "subtypes_weights": np.array([[2, 0], [0, 1]], np.float16),
            "cluster_words": packed(["बाढ़"]),
            "clusters": np.array([[3, 17]], np.int16),
        },
    )


def test_an_event_may_stand_inside_the_casualties_it_caused(tmp_path: Path) -> None:
    write(tmp_path)
    model = open_model(tmp_path)
    found = marks(model, TEXT, [SENTENCE], [], [])
    assert [(m.label, m.subtype, TEXT[m.start : m.end]) for m in found] == [
        ("CASUALTIES", "", TEXT),
        ("NATURAL_EVENT", "FLOODS", "बाढ़"),
    ]
    assert found[0].confidence == 0.5  # as its calibration says
    assert 0.7 < found[1].confidence < 1
    assert model.knowledge.clusters["बाढ़"] == ("3", "17")
    assert model.knowledge.forms == {"बाढ़ में": (1, 9)}


def test_texts_where_no_event_is_expected_are_not_read_further(tmp_path: Path) -> None:
    write(tmp_path)
    text, sentence = parse("राम NNP k1 2\nगया VM root 0")
    assert marks(open_model(tmp_path), text, [sentence], [], []) == ()
    assert marks(open_model(tmp_path), "", [], [], []) == ()


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    assert "no model" in problems(tmp_path)[0]
    write(tmp_path)
    assert problems(tmp_path) == []
    content = bytearray((tmp_path / FILE).read_bytes())
    content[-30] ^= 1
    (tmp_path / FILE).write_bytes(bytes(content))
    with pytest.raises(ModelError, match="SHA-256"):
        open_model(tmp_path)
    (tmp_path / "ednil.json").write_text("{}")
    assert "missing required field" in problems(tmp_path)[0]


def test_spans_and_tags_are_each_other_s_inverse() -> None:
    spans = [("X", 0, 2), ("X", 2, 3), ("Y", 4, 6)]
    tags = tags_of(spans, 7)
    assert tags == ["B-X", "I-X", "B-X", "O", "B-Y", "I-Y", "O"]
    assert list(spans_of(tags)) == spans
    assert tags_of([("X", 0, 2), ("Y", 1, 3)], 3) == ["B-X", "I-X", "O"]
    assert list(spans_of(["I-X", "I-Y"])) == [("X", 0, 1), ("Y", 1, 2)]


def test_topics_are_the_strongest_subtypes_of_the_words() -> None:
    weights = {"बाढ़": {"FLOODS": 0.6}, "आग": {"FIRE": 0.4, "FOREST_FIRE": 0.1}}
    found = strengths(["आग", "बाढ़", "आग", "राम"], weights)
    assert found == pytest.approx({"FIRE": 0.8, "FOREST_FIRE": 0.2, "FLOODS": 0.6})
    assert topics(found) == ("FIRE", "FLOODS")
    assert topics({"FIRE": 0.4}) == ("FIRE", "-")


def test_words_know_where_the_events_of_their_sentence_are() -> None:
    lemmas = [token.lemma for token in SENTENCE.tokens]
    rows = nearby_events(SENTENCE.tokens, lemmas, [("NATURAL_EVENT", 0, 1)])
    assert rows[0][:3] == ["events=1", "event=BN", "near=--"]
    assert rows[3][:3] == ["events=1", "event=-", "near=3-"]
    assert "path=lwg__psp" in rows[1]


def test_every_word_has_its_own_and_its_neighbours_features() -> None:
    known = Knowledge({"दो": ("7", "77")}, {}, {"बाढ़ में": (3, 4)})
    features = TextFeatures(TEXT, [SENTENCE], [], [], known)
    (rows,) = features.sentences(("FLOODS", "-"))
    assert len(rows) == len(SENTENCE.tokens)
    assert {"w=बाढ़", "l+1=में", "topic0=FLOODS", "c+2=7"} <= set(rows[0])
    assert {"lB2=3", "l=2|3"} <= set(rows[0])
    assert "lI2.1=3" in rows[1]
    assert {"lE=3", "d=77", "shape=-", "hl=लोग", "l-1=में"} <= set(rows[2])


def test_phrases_tell_how_often_they_are_triggers() -> None:
    known = {"आग": (2, 7), "आग लगी": (9, 9)}
    assert phrase_features("w", ["आग", "लगी", "थी"], known) == [
        ["wB1=1", "wB2=4+", "w=2|4"],
        ["wE=1", "wI2.1=4+"],
        ["wE=4+"],
    ]
    assert phrase_features("w", [], known) == []


def test_an_argument_belongs_to_the_nearest_event_of_its_sentence() -> None:
    sentences = [
        Sentence(start=start, end=start + 20, tokens=()) for start in (0, 20, 40)
    ]
    early, late = (Mark("NATURAL_EVENT", "FLOODS", at, at + 2) for at in (20, 34))
    near_early, near_late = (Mark("PLACE", "", at, at + 2) for at in (24, 30))
    before, after = (Mark("TIME", "", at, at + 2) for at in (3, 50))
    marks = [before, early, near_early, near_late, late, after]
    assert links(marks, sentences) == [
        (before, early),
        (near_early, early),
        (near_late, late),
        (after, late),
    ]
    assert links([before], sentences) == []
