"""Fetch many URLs at once without being a burden to any host.

Each origin has a gap between requests, a cap on requests at a time, its robots.txt,
and a time until which it is left alone (after Retry-After, or when it does not
answer). A batch has a budget: what cannot be had within it is put off, so that a slow
or banned host never holds up the others. An answer that comes after its batch is kept
for the next attempt. A redirect to another origin is followed as a request to that
origin: by its robots.txt, in its turn.

One thread calls `fetch`; all state of origins is its own. Threads only do requests.
"""

import datetime as dt
import queue
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Protocol

from msgspec import Meta, Struct

from workers.runtime.http.response import FetchError, FetchFailure, Response
from workers.runtime.service.clock import Clock
from workers.web import http_dates


class Rules(Protocol):
    """What an origin's robots.txt says."""

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between requests that it asks for."""

    def allows(self, url: str) -> bool:
        """Say whether *url* may be fetched."""


@dataclass(frozen=True, slots=True)
class RobotsPolicy:
    """How robots.txt is found and read; the pure part is another module's."""

    origin: Callable[[str], str]
    path: str
    read: Callable[[int, bytes], Rules]
    """From status and body."""
    free: Rules
    """Where there are no rules."""
    unreachable: Rules
    """Where the origin does not say: nothing is allowed."""


class Client(Protocol):
    """The part of the HTTP client that is used here."""

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = ...,
        max_body_bytes: int | None = ...,
        same_origin: bool = ...,
    ) -> Response:
        """Fetch *url* or raise FetchError; a redirect elsewhere may be the answer."""


class PolitenessSettings(Struct, frozen=True, kw_only=True):
    """How hosts are spared."""

    gap_seconds: Annotated[float, Meta(ge=0)] = 1.0
    """From the end of a request to the next one to the same host; its crawl delay
    counts where it is longer."""
    max_crawl_delay_seconds: float = 60.0
    """A longer crawl delay is not waited for."""
    host_connections: Annotated[int, Meta(ge=1, le=2)] = 1
    """Requests to one host at a time."""
    connections: Annotated[int, Meta(ge=1, le=256)] = 32
    """Requests at a time, to all hosts."""
    budget_seconds: Annotated[float, Meta(gt=0)] = 4.0
    """A batch takes no longer; what is not there by then is put off."""
    robots_seconds: Annotated[float, Meta(gt=0, le=86_400)] = 86_400.0
    """How long robots.txt is believed (RFC 9309, 2.4: at most a day)."""
    robots_retry_seconds: float = 300.0
    """After so long an unreachable robots.txt is tried again."""
    rest_seconds: float = 15.0
    """How long a host rests after its first failure; doubles with each further one."""
    max_rest_seconds: float = 600.0
    max_redirects: int = 5
    """So many in all are followed, from origin to origin."""


class Why(StrEnum):
    """Why a request was put off."""

    TURN = "turn"
    """Its host is busy with others; nothing was tried."""
    RESTING = "resting"
    """Its host has failed lately or asked for time; nothing was tried."""
    ROBOTS = "robots"
    """The host's robots.txt cannot be had at the moment."""
    SLOW = "slow"
    """The answer did not come within the batch."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """A request to be made later."""

    why: Why
    seconds: float
    """From now."""


@dataclass(frozen=True, slots=True)
class Disallowed:
    """The host's robots.txt does not want it fetched."""


Answer = Response | FetchError | PutOff | Disallowed

_NO_HEADERS: Mapping[str, Mapping[str, str]] = MappingProxyType({})
_ROBOTS_BYTES = 4 * 1024 * 1024
_UNANSWERED = frozenset(
    (
        FetchFailure.DNS,
        FetchFailure.CONNECT,
        FetchFailure.TLS,
        FetchFailure.TIMEOUT,
        FetchFailure.PROTOCOL,
    )
)
_NO_RULES = frozenset((FetchFailure.TOO_MANY_REDIRECTS,))
_PASSED_ON = frozenset((FetchFailure.BAD_URL, FetchFailure.BLOCKED_ADDRESS))
_BUSY = frozenset((429, 503))
_MAX_RETRY_AFTER = 24 * 3600.0
_MAX_HOSTS = 5_000
_MAX_LATE = 64
_SLICE_SECONDS = 0.5


