"""Cut a text into the segments that a model sees, and map its offsets back.

The models were trained on NFC without zero-width characters and never saw a word of
ten thousand letters, so such things are taken out before and counted in after.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from workers.stages.text.lexical import character_class

MAX_SEGMENT = 999
"""Code points; bounds the longest sentence, so the parser's square of scores.

Stanza's tokenizer reads no more at once: it would cut what is longer by windows whose
place depends on the other paragraphs of the batch.
"""
MAX_WORD = 100
"""Code points of an unbroken run that the model sees; the rest is skipped."""

_INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe0e\ufe0f"
_UNUSUAL = re.compile(
    rf"[{_INVISIBLE}]"  # drawn, not read
    r"|[\u0958-\u095f]|[\u0928\u0930\u0933]\u093c"  # nukta letters in their other form
    r"|[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]"  # controls and lone surrogates
    rf"|(?<=\S{{{MAX_WORD}}})\S+"
)
_MARKS = character_class("sentence_ends.marks", "sentence_ends.double_danda")
_SENTENCE_END = re.compile(
    rf"[{_MARKS}][{character_class('sentence_ends.closing')}]*\s|\.\s"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Text for the model, with where each of its code points came from."""

    text: str
    starts: range | list[int]
    ends: range | list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the segment as a span of the whole text."""
        return self.starts[start], self.ends[end - 1]


def whole_text(text: str, offset: int = 0) -> Segment:
    """Return *text* as one segment whose own offsets begin at *offset*."""
    end = len(text)
    return Segment(text, range(-offset, end), range(1 - offset, end + 1))


def segments(text: str) -> Iterator[Segment]:
    """Yield the paragraphs of *text*, the long ones cut after sentences."""
    start = 0
    while start < len(text):
        line = text.find("\n", start)
        stop = len(text) if line < 0 else line
        while stop - start > MAX_SEGMENT:
            cut = _cut(text, start)
            yield from _segment(text, start, cut)
            start = cut
        yield from _segment(text, start, stop)
        start = stop + 1


def pieces(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of pieces of *text* whose segments are those of the whole.

    Each has at least *least* code points but the last, and ends with a segment.
    """
    begin = start = 0
    while start < len(text):
        line = text.find("\n", start)
        stop = len(text) if line < 0 else line
        while stop - start > MAX_SEGMENT:
            start = _cut(text, start)
            if start - begin >= least:
                yield begin, start
                begin = start
        start = min(stop + 1, len(text))
        if start - begin >= least:
            yield begin, start
            begin = start
    if begin < len(text):
        yield begin, len(text)


def _cut(text: str, start: int) -> int:
    limit = start + MAX_SEGMENT
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, limit)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", start + 1, limit)
    if space > 0:
        return space + 1
    # an unbroken run: to its end, since only its front is read anyway
    rest = re.compile(r"\s").search(text, limit)
    return rest.start() if rest else len(text)


def _segment(text: str, start: int, stop: int) -> Iterator[Segment]:
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    if start == stop:
        return
    part = text[start:stop]
    if not _UNUSUAL.search(part):
        yield Segment(part, range(start, stop), range(start + 1, stop + 1))
        return
    segment = _readable_segment(part, start)
    if segment.text.strip():
        yield segment


def _readable_segment(part: str, offset: int) -> Segment:
    """Return *part* as a model reads it; *offset* is where it begins in the text.

    What is replaced keeps the span of the original, whatever its new length.
    """
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _UNUSUAL.finditer(part):
        begin, end = match.span()
        letters += part[at:begin]
        starts += range(offset + at, offset + begin)
        ends += range(offset + at + 1, offset + begin + 1)
        shown = _readable(match[0])
        letters += shown
        starts += [offset + begin] * len(shown)
        ends += [offset + end] * len(shown)
        at = end
    letters += part[at:]
    starts += range(offset + at, offset + len(part))
    ends += range(offset + at + 1, offset + len(part) + 1)
    return Segment("".join(letters), starts, ends)


def _readable(unusual: str) -> str:
    first = unusual[0]
    if "\u0900" <= first <= "\u097f" and len(unusual) <= 2:  # noqa: PLR2004 a letter and its nukta
        return unicodedata.normalize("NFC", unusual)
    if unicodedata.category(first) in ("Cc", "Cs"):
        return " "
    return ""
