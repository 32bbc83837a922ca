"""Output for a person: results on standard output, the rest on standard error.

Exit statuses above 2 are those of sysexits.h.
"""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from workers.domain import printable

if TYPE_CHECKING:
    from rich.console import Console

DEBUG = "--debug"
"""Option before a command: what only a developer can read is shown too."""

OK = 0
PROBLEMS = 1
"""The command worked, and what it looked at is not in order."""
USAGE = 2
INTERNAL = 70
"""An error in this code (EX_SOFTWARE)."""
TEMPORARY = 75
"""The broker does not answer; trying again later may work (EX_TEMPFAIL)."""
CONFIGURATION = 78
"""Settings or files are wrong; trying again will not help (EX_CONFIG)."""
INTERRUPTED = 130


class Failure(Exception):  # noqa: N818 it ends a command, and is no defect
    """A command cannot go on: one line for a person, and the exit status."""

    def __init__(self, message: str, status: int = PROBLEMS) -> None:
        super().__init__(message)
        self.status = status


def say(line: str = "") -> None:
    """Write a line of results, made safe for a terminal, to standard output."""
    sys.stdout.write(f"{printable.stripped(line)}\n")
    sys.stdout.flush()


def say_json(document: str) -> None:
    """Write JSON to standard output, the same to who reads it, safe to look at."""
    sys.stdout.write(f"{printable.escaped_json(document)}\n")
    sys.stdout.flush()


def print_error(line: str) -> None:
    """Write a line about a problem or about progress to standard error."""
    sys.stderr.write(f"{printable.stripped(line)}\n")
    sys.stderr.flush()


def end_stuck(why: str) -> NoReturn:
    """End a command from another thread: its own waits for what does not come."""
    if DEBUG in sys.argv:
        import faulthandler

        faulthandler.dump_traceback(file=sys.stderr)
    hint = "" if DEBUG in sys.argv else f"; khabar {DEBUG} … shows the stacks"
    print_error(f"khabar: {why}: the broker does not get on, nothing is written{hint}")
    os._exit(TEMPORARY)


def console(*, stderr: bool = False) -> "Console":
    """Return a console whose tables know how wide Devanagari is.

    It is as wide as the terminal; into a pipe or file, COLUMNS or 80.
    """
    # rich is not needed by commands that print plainly
    from workers.cli.terminal.safe_console import SafeConsole

    return SafeConsole(stderr=stderr)
