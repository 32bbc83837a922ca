"""The demo's line on a real broker: four processes, from feeds to enriched records."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.recorded_site import (
    CHANGED,
    MAIN,
    PAGES,
    PUBLISHED,
    REVISIONS,
    SEEDS,
    get,
    make_topics,
    metrics,
    page_of,
    path_of,
    worked_off,
)
from workers.cli.demo import seed
from workers.cli.demo.ledger import Ledger
from workers.cli.demo.pipeline import environments
from workers.cli.demo.worker_processes import Count, WorkerProcesses
from workers.domain import topics
from workers.domain.records import ArticleState, EnrichedArticle, EventRecord
from workers.runtime.kafka import readers
from workers.runtime.messaging.ports import Delivery
from workers.runtime.service.settings import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.models]

STOP_SECONDS = 120.0
"""A worker's to end in, on a machine that is busy."""
TRACE = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-01")


@dataclass(frozen=True)
class Performance:
    """What is left of a run."""

    kafka: Kafka
    ledger: Ledger
    handled: Counter[Count]
    metrics: dict[str, str]
    health: dict[str, tuple[int, int]]
    requests: list[str]
    peak_mib: dict[str, float]
    """The most memory that each worker had at once, its children not included."""
    statuses: dict[str, int]

    def deliveries(self, topic: topics.Topic[Any]) -> list[Delivery]:
        """Read a topic anew, committed records only."""
        name = topic.name(self.kafka.topic_prefix)
        return [*readers.tail(self.kafka, name, start="beginning", follow=False)]


@pytest.fixture(scope="module")
def performance(
    broker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Performance]:
    kafka = make_topics(broker)
    logs = tmp_path_factory.mktemp("logs")
    patient = {"KHABAR_WORKER_STOP_SECONDS": f"{STOP_SECONDS}"}
    settings = {
        name: {**own, **patient}
        for name, own in environments(broker, kafka.topic_prefix).items()
    }
    processes = WorkerProcesses(settings, logs)
    with worked_off(processes, kafka) as (ledger, site):
        handled = processes.counts()
        counted = metrics(processes)
        health = {
            w.name: (
                get(w.metrics.replace("/metrics", "/healthz"))[0],
                get(w.metrics.replace("/metrics", "/readyz"))[0],
            )
            for w in processes.workers
        }
        peaks = {worker.name: peak_mib(worker.pid) for worker in processes.workers}
        statuses = processes.stop(2 * STOP_SECONDS)
        yield Performance(
            kafka=kafka,
            ledger=ledger,
            handled=handled,
            metrics=counted,
            health=health,
            requests=[request.path for request in site.requests],
            peak_mib=peaks,
            statuses=statuses,
        )


def peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (kib,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kib) / 1024


def published(performance: Performance) -> list[EnrichedArticle]:
    return [
        msgspec.json.decode(delivery.value or b"", type=EnrichedArticle)
        for delivery in performance.deliveries(topics.ENRICHED)
    ]


def test_every_article_comes_out_exactly_once(performance: Performance) -> None:
    records = published(performance)
    found = Counter(page_of(record) for record in records)
    assert set(found) == REVISIONS
    assert set(found.values()) == {1}
    assert performance.ledger.doubled == 0
    assert len({r.article_id for r in records}) == len(PUBLISHED)


def test_the_text_is_the_article_and_nothing_else(performance: Performance) -> None:
    by_page = {page_of(record): record for record in published(performance)}
    for page in PAGES:
        if page["outcome"] == "published":
            record = by_page[path_of(page["url_path"]), page.get("version", 1)]
            assert record.text == page["text"], page["url_path"]
            assert record.title == page["title"]
            assert record.publisher == page["publisher"]


def test_spans_point_into_the_text(performance: Performance) -> None:
    checked = 0
    for record in published(performance):
        entities = {entity.id for entity in record.entities}
        assert len(entities) == len(record.entities)
        for span in record.entities:
            assert record.text[span.start : span.end] == span.text
        for event in record.events:
            trigger = event.trigger
            assert record.text[trigger.start : trigger.end] == trigger.text
            for argument in event.arguments:
                assert record.text[argument.start : argument.end] == argument.text
                assert argument.entity_id is None or argument.entity_id in entities
                checked += 1
    assert checked > len(PUBLISHED)


