"""Fetches that fall due with time: started, collected, written, then confirmed.

A result is kept until its transaction is known to be committed: nothing is counted
before, and nothing is lost when a transaction is aborted. How due tasks are found and
what results mean is the task source's business; which host may be asked when, the
host queue's.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

from workers.domain.times import AT_ONCE
from workers.runtime.http.fetch_pool import FetchPool
from workers.runtime.http.host_queue import FetchTask, HostQueue
from workers.runtime.service.clock import Clock

COLLECT_SECONDS = 0.5
"""How long results are waited for and collected before they are committed."""
MAX_RESULTS = 100
MAX_RECORDS = 500
"""A transaction with so many results or records takes no more."""
REPLAN_SECONDS = 0.05
PLAN_SHARE = 0.02
"""Due tasks are looked up at most this often, and in at most this share of the time."""


class WriteStatus(Enum):
    """What the tables tell of a result."""

    WRITTEN = auto()
    """Its transaction was committed."""
    PENDING = auto()
    """It is still to be written."""
    SUPERSEDED = auto()
    """Another process owns the task by now, or its definition has changed."""


class TaskResult(Protocol):
    """What a task's work returns."""

    @property
    def record_count(self) -> int:
        """How many records it adds to a transaction."""

    def record_metrics(self) -> None:
        """Count and log the result; called once, when it is committed."""


K = TypeVar("K", bound=FetchTask)
T = TypeVar("T", bound=TaskResult)


class TaskSource(Protocol[K, T]):
    """Where tasks come from; all calls are from the scheduler's thread."""

    def due_tasks(self) -> Iterable[tuple[dt.datetime, K]]:
        """Return every task with the time when it is due, past or future."""

    def begin(self, task: K, now: dt.datetime) -> Callable[[], T] | None:
        """Return the work of *task*, for any thread; None if it is no longer due."""

    def write_status(self, result: T) -> WriteStatus:
        """Return whether *result* is written, by what the tables hold."""


class Scheduler(Generic[K, T]):
    """Runs the tasks of a source when they are due, one transaction after another."""

    def __init__(self, source: TaskSource[K, T], *, threads: int, clock: Clock) -> None:
        """Run up to *threads* tasks at a time, each for another host."""
        self._source = source
        self._clock = clock
        self._hosts: HostQueue[K] = HostQueue(clock)
        self._pool: FetchPool[K, T] = FetchPool(self._hosts, threads)
        self._unconfirmed: list[T] = []
        self._replan_at = clock.monotonic()
        self._next_due: dt.datetime | None = None

    def replan(self) -> None:
        """Look due tasks up anew: something has changed."""
        self._replan_at = self._clock.monotonic()

    def next_due(self) -> dt.datetime | None:
        """Return when there is something to do, None if nothing is planned."""
        now = self._clock.now()
        self._plan(now)
        if self._pool or self._unconfirmed:
            return AT_ONCE
        wait = self._hosts.wait()
        if wait is None:
            return self._next_due
        return now + dt.timedelta(seconds=wait) if wait else AT_ONCE

    def run_due(self, now: dt.datetime) -> Sequence[T]:
        """Start what may start; return the results to be written."""
        self.confirm_commits()
        if not self._unconfirmed:
            self._collect(now)
        return self._unconfirmed

    def confirm_commits(self) -> None:
        """Let go of the results that are committed; the others are written again."""
        pending = []
        for result in self._unconfirmed:
            match self._source.write_status(result):
                case WriteStatus.WRITTEN:
                    result.record_metrics()
                case WriteStatus.PENDING:
                    pending.append(result)
        self._unconfirmed = pending

    def close(self) -> None:
        """Start nothing more, and wait for what runs."""
        self._pool.close()

    def _plan(self, now: dt.datetime) -> None:
        """Look up what is due and when the next task is, once in a while."""
        started = self._clock.monotonic()
        if started < self._replan_at:
            return
        due_now: list[tuple[dt.datetime, K]] = []
        self._next_due = None
        for due, task in self._source.due_tasks():
            if task.key in self._pool:
                continue
            if due <= now:
                due_now.append((due, task))
            elif self._next_due is None or due < self._next_due:
                self._next_due = due
        due_now.sort(key=itemgetter(0))
        self._hosts.replace(task for _, task in due_now)
        ended = self._clock.monotonic()
        self._replan_at = ended + max(REPLAN_SECONDS, (ended - started) / PLAN_SHARE)

    def _collect(self, now: dt.datetime) -> None:
        """Take results until there are enough for a transaction, or none come."""
        deadline = self._clock.monotonic() + COLLECT_SECONDS
        records = 0
        while len(self._unconfirmed) < MAX_RESULTS and records < MAX_RECORDS:
            self._pool.start_ready(lambda task: self._source.begin(task, now))
            left = deadline - self._clock.monotonic()
            seconds = max(0.0, left) if self._pool else 0.0
            finished = self._pool.finished(seconds, MAX_RESULTS)
            for _, result in finished:
                if self._source.write_status(result) is not WriteStatus.SUPERSEDED:
                    self._unconfirmed.append(result)
                    records += result.record_count
            if not finished or left <= 0:
                break
