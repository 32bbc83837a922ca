"""What a worker is: a frozen value with one callable, not a base class.

This is all that `workers.fleet` needs of the loop; nothing here runs anything.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from workers.domain.outcomes import Outcome
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.messaging.ports import Delivery
from workers.runtime.processing.tables import Tables
from workers.runtime.service.clock import Clock

R = TypeVar("R", bound=Record)
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Incoming(Generic[R]):
    """A record off one of the worker's sources, already checked by its schema."""

    topic: Topic[R]
    record: R
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Output(Generic[R]):
    """A record to be written in the transaction of the batch that made it."""

    topic: Topic[R]
    record: R
    not_before: dt.datetime | None = None
    """For a delayed topic: when it may be handled, UTC."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one incoming record."""

    outcome: Outcome
    outputs: tuple[Output[Any], ...] = ()
    reason: str = ""
    """For a dead letter or a drop: why, in words."""
    counts_as_poison: bool = True
    """Of a dead letter: whether many in a row mean that the fault is the worker's.
    False where bytes from outside are the cause, such as a page."""
    on_commit: Callable[[], None] = _nothing
    """Called once the transaction is durable; the place to count things."""


def _never() -> dt.datetime | None:
    return None


def _no_work(now: dt.datetime) -> Sequence[Output[Any]]:  # noqa: ARG001 a handler's signature
    return ()


@dataclass(frozen=True, slots=True)
class Handler:
    """The open worker: functions that the loop calls, all from one thread.

    `handle` gives one result per record, in order. An exception out of it makes
    the loop try the records one by one, and the one that raises again goes to the
    dead letters; `TransientError` is retried as a whole, then stops the worker.
    `due` is asked when `next_due` has come: work that time brings, not a record.
    A handler remembers things in tables only: a batch may be aborted and come again.
    What it built of a global table is rebuilt when the process starts.
    """

    handle: Callable[[Sequence[Incoming[Any]]], Sequence[Result]]
    due: Callable[[dt.datetime], Sequence[Output[Any]]] = _no_work
    next_due: Callable[[], dt.datetime | None] = _never


@dataclass(frozen=True, slots=True)
class Context:
    """What the loop gives to a handler when it is opened."""

    tables: Tables
    clock: Clock
    stopping: Callable[[], bool]
    """True once the worker is asked to end; long work should cut itself short."""


@dataclass(frozen=True, slots=True)
class Worker(Generic[S]):
    """A worker: what it reads, remembers and writes, and how it is opened."""

    name: str
    sources: tuple[Topic[Any], ...]
    sinks: tuple[Topic[Any], ...]
    settings: type[S]
    open_handler: Callable[[S, Context], AbstractContextManager[Handler]]
    """Builds the handler once per process (loads models, opens pools)."""
    tables: tuple[Topic[Any], ...] = ()
    """Compacted topics, partitioned as the sources, read back on assignment.

    One that is a source too is read back as well, and follows what arrives on it.
    """
    global_tables: tuple[Topic[Any], ...] = ()
    """Compacted topics that every member of the group follows as a whole.

    A handler subscribes to each what takes its records in, and puts its own records as
    into any table. Those of other members come when they are committed: two members
    that handle at the same time do not see each other's.
    """
    delayed: Topic[Any] | None = None
    """One of the sources whose records carry not-before and are held till then.

    They come out of order, each when its time has come. The broker remembers one
    offset per partition, which stays below every record that is still held. So after
    a restart or a rebalance records behind it that were handled before come again:
    the handler knows them by what it keeps in its tables (the greatest offset taken
    for a key) and answers `Outcome.REPLAYED`. With that, a record that was put off
    before one of the same key which has been handled counts as done with it.
    """
    batch_records: int = 100
    """At most so many records in a transaction."""
    batch_seconds: float = 0.5
    """The loop sizes batches so that one takes about this long."""
