"""`khabar tail`: what comes out, for a person or as JSON."""

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from workers.cli.connection import BootstrapServers, kafka_settings
from workers.cli.console import complain, console


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
    import msgspec

    from workers.domain import topics
    from workers.runtime import kafka_admin

    topic: Any = topics.ENRICHED if stream is Stream.ENRICHED else topics.EVENTS
    show = _write if json else _printer(stream)
    decoder = msgspec.json.Decoder(topic.record)
    settings = kafka_settings(bootstrap_servers)
    name = topic.name(settings.topic_prefix)
    deliveries = kafka_admin.tail(
        settings,
        name,
        start="beginning" if from_beginning else "end",
        follow=not no_wait,
    )
    shown = 0
    for delivery in deliveries:
        if delivery.value is None:  # a tombstone: the article is withdrawn
            continue
        try:
            record = decoder.decode(delivery.value)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            place = f"{name}, partition {delivery.partition.number}"
            complain(f"{place}, offset {delivery.offset}: not a record: {error}")
            continue
        show(record, delivery.value)
        shown += 1
        if shown == maximum:
            return


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
