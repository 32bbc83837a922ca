"""Read dates and authors: what the page states, or what stands under its headline."""

import re
from collections.abc import Iterable, Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

from workers.stages.pages import linked_data
from workers.stages.pages.page_metadata import Said, itemprop, named
from workers.stages.pages.titles import words
from workers.stages.text.normalisation import normalise_line
from workers.stages.text.visible_dates import DATE, UPDATE_LABEL

Byline = list[tuple[HtmlElement, str]]
"""Texts below the headline, in order, with their elements."""

_AUTHOR_NOISE = re.compile(
    r"^(?:(?:written|edited|reported|posted|published|curated|authored|compiled)\s+by"
    r"|by|author|लेखक|द्वारा|रिपोर्टर|रिपोर्ट|संपादन|प्रस्तुति)(?![\w\u0900-\u0963])\s*[:：\-–]?\s*|"
    r"\s*[,|]\s*$",
    re.IGNORECASE,
)
_AUTHOR_SPLIT = re.compile(r"\s*(?:[|;/]|,|\band\b|\s&\s)\s*")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|^\W*$|^(?:updated|published|first|last|अपडेट|प्रकाशित)\b|\d{3,}",
    re.IGNORECASE,
)
_MAX_NAME = 60
_NAME_PARTS = range(2, 5)
_PLACES = frozenset(("नई दिल्ली", "नयी दिल्ली", "New Delhi", "न्यूज डेस्क", "हिंदी न्यूज"))

_BYLINE_CHARS = 1_500
_LINE_CHARS = 120
_NEXT_TEXTS = XPath("following::text()[position() < 120]")
_FIRST_TEXTS = XPath("(//body//text())[position() < 120]")
_AUTHOR_CLASS = re.compile(
    r"(?:^|[\s_-])(?:author|writer|reporter|byline[-_]?name)(?:$|[\s_-]|name)",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])byline(?:$|[\s_-])", re.IGNORECASE)
_PLACE_CLASS = re.compile(
    r"place|city|location|dateline|date|time|pub|upd|sep|title|role", re.IGNORECASE
)

_META_PUBLISHED = (
    "article:published_time", "og:article:published_time", "datepublished",
    "publish-date", "publish_date", "publishdate", "pubdate", "published_time",
    "dc.date.issued", "dc.date", "date", "sailthru.date", "parsely-pub-date",
)  # fmt: skip
_META_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time",
    "datemodified", "last-modified", "lastmod", "modified_time", "dc.date.modified",
)  # fmt: skip
_META_AUTHOR = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "twitter:creator",
)


def byline_of(
    tree: HtmlElement, headline: HtmlElement | None
) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the texts after the headline with their elements, 1,500 characters."""
    texts = _FIRST_TEXTS(tree) if headline is None else _NEXT_TEXTS(headline)
    budget = _BYLINE_CHARS
    for text in texts:
        element = text.getparent()
        if text.is_tail:
            element = element.getparent()
        if element is None or element.tag in {"script", "style", "noscript"}:
            continue
        if text.strip():
            yield element, str(text)
            budget -= len(text)
        if budget < 0:
            return


def published(page: Said, byline: Byline) -> Iterator[tuple[str, str]]:
    """Yield dates of publication, those trusted most first, none before it is asked."""
    tree, meta, article = page
    yield "json-ld", linked_data.text_of(article.get("datePublished"))
    yield "json-ld", linked_data.text_of(article.get("uploadDate"))
    yield from named(meta, _META_PUBLISHED)
    yield "microdata", itemprop(tree, "datePublished")
    yield "visible", _visible_dates(byline).get("published", "")
    yield "time", _time_element(tree)


def modified(page: Said, byline: Byline) -> Iterator[tuple[str, str]]:
    """Yield dates of the last change, as `published` does."""
    tree, meta, article = page
    yield "json-ld", linked_data.text_of(article.get("dateModified"))
    yield from named(meta, _META_MODIFIED)
    yield "microdata", itemprop(tree, "dateModified")
    yield "visible", _visible_dates(byline).get("modified", "")


def _visible_dates(byline: Byline) -> dict[str, str]:
    """Return the first raw date of each kind, `published` and `modified`.

    Not from paragraphs: the dates in them are the story's.
    """
    lines = [piece.strip() for _, piece in byline if len(piece) <= _LINE_CHARS]
    text = " ".join(lines)
    found: dict[str, str] = {}
    for match in DATE.finditer(normalise_line(text)):
        before = match.string[: match.start()]
        kind = "modified" if UPDATE_LABEL.search(before) else "published"
        found.setdefault(kind, match.group().strip())
    return found


def _time_element(tree: HtmlElement) -> str:
    for element in tree.iter("time"):
        stamp = element.get("datetime")
        if stamp and any(char.isdigit() for char in stamp):
            return str(stamp).strip()
    return ""


def authors(page: Said, site_name: str, byline: Byline) -> tuple[str, tuple[str, ...]]:
    """Return where the authors come from, and their names."""
    fallback: tuple[str, tuple[str, ...]] | None = None
    for source, texts in _named_authors(page, byline):
        names = tuple(dict.fromkeys(_names_in(texts)))
        own = tuple(name for name in names if not _is_site(name, site_name))
        if own:
            return source, own
        if names and fallback is None:
            fallback = source, names
    return fallback or ("", ())


def _named_authors(page: Said, byline: Byline) -> Iterator[tuple[str, list[str]]]:
    tree, meta, article = page
    yield "json-ld", linked_data.names_of(article.get("author"))
    yield "meta", [meta[name] for name in _META_AUTHOR if name in meta][:1]
    marked = tree.iterfind(".//*[@itemprop='author']")
    yield "microdata", [each.get("content") or each.text_content() for each in marked]
    yield "visible", [text for each, text in byline if _names_author(each)][:2]
    yield "beside-date", list(_beside_date(byline))


def _names_author(element: HtmlElement) -> bool:
    """Say whether a byline's element holds a name, by its class or those above it."""
    own = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if element.get("rel") == "author" or _AUTHOR_CLASS.search(own):
        return True
    if _PLACE_CLASS.search(own):
        return False
    above = [node.get("class") or "" for node in element.iterancestors()][:2]
    if any(map(_AUTHOR_CLASS.search, above)):
        return True
    return _BYLINE_CLASS.search(own or " ".join(above[:1])) is not None


def _beside_date(byline: Byline) -> Iterator[str]:
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
            if all(_like_a_name(name) for name in names):
                yield piece
                return
        return


def _like_a_name(text: str) -> bool:
    parts = text.split()
    return (
        len(parts) in _NAME_PARTS
        and text.strip() not in _PLACES
        and text[-1:] not in "।.?!"
    )


def _names_in(named: Iterable[str]) -> Iterator[str]:
    for text in named:
        for piece in _AUTHOR_SPLIT.split(normalise_line(text)):
            name = piece
            while name != (name := _AUTHOR_NOISE.sub("", name).strip()):
                pass
            if name and len(name) <= _MAX_NAME and not _NOT_A_NAME.search(name):
                yield name


def _is_site(name: str, site_name: str) -> bool:
    mine, site = words(name), words(site_name)
    return bool(mine) and bool(site) and (mine <= site or site <= mine)
