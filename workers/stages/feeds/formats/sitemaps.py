"""News sitemaps (sitemaps.org with Google's news extension), read as feeds.

They hold the articles of the last two days, often more of them than the feeds do.
Publishers declare the namespaces with http, https or not at all, so elements are known
by their names alone; a document that is not well-formed is repaired as far as it goes.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from workers.stages.feeds.parsed_feed import (
    ParsedFeed,
    RawEntry,
    clipped,
    distinct,
)
from workers.stages.feeds.plain_text import plain_text
from workers.web.urls import absolute_url

SITEMAPS = frozenset(("urlset",))
"""Names of root elements, in small letters."""

_STRAY_AMPERSAND = re.compile(
    r"&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)"
)


def parse_news_sitemap(text: str, url: str) -> ParsedFeed | None:
    """Read a news sitemap, which begins with its root; None if it is of pages only.

    One without any page is an empty feed. *text* has no DOCTYPE.
    """
    root, damaged = _root(text)
    if root is None or _name(root).lower() not in SITEMAPS:
        return None
    pages = list(_children(root, "url"))
    found = [
        (page, news)
        for page in pages
        for news in _children(page, "news")
        if _is_news(news)
    ]
    if pages and not found:
        return None
    names = (
        _text(publication, "name")
        for _, news in found
        for publication in _children(news, "publication")
    )
    entries = [_entry(page, news, url) for page, news in found]
    if damaged:  # the last may have been cut off before its address
        entries = [entry for entry in entries if entry.link]
    return ParsedFeed(
        title=next(filter(None, names), ""), entries=tuple(entries), damaged=damaged
    )


def _root(text: str) -> tuple[ET.Element | None, bool]:
    """Return the root element, and whether the document had to be repaired."""
    try:
        return ET.fromstring(text), False  # noqa: S314 declarations are refused before
    except (ET.ParseError, ValueError):
        pass
    from lxml import etree  # noqa: PLC0415 for faulty documents only

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    mended = _STRAY_AMPERSAND.sub("&amp;", text)
    try:
        return etree.fromstring(mended.encode(), parser=parser), True
    except (etree.XMLSyntaxError, ValueError):
        return None, True


def _entry(page: ET.Element, news: ET.Element, url: str) -> RawEntry:
    keywords = _text(news, "keywords").split(",")
    return clipped(
        RawEntry(
            link=absolute_url(_text(page, "loc"), url) if _text(page, "loc") else None,
            title=plain_text(_text(news, "title")),
            published=_text(news, "publication_date") or None,
            updated=_text(page, "lastmod") or None,
            sections=distinct(keyword.strip() for keyword in keywords),
        )
    )


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _name(child) == name)


def _text(element: ET.Element, name: str) -> str:
    child = next(_children(element, name), None)
    return (child.text or "").strip() if child is not None else ""


def _is_news(element: ET.Element) -> bool:
    """Return whether an element is of the news extension, as far as that is said."""
    namespace = element.tag.rpartition("}")[0]
    return not namespace or "sitemap-news" in namespace


def _name(element: ET.Element) -> str:
    """Return the name without namespace, or a prefix that nothing declares."""
    tag = element.tag
    if not isinstance(tag, str):  # a comment
        return ""
    return tag.rpartition("}")[2].rpartition(":")[2]
