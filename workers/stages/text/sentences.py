"""Find where the sentences of a Hindi text end, by its marks and what stands around."""

import re
from collections.abc import Iterator

_CLOSING = "\"'”’»)\\]"
# a mark, marks that repeat or close, and then a space or the end of the line
_MARK = re.compile(
    rf"(?P<mark>[।॥?!.|])[।॥?!.|]*[{_CLOSING}]*(?=[ \t]|$)|(?P<glued>[।॥])(?=[^\W\d_])",
    re.MULTILINE,
)
_LINE = re.compile(r"[^\n]+")
_LAST_WORD = re.compile(r"[^\s.\"'“‘«(\[]+(?:\.[^\s.\"'“‘«(\[]+)*\Z")
_LATIN_CONTINUES = re.compile(r"[ \t]+[a-z,;:–—-]")
_CONTINUES = re.compile(r"[ \t]+[,;:–—-]")
_DEVANAGARI = re.compile("[\u0900-\u0963]")
# how the letters of the Latin alphabet are spelt: initials and names of bodies
_SPELT = """
ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड
"""
_SHORTENED = """
डॉ डा श्री सुश्री प्रो एड इं इंजी पं मो मु स्व कु सं नं क्र रु रू कि किमी मी सेमी मिमी ग्रा किग्रा मि
लि प्रा पृ वि उदा जि पो तह दि
dr mr mrs ms prof st jr sr rs no vs inc ltd co pvt smt shri gen col lt capt govt dept
"""
_FULL_STOP = re.compile(r"[।?!\n]+")
_LETTERS = frozenset(_SPELT.split())
_ABBREVIATIONS = frozenset(_SHORTENED.split())


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence of a normalised *text*, in code points.

    A line never shares a sentence with the next. `।`, `॥`, `?` and `!` end one; `.`
    does not in numbers, after initials and abbreviations, before what goes on in
    small letters; `|` only does behind Devanagari. An ellipsis ends none.
    """
    return [span for line in _LINE.finditer(text) for span in _in_line(text, line)]


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence of a text round [start, end), by its full stops."""
    first = max((m.end() for m in _FULL_STOP.finditer(text, 0, start)), default=0)
    stop = _FULL_STOP.search(text, end)
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
