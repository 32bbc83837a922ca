"""A small worker that shows whether anything is lost, doubled or remembered wrongly.

It reads numbers, counts those of each key in a table, and writes each number on with
its place in the count. So the echoes of a key must be counted 1, 2, 3, … in order,
whatever dies in between.
"""

import datetime as dt
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from workers.domain.outcomes import Outcome, PoisonRecordError
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime import main
from workers.runtime.processing.worker import (
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.runtime.service import logs

SHOW_THREADS = signal.SIGUSR1
"""Has the worker write what each of its threads is doing to its log."""


class Number(Record, frozen=True, kw_only=True):
    number: int
    key: str
    poison: bool = False
    delay_seconds: float = 0.0
    """From when it is handled to when it may be handled again."""


class Echo(Record, frozen=True, kw_only=True):
    number: int
    key: str
    count: int
    slot: str


class Count(Record, frozen=True, kw_only=True):
    key: str
    count: int
    delayed_offset: int = -1


class Tick(Record, frozen=True, kw_only=True):
    """What time brings: one for each known key and round."""

    key: str
    round: int


def _key(record: Number | Echo | Count | Tick) -> str:
    return record.key


NUMBERS = Topic("numbers", Number, _key, _key, "Numbers to echo.", partitions=4)
DELAYED = Topic("numbers-delayed", Number, _key, _key, "To echo later.", partitions=4)
COUNTS = Topic("counts", Count, _key, _key, "Counts.", partitions=4, cleanup="compact")
ECHOES = Topic("echoes", Echo, _key, _key, "Echoed numbers.", partitions=3)
TICKS = Topic("ticks", Tick, _key, _key, "What is due.", partitions=3)


class Settings(Struct, frozen=True):
    slow_seconds: float = 0.0
    """What a record takes."""
    ticking: bool = False
    """Whether there is work without records, every 0.1 s."""


def echo(incoming: Incoming[Any], context: Context, slot: str) -> Result:
    record: Number = incoming.record
    if record.poison:
        msg = f"{record.number} is poison"
        raise PoisonRecordError(msg)
    if record.delay_seconds and incoming.topic is not DELAYED:
        when = context.clock.now() + dt.timedelta(seconds=record.delay_seconds)
        return Result(Outcome.DELAYED, (Output(DELAYED, record, not_before=when),))
    counts = context.tables.of(COUNTS)
    before = counts.get(record.key) or Count(key=record.key, count=0)
    taken = before.delayed_offset
    if incoming.topic is DELAYED:
        if incoming.delivery.offset <= taken:
            return Result(Outcome.REPLAYED)
        taken = incoming.delivery.offset
    count = before.count + 1
    counts.put(Count(key=record.key, count=count, delayed_offset=taken))
    made = Echo(number=record.number, key=record.key, count=count, slot=slot)
    return Result(Outcome.PUBLISHED, (Output(ECHOES, made),))


@contextmanager
def open_handler(settings: Settings, context: Context) -> Iterator[Handler]:
    slot = os.environ.get("KHABAR_KAFKA_SLOT", "")
    next_tick = context.clock.now()

    def handle(batch: Sequence[Incoming[Any]]) -> Sequence[Result]:
        if settings.slow_seconds:
            logs.get("echo").info("slow_batch")
            time.sleep(settings.slow_seconds * len(batch))
        return [echo(incoming, context, slot) for incoming in batch]

    def due(now: dt.datetime) -> Sequence[Output[Any]]:
        nonlocal next_tick
        next_tick = now + dt.timedelta(seconds=0.1)
        counts = context.tables.of(COUNTS)
        made = []
        for row in [*counts.values()]:
            counts.put(
                Count(
                    key=row.key,
                    count=row.count + 1,
                    delayed_offset=row.delayed_offset,
                )
            )
            made.append(Output(TICKS, Tick(key=row.key, round=row.count + 1)))
        return made

    def when() -> dt.datetime | None:
        return next_tick if settings.ticking else None

    yield Handler(handle, due, when)


WORKER = Worker(
    name="echo",
    sources=(NUMBERS, DELAYED),
    sinks=(ECHOES, DELAYED, TICKS),
    settings=Settings,
    open_handler=open_handler,
    tables=(COUNTS,),
    delayed=DELAYED,
    batch_records=100,
)

if __name__ == "__main__":
    faulthandler.register(SHOW_THREADS, all_threads=True)
    sys.exit(main.run(WORKER, os.environ))