@dataclass(slots=True)
class _Host:
    """What is known of an origin."""

    next_at: float = 0.0
    """No request before."""
    rests_until: float = 0.0
    active: int = 0
    failures: int = 0
    """In a row."""
    rules: Rules | None = None
    rules_until: float = 0.0
    asking: bool = False
    """Its robots.txt is under way."""
    refusal: FetchError | None = None
    """Why nothing at it can be fetched at all."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A URL of a batch, on its way through redirects."""

    index: int
    """In the batch."""
    asked: str
    """The URL that the caller knows it by."""
    url: str
    """Where it is by now."""
    headers: Mapping[str, str]
    redirects: tuple[tuple[int, str], ...] = ()
    """Followed so far."""


@dataclass(frozen=True, slots=True)
class _Task:
    batch: int
    origin: str
    url: str
    wanted: _Wanted | None
    """None for robots.txt."""


@dataclass(frozen=True, slots=True)
class _Done:
    task: _Task
    answer: Response | FetchError


class Waiting(Protocol):
    """How the scheduler waits; tests put another in its place."""

    def __call__(
        self, done: "queue.SimpleQueue[_Done]", seconds: float
    ) -> "_Done | None":
        """Return what is done next, or None after *seconds*."""


def _wait(done: "queue.SimpleQueue[_Done]", seconds: float) -> _Done | None:
    try:
        return done.get(timeout=seconds)
    except queue.Empty:
        return None


@dataclass(slots=True)
class _Batch:
    """The requests of one call."""

    number: int
    answers: list[Answer | None]
    deadline: float
    waiting: dict[str, deque[_Wanted]] = field(default_factory=dict)
    running: dict[int, str] = field(default_factory=dict)
    """Index to origin."""


