"""`khabar dlq`: records that a worker could not process, and why."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import Failure, print_error, say, say_json
from workers.domain import printable
from workers.fleet.registry import names

if TYPE_CHECKING:
    from workers.runtime.messaging.ports import Delivery

app = typer.Typer(no_args_is_help=True)
WorkerName = Annotated[
    str | None,
    typer.Argument(
        metavar="WORKER", help="Only this worker's: poll, articles, entities, events."
    ),
]


@app.command(
    "list", epilog="Examples:\n\nkhabar dlq list --json\n\nkhabar dlq list articles"
)
def list_(
    worker: WorkerName = None,
    *,
    json_: Annotated[
        bool, typer.Option("--json", help="A line of JSON for each.")
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """List the dead letters: where each stood, when and why it was put aside."""
    from workers.cli.terminal.tables import plain_table, print_table
    from workers.runtime.kafka import readers

    settings = kafka_settings(bootstrap_servers)
    table = plain_table()
    table.add_column("place", no_wrap=True)
    table.add_column("key", no_wrap=True, max_width=12)
    table.add_column("since", no_wrap=True)
    table.add_column("why", overflow="fold")
    for name in _workers(worker):
        for letter in readers.dead_letters(settings, name):
            header = _readable(letter)
            if json_:
                say_json(_line(name, letter, header))
                continue
            table.add_row(
                f"{name}/{letter.partition.number}/{letter.offset}",
                (letter.key or b"").decode(errors="replace"),
                header.get("error-time", "")[:16].replace("T", " "),
                f"{header.get('error-kind', '?')}: {header.get('error-reason', '?')}",
            )
    if json_:
        return
    if table.row_count:
        print_table(table)
        print_error("More of one: khabar dlq show PLACE")
    else:
        print_error("No dead letters.")


@app.command(epilog="Example:\n\nkhabar dlq show articles/0/17")
def show(
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help="As `khabar dlq list` shows it.")
    ],
    *,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Show one dead letter: its headers, then its value as it came."""
    from workers.runtime.kafka import readers

    worker, partition, offset = _parsed(place)
    settings = kafka_settings(bootstrap_servers)
    try:
        letter = readers.dead_letter(settings, worker, partition, offset)
    except LookupError as error:
        raise Failure(str(error)) from error
    for name, value in sorted(letter.headers.pairs):
        say(printable.one_line(f"{name}: {value.decode(errors='replace')}"))
    say()
    _show_value(letter.value)


def _workers(worker: str | None) -> list[str]:
    if worker is None:
        return names()
    if worker not in names():
        message = f"there is no worker {worker!r}; there are {', '.join(names())}"
        raise typer.BadParameter(message)
    return [worker]


def _parsed(place: str) -> tuple[str, int, int]:
    worker, _, rest = place.partition("/")
    partition, _, offset = rest.partition("/")
    if not (partition.isdecimal() and offset.isdecimal()):
        message = f"{place!r} is not WORKER/PARTITION/OFFSET, such as articles/0/17"
        raise typer.BadParameter(message)
    return _workers(worker)[0], int(partition), int(offset)


def _readable(letter: "Delivery") -> dict[str, str]:
    return {
        name: value.decode(errors="replace") for name, value in letter.headers.items()
    }


def _line(worker: str, letter: "Delivery", header: dict[str, str]) -> str:
    """Return a dead letter without its value as a line of JSON."""
    key = None if letter.key is None else letter.key.decode(errors="replace")
    fields = {
        "place": f"{worker}/{letter.partition.number}/{letter.offset}",
        "worker": worker,
        "key": key,
        "bytes": len(letter.value or b""),
        "since": header.get("error-time"),
        "kind": header.get("error-kind"),
        "reason": header.get("error-reason"),
        "headers": header,
    }
    return json.dumps(fields, ensure_ascii=False)


def _show_value(value: bytes | None) -> None:
    """Show JSON indented, and anything else with undecodable bytes made visible.

    What is nested too deep to be indented is no JSON here.
    """
    if value is None:
        say("(no value)")
        return
    try:
        document = json.dumps(json.loads(value), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        say(value.decode(errors="backslashreplace"))
    else:
        say_json(document)
