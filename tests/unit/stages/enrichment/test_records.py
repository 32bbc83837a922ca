import datetime as dt

import pytest
from msgspec import structs
from msgspec.structs import replace

from tests.support.parses import parse
from tests.support.plain_article import NOW, plain_article
from workers.domain.records import (
    AnnotatedArticle,
    Article,
    Timestamp,
    Versions,
)
from workers.stages.enrichment.annotation import annotated
from workers.stages.enrichment.records import (
    enriched,
    event_records,
    event_records_alone,
    published,
)
from workers.stages.events.lexicon import shipped
from workers.stages.nlp.document import Document, Name

URL = "https://khabar.example/desh/1"
LINES = """
पुतिन NNP k1 7
ने PSP lwg__psp 1
बुधवार NNP k7t 7
को PSP lwg__psp 3
रूस NNP k7p 7
में PSP lwg__psp 5
समझौता NN pof 8
किया VM root 0
"""


def article(text: str) -> Article:
    return replace(
        plain_article("a" * 32, URL, text),
        revision=2,
        published_at=Timestamp(value=NOW, raw="x", rule="rfc822"),
    )


@pytest.fixture
def annotation() -> AnnotatedArticle:
    text, sentence = parse(LINES)
    document = Document(text, (sentence,), (Name("PER", 0, 5, 0),))
    return annotated(article(text), document, Versions(khabar="1", models="m"))


def test_annotating_adds_syntax_and_entities_and_keeps_the_article(
    annotation: AnnotatedArticle,
) -> None:
    assert annotation.article_id == "a" * 32
    assert annotation.versions.models == "m"
    assert len(annotation.sentences[0].tokens) == 8
    assert [entity.text for entity in annotation.entities] == ["पुतिन", "बुधवार", "रूस"]


def test_enriching_adds_events_and_leaves_the_syntax(
    annotation: AnnotatedArticle,
) -> None:
    record = enriched(annotation, shipped())
    assert not hasattr(record, "sentences")
    assert record.entities == annotation.entities
    assert [event.type for event in record.events] == ["AGREE"]
    assert record.versions == Versions(
        khabar="1", models="m", lexicon=shipped().version
    )


def test_a_flat_record_stands_by_itself(annotation: AnnotatedArticle) -> None:
    (flat,) = event_records(enriched(annotation, shipped()), annotation)
    assert flat.event_id == "a" * 32 + "-2-v1"
    assert flat.event_type == "AGREE"
    assert flat.actors == ("पुतिन",)
    assert flat.places == ("रूस",)
    assert flat.times == ("बुधवार",)
    assert flat.event_date == "2026-11-18"
    assert flat.sentence_text == annotation.text
    assert (flat.url, flat.publisher, flat.title) == (URL, "प्रकाशक", "शीर्षक")
    assert (flat.quad_category, flat.cameo_root) == ("verbal-cooperation", "03")
    assert flat.counts == ()


def test_a_flat_record_says_how_many_and_has_no_code_beyond_plover() -> None:
    text, sentence = parse(
        "हादसे NN k7 6\nमें PSP lwg__psp 1\nदो QC nmod__adj 4\nलोगों NN r6 6\n"
        "की PSP lwg__psp 4\nमौत NN pof 7\nहुई VM root 0"
    )
    document = Document(text, (sentence,), ())
    hurt = annotated(article(text), document, Versions(khabar="1", models="m"))
    *_, flat = event_records(enriched(hurt, shipped()), hurt)
    assert [(c.kind, c.low, c.high) for c in flat.counts] == [("dead", 2, 2)]
    assert (flat.quad_category, flat.cameo_root) == (None, None)


def test_flat_records_are_the_same_without_the_syntax(
    annotation: AnnotatedArticle,
) -> None:
    record = enriched(annotation, shipped())
    assert [*event_records_alone(record)] == [*event_records(record, annotation)]


@pytest.mark.parametrize("doubt", ["future", "too-old", "impossible"])
def test_a_date_in_doubt_is_not_believed(doubt: str) -> None:
    stamp = Timestamp(value=NOW, raw="x", rule="rfc822", doubt=doubt)
    doubted = structs.replace(article("x"), published_at=stamp)
    assert published(doubted) is None
    assert published(article("x")) == NOW
    assert published(structs.replace(article("x"), published_at=None)) is None


def test_an_event_says_what_became_of_its_article(annotation: AnnotatedArticle) -> None:
    copy = structs.replace(
        enriched(annotation, shipped()), duplicate_of="b" * 32, withdrawn=True
    )
    (flat,) = event_records_alone(copy)
    assert (flat.duplicate_of, flat.withdrawn) == ("b" * 32, True)
    assert flat.article_date == "2026-11-24"
    late = dt.datetime(2026, 11, 24, 19, 0, tzinfo=dt.UTC)  # past midnight in India
    (undated,) = event_records_alone(
        structs.replace(copy, published_at=None, discovered_at=late)
    )
    assert undated.article_date == "2026-11-25"
