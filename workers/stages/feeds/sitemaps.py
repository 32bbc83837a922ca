"""News sitemaps (sitemaps.org with Google's news extension), read as feeds.

They hold the articles of the last two days, often more of them than the feeds do.
"""

from xml.etree import ElementTree as ET

from workers.stages.feeds.parsed_feed import (
    ParsedFeed,
    RawEntry,
    clipped,
    distinct,
    plain_text,
)
from workers.web.urls import absolute_url

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def parse_news_sitemap(text: str, url: str) -> ParsedFeed | None:
    """Read a news sitemap; None if it is not well-formed or holds no news.

    *text* has no DOCTYPE: that was refused before.
    """
    try:
        root = ET.fromstring(text)  # noqa: S314 declarations are refused before
    except (ET.ParseError, ValueError):
        return None
    if root.tag != f"{_SITEMAP}urlset":
        return None
    entries = []
    name = ""
    for page in root.iterfind(f"{_SITEMAP}url"):
        news = page.find(f"{_NEWS}news")
        if news is not None:
            entries.append(_entry(page, news, url))
            name = name or _text(news, f"{_NEWS}publication/{_NEWS}name")
    return ParsedFeed(title=name, entries=tuple(entries)) if entries else None


def _entry(page: ET.Element, news: ET.Element, url: str) -> RawEntry:
    keywords = _text(news, f"{_NEWS}keywords").split(",")
    return clipped(
        RawEntry(
            link=absolute_url(_text(page, f"{_SITEMAP}loc"), url),
            title=plain_text(_text(news, f"{_NEWS}title")),
            published=_text(news, f"{_NEWS}publication_date") or None,
            updated=_text(page, f"{_SITEMAP}lastmod") or None,
            sections=distinct(keyword.strip() for keyword in keywords),
        )
    )


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
