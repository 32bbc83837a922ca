"""`khabar feeds import-opml` and `export-opml`: lists of feeds for feed readers."""

from pathlib import Path
from typing import Annotated

import typer

from workers.cli.feeds.files import (
    FeedListFile,
    read_bytes,
    read_feeds,
    report_problems,
)
from workers.cli.terminal.console import Failure, print_error, say


def import_opml(
    file: Annotated[
        Path, typer.Argument(help="OPML of a feed reader.", metavar="FILE")
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option(help="Write here, and never over an existing file."),
    ] = None,
) -> None:
    """Turn a feed reader's OPML into a list of feeds in TOML.

    Exit status 1 if an outline could not be used; the others are written.
    """
    from workers.stages.feeds.lists import read_opml, write_toml

    imported = read_opml(read_bytes(file))
    if not imported.feeds and imported.problems:
        raise Failure(f"{file}: {imported.problems[0].text}")
    _write(write_toml(imported.feeds), output)
    print_error(f"{len(imported.feeds)} feeds imported; next: khabar feeds apply")
    report_problems(file, imported)


def export_opml(
    file: FeedListFile,
    *,
    output: Annotated[
        Path | None,
        typer.Option(help="Write here, and never over an existing file."),
    ] = None,
) -> None:
    """Turn a list of feeds into OPML, which every feed reader imports."""
    from workers.stages.feeds.lists import write_opml

    feeds = read_feeds(file).feeds
    _write(write_opml(feeds, "Khabar: Hindi news feeds").decode(), output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        say(text.rstrip("\n"))
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        message = f"cannot write {output}: {error.strerror}"
        raise Failure(message) from error
