"""Fetch batches of URLs without being a burden to any host.

What cannot be had within a batch's budget is deferred, so that a slow or banned host
holds up no other; a response that comes after its batch serves the next attempt. A
redirect to another origin is a request to that origin: under its robots.txt, in its
turn. Turns and gaps are the host queue's, threads the pool's, robots.txt the cache's.

One thread may use a fetcher.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Protocol

from workers.runtime.http.cookies import CookieJar
from workers.runtime.http.fetch_pool import FetchPool
from workers.runtime.http.host_queue import HostQueue
from workers.runtime.http.response import (
    DeferReason,
    Deferred,
    FetchError,
    FetchFailure,
    FetchResult,
    Response,
)
from workers.runtime.http.robots_cache import RobotsCache
from workers.runtime.service.clock import Clock
from workers.web import http_dates, robots


class Client(Protocol):
    """The part of the HTTP client that is used here."""

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = ...,
        max_body_bytes: int | None = ...,
        same_origin: bool = ...,
        cookies: CookieJar | None = ...,
    ) -> Response:
        """Fetch *url* or raise FetchError; see `HttpClient.get`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """How hosts are spared."""

    gap_seconds: float
    """From the end of a request to the next one to the same host; the host's crawl
    delay counts where it is longer."""
    host_connections: int
    """Requests to one host at a time."""
    connections: int
    """Requests at a time, to all hosts."""
    budget_seconds: float
    """A batch takes no longer; what is not there by then is deferred."""


_MAX_CRAWL_DELAY_SECONDS = 60.0
"""A longer crawl delay would starve a host of more than a few articles an hour."""
_BACKOFF_SECONDS = 15.0
"""After the first failure of a host; doubles with each further one in a row."""
_MAX_BACKOFF_SECONDS = 600.0
_MAX_DOUBLINGS = 16
_MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
MAX_REDIRECTS = 5
"""From origin to origin, those within an origin included."""
_ROBOTS_BYTES = 4 * 1024 * 1024
"""Of a robots.txt, of which the first 500 KiB are read (RFC 9309, 2.5)."""
_MAX_LATE_RESPONSES = 64
_SLICE_SECONDS = 0.5
"""So often at least a waiting batch looks whether it is to stop."""
_BUSY = frozenset((429, 503))
_HOST_FAILURES = frozenset(
    (
        FetchFailure.DNS,
        FetchFailure.CONNECT,
        FetchFailure.TLS,
        FetchFailure.TIMEOUT,
        FetchFailure.PROTOCOL,
    )
)
"""Failures of a host, not of a page."""
_NO_HEADERS: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Page:
    """A URL of a batch, on its way through redirects."""

    key: tuple[int, int]
    """Number of the batch, index in it."""
    requested: str
    """The URL that the caller knows it by."""
    headers: Mapping[str, str]
    url: str
    """The one to fetch next."""
    host: str
    gap_seconds: float = 0.0
    redirects: tuple[tuple[int, str], ...] = ()
    """Followed so far."""
    cookies: CookieJar = field(default_factory=CookieJar)
    """Of this page alone, over the origins that it is fetched from."""


@dataclass(frozen=True, slots=True)
class _RobotsFile:
    """The robots.txt of an origin; the request after it need not wait."""

    key: str
    """Its URL."""
    host: str
    gap_seconds: float = 0.0


Task = _Page | _RobotsFile
Fetched = Response | FetchError
Pool = FetchPool[Task, Fetched]


@dataclass(slots=True)
class _Batch:
    """The requests of one call."""

    number: int
    deadline: float
    results: list[FetchResult | None]
    unanswered: int
    awaiting_rules: dict[str, list[_Page]] = field(default_factory=dict)
    """Pages by origin that wait for its robots.txt."""

    def answer(self, page: _Page, result: FetchResult) -> None:
        """Set the result of *page*."""
        self.results[page.key[1]] = result
        self.unanswered -= 1


