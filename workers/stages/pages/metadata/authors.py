"""Read who wrote an article: what the page states, else what its byline shows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from workers.stages.pages.metadata import linked_data
from workers.stages.pages.metadata.byline import BylineText
from workers.stages.pages.metadata.labels import MOST_AUTHORS, distinct
from workers.stages.pages.metadata.page_metadata import PageMetadata
from workers.stages.pages.metadata.titles import is_site_name
from workers.stages.text import lexical
from workers.stages.text.author_names import is_author_name
from workers.stages.text.dates.visible import DATE
from workers.stages.text.normalisation import normalise_line

_AUTHOR_NOISE = re.compile(
    r"^(?:(?:written|edited|reported|posted|published|curated|authored|compiled)\s+by"
    r"|by|author|लेखक|द्वारा|रिपोर्टर|रिपोर्ट|संपादन|प्रस्तुति)(?![\w\u0900-\u0963])\s*[:：\-–]?\s*|"
    r"\s*[,|]\s*$",
    re.IGNORECASE,
)
_AUTHOR_SPLIT = re.compile(r"\s*(?:[|;/]|,|\band\b|\s&\s)\s*")
_ADDRESS = re.compile(r"^\s*(?:https?:)?//|^\s*www\.|^\s*/\S*$", re.IGNORECASE)
_NAME_PARTS = range(2, 5)
_NO_AUTHORS = frozenset(lexical.words("bylines.no_authors"))
_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|writer|reporter|byline[-_]?name)(?:$|[\s_-]|name)",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])byline(?:$|[\s_-])", re.IGNORECASE)
_PLACE_CLASS = re.compile(
    r"place|city|location|dateline|date|time|pub|upd|sep|title|role", re.IGNORECASE
)
_META_AUTHOR = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "twitter:creator",
)
_MAX_BYLINE = 2_000
"""Characters of a statement that are looked at for names."""


def find_authors(
    page: PageMetadata, site_name: str, byline: Sequence[BylineText]
) -> tuple[str, tuple[str, ...]]:
    """Return where the authors come from, and their names.

    The name of the site is an author only where no source names another.
    """
    fallback: tuple[str, tuple[str, ...]] | None = None
    for source, texts in _stated_authors(page, byline):
        names = distinct(_names_in(islice(texts, MOST_AUTHORS)), MOST_AUTHORS)
        own = tuple(name for name in names if not is_site_name(name, site_name))
        if own:
            return source, own
        if names and fallback is None:
            fallback = source, names
    return fallback or ("", ())


def _stated_authors(
    page: PageMetadata, byline: Sequence[BylineText]
) -> Iterator[tuple[str, list[str]]]:
    meta = page.meta
    yield "json-ld", linked_data.names_of(page.article.get("author"))
    yield "meta", [meta[name] for name in _META_AUTHOR if name in meta][:1]
    marked = page.tree.iterfind(".//*[@itemprop='author']")
    yield "microdata", [each.get("content") or each.text_content() for each in marked]
    yield "visible", [text for each, text in byline if _names_author(each)][:2]
    yield "beside-date", list(_beside_date(byline))


def _names_author(element: HtmlElement) -> bool:
    """Return whether an element holds a name, by its class or those above it."""
    own = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if element.get("rel") == "author" or _AUTHOR_CLASS.search(own):
        return True
    if _PLACE_CLASS.search(own):
        return False
    above = [node.get("class") or "" for node in element.iterancestors()][:2]
    if any(map(_AUTHOR_CLASS.search, above)):
        return True
    return _BYLINE_CLASS.search(own or " ".join(above[:1])) is not None


def _beside_date(byline: Sequence[BylineText]) -> Iterator[str]:
    """Yield what stands right before the first date, where it is like names."""
    before = ""
    for _, text in byline:
        line = normalise_line(text)
        match = DATE.search(line)
        if match is None:
            before = line
            continue
        lead = line[: match.start()].strip(" |,:-–—")
        for piece in re.split(r"\s*\|\s*", lead or before):
            names = piece.split(",")
            if all(_is_like_name(name) for name in names):
                yield piece
                return
        return


def _is_like_name(text: str) -> bool:
    parts = text.split()
    return (
        len(parts) in _NAME_PARTS
        and text.strip() not in _NO_AUTHORS
        and text[-1:] not in "।.?!"
    )


def _names_in(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if _ADDRESS.search(text):  # of a profile; its slug is no name
            continue
        for piece in _AUTHOR_SPLIT.split(normalise_line(text[:_MAX_BYLINE])):
            name = piece
            while name != (name := _AUTHOR_NOISE.sub("", name).strip()):
                pass
            if is_author_name(name):
                yield name
