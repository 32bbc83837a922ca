"""`khabar tail`: what comes out, for a person or as JSON."""

from collections.abc import Callable
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any

import typer

from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import console, say_json
from workers.cli.topics.records import Start, read


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


Show = Callable[[Any, bytes], None]


def _write(_: Any, value: bytes) -> None:
    say_json(value.decode())


def _printer(stream: Stream) -> Show:
    from workers.cli.terminal import rendering

    out = console()
    render: Callable[[Any], Any] = (
        rendering.enriched if stream is Stream.ENRICHED else rendering.event
    )

    def show(record: Any, _: bytes) -> None:
        out.print(render(record))

    return show