class PoliteFetcher:
    """Fetches batches of URLs within the limits of a politeness."""

    def __init__(
        self,
        client: Client,
        politeness: Politeness,
        clock: Clock,
        *,
        pool: Pool | None = None,
    ) -> None:
        """Fetch with *client*; a *pool* is given by tests."""
        self._client = client
        self._politeness = politeness
        self._clock = clock
        if pool is None:
            connections = politeness.host_connections
            hosts: HostQueue[Task] = HostQueue(clock, connections=connections)
            pool = FetchPool(hosts, politeness.connections)
        self._pool = pool
        self._hosts = pool.hosts
        self._robots = RobotsCache(clock)
        self._late_responses: OrderedDict[str, Fetched] = OrderedDict()
        self._batches = 0

    def fetch(
        self,
        urls: Sequence[str],
        stopping: Callable[[], bool] = lambda: False,
        headers: Mapping[str, Mapping[str, str]] = _NO_HEADERS,
        budget_seconds: float | None = None,
    ) -> list[FetchResult]:
        """Return a result for each of *urls*, in order, within the budget.

        *urls* are different from each other. *headers* are sent with the URLs that
        they name; a late response serves the next attempt even if that has others.
        *budget_seconds* overrides the politeness. If *stopping*, the rest is deferred.
        """
        batch = self._open_batch(len(urls), budget_seconds)
        self._collect_late(batch)
        for index, url in enumerate(urls):
            key, origin = (batch.number, index), robots.origin(url)
            page = _Page(key, url, headers.get(url, {}), url, origin)
            late = self._late_responses.pop(url, None)
            if late is None:
                self._admit(page, batch)
            else:
                self._accept(late, page, batch)
        while batch.unanswered and not stopping():
            self._pool.start_ready(self._work)
            seconds = self._wait(batch)
            if seconds is None:
                break
            for task, result in self._pool.finished(seconds, 1):
                self._settle(task, result, batch)
        self._defer_rest(batch)
        return [result for result in batch.results if result is not None]

    def close(self) -> None:
        """Wait for the requests that run; close the client before, to end them."""
        self._pool.close()

    # --- a batch -----------------------------------------------------------

    def _open_batch(self, size: int, budget_seconds: float | None) -> _Batch:
        self._batches += 1
        budget = self._politeness.budget_seconds
        if budget_seconds is not None:
            budget = budget_seconds
        deadline = self._clock.monotonic() + budget
        return _Batch(self._batches, deadline, [None] * size, size)

    def _wait(self, batch: _Batch) -> float | None:
        """Return how long to wait for the next event, None if none is to come."""
        left = batch.deadline - self._clock.monotonic()
        next_start = self._pool.wait()
        starts = next_start is not None and next_start < left
        if left <= 0 or not (starts or self._pool):
            return None
        return min(left if next_start is None else next_start, left, _SLICE_SECONDS)

    def _defer_rest(self, batch: _Batch) -> None:
        """Defer what is neither answered nor disallowed to when its turn will be."""
        for pages in batch.awaiting_rules.values():
            for page in pages:
                self._hosts.add(self._with_gap(page))
        for task, seconds in self._hosts.drain():
            if isinstance(task, _Page):
                batch.answer(task, Deferred(DeferReason.RATE_LIMITED, seconds))
        # what is left runs
        timed_out = Deferred(DeferReason.TIMED_OUT, _BACKOFF_SECONDS)
        batch.results = [result or timed_out for result in batch.results]

    # --- before a request --------------------------------------------------

    def _admit(self, page: _Page, batch: _Batch) -> None:
        """Queue *page*, unless its host is not to be asked or robots.txt forbids."""
        backoff = self._hosts.backoff(page.host)
        if backoff:
            batch.answer(page, Deferred(DeferReason.BACKOFF, backoff))
        elif not self._robots.is_known(page.host):
            self._await_rules(page, batch)
        elif (refusal := self._robots.check(page.host, page.url)) is not None:
            batch.answer(page, refusal)
        else:
            self._hosts.add(self._with_gap(page))

    def _await_rules(self, page: _Page, batch: _Batch) -> None:
        """Keep *page* until the robots.txt of its origin is fetched."""
        awaiting = batch.awaiting_rules.setdefault(page.host, [])
        file = _RobotsFile(page.host + robots.PATH, page.host)
        if not awaiting and file.key not in self._pool:
            self._hosts.add(file)
        awaiting.append(page)

    def _with_gap(self, page: _Page) -> _Page:
        delay = min(self._robots.crawl_delay(page.host), _MAX_CRAWL_DELAY_SECONDS)
        return replace(page, gap_seconds=max(self._politeness.gap_seconds, delay))

    # --- the request -------------------------------------------------------

    def _work(self, task: Task) -> Callable[[], Fetched]:
        return partial(self._request, task)

    def _request(self, task: Task) -> Fetched:
        """Make the request of *task*, in a thread of the pool."""
        url = task.key if isinstance(task, _RobotsFile) else task.url
        try:
            if isinstance(task, _RobotsFile):
                return self._client.get(url, max_body_bytes=_ROBOTS_BYTES)
            return self._client.get(
                url, headers=task.headers, same_origin=True, cookies=task.cookies
            )
        except FetchError as error:
            return error
        except Exception as error:  # noqa: BLE001 one page must not stop the worker
            detail = f"{type(error).__name__}: {error}"
            return FetchError(FetchFailure.PROTOCOL, url, detail)

    # --- after it ----------------------------------------------------------

    def _collect_late(self, batch: _Batch) -> None:
        """Take in what has ended since the last batch."""
        for task, result in self._pool.finished(0.0, self._politeness.connections):
            self._settle(task, result, batch)

    def _settle(self, task: Task, result: Fetched, batch: _Batch) -> None:
        """Take in the result of *task*: for its host, its origin and its batch."""
        if isinstance(task, _RobotsFile):
            self._robots.put(task.host, result)
            if isinstance(result, FetchError):
                self._judge_host(task.host, result, batch)
            for page in batch.awaiting_rules.pop(task.host, ()):
                self._admit(page, batch)
            return
        self._judge_host(task.host, result, batch)
        if task.key[0] == batch.number:
            self._accept(result, task, batch)
        elif not task.redirects:  # one that has left its origin begins anew
            self._late_responses[task.requested] = result
            while len(self._late_responses) > _MAX_LATE_RESPONSES:
                self._late_responses.popitem(last=False)

    def _accept(self, result: Fetched, page: _Page, batch: _Batch) -> None:
        """Answer *page* with *result*, or follow its redirect to another origin."""
        if isinstance(result, FetchError):
            batch.answer(page, result)
            return
        redirects = (*page.redirects, *result.redirects)
        target = result.redirect_target
        if target is None:
            batch.answer(page, replace(result, redirects=redirects))
            return
        redirects = (*redirects, (result.status, target))
        if len(redirects) > MAX_REDIRECTS:
            failure = FetchFailure.TOO_MANY_REDIRECTS
            batch.answer(page, FetchError(failure, page.requested))
            return
        origin = robots.origin(target)
        self._admit(replace(page, url=target, host=origin, redirects=redirects), batch)

    def _judge_host(self, host: str, result: Fetched, batch: _Batch) -> None:
        """Back off from a host that does not answer or asks for time."""
        if isinstance(result, Response):
            if result.status not in _BUSY:
                self._hosts.count_success(host)
                return
            seconds = retry_after(result, self._clock.now())
        elif result.failure in _HOST_FAILURES:
            seconds = None
        else:
            return
        failures = self._hosts.count_failure(host)
        if seconds is None:
            doublings = min(failures - 1, _MAX_DOUBLINGS)
            seconds = min(_BACKOFF_SECONDS * 2.0**doublings, _MAX_BACKOFF_SECONDS)
        self._hosts.back_off(host, seconds)
        for task in self._hosts.drop(host):
            if isinstance(task, _Page):
                batch.answer(task, Deferred(DeferReason.BACKOFF, seconds))


def retry_after(response: Response, now: dt.datetime) -> float | None:
    """Return the seconds that Retry-After asks for, at most a day; None without one."""
    seconds = http_dates.retry_after(response.headers.get("retry-after", ""), now)
    return None if seconds is None else min(seconds, _MAX_RETRY_AFTER_SECONDS)