class PoliteFetcher:
    """Fetches batches of URLs; one thread may use it."""

    def __init__(
        self,
        client: Client,
        robots: RobotsPolicy,
        settings: PolitenessSettings,
        clock: Clock,
        *,
        waiting: Waiting = _wait,
    ) -> None:
        self._client = client
        self._robots = robots
        self._settings = settings
        self._clock = clock
        self._waiting = waiting
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._late: OrderedDict[str, Response | FetchError] = OrderedDict()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[_Done] = queue.SimpleQueue()
        self._threads = 0
        self._running = 0
        self._batches = 0

    def fetch(
        self,
        urls: Sequence[str],
        stopping: Callable[[], bool] = lambda: False,
        headers: Mapping[str, Mapping[str, str]] = _NO_HEADERS,
        budget_seconds: float | None = None,
    ) -> list[Answer]:
        """Return an answer for each of *urls*, in order, within the budget.

        *budget_seconds* takes the place of the setting of that name.

        *urls* are different from each other. Asked to stop, it puts off the rest.
        *headers* are sent with the URLs that they name; an answer that comes late
        counts for the next attempt even if that has others.
        """
        self._batches += 1
        if budget_seconds is None:
            budget_seconds = self._settings.budget_seconds
        deadline = self._clock.monotonic() + budget_seconds
        batch = _Batch(self._batches, [None] * len(urls), deadline)
        self._collect_late()
        for index, url in enumerate(urls):
            wanted = _Wanted(index, url, url, headers.get(url, {}))
            late = self._late.pop(url, None)
            if late is not None:
                self._take(late, wanted, batch)
            else:
                self._queue(wanted, batch)
        while batch.waiting or batch.running:
            now = self._clock.monotonic()
            pause = self._start_what_may(batch, now)
            if not batch.waiting and not batch.running:
                break
            if now >= deadline or stopping() or (pause is None and not self._running):
                break
            until = deadline if pause is None else min(pause, deadline)
            seconds = min(max(until - now, 0.0), _SLICE_SECONDS)
            done = self._waiting(self._done, seconds)
            if done is not None:
                self._settle(done, batch)
        self._put_off(batch)
        self._forget_hosts()
        return [answer for answer in batch.answers if answer is not None]

    def _queue(self, wanted: _Wanted, batch: _Batch) -> None:
        origin = self._robots.origin(wanted.url)
        batch.waiting.setdefault(origin, deque()).append(wanted)

    def _take(
        self, answer: Response | FetchError, wanted: _Wanted, batch: _Batch
    ) -> None:
        """Take an answer, or follow where it leads."""
        if isinstance(answer, FetchError):
            batch.answers[wanted.index] = answer
            return
        redirects = (*wanted.redirects, *answer.redirects)
        if answer.redirect_target is None:
            batch.answers[wanted.index] = replace(answer, redirects=redirects)
            return
        redirects = (*redirects, (answer.status, answer.redirect_target))
        if len(redirects) > self._settings.max_redirects:
            failure = FetchFailure.TOO_MANY_REDIRECTS
            batch.answers[wanted.index] = FetchError(failure, wanted.asked)
            return
        self._queue(
            replace(wanted, url=answer.redirect_target, redirects=redirects), batch
        )

    def close(self) -> None:
        """Let the threads end; a request under way ends by its own time limit."""
        for _ in range(self._threads):
            self._tasks.put(None)

    # --- starting ----------------------------------------------------------

    def _start_what_may(self, batch: _Batch, now: float) -> float | None:
        """Start all requests that may start now; return when the next may."""
        soonest: float | None = None
        for origin in [*batch.waiting]:
            host = self._host(origin)
            line = batch.waiting[origin]
            when = self._start_at(host, origin, line, batch, now)
            if not line:
                del batch.waiting[origin]
            elif when is not None and when < batch.deadline:
                soonest = when if soonest is None else min(soonest, when)
        return soonest

    def _start_at(
        self,
        host: _Host,
        origin: str,
        line: deque[_Wanted],
        batch: _Batch,
        now: float,
    ) -> float | None:
        """Start requests to one host; return when it can take the next, if known."""
        refusal = self._refusal(host, now)
        if refusal is not None:
            while line:
                batch.answers[line.popleft().index] = refusal
        while line and not host.asking:
            if self._running >= self._settings.connections:
                return None
            if host.rules is None or host.rules_until <= now:
                host.asking = True
                rules = origin + self._robots.path
                self._start(_Task(batch.number, origin, rules, None))
                return None
            wanted = line[0]
            if host.rules.allows(wanted.url):
                if host.active >= self._settings.host_connections:
                    return None
                if host.next_at > now:
                    return host.next_at
                host.next_at = now + self._gap(host)
                batch.running[wanted.index] = origin
                self._start(_Task(batch.number, origin, wanted.url, wanted))
            else:
                batch.answers[wanted.index] = Disallowed()
            line.popleft()
        return None

    def _refusal(self, host: _Host, now: float) -> Answer | None:
        """Return what all requests to a host are answered with, if that is known."""
        if host.rests_until > now:
            return PutOff(Why.RESTING, host.rests_until - now)
        if host.rules is None or host.rules_until <= now:
            return None
        if host.rules is self._robots.unreachable:
            return PutOff(Why.ROBOTS, host.rules_until - now)
        return host.refusal

    def _start(self, task: _Task) -> None:
        self._host(task.origin).active += 1
        self._running += 1
        if self._threads < min(self._running, self._settings.connections):
            self._threads += 1
            threading.Thread(
                target=self._work, name=f"fetch-{self._threads}", daemon=True
            ).start()
        self._tasks.put(task)

    def _work(self) -> None:
        """Do requests, in a thread of its own."""
        while (task := self._tasks.get()) is not None:
            answer: Response | FetchError
            try:
                if task.wanted is None:
                    answer = self._client.get(task.url, max_body_bytes=_ROBOTS_BYTES)
                else:
                    answer = self._client.get(
                        task.url, headers=task.wanted.headers, same_origin=True
                    )
            except FetchError as error:
                answer = error
            except Exception as error:  # noqa: BLE001 else its request would hang for ever
                detail = f"{type(error).__name__}: {error}"
                answer = FetchError(FetchFailure.PROTOCOL, task.url, detail)
            self._done.put(_Done(task, answer))

    # --- settling ----------------------------------------------------------

    def _settle(self, done: _Done, batch: _Batch | None) -> None:
        """Take note of an answer: for the host, and for the batch that waits for it."""
        host = self._host(done.task.origin)
        host.active -= 1
        self._running -= 1
        wanted = done.task.wanted
        if wanted is not None:
            # from its end: when it reached the host is not known
            rested = self._clock.monotonic() + self._gap(host)
            host.next_at = max(host.next_at, rested)
        if wanted is None:
            self._settle_rules(host, done.answer)
            return
        self._judge_host(host, done.answer)
        if batch is not None and done.task.batch == batch.number:
            batch.running.pop(wanted.index, None)
            self._take(done.answer, wanted, batch)
        elif not wanted.redirects:  # one on its way elsewhere begins anew
            self._late[wanted.asked] = done.answer
            while len(self._late) > _MAX_LATE:
                self._late.popitem(last=False)

    def _settle_rules(self, host: _Host, answer: Response | FetchError) -> None:
        settings, now = self._settings, self._clock.monotonic()
        host.asking = False
        host.refusal = None
        if isinstance(answer, Response):
            rules = self._robots.read(answer.status, answer.body)
        elif answer.failure in _PASSED_ON:
            rules, host.refusal = self._robots.free, answer
        elif answer.failure in _NO_RULES:
            rules = self._robots.free
        else:
            rules = self._robots.unreachable
        if rules is not self._robots.unreachable:
            host.rules, host.rules_until = rules, now + settings.robots_seconds
            if host.refusal is not None:
                host.rules_until = now + settings.robots_retry_seconds
            return
        known = host.rules is not None and host.rules is not self._robots.unreachable
        if not known:
            host.rules = rules
        # rules that were known are believed on (RFC 9309, 2.4)
        host.rules_until = now + settings.robots_retry_seconds
        if isinstance(answer, FetchError):
            self._judge_host(host, answer)

    def _judge_host(self, host: _Host, answer: Response | FetchError) -> None:
        """Let a host rest that does not answer or asks for time."""
        now = self._clock.monotonic()
        if isinstance(answer, Response):
            wait = retry_after(answer, self._clock.now())
            if answer.status in _BUSY:
                host.failures += 1
                rest = self._rest(host) if wait is None else wait
                host.rests_until = now + rest
            else:
                host.failures = 0
        elif answer.failure in _UNANSWERED:
            host.failures += 1
            host.rests_until = now + self._rest(host)

    def _rest(self, host: _Host) -> float:
        settings = self._settings
        doubled = settings.rest_seconds * 2.0 ** min(host.failures - 1, 16)
        return min(doubled, settings.max_rest_seconds)

    def _collect_late(self) -> None:
        while True:
            try:
                done = self._done.get_nowait()
            except queue.Empty:
                return
            self._settle(done, None)

    # --- putting off -------------------------------------------------------

    def _put_off(self, batch: _Batch) -> None:
        now = self._clock.monotonic()
        for index in batch.running:
            batch.answers[index] = PutOff(Why.SLOW, self._settings.rest_seconds)
        for origin, line in batch.waiting.items():
            host = self._host(origin)
            gap = self._gap(host)
            begin = max(host.next_at, host.rests_until, now) - now
            for place, wanted in enumerate(line):
                turn = begin + place * gap / self._settings.host_connections
                batch.answers[wanted.index] = PutOff(Why.TURN, turn)

    # --- hosts -------------------------------------------------------------

    def _host(self, origin: str) -> _Host:
        host = self._hosts.get(origin)
        if host is None:
            host = self._hosts[origin] = _Host()
        self._hosts.move_to_end(origin)
        return host

    def _forget_hosts(self) -> None:
        """Forget the hosts not asked for longest, but none that is being asked."""
        for origin in [*self._hosts]:
            if len(self._hosts) <= _MAX_HOSTS:
                return
            if not self._hosts[origin].active:
                del self._hosts[origin]

    def _gap(self, host: _Host) -> float:
        asked = host.rules.crawl_delay if host.rules is not None else None
        delay = min(asked or 0.0, self._settings.max_crawl_delay_seconds)
        return max(self._settings.gap_seconds, delay)


def retry_after(response: Response, now: dt.datetime) -> float | None:
    """Return the seconds that Retry-After asks for, at most a day; None without one."""
    seconds = http_dates.retry_after(response.headers.get("retry-after", ""), now)
    return None if seconds is None else min(seconds, _MAX_RETRY_AFTER)
