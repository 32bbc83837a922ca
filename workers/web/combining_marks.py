"""Unicode's NFC of text from outside, in linear time.

NFC sorts the marks behind a letter, and Python's does so by insertion: tens of
thousands of them out of order take seconds. No script stacks more than a few, so a
run is cut at what UAX #15 (13, Stream-Safe Text Format) allows.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

MOST = 30
"""Marks in a row that are kept."""

_BLOCKS = (
    range(0x0300, 0x3100),
    range(0xA600, 0xAC00),
    range(0xFB00, 0xFE30),
    range(0x10000, 0x12000),
    range(0x16A00, 0x17000),
    range(0x1BC00, 0x1BD00),
    range(0x1D100, 0x1D300),
    range(0x1E000, 0x1EA00),
)
"""Where Unicode has characters of a combining class."""


def nfc(text: str) -> str:
    """Return *text* in NFC; where that changes it, its runs of marks are capped."""
    # the quick check of one that is out of order says no, and sorts nothing
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", capped(text))


def capped(text: str) -> str:
    """Return *text* with no more marks in a row than are kept."""
    if text.isascii():
        return text
    pieces, taken = [], 0
    for start, end in excess(text):
        pieces.append(text[taken:start])
        taken = end
    return "".join(pieces) + text[taken:] if pieces else text


def excess(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the marks beyond those that are kept of each run."""
    if not _may_have_excess(text):
        return
    for run in re.finditer(rf"{_mark().pattern}{{{MOST + 1},}}", text):
        yield run.start() + MOST, run.end()


def _may_have_excess(text: str) -> bool:
    """Look at one character of so many as make a run too long, and beside it."""
    mark, step = _mark(), MOST + 1
    for found in mark.finditer(text[::step]):
        at = found.start() * step
        if mark.match(text, at + 1) or (at and mark.match(text, at - 1)):
            return True
    return False


@cache
def _mark() -> re.Pattern[str]:
    """Return the pattern of one mark; made when a text first needs it."""
    return re.compile(f"[{''.join(_ranges())}]")


def _ranges() -> Iterator[str]:
    """Yield the ranges of characters whose combining class is not 0."""
    for block in _BLOCKS:
        began: int | None = None
        for code in (*block, block.stop):
            if code < block.stop and unicodedata.combining(chr(code)):
                began = code if began is None else began
            elif began is not None:
                yield f"{chr(began)}-{chr(code - 1)}"
                began = None
