import datetime as dt
import io
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from workers.cli.demo import report, seed
from workers.cli.demo.ledger import Ledger
from workers.cli.demo.worker_processes import Count
from workers.domain import topics
from workers.domain.records import (
    AnnotatedArticle,
    Argument,
    Article,
    EnrichedArticle,
    Entity,
    EntityType,
    Entry,
    Event,
    EventType,
    FeedState,
    Language,
    Modality,
    Polarity,
    Role,
    Trigger,
    Versions,
)

NOW = dt.datetime(2026, 11, 20, 4, 5, tzinfo=dt.UTC)
ID = "0" * 32
SEED = Path(__file__).parents[4] / "seeds" / "article"
EXPECTED = seed.read(SEED)


def entry() -> Entry:
    url = "https://patrika.example/1"
    return Entry(
        article_id=ID,
        feed_id="patrika",
        publisher="पत्रिका",
        url=url,
        canonical_url=url,
        title="शीर्षक",
        discovered_at=NOW,
    )


def article(revision: int = 1) -> Article:
    fields = {f: getattr(entry(), f) for f in ("url", "canonical_url", "publisher")}
    return Article(
        **fields,
        article_id=ID,
        revision=revision,
        feed_id="patrika",
        title="शीर्षक",
        text=(SEED / "article.txt").read_text(),
        language=Language(code="hi", confidence=1.0),
        discovered_at=NOW,
        fetched_at=NOW,
        content_hash="",
    )


def annotated(revision: int = 1) -> AnnotatedArticle:
    return AnnotatedArticle(
        **msgspec.structs.asdict(article(revision)),
        sentences=(),
        entities=(),
        versions=Versions(khabar="0"),
    )


def enriched(
    revision: int = 1,
    entities: tuple[Entity, ...] = (),
    events: tuple[Event, ...] = (),
) -> EnrichedArticle:
    return EnrichedArticle(
        **msgspec.structs.asdict(article(revision)),
        entities=entities,
        events=events,
        versions=Versions(khabar="0"),
    )


def test_the_ledger_follows_a_record_down_the_line() -> None:
    ledger = Ledger(feeds=["patrika"])
    handled: dict[Count, int] = {}
    assert "1 feeds to poll, patrika" in ledger.unfinished(handled)
    ledger.add(topics.FEED_STATES, FeedState(feed_id="patrika"))
    assert "feeds to poll" in ledger.unfinished(handled)
    ledger.add(topics.FEED_STATES, FeedState(feed_id="patrika", polled_at=NOW))
    assert "no feed has shown" in ledger.unfinished(handled)
    ledger.add(topics.ENTRIES, entry())
    assert ledger.unfinished(handled) == "1 entries to fetch"
    handled[Count("articles", "entries", "delayed")] = 1
    ledger.add(topics.ENTRIES_DELAYED, entry())
    assert ledger.unfinished(handled) == "1 delayed entries to fetch"
    handled[Count("articles", "entries-delayed", "replayed")] = 1
    assert ledger.unfinished(handled) == "1 delayed entries to fetch"
    handled[Count("articles", "entries-delayed", "published")] = 1
    ledger.add(topics.ARTICLES, article())
    assert ledger.unfinished(handled) == "1 articles to annotate"
    handled[Count("entities", "articles", "published")] = 1
    ledger.add(topics.ANNOTATED, annotated())
    assert ledger.unfinished(handled) == "1 annotated articles to enrich"
    handled[Count("events", "annotated", "published")] = 1
    assert ledger.unfinished(handled) == "the last enriched records to read"
    ledger.add(topics.ENRICHED, enriched())
    assert ledger.unfinished(handled) == ""


def test_the_ledger_knows_revisions_and_doubles() -> None:
    ledger = Ledger(feeds=[])
    ledger.add(topics.ENRICHED, enriched())
    assert not ledger.revised()
    ledger.add(topics.ENRICHED, enriched(2))
    assert ledger.revised()
    assert ledger.doubled == 0
    assert ledger.latest[ID].revision == 2
    ledger.add(topics.ENRICHED, enriched(2))
    assert ledger.doubled == 1


def test_a_dead_letter_of_a_later_worker_does_not_hold_the_end() -> None:
    """What a worker put aside is handled, and will not come out."""
    ledger = Ledger(feeds=[])
    ledger.add(topics.ENTRIES, entry())
    ledger.add(topics.ARTICLES, article())
    handled = {
        Count("articles", "entries", "published"): 1,
        Count("entities", "articles", "dead-letter"): 1,
    }
    assert ledger.unfinished(handled) == ""


# --- the seed article ----------------------------------------------------------


