import datetime as dt
from collections.abc import Sequence

import msgspec
import pytest

from tests.support.parses import parse
from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome
from workers.domain.records import Article
from workers.stages.enrichment.plain_text import (
    BATCH,
    EPOCH,
    annotate,
    explain,
    judge_language,
    read,
)
from workers.stages.enrichment.text_article import article_of
from workers.stages.nlp.document import Document
from workers.stages.nlp.onnx.package import default_models_dir

MONDAY = (
    "सोमवार NNP k7t 6\nको PSP lwg__psp 1\nसेना NN k1 6\n"
    "ने PSP lwg__psp 3\nहमला NN pof 6\nकिया VM root 0"
)
LINES = "सेना NN k1 4\nने PSP lwg__psp 1\nहमला NN pof 4\nकिया VM root 0"


class Parrot:
    """An engine that knows one sentence and notes what it is asked."""

    version = "parrot"

    def __init__(self, lines: str = LINES) -> None:
        self.asked: list[int] = []
        self.lines = lines

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        self.asked.append(len(texts))
        text, sentence = parse(self.lines)
        return [
            Document(given, (sentence,)) if given.strip() == text else Document(given)
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


def test_events_have_what_the_line_gives_them() -> None:
    text, _ = parse(LINES)
    (item,) = annotate(Parrot(), [{"id": "1", "text": text}])
    (event,) = item["events"]
    assert event["sentence_text"] == text
    assert {"time", "place", "attribution", "sentence"} <= event.keys()
    assert item["article_id"] == article_id("https://text.invalid/1")
    assert item["versions"]["models"] == "parrot"


def test_the_day_of_publication_dates_the_events() -> None:
    text, _ = parse(MONDAY)
    day = dt.datetime(2019, 11, 24, 6, 0, tzinfo=dt.UTC)
    (item,) = annotate(Parrot(MONDAY), [{"text": text}], day)
    assert item["events"][0]["time"]["value"] == "2019-11-18"
    (own,) = annotate(Parrot(MONDAY), [{"text": text, "published": "2018-02-03"}], day)
    assert own["events"][0]["time"]["value"] == "2018-01-29"
    assert any("date: 2019-11-18" in s for s in explain(Parrot(MONDAY), text, day))


def test_a_long_text_is_read_in_pieces_that_fit_together() -> None:
    text, _ = parse(LINES)
    whole = "\n".join([text] * 5)
    read_: list[int] = []
    found = list(
        read(
            Parrot(),
            [({}, article_of({"text": whole}, EPOCH))],
            on_piece=read_.append,
            piece=len(text),
        )
    )
    events = found[0].article.events
    assert [event.sentence for event in events] == [0, 1, 2, 3, 4]
    assert {whole[e.trigger.start : e.trigger.end] for e in events} == {"हमला किया"}
    assert sum(read_) == len(whole)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("धमाका, 3 मरे", Outcome.PUBLISHED),
        ("मुंबईत दोन जणांना अटक करण्यात आली.", Outcome.NOT_HINDI),
        ("Police arrested two.", Outcome.NOT_HINDI),
        ("  \n", Outcome.EMPTY),
    ],
)
def test_texts_are_judged_as_pages_are(text: str, outcome: Outcome) -> None:
    found = judge_language(article_of({"text": text}, EPOCH))
    assert found.outcome is outcome
    assert bool(found.reason) == (outcome is not Outcome.PUBLISHED)


def test_an_id_of_any_length_and_letters_makes_an_address() -> None:
    for name in ("../क ख?", "x" * 5000, "\ud800", 7):
        made = article_of({"id": name, "text": "राम"}, EPOCH)
        assert msgspec.convert(msgspec.to_builtins(made), Article) == made
