"""Read JSON as templates of publishers write it: wrapped, unescaped, several in one.

Strict JSON is tried first. What is repaired: wrappers of comments and CDATA sections,
several values one after the other, commas before a closing bracket, and quotes within
strings that nobody escaped.
"""

import json
import re
from collections.abc import Iterator

REPAIRED = "json-ld-repaired"
UNREADABLE = "json-ld-unreadable"

_OPENING = re.compile(
    r"\s*(?:<!--|//[ \t]*(?=<!)|/\*|\*/|<!\[CDATA\[|//[^\n]*\n)", re.IGNORECASE
)
_CLOSING = ("-->", "//", "/*", "*/", "]]>")
_BLANK = " \t\r\n;,"
_TRAILING_COMMA = re.compile(r",(?=\s{0,200}[}\]])")
_BETWEEN = re.compile(r"[\s,;]*")
# behind the quote that ends a string: another key or value, or a closing bracket
_AFTER_STRING = re.compile(r"\s{0,200}(?:[:}\]]|,\s{0,200}[\"{\[\dtfn}\]-]|\Z)")
_MAX_CHARS = 2_000_000
_MAX_VALUES = 50


def load_json(source: str) -> tuple[list[object], str]:
    """Return the values in *source*, and how it was read: empty, or a note.

    Nothing is raised; of what cannot be read the note says so.
    """
    source = source.strip()
    try:
        return [json.loads(source, strict=False)], ""  # raw line breaks are common
    except (ValueError, RecursionError):
        pass
    if not source or len(source) > _MAX_CHARS:
        return [], UNREADABLE if source else ""
    bare = _unwrapped(source)
    for candidate in (bare, _with_quotes_escaped(bare)):
        values = list(_values(_TRAILING_COMMA.sub("", candidate)))
        if values:
            return values, REPAIRED
    return [], UNREADABLE


def _unwrapped(source: str) -> str:
    while (match := _OPENING.match(source)) is not None:
        source = source[match.end() :]
    source = source.rstrip(_BLANK)
    while source.endswith(_CLOSING):
        source = source[: -len(next(filter(source.endswith, _CLOSING)))].rstrip(_BLANK)
    return source


def _values(source: str) -> Iterator[object]:
    """Yield the values that stand one after the other; none if one cannot be read."""
    decoder = json.JSONDecoder(strict=False)
    values: list[object] = []
    at = _end(_BETWEEN, source, 0)
    while at < len(source) and len(values) < _MAX_VALUES:
        try:
            value, at = decoder.raw_decode(source, at)
        except (ValueError, RecursionError):
            return
        values.append(value)
        at = _end(_BETWEEN, source, at)
    yield from values


def _end(pattern: re.Pattern[str], source: str, at: int) -> int:
    match = pattern.match(source, at)
    return match.end() if match else at


def _with_quotes_escaped(source: str) -> str:
    """Escape the quotes within strings: those that no key, value or bracket follows."""
    parts: list[str] = []
    begin, inside = 0, False
    for match in re.finditer(r'\\.|"', source, re.DOTALL):
        if match.group() != '"':
            continue
        if inside and not _AFTER_STRING.match(source, match.end()):
            parts += (source[begin : match.start()], '\\"')
            begin = match.end()
        else:
            inside = not inside
    return "".join([*parts, source[begin:]])