def perfect() -> EnrichedArticle:
    text = article().text
    entities = tuple(
        Entity(
            id=f"e{n}",
            type=EntityType(e.type),
            text=e.text,
            start=e.spans[0][0],
            end=e.spans[0][1],
            sentence=0,
            canonical_name=e.text,
        )
        for n, e in enumerate(EXPECTED.entities)
    )
    (expected,) = EXPECTED.events
    trigger = text[expected.trigger.start : expected.trigger.end]
    event = Event(
        id="v1",
        type=EventType.AGREE,
        trigger=Trigger(
            text=trigger,
            start=expected.trigger.start,
            end=expected.trigger.end,
            lemma=trigger,
        ),
        sentence=0,
        polarity=Polarity.POSITIVE,
        modality=Modality.ASSERTED,
        confidence=1.0,
        method="frames",
        arguments=tuple(
            Argument(
                role=Role.ACTOR,
                text=text[actor.start : actor.end],
                start=actor.start,
                end=actor.end,
            )
            for actor in expected.actors
        ),
    )
    return enriched(entities=entities, events=(event,))


def test_the_seed_article_is_recognised() -> None:
    assert seed.is_seed(enriched(), SEED)
    assert not seed.is_seed(msgspec.structs.replace(enriched(), text="दूसरा पाठ"), SEED)


def test_the_expectation_names_people_places_and_the_agreement() -> None:
    findings = list(seed.check(perfect(), EXPECTED))
    assert all(finding.found for finding in findings)
    words = {(finding.kind, finding.text.split(":")[0]) for finding in findings}
    assert {
        ("PER", "व्लादिमीर पुतिन"),
        ("PER", "किम जोंग उन"),
        ("LOC", "रूस"),
        ("LOC", "उत्तर कोरिया"),
        ("LOC", "प्योंगयांग"),
        ("LOC", "मॉस्को"),
        ("LOC", "यूक्रेन"),
        ("AGREE", "हस्ताक्षर किए"),
    } == words


def test_each_lacking_entity_is_missed() -> None:
    record = perfect()
    for lacking in record.entities:
        rest = tuple(entity for entity in record.entities if entity is not lacking)
        found = seed.check(msgspec.structs.replace(record, entities=rest), EXPECTED)
        assert [f.text for f in found if not f.found] == [lacking.text]


@pytest.mark.parametrize("fault", ["type", "actor", "role", "trigger"])
def test_a_wrong_agreement_is_missed(fault: str) -> None:
    record = perfect()
    (event,) = record.events
    replace = msgspec.structs.replace
    first, second = event.arguments
    changed = {
        "type": replace(event, type=EventType.CONSULT),
        "actor": replace(event, arguments=(first,)),
        "role": replace(event, arguments=(first, replace(second, role=Role.THEME))),
        "trigger": replace(event, trigger=replace(event.trigger, start=0, end=3)),
    }[fault]
    found = seed.check(replace(record, events=(changed,)), EXPECTED)
    assert [f.kind for f in found if not f.found] == ["AGREE"]


# --- the closing table ---------------------------------------------------------


def test_the_closing_table_counts_what_the_ledger_saw() -> None:
    ledger = Ledger(feeds=["patrika", "kharab"])
    ledger.add(topics.FEED_STATES, FeedState(feed_id="patrika", polled_at=NOW))
    broken = FeedState(feed_id="kharab", polled_at=NOW, problem="not a feed")
    ledger.add(topics.FEED_STATES, broken)
    for _ in range(3):
        ledger.add(topics.ENTRIES, entry())
    for revision in (1, 2):
        ledger.add(
            topics.ENRICHED, msgspec.structs.replace(perfect(), revision=revision)
        )
    handled = {
        Count("articles", "entries", "published"): 2,
        Count("articles", "entries", "gone"): 1,
        Count("articles", "entries", "empty"): 0,
        Count("poll", "feeds", "applied"): 2,
        Count("entities", "articles", "dead-letter"): 1,
    }
    figures = report.summary(ledger, handled, 12.34)
    assert figures == {
        "feeds": 2,
        "problems_of_feeds": {"kharab": "not a feed"},
        "entries": 3,
        "articles": 1,
        "revisions": 1,
        "doubled": 0,
        "entities": {"LOC": 5, "PER": 2},
        "events": {},
        "outcomes_of_entries": {"published": 2, "gone": 1},
        "dead_letters": 1,
        "seconds": 12.3,
    }
    out = io.StringIO()
    report.print_summary(Console(file=out, width=80), figures, [])
    assert "2 published, 1 gone" in out.getvalue()
    assert "kharab: not a feed" in out.getvalue()
