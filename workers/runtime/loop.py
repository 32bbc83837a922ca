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
from workers.domain.records import Record
from workers.domain.topics import Topic, dead_letter_name
from workers.runtime import headers, logs, metrics
from workers.runtime.health import Health
from workers.runtime.held import Held
from workers.runtime.pace import Pace
from workers.runtime.ports import (
    MAX_MESSAGE_BYTES,
    Delivery,
    Message,
    Partition,
    Session,
)
from workers.runtime.settings import Process
from workers.runtime.tables import Table, Tables
from workers.runtime.worker import (
    Clock,
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)

S = TypeVar("S")

IDLE_SECONDS = 0.5
"""The longest wait for a first record."""
LINGER_SECONDS = 0.2
"""The wait for more records once there is one."""
_REPORT_SECONDS = 1.0
_CALM_SECONDS = 60.0
"""Failures before so long a quiet time are forgotten."""

_log = logs.get(__name__)
_encoder = msgspec.json.Encoder()


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
        self._prefix = prefix
        self._clock = clock
        self._health = health
        self._stopping = stopping
        self._wait = wait
        self._topics = {topic.name(prefix): topic for topic in worker.sources}
        self._delayed = worker.delayed.name(prefix) if worker.delayed else None
        self._dead_letters = dead_letter_name(worker.name, prefix)
        self._decoders = {
            topic.noun: msgspec.json.Decoder(topic.record)
            for topic in (*worker.sources, *worker.tables)
        }
        self._tables = Tables(worker.tables, self._place)
        self._pace = Pace(worker.batch_records, worker.batch_seconds)
        self._held = Held()
        self._generation = -1
        self._tenures: Mapping[Partition, int] = {}
        self._unloaded: set[int] = set()
        self._read_to: dict[Partition, int] = {}
        self._next_offsets: dict[Partition, int] = {}
        self._in_doubt: _Batch | None = None
        self._reported_at = clock.monotonic() - _REPORT_SECONDS
        self._transaction_open = False
        self._failures = 0
        self._failed_at = clock.monotonic()
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
        """Go round once: take over partitions, one batch, and what is due."""
        if self._unloaded and self._generation >= 0:
            self._load(min(self._unloaded))
        gathered = self._gather(handler)
        if self._delayed:
            self._steer()
        if gathered:
            self._process(handler, gathered)
        elif self._clock.monotonic() - self._failed_at > _CALM_SECONDS:
            self._failures = 0
        if self._owns_everything_loaded() and not self._stopping():
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
            if self._session.generation != self._generation:
                self._rebalanced()
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
        if self._unloaded:
            return 0.0
        now = self._clock.now()
        dues = [self._held.next_due()]
        if self._owns_everything_loaded():
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

    # --- ownership ---------------------------------------------------------

    def _rebalanced(self) -> None:
        """Begin anew with the partitions that are owned now."""
        self._generation = self._session.generation
        self._forget_batch()
        if self._generation < 0:  # a rebalance is under way: tables may yet be kept
            self._steer()
            return
        before, self._tenures = self._tenures, dict(self._session.assignment())
        changed = before.items() ^ self._tenures.items()
        stale = {partition.number for partition, _ in changed}
        for table in self._tables:
            for number in stale:
                table.drop(number)
        owned = {partition.number for partition in self._tenures}
        self._unloaded = (self._unloaded | stale) & owned
        if not self._worker.tables:
            self._unloaded.clear()
        self._steer()
        metrics.REBALANCES.labels(self._worker.name).inc()
        metrics.PARTITIONS.labels(self._worker.name).set(len(self._tenures))
        _log.info(
            "partitions_assigned",
            generation=self._generation,
            partitions=sorted(f"{p.topic}/{p.number}" for p in self._tenures),
        )

    def _load(self, number: int) -> None:
        """Read partition *number* of every table, then let its sources flow."""
        started = self._clock.monotonic()
        count = 0
        for table in self._tables:
            noun = table.topic.noun
            self._health.wait_for(f"reading {noun}, partition {number}")
            table.drop(number)
            name = table.topic.name(self._prefix)
            for delivery in self._session.read_all(Partition(name, number)):
                self._absorb(table, delivery)
                count += 1
                if self._stopping():
                    return
                self._health.beat()
        self._unloaded.discard(number)
        self._steer()
        _log.info(
            "tables_loaded",
            partition=number,
            records=count,
            seconds=round(self._clock.monotonic() - started, 3),
        )

    def _absorb(self, table: Table[Any], delivery: Delivery) -> None:
        """Take one record off a table's topic into the table."""
        key = (delivery.key or b"").decode(errors="replace")
        record: Record | None = None
        if delivery.value is not None:
            try:
                record = self._decoders[table.topic.noun].decode(delivery.value)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                metrics.UNREADABLE_STATES.labels(self._worker.name).inc()
                _log.error(
                    "state_unreadable",
                    topic=delivery.partition.topic,
                    partition=delivery.partition.number,
                    offset=delivery.offset,
                    problem=str(error),
                )
                return
            key = table.topic.key(record)
        self._read_to[delivery.partition] = delivery.offset + 1
        table.load(delivery.partition.number, key, record)

    def _steer(self) -> None:
        """Let flow what may flow, and say whether the worker is ready."""
        if self._generation < 0:
            self._health.wait_for("joining the consumer group")
            return
        full = self._held.bytes >= self._settings.held_bytes
        paused: list[Partition] = []
        flowing: list[Partition] = []
        for partition in self._tenures:
            waits = partition.number in self._unloaded or (
                full and partition.topic == self._delayed
            )
            (paused if waits else flowing).append(partition)
        self._session.pause(paused)
        self._session.resume(flowing)
        if self._unloaded:
            self._health.wait_for(f"reading tables, partition {min(self._unloaded)}")
        else:
            self._health.ready()

    def _owns_everything_loaded(self) -> bool:
        return self._generation >= 0 and bool(self._tenures) and not self._unloaded

    # --- handling ----------------------------------------------------------

    def _process(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
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
        is_table = topic in self._tables
        if is_table and delivery.offset >= self._read_to.get(delivery.partition, 0):
            # a table that is a source too: what it says holds, whoever commits
            self._absorb(self._tables.of(topic), delivery)
        if delivery.value is None:
            if is_table:
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
                **_where(item.delivery),
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
            self._message(output, f"{name}-{number}-{delivery.offset}-{n}", trace, now)
            for n, output in enumerate(result.outputs)
        ]
        if result.outcome is Outcome.DEAD_LETTER:
            _log.warning(
                "dead_letter",
                **_where(delivery),
                problem=result.reason,
                trace_id=headers.trace_id(delivery.headers),
            )
            kind = item.kind or "Refused"
            made.append(
                Message(
                    topic=self._dead_letters,
                    key=delivery.key,
                    value=delivery.value,
                    partition_key=delivery.key or b"",
                    headers=headers.dead_letter(
                        delivery, self._worker.name, kind, result.reason, now
                    ),
                )
            )
        return made

    def _message(
        self, output: Output[Any], event_id: str, trace: str | None, now: dt.datetime
    ) -> Message:
        """Make the message that carries *output*."""
        topic, record = output.topic, output.record
        fields = headers.cloud_event(topic, self._worker.name, event_id, now)
        if trace:
            fields[headers.TRACEPARENT] = trace.encode()
        if output.not_before is not None:
            fields[headers.NOT_BEFORE] = headers.timestamp(output.not_before)
        value = _encoder.encode(record)
        if len(value) > MAX_MESSAGE_BYTES:
            msg = f"it makes a record for {topic.noun} of {len(value)} bytes"
            raise PoisonRecordError(msg)
        return Message(
            topic=topic.name(self._prefix),
            key=topic.key(record).encode(),
            value=value,
            partition_key=topic.partition_by(record).encode(),
            headers=fields,
        )

    def _do_due(self, handler: Handler) -> None:
        """Do the work that time brings, in a transaction of its own."""
        now = self._clock.now()
        due = handler.next_due()
        if due is None or due > now:
            return
        outputs = handler.due(now)
        if not outputs and not self._tables.staged:
            return
        batch = f"{self._worker.name}-{now.timestamp():.6f}"
        messages = [
            self._message(output, f"{batch}-{n}", headers.next_hop({}), now)
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
                message = self._message(
                    Output(table.topic, record), event_id, None, now
                )
                made.append(message)
                place[key] = self._session.partition_of(
                    message.topic, message.partition_key
                )
            places.append((table, place))
        return made, places

    def _place(self, topic: Topic[Any], record: Record) -> int | None:
        number = self._session.partition_of(
            topic.name(self._prefix), topic.partition_by(record).encode()
        )
        owned = any(partition.number == number for partition in self._tenures)
        return number if owned else None

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
        if batch is None:
            return
        # the tables may lack what was committed after all: read them again
        if self._worker.tables:
            self._unloaded = {partition.number for partition in self._tenures}
        done = bool(batch.handled) and all(
            committed.get(partition, 0) >= offset
            for partition, offset in batch.offsets.items()
        )
        _log.info("commit_resolved", committed=done, records=len(batch.handled))
        if done:
            self._count(batch)
        else:
            self._count_aborted()
        self._steer()

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


def _where(delivery: Delivery) -> dict[str, object]:
    return {
        "topic": delivery.partition.topic,
        "partition": delivery.partition.number,
        "offset": delivery.offset,
        "key": (delivery.key or b"").decode(errors="replace"),
    }
