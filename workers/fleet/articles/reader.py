"""Article pages: fetched, read on over further pages, and judged."""

import dataclasses
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from prometheus_client import Counter, Histogram

from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome
from workers.domain.records import Entry
from workers.domain.topics import ARTICLE_STATES
from workers.fleet.articles.costly_hosts import CostlyHosts
from workers.runtime.http.fetcher import MAX_REDIRECTS, PoliteFetcher, retry_after
from workers.runtime.http.response import (
    DeferReason,
    Deferred,
    Disallowed,
    FetchError,
    FetchFailure,
    FetchResult,
    Response,
)
from workers.runtime.processing.worker import Context
from workers.runtime.service.sandbox import Sandbox, SandboxError
from workers.stages.articles import decisions, rechecks
from workers.stages.articles.canonical import declared_canonical
from workers.stages.articles.context import Decision, EntryContext
from workers.stages.articles.extracted import Extraction, Part, Request
from workers.stages.articles.policies import RecheckPolicy, RetryPolicy
from workers.stages.articles.rechecks import Validators
from workers.stages.text.normalisation import normalise_line
from workers.web.refresh import refresh_target
from workers.web.urls import host_of

FETCHES = Counter(
    "khabar_fetches_total",
    "Article pages asked for, by how that ended.",
    ["result"],
)
FETCH_SECONDS = Histogram(
    "khabar_fetch_seconds",
    "Seconds from asking for an article page to its last byte.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
EXTRACT_SECONDS = Histogram(
    "khabar_extract_seconds",
    "Seconds to make an article of a page.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)

_ENDS = {
    FetchFailure.TOO_LARGE: Outcome.TOO_LARGE,
    FetchFailure.BLOCKED_ADDRESS: Outcome.BLOCKED_ADDRESS,
    FetchFailure.BAD_URL: Outcome.UNREACHABLE,
    FetchFailure.TOO_MANY_REDIRECTS: Outcome.UNREACHABLE,
}


_AGAIN_SECONDS = 15.0
"""Until a page is tried again whose target could not be asked for in time."""


class Policies(NamedTuple):
    """How often a page is asked for, and how far its story is read."""

    retry: RetryPolicy
    check: RecheckPolicy
    max_pages: int
    further_seconds: float
    """All further pages of a batch's stories may take so long."""


class PageReader:
    """Asks for the pages of entries and decides what becomes of each."""

    def __init__(
        self,
        fetcher: PoliteFetcher,
        extractor: Sandbox[Request, Extraction],
        policies: Policies,
        context: Context,
    ) -> None:
        self._fetcher = fetcher
        self._extractor = extractor
        self._policies = policies
        self._clock = context.clock
        self._stopping = context.stopping
        self._states = context.tables.of(ARTICLE_STATES)
        self._read_until = 0.0
        self._costly_hosts = CostlyHosts(context.clock)

    def fetch(self, entries: Sequence[Entry]) -> dict[str, FetchResult]:
        """Return the results by URL, from which `decide` goes on."""
        asked: dict[str, dict[str, str]] = {}
        for entry in entries:
            own = rechecks.conditional_headers(entry)
            # whoever wants the page whatever it is gets it
            asked[entry.url] = own if asked.get(entry.url, own) else {}
        results = self._fetcher.fetch([*asked], self._stopping, asked)
        for result in results:
            _count_fetch(result)
        self._read_until = self._clock.monotonic() + self._policies.further_seconds
        return dict(zip(asked, results, strict=True))

    def decide(self, context: EntryContext, result: FetchResult) -> Decision:
        """Return what becomes of an entry, its page's story read to the end."""
        host = host_of(context.entry.url)
        put_off = self._costly_hosts.seconds_left(host)
        if put_off and isinstance(result, Response):
            return self._put_off(context, put_off)
        followed = False
        try:
            arrived, extraction = self._arrive(context, result)
            followed = arrived is not result
            result = arrived
            decision = self._judge(context, result, extraction)
            if decisions.wants_feed_text(context, decision.outcome):
                decision = decisions.for_feed_text(
                    context, decision, self._feed_text(context)
                )
        except SandboxError as error:
            reason = f"the page cannot be read ({error})"
            self._costly_hosts.note_failure(host)
            decision = dataclasses.replace(
                decisions.terminal(context, Outcome.DEAD_LETTER, reason),
                page_fault=True,
            )
        else:
            if isinstance(result, Response) and result.status in decisions.OK:
                self._costly_hosts.note_success(host)
        # those of another page would tell nothing of the one that is asked for
        validators = (
            Validators(None, None) if followed else _validators(context.entry, result)
        )
        return rechecks.schedule_next(
            context, decision, self._policies.check, validators
        )

    def _put_off(self, context: EntryContext, seconds: float) -> Decision:
        """Return the decision on a page of a host whose pages cost too much."""
        entry = context.entry
        reason = "the pages of its host cost too much to read"
        decision = decisions.retry_or_give_up(
            context, self._policies.retry, reason, seconds
        )
        validators = Validators(entry.etag, entry.last_modified)
        return rechecks.schedule_next(
            context, decision, self._policies.check, validators
        )

    def _arrive(
        self, context: EntryContext, result: FetchResult
    ) -> tuple[FetchResult, Extraction | None]:
        """Follow pages that lead elsewhere by themselves, as redirects do.

        Each is a request like others: in its host's turn, by its robots.txt, to a
        public address. Returns the last result, and what is read of it.
        """
        followed = 0
        while isinstance(result, Response) and result.status in decisions.OK:
            extraction = self._extract(_request(context, result))
            target = _refresh_url(result, extraction)
            if target is None:
                return result, extraction
            followed += 1 + len(result.redirects)
            if followed > MAX_REDIRECTS:
                failure = FetchFailure.TOO_MANY_REDIRECTS
                return FetchError(failure, result.url), None
            left = self._read_until - self._clock.monotonic()
            if left <= 0:
                return Deferred(DeferReason.TIMED_OUT, _AGAIN_SECONDS), None
            [result] = self._fetcher.fetch(
                [target], self._stopping, budget_seconds=left
            )
            _count_fetch(result)
        return result, None

    def _judge(
        self,
        context: EntryContext,
        result: FetchResult,
        extraction: Extraction | None,
    ) -> Decision:
        match result:
            case Response():
                return self._read(context, result, extraction)
            case FetchError():
                end = _ENDS.get(result.failure)
                if end is not None:
                    return decisions.terminal(context, end, result.description)
                return decisions.retry_or_give_up(
                    context, self._policies.retry, result.description
                )
            case Disallowed():
                reason = "robots.txt does not want it fetched"
                return decisions.terminal(context, Outcome.ROBOTS, reason)
            case Deferred(reason=DeferReason.RATE_LIMITED):
                return decisions.defer(context, result.seconds, counts=False)
            case Deferred():
                reason = f"the host cannot be asked ({result.reason})"
                retry = self._policies.retry
                return decisions.retry_or_give_up(
                    context, retry, reason, result.seconds
                )

    def _read(
        self, context: EntryContext, response: Response, extraction: Extraction | None
    ) -> Decision:
        if extraction is None:
            asked = retry_after(response, context.now)
            return rechecks.for_status(
                context, response.status
            ) or decisions.for_status(
                context, response.status, self._policies.retry, asked
            )
        request = _request(context, response)
        extraction, whole = self._read_on(request, extraction)
        if not whole and decisions.retry_incomplete(context):
            reason = "the story's further pages cannot be had"
            return decisions.retry_or_give_up(context, self._policies.retry, reason)
        if extraction.outcome is Outcome.GONE:  # a soft 404 withdraws as a hard one
            withdrawal = rechecks.for_status(context, HTTPStatus.NOT_FOUND)
            if withdrawal is not None:
                return withdrawal
        twin = declared_canonical(context.entry, extraction.page, response.url)
        known = self._states.get(article_id(twin)) if twin else None
        return decisions.for_page(context, extraction, response.url, known)

    def _read_on(
        self, request: Request, extraction: Extraction
    ) -> tuple[Extraction, bool]:
        """Return the story with its further pages, and whether that is all of it."""
        parts: list[Part] = []
        read = {request.url}
        while (url := decisions.next_page_url(extraction, read)) is not None:
            left = self._read_until - self._clock.monotonic()
            if len(parts) + 1 >= self._policies.max_pages:
                break
            if left <= 0:
                return extraction, False
            [result] = self._fetcher.fetch([url], self._stopping, budget_seconds=left)
            _count_fetch(result)
            if not isinstance(result, Response) or result.status not in decisions.OK:
                # a page that is not there ends the story
                return extraction, isinstance(result, Response | Disallowed)
            kind = result.headers.get("content-type", "")
            parts.append(Part(result.body, result.url, kind))
            read |= {url, result.url}
            extraction = self._extract(
                msgspec.structs.replace(request, parts=tuple(parts))
            )
        return extraction, True

    def _feed_text(self, context: EntryContext) -> Extraction:
        entry = context.entry
        html, title = entry.content_html or "", normalise_line(entry.title)
        return self._extract(Request(html.encode(), entry.url, "", context.now, title))

    def _extract(self, request: Request) -> Extraction:
        with EXTRACT_SECONDS.time():
            return self._extractor.call(request)


def _request(context: EntryContext, response: Response) -> Request:
    content_type = response.headers.get("content-type", "")
    return Request(response.body, response.url, content_type, context.now)


def _refresh_url(response: Response, extraction: Extraction) -> str | None:
    """Return where a page without an article leads, by itself or by its header."""
    if extraction.page is not None and extraction.outcome is Outcome.PUBLISHED:
        return None
    directive = response.headers.get("refresh")
    if extraction.refresh_url is None and directive:
        return refresh_target(directive, response.url)
    return extraction.refresh_url


def _validators(entry: Entry, result: FetchResult) -> Validators:
    """Return the validators to send with the next recheck."""
    if isinstance(result, Response) and result.status in decisions.OK:
        fields = result.headers
        return rechecks.validators(fields.get("etag"), fields.get("last-modified"))
    return Validators(entry.etag, entry.last_modified)


def _count_fetch(result: FetchResult) -> None:
    match result:
        case Response():
            FETCHES.labels(f"{result.status // 100}xx").inc()
            FETCH_SECONDS.observe(result.elapsed_seconds)
        case FetchError():
            FETCHES.labels(result.failure.value).inc()
        case Disallowed():
            FETCHES.labels("disallowed").inc()
        case Deferred():
            FETCHES.labels("put-off").inc()
