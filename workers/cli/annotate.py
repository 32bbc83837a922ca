"""`khabar annotate` and `khabar events explain`: texts without Kafka."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import texts
from workers.cli.export import Format, writer
from workers.cli.terminal.console import (
    PROBLEMS,
    USAGE,
    Failure,
    console,
    print_error,
    say,
    say_json,
)

if TYPE_CHECKING:
    import datetime as dt

    from workers.domain.records import Article
    from workers.ednil.model import Model
    from workers.fleet.entities import Settings
    from workers.stages.enrichment.plain_text import Reading
    from workers.stages.events.lexicon import Lexicon
    from workers.stages.nlp.document import Engine

events = typer.Typer(no_args_is_help=True)

_LONG = 100_000
"""Code points from which on progress is told."""
_Date = Annotated[
    str,
    typer.Option(
        "--date",
        metavar="DATE",
        help="When the texts were published, from which कल and सोमवार are counted.",
    ),
]
_AnyLanguage = Annotated[
    bool,
    typer.Option(
        "--any-language", help="Read texts that are judged not to be in Hindi too."
    ),
]


def annotate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE|FOLDER",
            help="Texts to read; of a folder its .txt files (.jsonl with --jsonl). "
            "None or -: standard input.",
        ),
    ] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help='Lines {"id": …, "text": …} in, the same out, as they arrive; also '
            '"published", "url", "title", "publisher".',
        ),
    ] = False,
    json_: Annotated[
        bool,
        typer.Option("--json", help="JSON on a terminal too; a pipe gets it anyway."),
    ] = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="A row for each event, as export has them.")
    ] = False,
    plover: Annotated[
        bool, typer.Option("--plover", help="PLOVER's records, as export has them.")
    ] = False,
    date: _Date = "",
    every_name: Annotated[
        bool, typer.Option("--all", help="On a terminal, all names, not ten a type.")
    ] = False,
    any_language: _AnyLanguage = False,
    ednil: Annotated[
        bool,
        typer.Option(
            "--ednil",
            help="Events of disasters and violence as EDNIL 2020 marks them: JSON with "
            "spans, and links of arguments to events.",
        ),
    ] = False,
) -> None:
    """Find entities and events in texts, without Kafka.

    Each text becomes a record as the topic `enriched` has them, with `outcome` and
    `reason`, which `khabar export events --input` reads. Offsets are code points into
    the text as it was given, end exclusive. The exit status is 1 where a text is not
    in Hindi, or is none.
    """
    if sum((csv, plover, ednil, json_)) > 1:
        raise Failure("only one of --json, --csv, --plover, --ednil", USAGE)
    found = texts.found(files or [], jsonl=jsonl)
    inputs = _Inputs(found, jsonl=jsonl)
    if ednil:
        _mark_ednil(inputs)
    else:
        if csv or plover:
            write = _by_event(Format.CSV if csv else Format.PLOVER)
        elif jsonl or json_ or not sys.stdout.isatty():
            write = _as_json
        else:
            write = _on_terminal(headed=len(found) > 1, every_name=every_name)
        for reading in _readings(inputs, date, any_language=any_language):
            write(reading)
    if inputs.faults:
        raise typer.Exit(PROBLEMS)


class _Inputs:
    """The items of all files, in batches, and how many texts were at fault."""

    def __init__(self, files: Sequence[Path], *, jsonl: bool) -> None:
        self._files = files
        self._jsonl = jsonl
        self.faults = 0

    def __iter__(self) -> Iterator[list[texts.Placed]]:
        if self._jsonl:
            return texts.lines(self._files)
        return texts.texts(self._files, self._on_fault)

    def _on_fault(self, fault: Failure) -> None:
        if len(self._files) == 1:
            raise fault
        self.fault(str(fault))

    def fault(self, message: str) -> None:
        """Say what is wrong with a text; the others are read nevertheless."""
        self.faults += 1
        print_error(message)


class _Told:
    """Progress on standard error, once there is much to read."""

    def __init__(self) -> None:
        from workers.cli.terminal.progress import Progress

        self._progress = Progress(console(stderr=True))
        self._read = self._given = 0
        self._begun = False

    def given(self, characters: int) -> None:
        """Take note of what is to be read next."""
        self._given += characters
        if self._given >= _LONG and not self._begun:
            self._begun = True
            self._progress.step("Reading")

    def read(self, characters: int) -> None:
        """Take note of what has been read."""
        self._read += characters
        if self._begun:
            self._progress.note(f"{self._read:,} of {self._given:,} characters")

    def end(self) -> None:
        """Take the line away."""
        self._progress.clear()


def _readings(inputs: _Inputs, date: str, *, any_language: bool) -> Iterator["Reading"]:
    """Yield what is found in each text; says what is at fault with others."""
    from workers.domain.outcomes import Outcome
    from workers.stages.enrichment.plain_text import judge_language, read

    now, published = _now_and(date)
    engine: Engine | None = None
    told, lexicon = _Told(), open_lexicon()
    judge = None if any_language else judge_language
    for batch in inputs:
        pairs = [(item, _article(place, item, now, published)) for place, item in batch]
        engine = engine or open_engine()
        told.given(sum(len(article.text) for _, article in pairs))
        made = read(engine, pairs, judge=judge, on_piece=told.read, lexicon=lexicon)
        for (place, _), reading in zip(batch, made, strict=True):
            if reading.judgement.outcome is not Outcome.PUBLISHED:
                inputs.fault(f"{place}: {reading.judgement.reason}")
            yield reading
    told.end()


def _now_and(date: str) -> tuple["dt.datetime", "dt.datetime | None"]:
    """Return the present time, and the one that --date gives."""
    from workers.runtime.service.clock import SystemClock
    from workers.stages.enrichment.text_article import read_day

    now = SystemClock().now()
    try:
        return now, read_day(date, now) if date else None
    except ValueError as error:
        raise Failure(f"--date: {error}", USAGE) from error


def _article(
    place: str, item: texts.Item, now: "dt.datetime", published: "dt.datetime | None"
) -> "Article":
    from workers.stages.enrichment.text_article import article_of

    try:
        return article_of(item, now, published)
    except ValueError as error:
        raise Failure(f"{place}: {error}") from error


def _as_json(reading: "Reading") -> None:
    say_json(json.dumps(reading.as_object(), ensure_ascii=False))


def _by_event(format_: Format) -> Callable[["Reading"], None]:
    write = writer(format_, raw=False)

    def write_all(reading: "Reading") -> None:
        for record in reading.event_records():
            write(record)

    return write_all


def _on_terminal(*, headed: bool, every_name: bool) -> Callable[["Reading"], None]:
    from workers.cli.terminal import rendering

    out = console()

    def show(reading: "Reading") -> None:
        if headed:
            out.print(f"\n{reading.item['id']}", style="bold", markup=False)
        out.print(rendering.annotation(reading.article, every_name=every_name))

    return show


def _mark_ednil(inputs: _Inputs) -> None:
    """Write the events of EDNIL's kinds; they are looked for in any language."""
    from workers.ednil.tagger import mark_texts

    opened: tuple[Engine, Model] | None = None
    for batch in inputs:
        opened = opened or (open_engine(), open_event_taggers())
        for found in mark_texts(*opened, [item for _, item in batch]):
            made: dict[str, Any] = {
                "id": found.id,
                "text": found.text,
                "spans": [asdict(mark) for mark in found.marks],
                "links": found.links,
            }
            say_json(json.dumps(made, ensure_ascii=False))


