"""Lists of feeds as files, read for a command: problems are printed, then it ends.

What a list may hold is checked in `stages/feeds/lists`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.terminal.console import PROBLEMS, Failure, print_error

if TYPE_CHECKING:
    from workers.stages.feeds.lists import FeedList

FeedListFile = Annotated[
    Path, typer.Argument(help="List of feeds in TOML.", metavar="FILE")
]


def _as_it_is(text: str) -> str:
    return text


def read_feeds(file: Path, expand: Callable[[str], str] = _as_it_is) -> "FeedList":
    """Read a list of feeds; a bad one is reported and ends the command.

    *expand* fills in what the file leaves open.
    """
    from workers.stages.feeds import lists

    try:
        text = read_bytes(file).decode()
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text (byte {error.start}); is it TOML?"
        raise Failure(message) from error
    read = lists.read_toml(expand(text))
    report_problems(file, read)
    return read


def report_problems(file: Path, read: "FeedList") -> None:
    """Print what is wrong with a list, line by line; ends the command if anything."""
    for problem in read.problems:
        where = f"{file}:{problem.line}" if problem.line else str(file)
        print_error(f"{where}: {problem.text}")
    if read.problems:
        raise typer.Exit(PROBLEMS)


def read_bytes(file: Path) -> bytes:
    """Return the content of a file; raises Failure where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise Failure(message) from error
