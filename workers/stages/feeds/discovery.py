"""Where a site may keep its feeds: what its page, its robots.txt and custom say.

Candidates only: whether an address is a feed shows when it is read as one.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import StrEnum

from lxml.html import HtmlElement
from msgspec import Struct

from workers.stages.feeds.compression import is_compressed, uncompressed
from workers.stages.feeds.plain_text import unescape_references
from workers.stages.feeds.problems import FeedError
from workers.stages.pages import markup
from workers.stages.text import charset
from workers.web.urls import absolute_url, path_of


class Source(StrEnum):
    """What led to an address."""

    ITSELF = "address"
    LINK_TAG = "link tag"
    LINK = "link"
    SITEMAP = "news sitemap"
    GUESS = "guess"


class Candidate(Struct, frozen=True):
    """An address that may be a feed."""

    url: str
    source: Source


class Site(Struct, frozen=True, kw_only=True):
    """What the page of a site tells."""

    name: str = ""
    """As it calls itself, empty where it does not say."""
    candidates: tuple[Candidate, ...] = ()


MOST = 50
"""Candidates that are taken of one page, and sitemaps of one robots.txt."""
COMMON_PATHS = ("/rss", "/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
_FEED_TYPE = re.compile(
    r"application/(?:(?:rss|atom|rdf)\+xml|(?:feed\+)?json)\s*(?:;|$)", re.IGNORECASE
)
# WordPress names its interface for programs, and oEmbed, as if they were feeds
_INTERFACE = re.compile(r"/wp-json(?:/|$)|oembed", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"(?:/(?:rss|feeds?|atom)(?:/[^/]*)?/?|\.rss"
    r"|/[^/]*(?:rss|feed|atom)[^/]*\.(?:xml|json)(?:\.gz)?)$",
    re.IGNORECASE,
)
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_INDEX = re.compile(r"<(?:\w+:)?sitemapindex\b", re.IGNORECASE)
_LOCATION = re.compile(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<>\s\]]+)")
_NEWS = re.compile(r"news|samachar|khabar", re.IGNORECASE)


def read_site(body: bytes, content_type: str, url: str) -> Site:
    """Read the answer of *url*: a page that names feeds, or a feed already."""
    if is_compressed(body):
        return Site(candidates=(Candidate(url, Source.ITSELF),))
    text = charset.decode(body, content_type).text
    page = (
        markup.parse(text) if markup.looks_like_html(body, text, content_type) else None
    )
    if page is None:
        return Site(candidates=(Candidate(url, Source.ITSELF),))
    base = absolute_url(_first(page, "//base/@href"), url) or url
    return Site(
        name=_first(page, "//meta[@property='og:site_name']/@content"),
        candidates=_distinct([*_link_tags(page, base), *_links(page, base)]),
    )


def guesses(url: str) -> Sequence[Candidate]:
    """Return where sites keep feeds by custom, for one that names none."""
    found = (absolute_url(path, url) for path in COMMON_PATHS)
    return [Candidate(each, Source.GUESS) for each in found if each is not None]


def sitemaps(robots: bytes, url: str) -> Sequence[str]:
    """Return the sitemaps that a robots.txt names, likely news sitemaps first."""
    text = robots.decode("utf-8-sig", "replace")
    named = (absolute_url(each[1], url) for each in _SITEMAP.finditer(text))
    return _news_first(named)


def sitemaps_of_index(body: bytes, url: str) -> Sequence[str]:
    """Return the news sitemaps that a sitemap index names; none if it is no index."""
    with suppress(FeedError):
        body = uncompressed(body)
    text = body.decode("utf-8-sig", "replace")
    if not _INDEX.search(text[:_HEAD]):
        return ()
    named = (
        absolute_url(unescape_references(each), url) for each in _LOCATION.findall(text)
    )
    return _news_first(each for each in named if each and is_news(each))


_HEAD = 4096


def is_news(url: str) -> bool:
    """Return whether the path of *url* looks like that of a sitemap of news."""
    return _NEWS.search(path_of(url)) is not None


def _news_first(urls: Iterator[str | None]) -> Sequence[str]:
    named = dict.fromkeys(url for url in urls if url is not None)
    return sorted(named, key=lambda url: not is_news(url))[:MOST]


def _first(page: HtmlElement, path: str) -> str:
    return next((str(value).strip() for value in page.xpath(path)), "")


def _link_tags(page: HtmlElement, base: str) -> Iterator[Candidate]:
    """Yield what is named for feed readers (HTML, 4.6.7.1, link type alternate)."""
    for link in page.iter("link"):
        rels = link.get("rel", "").lower().split()
        if {"alternate", "feed"} & {*rels} and _FEED_TYPE.match(
            link.get("type", "").strip()
        ):
            url = absolute_url(link.get("href", ""), base)
            if url is not None and not _INTERFACE.search(path_of(url)):
                yield Candidate(url, Source.LINK_TAG)


def _links(page: HtmlElement, base: str) -> Iterator[Candidate]:
    """Yield links whose path looks like a feed's, as on pages that list feeds."""
    for link in page.iter("a"):
        url = absolute_url(link.get("href", ""), base)
        if url is not None and _FEED_PATH.search(path_of(url)):
            yield Candidate(url, Source.LINK)


def _distinct(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Keep the first candidate of each address."""
    kept: dict[str, Candidate] = {}
    for each in candidates:
        kept.setdefault(each.url, each)
    return tuple(kept.values())[:MOST]
