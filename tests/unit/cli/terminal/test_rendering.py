import datetime as dt
import io

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from workers.cli.terminal import rendering
from workers.domain.records import (
    Argument,
    Count,
    CountKind,
    EnrichedArticle,
    Entity,
    EntityType,
    Event,
    EventRecord,
    EventType,
    Language,
    Modality,
    Polarity,
    Role,
    Span,
    Timestamp,
    Trigger,
    Versions,
)

NOW = dt.datetime(2026, 11, 20, 4, 5, tzinfo=dt.UTC)
TEXT = "व्लादिमीर पुतिन और किम जोंग उन ने प्योंगयांग में समझौते पर हस्ताक्षर किए। पुतिन लौटे।"


def entity(number: int, kind: EntityType, text: str, name: str = "") -> Entity:
    start = TEXT.index(text)
    return Entity(
        id=f"e{number}",
        type=kind,
        text=text,
        start=start,
        end=start + len(text),
        sentence=0,
        canonical_name=name or text,
    )


def argument(role: Role, text: str) -> Argument:
    start = TEXT.index(text)
    return Argument(role=role, text=text, start=start, end=start + len(text))


def agreement(**changes: object) -> Event:
    trigger = "हस्ताक्षर किए"
    start = TEXT.index(trigger)
    values: dict[str, object] = {
        "id": "v1",
        "type": EventType.AGREE,
        "trigger": Trigger(
            text=trigger, start=start, end=start + len(trigger), lemma="हस्ताक्षर कर"
        ),
        "sentence": 0,
        "polarity": Polarity.POSITIVE,
        "modality": Modality.ASSERTED,
        "confidence": 0.9,
        "method": "frames",
        "arguments": (
            argument(Role.ACTOR, "व्लादिमीर पुतिन"),
            argument(Role.ACTOR, "किम जोंग उन"),
            argument(Role.THEME, "समझौते"),
            argument(Role.PLACE, "प्योंगयांग"),
        ),
    }
    return Event(**(values | changes))  # type: ignore[arg-type]  # checked when built


def article(**changes: object) -> EnrichedArticle:
    values: dict[str, object] = {
        "article_id": "0" * 32,
        "revision": 1,
        "url": "https://patrika.example/1",
        "canonical_url": "https://patrika.example/1",
        "feed_id": "patrika",
        "publisher": "विश्व पत्रिका",
        "title": "पुतिन और किम ने [समझौता] किया",
        "text": TEXT,
        "language": Language(code="hi", confidence=0.98),
        "discovered_at": NOW,
        "fetched_at": NOW,
        "content_hash": "",
        "published_at": Timestamp(value=NOW, raw="", rule="iso8601"),
        "entities": (
            entity(1, EntityType.PER, "व्लादिमीर पुतिन"),
            entity(2, EntityType.PER, "किम जोंग उन"),
            entity(3, EntityType.LOC, "प्योंगयांग"),
            entity(4, EntityType.PER, "पुतिन", "व्लादिमीर पुतिन"),
        ),
        "events": (agreement(),),
        "versions": Versions(khabar="0"),
    }
    return EnrichedArticle(**(values | changes))  # type: ignore[arg-type]  # likewise


def printed(record: RenderableType, width: int = 80) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(record)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_an_article_shows_title_origin_names_and_events() -> None:
    lines = printed(rendering.enriched(article()))
    assert lines[:5] == [
        "पुतिन और किम ने [समझौता] किया",
        "विश्व पत्रिका · 2026-11-20 04:05 UTC · hi 0.98",
        "PER       व्लादिमीर पुतिन ×2, किम जोंग उन",
        "LOC       प्योंगयांग",
        "AGREE     व्लादिमीर पुतिन, किम जोंग उन — हस्ताक्षर किए — समझौते  (at प्योंगयांग)",
    ]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = printed(rendering.enriched(article()), width)
    assert max(cell_len(line) for line in lines) <= width
    assert len([line for line in lines if line.startswith("AGREE")]) == 1


def test_many_names_are_cut_with_their_number() -> None:
    many = tuple(entity(n, EntityType.PER, "पुतिन", f"नाम{n}") for n in range(13))
    (line,) = [
        line
        for line in printed(rendering.enriched(article(entities=many)), 200)
        if line.startswith("PER")
    ]
    assert line.endswith("नाम9, and 3 more")


def test_of_many_events_the_telling_ones_are_shown_in_order() -> None:
    bare = [agreement(id=f"v{n}", arguments=()) for n in range(2, 9)]
    events = (*bare[:3], agreement(), *bare[3:])
    lines = printed(rendering.enriched(article(events=events), most=2))
    agreed = [line for line in lines if line.startswith("AGREE")]
    assert agreed[0] == "AGREE     हस्ताक्षर किए"
    assert "समझौते" in agreed[1]
    assert lines[-2] == "          and 6 more events"
    assert len(agreed) == 2
    every = printed(rendering.enriched(article(events=events)))
    assert len([line for line in every if line.startswith("AGREE")]) == 8


def test_what_did_not_happen_or_may_happen_is_said() -> None:
    says = Span(text="एजेंसी", start=0, end=6)
    event = agreement(
        polarity=Polarity.NEGATIVE, modality=Modality.POSSIBLE, attribution=says
    )
    (line,) = [
        line
        for line in printed(rendering.enriched(article(events=(event,))), 200)
        if line.startswith("AGREE")
    ]
    assert line.endswith("(at प्योंगयांग; not so; possible; says एजेंसी)")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (12, 12, "12 dead"),
        (1500, 1500, "about 1,500 dead"),
        (20, 25, "20 to 25 dead"),
        (24, None, "24 or more dead"),
    ],
)
def test_how_many_people_it_concerns_is_said(
    low: int, high: int | None, words: str
) -> None:
    count = Count(
        kind=CountKind.DEAD,
        low=low,
        high=high,
        text="12",
        start=0,
        end=2,
        approximate=words.startswith("about"),
    )
    event = agreement(counts=(count,))
    (line,) = [
        line
        for line in printed(rendering.enriched(article(events=(event,))), 200)
        if line.startswith("AGREE")
    ]
    assert line.endswith(f"({words}; at प्योंगयांग)")


def test_revisions_and_undated_articles_are_marked() -> None:
    line = printed(rendering.enriched(article(revision=2, published_at=None)))[1]
    assert "undated" in line
    assert line.endswith("revision 2")


def test_a_flat_event_reads_like_the_nested_one() -> None:
    record = EventRecord(
        event_id="x",
        article_id="0" * 32,
        revision=1,
        event_type=EventType.AGREE,
        event_subtype=None,
        polarity=Polarity.POSITIVE,
        modality=Modality.ASSERTED,
        trigger="हस्ताक्षर किए",
        trigger_lemma="हस्ताक्षर कर",
        actors=("व्लादिमीर पुतिन", "किम जोंग उन"),
        targets=(),
        themes=("समझौते",),
        places=("प्योंगयांग",),
        times=(),
        event_date=None,
        attribution=None,
        confidence=0.9,
        method="frames",
        sentence_text=TEXT,
        url="https://patrika.example/1",
        publisher="विश्व पत्रिका",
        title="पुतिन और किम " * 20,
        published_at=None,
        versions=Versions(khabar="0"),
    )
    lines = printed(rendering.event(record))
    assert lines[0] == printed(rendering.enriched(article()))[4]
    assert lines[1].startswith("          विश्व पत्रिका: पुतिन")
    assert len(lines) == 2
