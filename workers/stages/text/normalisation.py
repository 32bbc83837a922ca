"""Normalise Hindi text, with a map from every code point back to its source.

The result is exactly Unicode NFC. For the Devanagari nukta letters that means one
form for each: क़ ख़ ग़ ज़ ड़ ढ़ फ़ य़ as letter plus U+093C (Unicode excludes their
one-character forms from composition), ऩ ऱ ऴ as one character. A consumer that applies
NFC to a text of ours therefore changes nothing, and every offset stays true.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from workers.stages.text import lexical
from workers.web import combining_marks

VIRAMA = "\u094d"
NUKTA = "\u093c"
DANDA = "।"

_JOINERS = "\u200c\u200d"
# controls, soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width
# space, direction marks and isolates, word joiner and kin, annotations, BOM
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_SPACES = "\t\x1f \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BREAKS = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_BLANK = f"{_JOINERS}{_INVISIBLE}{_SPACES}{_BREAKS}"

# blanks at either end, and all that are not just one plain space or line feed
_GAP = re.compile(
    rf"\A[{_BLANK}]+|[{_BLANK}]+\Z|[{_BLANK}]{{2,}}|[^\S \n]|[{_JOINERS}{_INVISIBLE}]"
)
_LINE_BREAK = re.compile(rf"\r\n|[{_BREAKS}]")
_SPACE = re.compile(rf"[{_SPACES}]")
_JOINER = re.compile(f"[{_JOINERS}]")
# what a virama can join to the letter before it
_LETTER = re.compile("[\u0904-\u0939\u0958-\u0961\u0972-\u097f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# a nukta typed after the vowel sign (डा़) belongs to the consonant before it
_LATE_NUKTA = re.compile(
    "(?<=[\u0915-\u0939])[\u093a\u093b\u093e-\u094c\u094e\u094f\u0955-\u0957]+\u093c"
)
# matches what may need a repair; in most texts nothing does
_UNUSUAL = re.compile(
    "[^\n -~\u0900-\u0950\u0955-\u0957\u0960-\u097f"
    "\u2013\u2014\u2018-\u201d\u2026\u20b9]"
)
# after one of these NFC moves a nukta or composes it with the letter
_BEFORE_NUKTA = frozenset(
    "\u0928\u0930\u0933\u093a\u093b\u093e\u093f\u0940\u0941\u0942\u0943\u0944\u0945\u0946\u0947"
    "\u0948\u0949\u094a\u094b\u094c\u094d\u094e\u094f\u0955\u0956\u0957"
)
_BLANK_RUN = re.compile(r"\n[ \n]| \n")
_WORD = re.compile(r"\S+")
# a character with the marks that may compose with it or change places
_CLUSTER = re.compile("(?s:.)[\u0300-\u036f\u093c\u094d\u0951-\u0954]*")

_CLOSING = lexical.character_class(
    "sentence_ends.closing", "sentence_ends.closing_rare"
)
_DEVANAGARI = "[\u0900-\u0963\u0966-\u097f]"
# right after a word, or where a line ends, a pipe is a danda
_CLEAR_PIPE = re.compile(
    rf"(?<={_DEVANAGARI})(?:\|(?=[\s{_CLOSING}])|( ?)\|$)", re.MULTILINE
)
# between spaces it may as well divide a menu or a title: it must follow a verb form
_FINITE = (
    f"{lexical.alternatives('finite_verbs.forms')}"
    f"|[^\\s]+(?:{lexical.alternatives('finite_verbs.future_endings')})"
)
_LOOSE_PIPE = re.compile(
    rf"(?:(?<=\s)|^)((?:{_FINITE}) )\|(?=[\s{_CLOSING}]|$)", re.MULTILINE
)


class Edit(NamedTuple):
    """A piece of the source and the piece of the result that stands for it."""

    source_start: int
    source_end: int
    start: int
    end: int


class Alignment:
    """Maps offsets in a normalised text to offsets in its source."""

    __slots__ = ("_passes",)

    def __init__(self, *passes: list[Edit]) -> None:
        self._passes = [
            (edits, [edit.start for edit in edits]) for edits in passes if edits
        ]

    def source(self, index: int) -> int:
        """Return where the code point at *index* of the text stood in the source."""
        for edits, starts in reversed(self._passes):
            at = bisect_right(starts, index) - 1
            if at < 0:
                continue
            edit = edits[at]
            if index < edit.end:
                width = edit.source_end - edit.source_start
                index = edit.source_start + min(index - edit.start, width - 1)
            else:
                index += edit.source_end - edit.end
        return index

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the source that became *start* to *end*, end exclusive.

        Characters that normalisation dropped belong to a span only from inside it.
        """
        if end <= start:
            point = self.source(start)
            return point, point
        first, last = self.source(start), end - 1
        for edits, starts in reversed(self._passes):
            at = bisect_right(starts, last) - 1
            if at < 0:
                continue
            edit = edits[at]
            if last < edit.end:
                width = edit.source_end - edit.source_start
                ends_it = last == edit.end - 1
                last = edit.source_start + (
                    width - 1 if ends_it else min(last - edit.start, width - 1)
                )
            else:
                last += edit.source_end - edit.end
        return first, last + 1


