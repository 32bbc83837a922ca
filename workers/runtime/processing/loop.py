"""The one loop of all workers: read, handle, write, commit, in transactions.

What a batch makes (outputs, dead letters, changes of tables, offsets) becomes
visible in one step or not at all. Whatever goes wrong in between, the loop goes back
to the committed offsets and begins anew; nothing is counted before it is durable.

This module is the cycle; `batch_reader` reads, `record_decoder` and `poison_isolation`
handle, `transaction` writes, `table_loader` reads tables back.
"""

import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from workers.domain.outcomes import TransientError
from workers.runtime.messaging import headers
from workers.runtime.messaging.ports import Delivery, Session
from workers.runtime.processing.backoff import Backoff
from workers.runtime.processing.batch_reader import BatchReader
from workers.runtime.processing.batch_size import BatchSizer
from workers.runtime.processing.message_builder import MessageBuilder
from workers.runtime.processing.poison_isolation import (
    Finished,
    PoisonIsolation,
    PoisonStreak,
)
from workers.runtime.processing.record_decoder import RecordDecoder
from workers.runtime.processing.table_loader import TableLoader
from workers.runtime.processing.transaction import Transaction
from workers.runtime.processing.worker import Context, Handler, Worker
from workers.runtime.service import metrics
from workers.runtime.service.clock import Clock
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process

S = TypeVar("S")

IDLE_SECONDS = 0.5
"""The longest wait for a first record."""
_REPORT_SECONDS = 1.0


