"""Work that time brings: started when it is due, gathered, written, then counted.

What comes back is kept until its transaction is known to have gone through, so that
nothing is counted before, and nothing is lost when a transaction is aborted.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

from workers.runtime.http.host_queue import Agenda, Fetches, Job
from workers.runtime.service.clock import Clock

T = TypeVar("T")

AT_ONCE = dt.datetime.min.replace(tzinfo=dt.UTC)
COLLECT_SECONDS = 0.5
"""Results are waited for and gathered so long before they are committed."""
ROUND_RESULTS = 100
ROUND_SIZE = 500
"""No more results are added to a transaction that has so many, or is so large."""
REPLAN_SECONDS = 0.05
PLAN_SHARE = 0.02
"""What is due is looked up so often, or as often as costs this share of the time."""


class Standing(Enum):
    """What is known of a result."""

    WRITTEN = auto()
    """Its transaction went through."""
    OPEN = auto()
    """It is still to be written."""
    OVERTAKEN = auto()
    """It is no longer ours to write."""


class Duties(Protocol[T]):
    """What there is to do; all calls come from the loop's thread."""

    def look_up(self) -> Iterable[tuple[dt.datetime, Job]]:
        """Return every job with the time when it is due."""

    def begin(self, job: Job, now: dt.datetime) -> Callable[[], T] | None:
        """Return the work of *job*, for any thread; None if it is no longer due."""

    def standing(self, result: T) -> Standing:
        """Say whether *result* was written, by what the tables hold."""

    def size(self, result: T) -> int:
        """Return how many records *result* makes."""

    def count(self, result: T) -> None:
        """Count *result*, which was written."""


class Rounds(Generic[T]):
    """Sees to it that duties are done, one transaction after the other."""

    def __init__(
        self, duties: Duties[T], *, threads: int, gap_seconds: float, clock: Clock
    ) -> None:
        """Do them in so many *threads*, with a gap between two requests to a host."""
        self._duties = duties
        self._clock = clock
        self._fetches: Fetches[T] = Fetches(threads, gap_seconds, clock.monotonic)
        self._agenda = Agenda()
        self._unsettled: list[T] = []
        self._replan_at = clock.monotonic()
        self._next_due: dt.datetime | None = None

    def replan(self) -> None:
        """Look up anew what is due: things have changed."""
        self._replan_at = self._clock.monotonic()

    def next_due(self) -> dt.datetime | None:
        """Return when there is something to do."""
        now = self._clock.now()
        self._plan(now)
        if self._fetches or self._unsettled:
            return AT_ONCE
        if self._agenda:
            wait = min(self._fetches.wait(host) for host in self._agenda.hosts())
            return now + dt.timedelta(seconds=wait) if wait else AT_ONCE
        return self._next_due

    def go(self, now: dt.datetime) -> Sequence[T]:
        """Start what may start; return what is to be written."""
        self.settle()
        if not self._unsettled:
            self._collect(now)
        return self._unsettled

    def settle(self) -> None:
        """Count the results whose transaction went through; the others come again."""
        again = []
        for result in self._unsettled:
            match self._duties.standing(result):
                case Standing.WRITTEN:
                    self._duties.count(result)
                case Standing.OPEN:
                    again.append(result)
        self._unsettled = again

    def close(self) -> None:
        """Wait for what is under way; start nothing more."""
        self._fetches.close()

    def _plan(self, now: dt.datetime) -> None:
        """Look up what is due, and when the next is, once in a while."""
        started = self._clock.monotonic()
        if started < self._replan_at:
            return
        jobs: list[tuple[dt.datetime, Job]] = []
        self._next_due = None
        for due, job in self._duties.look_up():
            if job.key in self._fetches:
                continue
            if due <= now:
                jobs.append((due, job))
            elif self._next_due is None or due < self._next_due:
                self._next_due = due
        self._agenda.plan(job for _, job in sorted(jobs))
        ended = self._clock.monotonic()
        self._replan_at = ended + max(REPLAN_SECONDS, (ended - started) / PLAN_SHARE)

    def _collect(self, now: dt.datetime) -> None:
        """Go on until there is enough for a transaction, or nothing comes."""
        deadline = self._clock.monotonic() + COLLECT_SECONDS
        size = 0
        while len(self._unsettled) < ROUND_RESULTS and size < ROUND_SIZE:
            self._start(now)
            left = deadline - self._clock.monotonic()
            done = self._fetches.finished(max(0.0, left), limit=ROUND_RESULTS)
            for result in done:
                if self._duties.standing(result) is not Standing.OVERTAKEN:
                    self._unsettled.append(result)
                    size += self._duties.size(result)
            if not done or left <= 0:
                break

    def _start(self, now: dt.datetime) -> None:
        while self._fetches.room and (job := self._agenda.take(self._fetches.is_free)):
            work = self._duties.begin(job, now)
            if work is not None:
                self._fetches.start(job, work)
