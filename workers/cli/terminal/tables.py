"""Tables for a person: as wide as a terminal, and one line a row anywhere else."""

from typing import TYPE_CHECKING

from workers.cli.terminal.console import console, say

if TYPE_CHECKING:
    from rich.table import Table

_UNLIMITED_CELLS = 100_000


def plain_table() -> "Table":
    """Return a table without lines, columns two blanks apart."""
    from rich.table import Table

    return Table(box=None, padding=(0, 2, 0, 0), show_edge=False)


def print_table(table: "Table") -> None:
    """Print a table; into a pipe or file its lines are not wrapped, whatever COLUMNS.

    A program that reads lines finds a row in each.
    """
    out = console()
    if out.is_terminal:
        out.print(table)
        return
    out.width = _UNLIMITED_CELLS
    with out.capture() as captured:
        out.print(table)
    for line in captured.get().splitlines():
        say(line.rstrip())