class Loop(Generic[S]):
    """Runs one worker on one session until it is asked to stop."""

    def __init__(
        self,
        worker: Worker[S],
        session: Session,
        settings: Process,
        *,
        prefix: str,
        clock: Clock,
        health: Health,
        stopping: Callable[[], bool],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare *worker*; *wait* sleeps between tries and may return early."""
        self._worker = worker
        self._session = session
        self._settings = settings
        self._clock = clock
        self._health = health
        self._stopping = stopping
        self._sources = {topic.name(prefix): topic for topic in worker.sources}
        self._delayed = worker.delayed.name(prefix) if worker.delayed else None
        self._messages = MessageBuilder(worker.name, prefix)
        self._table_loader = TableLoader(worker, session, prefix, clock, health)
        self._tables = self._table_loader.tables
        self._reader = BatchReader(
            session,
            self._table_loader,
            clock,
            delayed=self._delayed,
            stopping=stopping,
        )
        self._decoder = RecordDecoder(self._sources, self._table_loader)
        self._isolation = PoisonIsolation(self._tables, self._messages, clock)
        self._poison_streak = PoisonStreak(settings.poison_limit)
        self._transaction = Transaction(
            worker.name,
            session,
            self._tables,
            self._messages,
            clock,
            delayed=self._delayed,
            on_commit=self._on_commit,
        )
        self._batch_sizer = BatchSizer(worker.batch_records, worker.batch_seconds)
        self._backoff = Backoff(settings, clock, wait)
        self._reported_at = clock.monotonic() - _REPORT_SECONDS
        self.context = Context(self._tables, clock, stopping)

    def run(self, handler: Handler) -> None:
        """Go round until stopping.

        Raises ExhaustedError, TooMuchPoisonError, ConfigurationError, and whatever
        is a mistake in the handler's `due`.
        """
        recovering = False
        while not self._stopping():
            self._health.beat()
            metrics.LAST_PROGRESS.labels(self._worker.name).set(
                self._clock.now().timestamp()
            )
            try:
                if recovering:
                    self._recover()
                    recovering = False
                self.step(handler)
            except TransientError as error:
                recovering = True
                self._back_off(error)

    def step(self, handler: Handler) -> None:
        """Go round once: read tables, one batch, and what is due."""
        if self._table_loader.loading:
            self._table_loader.load_next(self._stopping)
            self._pause_or_resume()
        deliveries = self._read(handler)
        if self._delayed:
            self._pause_or_resume()
        if deliveries:
            self._process(handler, deliveries)
        else:
            self._backoff.reset_if_calm()
        if self._table_loader.complete and not self._stopping():
            self._run_due(handler)
        self._report()

    def _read(self, handler: Handler) -> Sequence[Delivery]:
        limit = self._batch_sizer.limit
        deliveries = self._reader.read(limit, self._idle_seconds(handler))
        if deliveries is None:
            # Rebalanced: the session has gone back to the committed offsets, so what
            # was read before must not be handled too.
            self._discard_batch()
            self._transaction.on_rebalance()
            self._pause_or_resume()
            return ()
        return deliveries

    def _idle_seconds(self, handler: Handler) -> float:
        """Return how long to wait for records, until something else is due."""
        if self._table_loader.loading:
            return 0.0
        now = self._clock.now()
        dues = [self._reader.delay_queue.next_due()]
        if self._table_loader.complete:
            dues.append(handler.next_due())
        waits = [(due - now).total_seconds() for due in dues if due is not None]
        return max(0.0, min([IDLE_SECONDS, *waits]))

    def _process(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        """Handle a batch and write what comes of it."""
        self._table_loader.poll_global()
        started = self._clock.monotonic()
        items = [self._decoder.decode(delivery) for delivery in deliveries]
        # Nothing is sent before the whole batch is handled, so that no transaction is
        # open meanwhile: the broker aborts one that is open for too long.
        finished = self._isolation.handle(handler, items)
        seconds = self._clock.monotonic() - started
        self._batch_sizer.observe(len(items), seconds)
        metrics.BATCH_SECONDS.labels(self._worker.name).observe(seconds)
        metrics.BATCH_RECORDS.labels(self._worker.name).observe(len(items))
        self._poison_streak.check(finished)
        messages = [message for each in finished for message in each.messages]
        self._transaction.commit(finished, messages, self._reader.commit_offsets())

    def _run_due(self, handler: Handler) -> None:
        """Do the work that time brings, in a transaction of its own."""
        due = handler.next_due()
        # Read after `next_due`: a handler that answers with its own "now" is then due.
        now = self._clock.now()
        if due is None or due > now:
            return
        outputs = handler.due(now)
        if not outputs and not self._tables.staged:
            return
        batch = f"{self._worker.name}-{now.timestamp():.6f}"
        messages = [
            self._messages.record(output, f"{batch}-{n}", now, headers.next_hop({}))
            for n, output in enumerate(outputs)
        ]
        self._transaction.commit((), messages, self._reader.commit_offsets())

    def _on_commit(self, finished: Sequence[Finished]) -> None:
        """Count what is durable now, once."""
        self._backoff.reset()
        self._poison_streak.extend(finished)
        name = self._worker.name
        for item, result, _ in finished:
            metrics.RECORDS.labels(name, item.topic.noun, result.outcome.value).inc()
            result.on_commit()

    def _back_off(self, error: TransientError) -> None:
        """Drop the batch and wait a little before the next try, or give up."""
        self._transaction.fail()
        self._discard_batch()
        self._backoff.wait_after(error)

    def _recover(self) -> None:
        """Go back to what is committed."""
        if self._transaction.recover():
            self._table_loader.invalidate()
        self._pause_or_resume()

    def _discard_batch(self) -> None:
        """Drop what is not committed; it will be read again."""
        self._tables.rollback()
        self._reader.discard()

    def _pause_or_resume(self) -> None:
        """Read on where tables are read; delayed records only while there is room."""
        full = self._reader.delay_queue.bytes >= self._settings.delay_buffer_bytes
        self._table_loader.pause_or_resume(without=self._delayed if full else None)

    def _report(self) -> None:
        now = self._clock.monotonic()
        if now - self._reported_at < _REPORT_SECONDS:
            return
        self._reported_at = now
        name = self._worker.name
        metrics.HELD.labels(name).set(len(self._reader.delay_queue))
        for topic, records in self._session.lag().items():
            metrics.LAG.labels(name, self._sources[topic].noun).set(records)
