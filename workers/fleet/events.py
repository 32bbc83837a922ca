"""Events for every annotated article: the enriched record and one record per event."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import prometheus_client as prometheus
from msgspec import Struct

from workers.domain.outcomes import ConfigurationError, Outcome
from workers.domain.records import AnnotatedArticle, EventType
from workers.domain.topics import ANNOTATED, ENRICHED, EVENTS
from workers.runtime.processing.worker import (
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.stages.enrichment.records import enriched, event_records
from workers.stages.events.lexicon import Lexicon, shipped, with_folder
from workers.stages.text.lexical.source import LexiconError

FOUND = prometheus.Counter("khabar_events_total", "Events found, by type.", ["type"])
EVENTS_SECONDS = prometheus.Histogram(
    "khabar_events_seconds",
    "Time to find the events of one article.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
)


class Settings(Struct, frozen=True, kw_only=True):
    """How events are found."""

    lexicon_dir: Path | None = None
    """Folder with frames of your own, in files `*.toml` like those of the release."""


def handle(
    lexicon: Lexicon, context: Context, incoming: Sequence[Incoming[AnnotatedArticle]]
) -> list[Result]:
    """Enrich articles one by one."""
    results = []
    for each in incoming:
        before = context.clock.monotonic()
        record = enriched(each.record, lexicon)
        flat = tuple(event_records(record, each.record))
        seconds = context.clock.monotonic() - before
        counts = Counter(event.type for event in record.events)
        results.append(
            Result(
                Outcome.PUBLISHED,
                (
                    Output(ENRICHED, record),
                    *(Output(EVENTS, event) for event in flat),
                ),
                on_commit=partial(_count, counts, seconds),
            )
        )
    return results


def _count(counts: Counter[EventType], seconds: float) -> None:
    EVENTS_SECONDS.observe(seconds)
    for kind, number in counts.items():
        FOUND.labels(kind.value).inc(number)


def open_lexicon(settings: Settings) -> Lexicon:
    """Read the lexicon; raises ConfigurationError where frames of one's own are bad."""
    if settings.lexicon_dir is None:
        return shipped()
    try:
        return with_folder(settings.lexicon_dir)
    except (LexiconError, OSError) as error:
        raise ConfigurationError(f"KHABAR_EVENTS_LEXICON_DIR: {error}") from error


@contextmanager
def open_handler(settings: Settings, context: Context) -> Iterator[Handler]:
    """Read the lexicon."""
    lexicon = open_lexicon(settings)
    for kind in EventType:
        FOUND.labels(kind.value)
    yield Handler(partial(handle, lexicon, context))


WORKER = Worker(
    name="events",
    sources=(ANNOTATED,),
    sinks=(ENRICHED, EVENTS),
    settings=Settings,
    open_handler=open_handler,
)
