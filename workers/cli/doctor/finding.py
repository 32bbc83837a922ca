"""What a check of `khabar doctor` found, and how findings are shown."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from workers.cli.terminal.console import console


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "ok"
    WARNING = "see"
    """It works without, or only some commands need it."""
    BAD = "BAD"


class Finding(NamedTuple):
    """One check with its result."""

    verdict: Verdict
    subject: str
    text: str
    """What is there; otherwise what is wrong and what to do."""


_STYLE = {Verdict.GOOD: "green", Verdict.WARNING: "yellow", Verdict.BAD: "bold red"}


def show(findings: Iterable[Finding]) -> None:
    """Print the findings as a table."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for verdict, subject, text in findings:
        table.add_row(Text(verdict, _STYLE[verdict]), subject, Text(text))
    console().print(table)
