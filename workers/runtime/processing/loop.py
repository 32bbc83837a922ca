"""The one loop of all workers: read, handle, write, commit, in transactions.

What a batch makes (outputs, dead letters, changes of tables, offsets) becomes
visible in one step or not at all. Whatever goes wrong in between, the loop goes back
to the committed offsets and begins anew; nothing is counted before it is durable.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from workers.domain.outcomes import (
    ConfigurationError,
    Outcome,
    PoisonRecordError,
    TransientError,
)
from workers.domain.topics import Topic
from workers.runtime.messaging import headers
from workers.runtime.messaging.ports import Delivery, Message, Partition, Session
from workers.runtime.processing.batch_size import Pace
from workers.runtime.processing.delay_queue import Held
from workers.runtime.processing.message_builder import Envelopes
from workers.runtime.processing.table_loader import Ownership
from workers.runtime.processing.tables import Table
from workers.runtime.processing.worker import (
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.runtime.service import logs, metrics
from workers.runtime.service.clock import Clock
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process

S = TypeVar("S")

IDLE_SECONDS = 0.5
"""The longest wait for a first record."""
LINGER_SECONDS = 0.2
"""The wait for more records once there is one."""
_REPORT_SECONDS = 1.0
_CALM_SECONDS = 60.0
"""Failures before so long a quiet time are forgotten."""

_log = logs.get(__name__)


class ExhaustedError(Exception):
    """Everyone's trouble did not go away; the worker ends uncommitted."""


class TooMuchPoisonError(Exception):
    """So many records in a row cannot be handled that the fault is not theirs."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A delivery with what it was found to be."""

    delivery: Delivery
    topic: Topic[Any]
    incoming: Incoming[Any] | None
    result: Result | None
    """Known without the handler: a record that breaks its schema, a tombstone."""
    kind: str = ""
    """Name of the error, for a dead letter."""


