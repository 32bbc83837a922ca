from collections.abc import Sequence

from tests.support.parses import parse
from workers.stages.enrichment.plain_text import (
    BATCH,
    annotate,
    explain,
)
from workers.stages.nlp.document import Document
from workers.stages.nlp.onnx.package import default_models_dir

LINES = "सेना NN k1 4\nने PSP lwg__psp 1\nहमला NN pof 4\nकिया VM root 0"


class Parrot:
    """An engine that knows one sentence and notes what it is asked."""

    version = "parrot"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        self.asked.append(len(texts))
        text, sentence = parse(LINES)
        return [
            Document(text, (sentence,)) if given == text else Document(given)
            for given in texts
        ]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        return self.annotate([" ".join(words) for words in sentences])


def test_items_come_back_with_what_was_found_and_all_that_they_had() -> None:
    text, _ = parse(LINES)
    (item, empty) = annotate(
        Parrot(), [{"id": "1", "text": text, "source": "x"}, {"id": "2", "text": ""}]
    )
    assert (item["id"], item["source"]) == ("1", "x")
    (event,) = item["events"]
    assert event["type"] == "ASSAULT"
    assert event["trigger"] == {
        "text": "हमला किया",
        "start": 8,
        "end": 17,
        "lemma": "हमला कर",
    }
    assert event["arguments"] == [
        {"role": "actor", "text": "सेना", "start": 0, "end": 4, "entity_id": None}
    ]
    assert (event["polarity"], event["modality"]) == ("positive", "asserted")
    assert (empty["entities"], empty["events"]) == ([], [])


def test_texts_go_to_the_engine_in_batches() -> None:
    engine = Parrot()
    items = [{"id": str(number), "text": ""} for number in range(BATCH + 1)]
    assert len(annotate(engine, items)) == BATCH + 1
    assert engine.asked == [BATCH, 1]


def test_explain_shows_the_matched_entry() -> None:
    text, _ = parse(LINES)
    assert any("ASSAULT (attack)" in line for line in explain(Parrot(), text))


def test_the_models_stand_beside_the_package() -> None:
    assert default_models_dir().name == "models"
    assert (default_models_dir().parent / "workers" / "stages").is_dir()