_IDENTITY = Alignment()


class Normalised(NamedTuple):
    """A normalised text and where each part of it came from."""

    text: str
    alignment: Alignment


def normalise(source: str) -> Normalised:
    """Normalise *source* and keep the way back to it.

    NFC; zero-width joiners only where they shape a conjunct; odd spaces, breaks and
    invisible characters made plain or dropped; runs of spaces made one, of blank
    lines one blank line; `|` for a danda made a danda. No letter, vowel sign, nukta
    or virama is ever dropped, but for marks beyond what any script stacks, where NFC
    would have to sort them. Normalising twice changes nothing more.
    """
    if _is_plain(source):
        return Normalised(_dandas(source), _IDENTITY)
    text = _SURROGATE.sub("\ufffd", source)
    text, gaps = _replace(text, _gaps(text))
    text, late = _replace(text, _late_nuktas(text))
    text, excess = _replace(text, _excess_marks(text))
    text, composed = _replace(text, _compositions(text))
    return Normalised(_dandas(text), Alignment(gaps, late, excess, composed))


def normalise_line(source: str) -> str:
    """Return *source* normalised, on one line: for titles, names and captions."""
    return normalise(source).text.replace("\n\n", " ").replace("\n", " ")


def devanagari_share(text: str) -> float:
    """Return which part of the letters of *text* is Devanagari, 0 to 1."""
    devanagari = len(_DEVANAGARI_LETTER.findall(text))
    others = len(_OTHER_LETTER.findall(text))
    return devanagari / (devanagari + others) if devanagari else 0.0


_DEVANAGARI_LETTER = re.compile("[\u0904-\u0939\u0958-\u0961\u0972-\u097f]")
_OTHER_LETTER = re.compile("[^\\W\\d_\u0900-\u097f]")


def _is_plain(text: str) -> bool:
    """Return whether dandas alone can be left to do; cheap, and False in doubt."""
    if _UNUSUAL.search(text) or text != text.strip(" \n"):
        return False
    if "  " in text or ("\n" in text and _BLANK_RUN.search(text)):
        return False
    at = text.find(NUKTA)
    while at >= 0:
        if text[at - 1] in _BEFORE_NUKTA:
            return False
        at = text.find(NUKTA, at + 1)
    return True


Replacement = tuple[int, int, str]
"""Start, end, and what stands there instead."""


def _replace(text: str, replacements: Iterator[Replacement]) -> tuple[str, list[Edit]]:
    pieces: list[str] = []
    edits: list[Edit] = []
    taken = written = 0
    for start, end, instead in replacements:
        pieces.append(text[taken:start])
        written += start - taken
        pieces.append(instead)
        edits.append(Edit(start, end, written, written + len(instead)))
        written += len(instead)
        taken = end
    pieces.append(text[taken:])
    return "".join(pieces), edits


def _gaps(text: str) -> Iterator[Replacement]:
    length = len(text)
    for match in _GAP.finditer(text):
        start, end = match.span()
        run = match.group()
        if start == 0 or end == length:
            # nothing blank stands at either end; a joiner there shapes nothing
            yield start, end, ""
            continue
        breaks = len(_LINE_BREAK.findall(run))
        if breaks:
            plain = "\n" if breaks == 1 else "\n\n"
        elif _SPACE.search(run):
            plain = " "
        else:
            plain = _joiner(text, start, end, run)
        if plain != run:
            yield start, end, plain


def _joiner(text: str, start: int, end: int, run: str) -> str:
    """Return the joiner that *run*, all of it invisible, comes down to, or nothing."""
    joiner = _JOINER.search(run)
    shapes = text[start - 1] == VIRAMA and _LETTER.match(text, end)
    return joiner.group() if joiner and shapes else ""


def _late_nuktas(text: str) -> Iterator[Replacement]:
    for match in _LATE_NUKTA.finditer(text):
        yield match.start(), match.end(), NUKTA + match.group()[:-1]


def _excess_marks(text: str) -> Iterator[Replacement]:
    if not unicodedata.is_normalized("NFC", text):
        for start, end in combining_marks.excess(text):
            yield start, end, ""


def _compositions(text: str) -> Iterator[Replacement]:
    if unicodedata.is_normalized("NFC", text):
        return
    for match in _WORD.finditer(text):
        word = match.group()
        composed = unicodedata.normalize("NFC", word)
        if composed == word:
            continue
        pieces = _CLUSTER.findall(word)
        forms = [unicodedata.normalize("NFC", piece) for piece in pieces]
        if "".join(forms) != composed:  # letters that compose with letters: Hangul
            yield match.start(), match.end(), composed
            continue
        at = match.start()
        for piece, form in zip(pieces, forms, strict=True):
            if piece != form:
                yield at, at + len(piece), form
            at += len(piece)


def _dandas(text: str) -> str:
    if "|" not in text:
        return text
    text = _CLEAR_PIPE.sub(lambda match: (match[1] or "") + DANDA, text)
    return _LOOSE_PIPE.sub(rf"\1{DANDA}", text)