@events.command(
    epilog='Example:\n\nkhabar events explain "पुलिस ने दो लोगों को गिरफ्तार किया।"'
)
def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A sentence or more.")],
    *,
    date: _Date = "",
    any_language: _AnyLanguage = False,
    json_: Annotated[
        bool, typer.Option("--json", help="What `khabar annotate` makes of it.")
    ] = False,
) -> None:
    """Show how events are found: the parse, the lexicon's entry, each argument."""
    from workers.domain.outcomes import Outcome
    from workers.stages.enrichment.plain_text import explain, judge_language, read

    now, published = _now_and(date)
    item = {"id": "text", "text": text}
    article = _article("the text", item, now, published)
    judgement = judge_language(article)
    if judgement.outcome is not Outcome.PUBLISHED and not any_language:
        raise Failure(judgement.reason)
    engine, lexicon = open_engine(), open_lexicon()
    if json_:
        for reading in read(engine, [(item, article)], lexicon=lexicon):
            _as_json(reading)
        return
    for line in _aligned(explain(engine, text, published, lexicon)):
        say(line)


def open_engine() -> "Engine":
    """Load the models that the worker entities would load."""
    from workers.fleet import entities

    if sys.stderr.isatty():
        print_error("Loading the models …")
    return entities.open_engine(engine_settings())


def open_lexicon() -> "Lexicon":
    """Read the lexicon that the worker events would read."""
    from workers.fleet import events
    from workers.runtime.service import settings

    return events.open_lexicon(settings.read(events.Settings, "events", os.environ))


def open_event_taggers() -> "Model":
    """Open the taggers of EDNIL's events, beside the models of the worker entities."""
    from workers.ednil.model import FOLDER, open_model

    return open_model(engine_settings().models_dir / FOLDER)


def engine_settings() -> "Settings":
    """Read from the environment what the worker entities would read."""
    from workers.fleet import entities
    from workers.runtime.service import settings

    return settings.read(entities.Settings, "entities", os.environ)


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
