"""`khabar annotate` and `khabar events explain`: texts without Kafka."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.terminal.console import Failure, console, print_error, say, say_json

if TYPE_CHECKING:
    from workers.ednil.model import Model
    from workers.fleet.entities import Settings
    from workers.stages.nlp.document import Engine

events = typer.Typer(no_args_is_help=True)


def annotate(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Text to read; else standard input."),
    ] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help='Lines {"id": …, "text": …} in, the same out.'),
    ] = False,
    json_: Annotated[
        bool,
        typer.Option("--json", help="JSON on a terminal too; a pipe gets it anyway."),
    ] = False,
    ednil: Annotated[
        bool,
        typer.Option(
            "--ednil",
            help="Events of disasters and violence as EDNIL 2020 marks them: JSON with "
            "spans, and links of arguments to events.",
        ),
    ] = False,
) -> None:
    """Find entities and events in a text, without Kafka.

    Offsets are code points into the text as it was given, end exclusive.
    """
    from workers.stages.enrichment.plain_text import BATCH

    items = _items(file) if jsonl else iter([_whole(file)])
    first = list(islice(items, BATCH if jsonl else 1))
    annotate_batch = _events_of_ednil() if ednil else _everything()
    if jsonl or ednil:
        batch = first
        while batch:
            for item in annotate_batch(batch):
                say_json(json.dumps(item, ensure_ascii=False))
            batch = list(islice(items, BATCH))
        return
    (item,) = annotate_batch(first)
    if json_ or not sys.stdout.isatty():
        say_json(json.dumps(item, ensure_ascii=False))
    else:
        from workers.cli.terminal import rendering

        console().print(rendering.annotation(item))


_Items = Iterable[Mapping[str, Any]]


def _everything() -> Callable[[list[Mapping[str, Any]]], _Items]:
    from workers.stages.enrichment.plain_text import annotate

    return partial(annotate, open_engine())


def _events_of_ednil() -> Callable[[list[Mapping[str, Any]]], _Items]:
    from workers.ednil.tagger import mark_texts

    engine, taggers = open_engine(), open_event_taggers()
    return lambda batch: (
        {
            "id": found.id,
            "text": found.text,
            "spans": [asdict(mark) for mark in found.marks],
            "links": found.links,
        }
        for found in mark_texts(engine, taggers, batch)
    )


def _whole(file: Path | None) -> Mapping[str, Any]:
    text = _read(file).decode(errors="replace")
    if not text.strip():
        raise Failure(f"{file or 'standard input'} holds no text")
    return {"id": str(file) if file else "text", "text": text}


@events.command(
    epilog='Example:\n\nkhabar events explain "पुलिस ने दो लोगों को गिरफ्तार किया।"'
)
def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A sentence or more.")],
) -> None:
    """Show how events are found: the parse, the lexicon's entry, each argument."""
    from workers.stages.enrichment.plain_text import explain

    for line in _aligned(explain(open_engine(), text)):
        say(line)


def open_engine() -> "Engine":
    """Load the models that the worker entities would load."""
    from workers.fleet import entities

    if sys.stderr.isatty():
        print_error("Loading the models …")
    return entities.open_engine(engine_settings())


def open_event_taggers() -> "Model":
    """Open the taggers of EDNIL's events, beside the models of the worker entities."""
    from workers.ednil.model import FOLDER, open_model

    return open_model(engine_settings().models_dir / FOLDER)


def engine_settings() -> "Settings":
    """Read from the environment what the worker entities would read."""
    from workers.fleet import entities
    from workers.runtime.service import settings

    return settings.read(entities.Settings, "entities", os.environ)


def _items(file: Path | None) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON Lines file; raises Failure with the bad line."""
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        place = f"{file or 'standard input'}:{number}"
        try:
            item = json.loads(line)
        except ValueError as error:
            raise Failure(f"{place}: not JSON: {error}") from error
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            raise Failure(f'{place}: not an object with a string "text"')
        yield item


def _lines(file: Path | None) -> Iterable[bytes]:
    return sys.stdin.buffer if file is None else _read(file).splitlines()


def _read(file: Path | None) -> bytes:
    if file is None:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise Failure(message) from error


def _aligned(lines: list[str]) -> Iterator[str]:
    """Set the columns of a parse, divided by tabs, under each other in cells."""
    from rich.cells import cell_len

    rows = [line.split("\t") for line in lines]
    columns = max((len(row) for row in rows), default=0)
    widths = [
        max((cell_len(row[n]) for row in rows if len(row) == columns), default=0)
        for n in range(columns)
    ]
    for row in rows:
        if len(row) < columns or columns == 1:
            yield "\t".join(row)
        else:
            cells = zip(row, widths, strict=True)
            yield "  ".join(c + " " * (w - cell_len(c)) for c, w in cells).rstrip()
