"""Find the story in the data that a page's scripts carry, where its markup has none.

Pages that a browser puts together hold their state as JSON: in `__NEXT_DATA__` and
other scripts of type application/json, assigned to a variable of the window, or pushed
in pieces (`self.__next_f`). Its names differ from site to site, its shape does not:
an object that holds the headline and, beside or below it, the text.
"""

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from workers.stages.pages.story.blocks import PROSE_CHARS
from workers.stages.text.lexical import character_class

_ASSIGNED = re.compile(r"(?:=|\(|JSON\.parse\()\s*(?=[{\[\"])")
_ROW = re.compile(r"^[0-9a-f]*:(?=[\[{\"])", re.MULTILINE)
_BESIDE = re.compile(
    r"description|summary|excerpt|synopsis|seo|keyword|caption|^alt|teaser|intro|title|"
    r"headline|copyright|related|recommend|trending|latest|also|next|comment|footer|menu|"
    r"author|schema",
    re.IGNORECASE,
)
_HINDI = re.compile("[\u0900-\u0963]")
_SENTENCE_END = re.compile(
    f"[{character_class('sentence_ends.marks', 'sentence_ends.full_stop')}]"
)
_MIN_SCRIPT = 300
_MAX_SCRIPTS = 40
_MAX_PUSHED = 3
"""JSON within strings of JSON."""
_MAX_DEPTH = 40
_MAX_TITLE = 1_000
_MAX_TEXT = 500_000
"""Characters; a longer text is no story."""


def story_html(tree: HtmlElement, title: str) -> str:
    """Return the text of the story called *title*, as HTML, or nothing."""
    wanted = "".join(title.split())
    if not wanted:
        return ""
    best = ""
    for script in [*tree.iter("script")][:_MAX_SCRIPTS]:
        source = script.text or ""
        if "ld+json" in (script.get("type") or "") or len(source) < _MIN_SCRIPT:
            continue
        for data in _values(source):
            for holder in _holders(data, wanted, 0):
                pieces = dict.fromkeys(_prose(holder, holder, 0))
                best = max(best, "\n".join(map(_paragraph, pieces)), key=len)
    return best


def _paragraph(text: str) -> str:
    return text if "<" in text else f"<p>{text}</p>"


def _values(source: str, pushed: int = 0) -> Iterator[object]:
    """Yield the JSON values in a script, also those written as strings."""
    decoder = json.JSONDecoder(strict=False)
    starts = [0] if source.lstrip()[:1] in ("{", "[") else []
    starts += [match.end() for match in _ASSIGNED.finditer(source)][:_MAX_SCRIPTS]
    starts += [match.end() for match in _ROW.finditer(source)][:_MAX_SCRIPTS]
    end = 0
    for start in starts:
        if start < end:
            continue
        try:
            value, end = decoder.raw_decode(source, start + _blank(source, start))
        except (ValueError, RecursionError):
            continue
        yield value
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            packed = isinstance(part, str) and len(part) >= _MIN_SCRIPT
            if packed and pushed < _MAX_PUSHED:
                yield from _values(part, pushed + 1)


def _blank(source: str, start: int) -> int:
    return len(source[start : start + 80]) - len(source[start : start + 80].lstrip())


def _holders(node: object, title: str, depth: int) -> Iterator[object]:
    """Yield the objects that hold the title themselves, the outermost first."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, dict):
        if any(_is(value, title) for value in node.values()):
            yield node
        for value in node.values():
            yield from _holders(value, title, depth + 1)
    elif isinstance(node, list):
        for value in node:
            yield from _holders(value, title, depth + 1)


def _is(value: object, title: str) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _MAX_TITLE
        and "".join(value.split()) == title
    )


def _prose(node: object, holder: object, depth: int) -> Iterator[str]:
    """Yield the strings of prose, in order; not those of another story."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(node, str):
        if _is_prose(node):
            yield node
    elif isinstance(node, list):
        for value in node:
            yield from _prose(value, holder, depth + 1)
    elif isinstance(node, dict):
        if node is not holder and any(name in node for name in ("headline", "slug")):
            return
        for name, value in node.items():
            if not _BESIDE.search(name):
                yield from _prose(value, holder, depth + 1)


def _is_prose(text: str) -> bool:
    return (
        PROSE_CHARS <= len(text) <= _MAX_TEXT
        and _HINDI.search(text) is not None
        and _SENTENCE_END.search(text) is not None
    )
