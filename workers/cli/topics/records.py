"""Decoded records of a topic, for a command: each in order, or the last of each key.

What is not a record of the topic is reported on standard error and left out.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, TypeVar

from workers.cli.terminal.console import end_stuck, print_error

if TYPE_CHECKING:
    from workers.domain.records import Record
    from workers.domain.topics import Topic
    from workers.runtime.messaging.ports import Delivery
    from workers.runtime.service.settings import Kafka

R = TypeVar("R", bound="Record")
Start = Literal["beginning", "end"]


def read(
    settings: "Kafka", topic: "Topic[R]", *, start: Start, follow: bool
) -> Iterator[tuple[R, bytes]]:
    """Yield the records of a topic, each with its bytes; tombstones are left out."""
    for delivery, record in _decoded(settings, topic, start=start, follow=follow):
        if record is not None:
            yield record, delivery.value or b""


def latest(settings: "Kafka", topic: "Topic[R]") -> "dict[str, R]":
    """Return the last record of each key of a compacted topic."""
    found: dict[str, R] = {}
    for delivery, record in _decoded(settings, topic, start="beginning", follow=False):
        key = (delivery.key or b"").decode(errors="replace")
        if record is None:
            found.pop(key, None)
        else:
            found[key] = record
    return found


def write(
    settings: "Kafka",
    topic: "Topic[R]",
    records: "Iterable[R]",
    *,
    source: str,
    removed: "Iterable[R]" = (),
) -> int:
    """Write records in one transaction and return how many; all or none.

    The keys of *removed* are deleted. A broker that makes no progress ends the command
    with one line.
    """
    from workers.runtime.kafka.producer import write_records

    return write_records(
        settings, topic, records, source=source, removed=removed, stuck=end_stuck
    )


def _decoded(
    settings: "Kafka", topic: "Topic[R]", *, start: Start, follow: bool
) -> "Iterator[tuple[Delivery, R | None]]":
    """Yield the deliveries of a topic with their records, None for a tombstone."""
    import msgspec

    from workers.domain.json_errors import UNREADABLE
    from workers.runtime.kafka import readers

    decoder = msgspec.json.Decoder(topic.record)
    name = topic.name(settings.topic_prefix)
    for delivery in readers.tail(settings, name, start=start, follow=follow):
        if delivery.value is None:
            yield delivery, None
            continue
        try:
            record = decoder.decode(delivery.value)
        except UNREADABLE as error:
            place = f"{name}, partition {delivery.partition.number}"
            print_error(f"{place}, offset {delivery.offset}: not a record: {error}")
            continue
        yield delivery, record
