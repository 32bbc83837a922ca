"""Events and entities on gold of our own, annotated by the guidelines.

The floors are what the product promises with the shipped models; raise them with it,
never lower them.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from workers.domain.records import EventType
from workers.evaluation.event_scores import Scores, score
from workers.fleet.entities import Settings, open_engine
from workers.stages.enrichment.plain_text import annotate
from workers.stages.nlp.document import Engine

pytestmark = pytest.mark.models

GOLD = Path(__file__).parent / "gold"


def gold(name: str) -> list[dict[str, Any]]:
    lines = (GOLD / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_engine(Settings())


def scores(engine: Engine, name: str) -> Scores:
    items = gold(name)
    bare = [{"id": item["id"], "text": item["text"]} for item in items]
    return score(items, annotate(engine, bare))


def test_the_gold_is_large_and_covers_every_type() -> None:
    sentences, articles = gold("sentences"), gold("articles")
    assert len(sentences) >= 60
    assert len(articles) >= 3
    types = {event["type"] for item in sentences for event in item["events"]}
    assert types == {kind.value for kind in EventType}


@pytest.mark.parametrize("name", ["sentences", "articles"])
def test_the_offsets_of_the_gold_are_right(name: str) -> None:
    for item in gold(name):
        spans = [*item.get("entities", ())]
        for event in item["events"]:
            spans += [event["trigger"], *event["arguments"]]
        for span in spans:
            assert item["text"][span["start"] : span["end"]] == span["text"], item["id"]


def test_sentences_keep_their_floors(engine: Engine) -> None:
    result = scores(engine, "sentences")
    assert result["entities"]["f1"] >= 0.90
    assert result["triggers_untyped"]["f1"] >= 0.93
    assert result["events"]["f1"] >= 0.93
    assert result["arguments"]["f1"] >= 0.91
    assert result["polarity_accuracy"] >= 0.97
    assert result["modality_accuracy"] >= 0.95


def test_articles_keep_their_floors(engine: Engine) -> None:
    result = scores(engine, "articles")
    assert result["events"]["f1"] >= 0.95
    assert result["arguments"]["f1"] >= 0.83
    assert result["modality_accuracy"] >= 0.93


def test_counts_keep_their_floor(engine: Engine) -> None:
    right = wanted = found = 0
    items = gold("counts")
    for item, guess in zip(items, annotate(engine, items), strict=True):
        expected = Counter(map(bounds, item["counts"]))
        made = Counter(bounds(c) for event in guess["events"] for c in event["counts"])
        right += (expected & made).total()
        wanted += expected.total()
        found += made.total()
    assert wanted >= 40
    assert right / wanted >= 0.95
    assert right / found >= 0.95


def bounds(count: dict[str, Any]) -> tuple[str, int, int | None]:
    return count["kind"], count["low"], count["high"]


def test_the_signing_of_the_seed_article_is_found(engine: Engine) -> None:
    text = (
        "मॉस्को: रूसी राष्ट्रपति व्लादिमीर पुतिन और उत्तर कोरिया के तानाशाह किम जोंग उन ने "
        "पुतिन की उत्तर कोरिया यात्रा के दौरान एक महत्वपूर्ण समझौते पर हस्ताक्षर किए हैं।"
    )
    (item,) = annotate(engine, [{"id": "seed", "text": text}])
    (signing,) = [event for event in item["events"] if event["type"] == "AGREE"]
    assert signing["trigger"]["text"] == "हस्ताक्षर किए"
    actors = " ".join(
        argument["text"]
        for argument in signing["arguments"]
        if argument["role"] == "actor"
    )
    assert "पुतिन" in actors
    assert "किम जोंग उन" in actors
    names = {(entity["type"], entity["text"]) for entity in item["entities"]}
    assert {("PER", "व्लादिमीर पुतिन"), ("PER", "किम जोंग उन")} <= names
    assert {("LOC", "मॉस्को"), ("LOC", "उत्तर कोरिया")} <= names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "क" * 10_000,
        "\x00\x00",
        "😀😀👨‍👩‍👧",
        "https://khabar.example/" + "x" * 500,
        "।।।...!!!",
        "राम ने\u200c कहा\ufeff।",
        "a\ud800b",
        "()[]{}",
    ],
)
def test_hostile_texts_are_survived(engine: Engine, text: str) -> None:
    (document,) = engine.annotate([text])
    for sentence in document.sentences:
        for token in sentence.tokens:
            assert 0 <= token.start < token.end <= len(text)


def test_a_document_is_the_same_alone_and_in_a_batch(engine: Engine) -> None:
    texts = [item["text"] for item in gold("sentences")[:12]]
    together = engine.annotate(texts)
    assert together == [engine.annotate([text])[0] for text in texts]
