"""`khabar export`: events for other programs."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import Failure, say_json
from workers.cli.topics import records

if TYPE_CHECKING:
    from workers.domain.records import EventRecord

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `events` a word of its own, for the exports that follow."""


class Format(StrEnum):
    """How an event is written."""

    JSONL = "jsonl"
    CSV = "csv"
    PLOVER = "plover"


@app.command(
    epilog="Examples:\n\nkhabar export events --format csv > events.csv\n\n"
    "khabar export events --format plover --input enriched.jsonl"
)
def events(
    *,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            help="jsonl: as on the topic; csv: a table with a header; plover: JSON "
            "lines with the field names of PLOVER's codebook.",
        ),
    ] = Format.JSONL,
    file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            readable=True,
            help="JSON lines of the topic events or enriched, in place of the broker.",
        ),
    ] = None,
    from_beginning: Annotated[
        bool,
        typer.Option(
            "--from-beginning/--from-end",
            help="All that the topic holds; or only what arrives, until Ctrl-C.",
        ),
    ] = True,
    raw: Annotated[
        bool,
        typer.Option(
            "--raw",
            help="csv: leave cells that a spreadsheet would compute as they are, "
            "without an apostrophe before = + - @.",
        ),
    ] = False,
    maximum: Annotated[
        int | None,
        typer.Option("--max", min=1, metavar="N", help="Stop after so many events."),
    ] = None,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Write events as JSON lines, as CSV, or as PLOVER has them.

    Stops at the end of the topic or of the file. A changed article brings its events
    again, with the next `revision`.
    """
    events_found = (
        _from_topic(bootstrap_servers, from_beginning=from_beginning)
        if file is None
        else _from_file(file)
    )
    write = writer(format_, raw=raw)
    for record in islice(events_found, maximum):
        write(record)


def _from_topic(
    bootstrap_servers: str | None, *, from_beginning: bool
) -> Iterator["EventRecord"]:
    from workers.domain.topics import EVENTS

    found = records.read(
        kafka_settings(bootstrap_servers),
        EVENTS,
        start="beginning" if from_beginning else "end",
        follow=not from_beginning,
    )
    return (record for record, _ in found)


def _from_file(file: Path) -> Iterator["EventRecord"]:
    """Yield the events of a file; raises Failure with the line that holds none."""
    import msgspec

    from workers.domain.json_errors import UNREADABLE
    from workers.domain.records import EnrichedArticle, EventRecord
    from workers.stages.enrichment.records import event_records_alone

    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                value = msgspec.json.decode(line)
                if isinstance(value, dict) and "event_id" in value:
                    yield msgspec.convert(value, EventRecord, str_keys=True)
                else:
                    article = msgspec.convert(value, EnrichedArticle, str_keys=True)
                    yield from event_records_alone(article)
            except UNREADABLE as error:
                message = (
                    f"{file}:{number}: neither event nor enriched article: {error}"
                )
                raise Failure(message) from error


def writer(format_: Format, *, raw: bool) -> Callable[["EventRecord"], None]:
    """Return what writes an event to standard output; a table begins at once.

    *raw* leaves cells of a table that a spreadsheet would compute.
    """
    import msgspec

    from workers.stages.enrichment import event_table
    from workers.stages.enrichment.csv_cells import neutral
    from workers.stages.events.plover import plover_record

    if format_ is Format.JSONL:
        encoder = msgspec.json.Encoder()
        return lambda record: say_json(encoder.encode(record).decode())
    if format_ is Format.PLOVER:
        return lambda record: say_json(
            json.dumps(plover_record(record), ensure_ascii=False)
        )
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(event_table.COLUMNS)

    def write(record: "EventRecord") -> None:
        cells = event_table.row(record)
        table.writerow(cells if raw else neutral(cells))
        sys.stdout.flush()

    return write
