"""The articles worker: entries in, clean articles out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from msgspec import Meta, Struct, field

from workers.domain.outcomes import TransientError
from workers.domain.topics import (
    ARTICLE_STATES,
    ARTICLES,
    ENTRIES,
    ENTRIES_DELAYED,
    FINGERPRINTS,
)
from workers.fleet.articles.batches import BatchHandler
from workers.fleet.articles.near_duplicates import DuplicateMarker
from workers.fleet.articles.reader import PageReader, Policies
from workers.runtime.http.client import HttpClient, HttpSettings
from workers.runtime.http.fetcher import PoliteFetcher, Politeness
from workers.runtime.processing.worker import Context, Handler, Worker
from workers.runtime.service.sandbox import Limits, Sandbox, SandboxError
from workers.runtime.service.settings import former_name
from workers.stages.articles.extracted import Extraction, Request
from workers.stages.articles.policies import Hours, RecheckPolicy, RetryPolicy

EXTRACTOR = "workers.stages.articles.extraction:extract"
EXTRACTOR_MODEL = "workers.stages.text.language:load"
"""Loaded once by the process that reads pages, which takes longer than most pages."""
EXTRACTOR_LIMITS = Limits(
    cpu_seconds=5.0,
    # only a machine that is overrun takes so long
    wall_seconds=120.0,
    # of address space; what is resident is about an eighth of it
    memory_bytes=1024 * 1024 * 1024,
)


class ArticlesSettings(Struct, frozen=True, kw_only=True):
    """Settings of the articles worker."""

    host_gap_seconds: Annotated[float, Meta(ge=0), former_name("gap_seconds")] = 1.0
    """Between two requests to one host."""
    host_connections: Annotated[int, Meta(ge=1, le=2)] = 1
    """Requests to one host at a time."""
    connections: Annotated[int, Meta(ge=1, le=256)] = 32
    """Requests at a time, to all hosts."""
    budget_seconds: Annotated[float, Meta(gt=0)] = 4.0
    """What is not there by then is put off."""
    max_attempts: Annotated[int, Meta(ge=1)] = 9
    """So often an article is asked for before it is given up."""
    retry_seconds: Annotated[float, Meta(gt=0)] = 60.0
    """Before the second attempt; doubles with each further one."""
    max_pages: Annotated[int, Meta(ge=1, le=50)] = 5
    """Of a story that goes on over several pages so many are read."""
    recheck_hours: tuple[Hours, ...] = (1.0, 6.0, 24.0, 72.0)
    """So long after its publication an article is looked at again, to publish changes
    and to withdraw it when it is gone; empty: never."""
    duplicate_days: Annotated[float, Meta(ge=0, le=7)] = 7.0
    """Near duplicates are looked for among articles first seen within so many days of
    each other; 0: not at all."""
    http: HttpSettings = field(default_factory=HttpSettings)


@contextmanager
def open_handler(settings: ArticlesSettings, context: Context) -> Iterator[Handler]:
    """Open the HTTP client, and start the process that reads pages."""
    extractor: Sandbox[Request, Extraction] = Sandbox(
        EXTRACTOR, Extraction, EXTRACTOR_LIMITS, prepare=EXTRACTOR_MODEL
    )
    client = HttpClient(settings.http)
    fetcher = PoliteFetcher(
        client,
        Politeness(
            gap_seconds=settings.host_gap_seconds,
            host_connections=settings.host_connections,
            connections=settings.connections,
            budget_seconds=settings.budget_seconds,
        ),
        context.clock,
    )
    policies = Policies(
        RetryPolicy(
            max_attempts=settings.max_attempts, first_seconds=settings.retry_seconds
        ),
        RecheckPolicy(hours=settings.recheck_hours),
        settings.max_pages,
        2 * settings.budget_seconds,
    )
    try:
        try:
            extractor.warm_up()
        except SandboxError as error:
            msg = f"the process that reads pages does not start ({error})"
            raise TransientError(msg) from error
        reader = PageReader(fetcher, extractor, policies, context)
        published = DuplicateMarker(settings.duplicate_days, context)
        batches = BatchHandler(reader, published, policies.check, context)
        yield Handler(handle=batches.handle)
    finally:
        extractor.close()
        client.close()  # ends the requests that run, for which the fetcher waits
        fetcher.close()


WORKER = Worker(
    name="articles",
    sources=(ENTRIES, ENTRIES_DELAYED),
    sinks=(ARTICLES, ENTRIES_DELAYED),
    settings=ArticlesSettings,
    open_handler=open_handler,
    tables=(ARTICLE_STATES,),
    global_tables=(FINGERPRINTS,),
    delayed=ENTRIES_DELAYED,
    batch_records=200,
    batch_seconds=5.0,
)
