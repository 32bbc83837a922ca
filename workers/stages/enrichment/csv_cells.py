"""Cells of a table that a spreadsheet may open: text in them stays text.

A program such as Excel or LibreOffice computes a cell that begins like a formula,
and a title from outside may begin so. An apostrophe before it says that it is text
(OWASP, "CSV Injection"). Characters that command a terminal go too.
"""

from collections.abc import Iterable
from typing import TypeVar

from workers.domain import printable

_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
"""The last four are full-width: `=`, `+`, `-`, `@` of East Asian keyboards."""
T = TypeVar("T")


def neutral(cells: Iterable[T]) -> list[T | str]:
    """Return *cells* that compute nothing; numbers stay numbers."""
    return [_neutral(cell) if isinstance(cell, str) else cell for cell in cells]


def _neutral(cell: str) -> str:
    begins = cell.startswith(_FORMULA)
    plain = printable.stripped(cell)
    return f"'{plain}" if begins or plain.startswith(_FORMULA) else plain