class _Handled(NamedTuple):
    """A delivery with what became of it and what is to be written for it."""

    item: _Item
    result: Result
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch that is handled and not yet committed."""

    handled: Sequence[_Handled]
    offsets: Mapping[Partition, int]


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
        self._wait = wait
        self._topics = {topic.name(prefix): topic for topic in worker.sources}
        self._decoders = {
            topic.noun: msgspec.json.Decoder(topic.record) for topic in worker.sources
        }
        self._delayed = worker.delayed.name(prefix) if worker.delayed else None
        self._envelopes = Envelopes(worker.name, prefix)
        self._ownership = Ownership(worker, session, prefix, clock, health)
        self._tables = self._ownership.tables
        self._pace = Pace(worker.batch_records, worker.batch_seconds)
        self._held = Held()
        self._next_offsets: dict[Partition, int] = {}
        self._committed: dict[Partition, int] = {}
        self._in_doubt: _Batch | None = None
        self._transaction_open = False
        self._failures = 0
        self._failed_at = clock.monotonic()
        self._reported_at = clock.monotonic() - _REPORT_SECONDS
        self._poison_streak = 0
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
        if self._ownership.loading:
            self._ownership.load_next(self._stopping)
            self._steer()
        gathered = self._gather(handler)
        if self._delayed:
            self._steer()
        if gathered:
            self._process(handler, gathered)
        elif self._clock.monotonic() - self._failed_at > _CALM_SECONDS:
            self._failures = 0
        if self._ownership.complete and not self._stopping():
            self._do_due(handler)
        self._report()

    # --- reading -----------------------------------------------------------

    def _gather(self, handler: Handler) -> Sequence[Delivery]:
        """Poll until a batch is full or has waited long enough."""
        limit = self._pace.limit
        batch = list(self._held.due(self._clock.now(), limit))
        timeout = 0.0 if batch else self._idle_seconds(handler)
        deadline: float | None = None
        while len(batch) < limit:
            polled = self._session.poll(timeout, limit - len(batch))
            if self._ownership.follow():
                self._forget_batch()
                self._committed.clear()
                self._steer()
                return ()
            batch += self._ripe(polled)
            now = self._clock.monotonic()
            if not batch or self._stopping():
                break
            if deadline is None:
                deadline = now + LINGER_SECONDS
            elif now >= deadline or not polled:
                break
            timeout = max(0.0, deadline - now)
        return batch

    def _idle_seconds(self, handler: Handler) -> float:
        """Wait for records only until something else is due."""
        if self._ownership.loading:
            return 0.0
        now = self._clock.now()
        dues = [self._held.next_due()]
        if self._ownership.complete:
            dues.append(handler.next_due())
        waits = [(due - now).total_seconds() for due in dues if due is not None]
        return max(0.0, min([IDLE_SECONDS, *waits]))

    def _ripe(self, polled: Sequence[Delivery]) -> Sequence[Delivery]:
        """Note what was read and keep back what must wait for its time."""
        now = self._clock.now()
        ripe = []
        for delivery in polled:
            partition = delivery.partition
            self._next_offsets[partition] = delivery.offset + 1
            when = (
                headers.not_before(delivery.headers)
                if partition.topic == self._delayed
                else None
            )
            if when is not None and when > now:
                self._held.add(delivery, when)
            else:
                ripe.append(delivery)
        return ripe

    def _steer(self) -> None:
        full = self._held.bytes >= self._settings.held_bytes
        self._ownership.steer(without=self._delayed if full else None)

    # --- handling ----------------------------------------------------------

    def _process(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        self._ownership.keep_up()
        started = self._clock.monotonic()
        items = [self._understand(delivery) for delivery in deliveries]
        handled = self._handle(handler, items)
        seconds = self._clock.monotonic() - started
        self._pace.note(len(items), seconds)
        metrics.BATCH_SECONDS.labels(self._worker.name).observe(seconds)
        metrics.BATCH_RECORDS.labels(self._worker.name).observe(len(items))
        self._check_poison(handled)
        self._commit(handled, [m for each in handled for m in each.messages])

    def _understand(self, delivery: Delivery) -> _Item:
        """Decode a delivery, or find the dead letter in it."""
        topic = self._topics[delivery.partition.topic]
        if topic in self._tables:
            self._ownership.notice(topic, delivery)
        if delivery.value is None:
            if topic in self._tables:
                return _Item(delivery, topic, None, Result(Outcome.APPLIED))
            return _dead(delivery, topic, "EmptyRecord", "the record has no value")
        try:
            record = self._decoders[topic.noun].decode(delivery.value)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _dead(delivery, topic, type(error).__name__, str(error))
        return _Item(delivery, topic, Incoming(topic, record, delivery), None)

    def _handle(self, handler: Handler, items: Sequence[_Item]) -> Sequence[_Handled]:
        """Give every item its result, one by one if the batch as a whole fails."""
        sound = [item for item in items if item.result is None]
        undo = self._tables.savepoint()
        try:
            handled = iter(self._attempt(handler, sound))
            return [
                next(handled) if item.result is None else self._settled(item)
                for item in items
            ]
        except (TransientError, ConfigurationError):
            raise
        except Exception as error:  # noqa: BLE001 the loop answers for every handler
            undo()
            if len(sound) == 1:
                return [self._settled(self._blame(item, error)) for item in items]
            _log.warning("batch_failed", records=len(sound), problem=_words(error))
            return [self._handle_one(handler, item) for item in items]

    def _handle_one(self, handler: Handler, item: _Item) -> _Handled:
        if item.result is not None:
            return self._settled(item)
        undo = self._tables.savepoint()
        try:
            return self._attempt(handler, [item])[0]
        except (TransientError, ConfigurationError):
            raise
        except Exception as error:  # noqa: BLE001 the loop answers for every handler
            undo()
            return self._settled(self._blame(item, error))

    def _attempt(self, handler: Handler, items: Sequence[_Item]) -> Sequence[_Handled]:
        """Handle *items* and make all that is to be written for them."""
        incoming = [item.incoming for item in items if item.incoming is not None]
        if not incoming:
            return ()
        results = handler.handle(incoming)
        if len(results) != len(incoming):
            msg = f"{len(results)} results for {len(incoming)} records"
            raise RuntimeError(msg)
        now = self._clock.now()
        return [
            _Handled(item, result, self._answers(item, result, now))
            for item, result in zip(items, results, strict=True)
        ]

    def _settled(self, item: _Item) -> _Handled:
        """Answer an item whose result is known without the handler."""
        result = item.result or Result(Outcome.DEAD_LETTER)
        return _Handled(item, result, self._answers(item, result, self._clock.now()))

    def _blame(self, item: _Item, error: Exception) -> _Item:
        """Make a dead letter of the record whose handling raised *error*."""
        if item.result is not None:
            return item
        if isinstance(error, PoisonRecordError):
            reason = str(error)
        else:
            reason = _words(error)
            _log.error(
                "handler_failed",
                **item.delivery.where(),
                problem=reason,
                exc_info=error,
            )
        return _dead(item.delivery, item.topic, type(error).__name__, reason)

    def _streak(self, handled: Sequence[_Handled]) -> int:
        """Count the dead letters in a row, up to the last of *handled*."""
        streak = self._poison_streak
        for each in handled:
            dead = each.result.outcome is Outcome.DEAD_LETTER
            streak = streak + 1 if dead else 0
        return streak

    def _check_poison(self, handled: Sequence[_Handled]) -> None:
        streak = self._streak(handled)
        if streak >= self._settings.poison_limit:
            msg = (
                f"{streak} records in a row cannot be handled, the last because: "
                f"{handled[-1].result.reason}; the fault is likely in this worker or "
                "in the one before it, so it stops here and commits nothing"
            )
            raise TooMuchPoisonError(msg)

    # --- writing -----------------------------------------------------------

    def _answers(
        self, item: _Item, result: Result, now: dt.datetime
    ) -> Sequence[Message]:
        """Make the messages of one result."""
        delivery = item.delivery
        trace = headers.next_hop(delivery.headers)
        name, number = delivery.partition
        made = [
            self._envelopes.record(
                output, f"{name}-{number}-{delivery.offset}-{n}", now, trace
            )
            for n, output in enumerate(result.outputs)
        ]
        if result.outcome is Outcome.DEAD_LETTER:
            _log.warning(
                "dead_letter",
                **delivery.where(),
                problem=result.reason,
                trace_id=headers.trace_id(delivery.headers),
            )
            kind = item.kind or "Refused"
            made.append(self._envelopes.dead_letter(delivery, kind, result.reason, now))
        return made

    def _do_due(self, handler: Handler) -> None:
        """Do the work that time brings, in a transaction of its own."""
        due = handler.next_due()
        now = self._clock.now()  # later than what the handler may call now
        if due is None or due > now:
            return
        outputs = handler.due(now)
        if not outputs and not self._tables.staged:
            return
        batch = f"{self._worker.name}-{now.timestamp():.6f}"
        messages = [
            self._envelopes.record(output, f"{batch}-{n}", now, headers.next_hop({}))
            for n, output in enumerate(outputs)
        ]
        self._commit((), messages)

    def _commit(self, handled: Sequence[_Handled], messages: Sequence[Message]) -> None:
        """Write everything in one transaction, then count it."""
        states, places = self._states(self._clock.now())
        batch = _Batch(handled, self._offsets())
        started = self._clock.monotonic()
        self._transaction_open = True
        self._session.begin()
        for message in (*messages, *states):
            self._session.send(message)
        self._in_doubt = batch
        self._session.commit(batch.offsets)
        self._in_doubt = None
        self._committed.update(batch.offsets)
        for table, place in places:
            table.settle(place)
        metrics.TRANSACTION_SECONDS.labels(self._worker.name).observe(
            self._clock.monotonic() - started
        )
        self._count(batch)

    def _states(
        self, now: dt.datetime
    ) -> tuple[Sequence[Message], Sequence[tuple[Table[Any], Mapping[str, int]]]]:
        """Make messages of the staged changes of tables."""
        made, places = [], []
        for table in self._tables:
            place: dict[str, int] = {}
            for n, (key, record) in enumerate(table.staged.items()):
                if record is None:
                    continue
                event_id = f"{key}-{now.timestamp():.6f}-{n}"
                output = Output(table.topic, record)
                message = self._envelopes.record(output, event_id, now)
                made.append(message)
                place[key] = self._session.partition_of(
                    message.topic, message.partition_key
                )
            places.append((table, place))
        return made, places

    def _offsets(self) -> Mapping[Partition, int]:
        """Return what to commit: where to read on, but nothing held left behind."""
        offsets = dict(self._next_offsets)
        for partition, offset in self._next_offsets.items():
            held = self._held.watermark(partition)
            if held is not None:
                offsets[partition] = min(held, offset)
        return offsets

    def _count(self, batch: _Batch) -> None:
        """Count what is durable now, once."""
        name = self._worker.name
        self._transaction_open = False
        self._failures = 0
        self._poison_streak = self._streak(batch.handled)
        metrics.TRANSACTIONS.labels(name, "committed").inc()
        for item, result, _ in batch.handled:
            metrics.RECORDS.labels(name, item.topic.noun, result.outcome.value).inc()
            result.on_commit()

    # --- when it goes wrong ------------------------------------------------

    def _forget_batch(self) -> None:
        """Drop what is not committed; it will be read again."""
        self._tables.forget()
        self._held.clear()
        self._next_offsets.clear()

    def _back_off(self, error: TransientError) -> None:
        """Wait a little before the next try, or give up."""
        if self._transaction_open and self._in_doubt is None:
            self._count_aborted()
        self._forget_batch()
        self._failed_at = self._clock.monotonic()
        self._failures += 1
        if self._failures >= self._settings.attempts:
            msg = f"gave up after {self._failures} tries: {error}"
            raise ExhaustedError(msg) from error
        ceiling = min(
            self._settings.backoff_seconds * 2 ** (self._failures - 1),
            self._settings.backoff_max_seconds,
        )
        seconds = ceiling * (0.5 + random.random() / 2)  # noqa: S311 jitter is no secret
        _log.warning(
            "retrying",
            problem=str(error),
            tries=self._failures,
            wait_seconds=round(seconds, 2),
        )
        self._wait(seconds)

    def _count_aborted(self) -> None:
        self._transaction_open = False
        metrics.TRANSACTIONS.labels(self._worker.name, "aborted").inc()

    def _recover(self) -> None:
        """Go back to what is committed, and find out what became of a commit."""
        committed = self._session.recover()
        batch, self._in_doubt = self._in_doubt, None
        if batch is not None:
            done = self._was_committed(batch, committed)
            _log.info("commit_resolved", committed=done, records=len(batch.handled))
            self._ownership.distrust()
            if done:
                self._count(batch)
            else:
                self._count_aborted()
        self._committed = dict(committed)
        self._steer()

    def _was_committed(self, batch: _Batch, committed: Mapping[Partition, int]) -> bool:
        """Tell by the offsets that *batch* moved; those that stayed tell nothing."""
        moved = {
            partition: offset
            for partition, offset in batch.offsets.items()
            if partition.topic != self._delayed
            and offset > self._committed.get(partition, -1)
        }
        return bool(moved) and all(
            committed.get(partition, -1) >= offset
            for partition, offset in moved.items()
        )

    def _report(self) -> None:
        now = self._clock.monotonic()
        if now - self._reported_at < _REPORT_SECONDS:
            return
        self._reported_at = now
        name = self._worker.name
        metrics.HELD.labels(name).set(len(self._held))
        for topic, records in self._session.lag().items():
            metrics.LAG.labels(name, self._topics[topic].noun).set(records)


def _dead(delivery: Delivery, topic: Topic[Any], kind: str, reason: str) -> _Item:
    return _Item(
        delivery, topic, None, Result(Outcome.DEAD_LETTER, reason=reason), kind
    )


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
