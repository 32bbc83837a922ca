"""`khabar tail`: what comes out, for a person or as JSON."""

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from workers.cli.connection import BootstrapServers, kafka_settings
from workers.cli.console import complain, console

if TYPE_CHECKING:
    from workers.domain.records import Record
    from workers.domain.topics import Topic
    from workers.runtime.service.settings import Kafka

R = TypeVar("R", bound="Record")
Start = Literal["beginning", "end"]


class Stream(StrEnum):
    """A public topic."""

    ENRICHED = "enriched"
    EVENTS = "events"


def tail(
    stream: Annotated[Stream, typer.Argument(help="Articles, or their events.")],
    *,
    from_beginning: Annotated[
        bool,
        typer.Option("--from-beginning", help="All that the topic holds, first."),
    ] = False,
    maximum: Annotated[
        int | None,
        typer.Option("--max", min=1, metavar="N", help="Stop after so many records."),
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Stop at the end of the topic.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, as on the topic.")
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Print enriched articles or events as they arrive, until Ctrl-C.

    Only records of committed transactions are shown.
    """
    from workers.domain import topics

    topic: Any = topics.ENRICHED if stream is Stream.ENRICHED else topics.EVENTS
    show = _write if json else _printer(stream)
    start: Start = "beginning" if from_beginning else "end"
    settings = kafka_settings(bootstrap_servers)
    found = read(settings, topic, start=start, follow=not no_wait)
    for record, value in islice(found, maximum):
        show(record, value)


def read(
    settings: "Kafka", topic: "Topic[R]", *, start: Start, follow: bool
) -> Iterator[tuple[R, bytes]]:
    """Yield the records of a topic, each with its bytes; complain of what is none."""
    import msgspec

    from workers.runtime.kafka import readers

    decoder = msgspec.json.Decoder(topic.record)
    name = topic.name(settings.topic_prefix)
    for delivery in readers.tail(settings, name, start=start, follow=follow):
        if delivery.value is None:  # a tombstone: the article is withdrawn
            continue
        try:
            record = decoder.decode(delivery.value)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            place = f"{name}, partition {delivery.partition.number}"
            complain(f"{place}, offset {delivery.offset}: not a record: {error}")
            continue
        yield record, delivery.value


Show = Callable[[Any, bytes], None]


def _write(_: Any, value: bytes) -> None:
    sys.stdout.write(value.decode() + "\n")
    sys.stdout.flush()


def _printer(stream: Stream) -> Show:
    from workers.cli import rendering

    out = console()
    render: Callable[[Any], Any] = (
        rendering.enriched if stream is Stream.ENRICHED else rendering.event
    )

    def show(record: Any, _: bytes) -> None:
        out.print(render(record))

    return show
