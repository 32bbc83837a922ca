"""Find where the sentences of a Hindi text end, by its marks and what stands around."""

import re
from collections.abc import Iterator

from workers.stages.text.lexical import character_class, words

_ENDING = character_class("sentence_ends.marks", "sentence_ends.double_danda")
_CLOSING = character_class("sentence_ends.closing", "sentence_ends.closing_rare")
# a mark, marks that repeat or close, and then a space or the end of the line
_MARK = re.compile(
    rf"(?P<mark>[{_ENDING}.|])[{_ENDING}.|]*[{_CLOSING}]*(?=[ \t]|$)"
    r"|(?P<glued>[।॥])(?=[^\W\d_])",
    re.MULTILINE,
)
_LINE = re.compile(r"[^\n]+")
_LAST_WORD = re.compile(r"[^\s.\"'“‘«(\[]+(?:\.[^\s.\"'“‘«(\[]+)*\Z")
_LATIN_CONTINUES = re.compile(r"[ \t]+[a-z,;:–—-]")
_CONTINUES = re.compile(r"[ \t]+[,;:–—-]")
_DEVANAGARI = re.compile("[\u0900-\u0963]")
_END_OF_ANY = re.compile(rf"[{character_class('sentence_ends.marks')}\n]+")
_LETTERS = frozenset(words("abbreviations.letters"))
_ABBREVIATIONS = frozenset(
    words("abbreviations.shortened", "abbreviations.shortened_latin")
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence of a normalised *text*, in code points.

    A line never shares a sentence with the next. `।`, `॥`, `?` and `!` end one; `.`
    does not in numbers, after initials and abbreviations, before what goes on in
    small letters; `|` only does behind Devanagari. An ellipsis ends none.
    """
    return [span for line in _LINE.finditer(text) for span in _in_line(text, line)]


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence of a text round [start, end), by its full stops."""
    first = max((m.end() for m in _END_OF_ANY.finditer(text, 0, start)), default=0)
    stop = _END_OF_ANY.search(text, end)
    return text[first : stop.end() if stop else len(text)].strip()


def _in_line(text: str, line: re.Match[str]) -> Iterator[tuple[int, int]]:
    start = line.start()
    for match in _MARK.finditer(text, line.start(), line.end()):
        if not _ends(text, match, start):
            continue
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, line.end())


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    sentence = text[start:end]
    left = len(sentence) - len(sentence.lstrip())
    if sentence.strip():
        yield start + left, start + len(sentence.rstrip())


def _ends(text: str, match: re.Match[str], start: int) -> bool:
    if match["glued"]:
        return True
    if _CONTINUES.match(text, match.end()):
        return False
    before = text[start : match.start()]
    if match["mark"] == "|":
        return _DEVANAGARI.search(before.rstrip()[-1:]) is not None
    if match["mark"] != ".":
        return True
    if match.group().startswith("..") or _LATIN_CONTINUES.match(text, match.end()):
        return False
    found = _LAST_WORD.search(before[-40:])
    word = found.group().lower() if found else ""
    pieces = word.split(".")
    initials = all(len(piece) == 1 or piece in _LETTERS for piece in pieces)
    last = pieces[-1]
    numbered = word.isdigit() and not before[: -len(word)].strip()
    spelt = initials and not word.isdigit()
    return bool(word) and not (spelt or numbered or last in _ABBREVIATIONS)