def test_the_seed_article_comes_out_right(performance: Performance) -> None:
    folder = SEEDS / "article"
    (record,) = [r for r in published(performance) if seed.is_seed(r, folder)]
    assert record.text == (folder / "article.txt").read_text("utf-8").rstrip("\n")
    missing = [f for f in seed.check(record, seed.read(folder)) if not f.found]
    assert missing == []


def test_flat_events_are_those_of_the_articles(performance: Performance) -> None:
    nested = {
        f"{record.article_id}-{record.revision}-{event.id}": event.type
        for record in published(performance)
        for event in record.events
    }
    flat = [
        msgspec.json.decode(delivery.value or b"", type=EventRecord)
        for delivery in performance.deliveries(topics.EVENTS)
    ]
    assert {record.event_id: record.event_type for record in flat} == nested
    assert len(flat) == len(nested)


def test_what_is_dropped_has_its_outcome(performance: Performance) -> None:
    states = {}
    for delivery in performance.deliveries(topics.ARTICLE_STATES):
        state = msgspec.json.decode(delivery.value or b"", type=ArticleState)
        states[path_of(state.canonical_url)] = state.outcome
    for page in PAGES:
        if page["outcome"] not in {"published", "duplicate"}:
            assert states[path_of(page["url_path"])] == page["outcome"], page[
                "url_path"
            ]


def test_every_record_is_counted_once(performance: Performance) -> None:
    """Counts of a worker, summed over outcomes, are the records of its source."""
    for worker, topic in (
        ("articles", topics.ENTRIES),
        ("articles", topics.ENTRIES_DELAYED),
        ("entities", topics.ARTICLES),
        ("events", topics.ANNOTATED),
        ("poll", topics.FEEDS),
    ):
        counted = sum(
            number
            for count, number in performance.handled.items()
            if (count.worker, count.topic) == (worker, topic.noun)
        )
        assert counted == len(performance.deliveries(topic)), (worker, topic.noun)
    outcomes = {
        count.outcome for count, number in performance.handled.items() if number
    }
    assert "dead-letter" not in outcomes
    assert outcomes >= {page["outcome"] for page in PAGES}


def test_metrics_and_probes_answer(performance: Performance) -> None:
    assert performance.health == dict.fromkeys(performance.metrics, (200, 200))
    entities = sum(len(record.entities) for record in published(performance))
    events = len(performance.deliveries(topics.EVENTS))
    assert total(performance.metrics["entities"], "khabar_entities_total") == entities
    assert total(performance.metrics["events"], "khabar_events_total") == events
    for name, text in performance.metrics.items():
        assert 'khabar_build_info{version="' in text, name
        assert total(text, "khabar_transactions_total") > 0


def total(metrics: str, name: str) -> float:
    values = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", metrics, re.MULTILINE)
    assert values, name
    return sum(float(value) for value in values)


def test_a_trace_leads_from_the_entry_to_the_event(performance: Performance) -> None:
    traces: dict[str, set[bytes]] = {}
    for topic in (
        topics.ENTRIES,
        topics.ARTICLES,
        topics.ANNOTATED,
        topics.ENRICHED,
        topics.EVENTS,
    ):
        deliveries = performance.deliveries(topic)
        for delivery in deliveries:
            assert delivery.headers["ce_type"] == topic.name().encode()
            assert TRACE.fullmatch(delivery.headers["traceparent"])
        traces[topic.noun] = {
            delivery.headers["traceparent"][3:35] for delivery in deliveries
        }
    assert traces["enriched"] == traces["articles"] == traces["annotated"]
    assert traces["enriched"] < traces["entries"]
    assert traces["events"] <= traces["enriched"]


def test_the_site_was_treated_politely(performance: Performance) -> None:
    """No page but the one that changed was asked for twice, nor a page and its twin."""
    paths = [path_of(path) for path in performance.requests]
    pages = Counter(MAIN.get(path, path) for path in paths)
    forbidden = {path_of(p["url_path"]) for p in PAGES if p["outcome"] == "robots"}
    assert pages["/robots.txt"] == 1
    assert not forbidden & set(pages)
    for path in PUBLISHED:
        assert pages[path] == (2 if path in CHANGED else 1), path


def test_workers_stay_small(performance: Performance) -> None:
    peaks = performance.peak_mib
    assert max(peaks["poll"], peaks["articles"], peaks["events"]) < 200, peaks
    assert peaks["entities"] < 1200, peaks


def test_sigterm_ends_every_worker_in_good_order(performance: Performance) -> None:
    assert performance.statuses == {}
