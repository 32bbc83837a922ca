"""The taggers of EDNIL's events on texts of our own, in the corpus's form."""

from pathlib import Path

import pytest

from workers.ednil import scores
from workers.ednil.corpus import EVENTS, MarkedText, read_folder
from workers.ednil.model import FOLDER, Model, open_model
from workers.ednil.tagger import mark_texts
from workers.fleet.entities import Settings, open_engine
from workers.stages.nlp.document import Engine

pytestmark = pytest.mark.models

GOLD = Path(__file__).parent / "gold" / "ednil"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_engine(Settings())


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(Settings().models_dir / FOLDER)


def found(engine: Engine, model: Model, *texts: str) -> list[MarkedText]:
    return list(mark_texts(engine, model, [{"text": text} for text in texts]))


def test_disasters_and_violence_keep_their_floors(engine: Engine, model: Model) -> None:
    gold = read_folder(GOLD)
    assert len(gold) >= 7
    items = [{"id": text.id, "text": text.text} for text in gold]
    marks = {each.id: each.marks for each in mark_texts(engine, model, items)}
    result = scores.score(gold, marks)
    assert result["task1"]["exact"]["f1"] >= 0.60
    assert result["task1"]["relaxed"]["f1"] >= 0.70
    assert result["task2"]["exact"]["f1"] >= 0.50


def test_arguments_belong_to_events(engine: Engine, model: Model) -> None:
    text = "बिहार के गया जिले में सोमवार को सड़क हादसे में तीन लोगों की मौत हो गई।"
    (marked,) = found(engine, model, text)
    by_id = {mark.id: mark for mark in marked.marks}
    assert any(mark.label in EVENTS for mark in marked.marks)
    assert marked.links
    for argument, event in marked.links:
        assert by_id[argument].label not in EVENTS
        assert by_id[event].label in EVENTS


def test_other_news_has_no_disasters(engine: Engine, model: Model) -> None:
    calm = "वित्त मंत्री ने शुक्रवार को संसद में बजट पेश किया और कर की नई दरें बताईं।"
    assert found(engine, model, calm)[0].marks == ()


@pytest.mark.parametrize(
    "text", ["", "\n \n", "क" * 5000, "\x00", "आग " * 300, "😀 भूकंप 👨‍👩‍👧", "।।।"]
)
def test_hostile_texts_are_survived(engine: Engine, model: Model, text: str) -> None:
    (marked,) = found(engine, model, text)
    for mark in marked.marks:
        assert 0 <= mark.start < mark.end <= len(text)
        assert 0 <= mark.confidence <= 1
