"""RSS 2.0 as almost everybody writes it, read without feedparser.

Format: www.rssboard.org/rss-specification. feedparser is the reference: this gives
what it gives, at a small part of the cost, or declines, and then feedparser reads the
document (see `any_xml`). It declines whatever it does not know to be the same: markup
that is not well-formed, any element or attribute outside the tables below, repeated
elements, unusual links.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from xml.etree import ElementTree as ET

from workers.stages.feeds.parsed_feed import (
    ParsedFeed,
    RawEntry,
    clipped,
    distinct,
    with_feed_authors,
)
from workers.stages.feeds.plain_text import MARKUP, plain_text
from workers.stages.text.author_names import without_address
from workers.web.urls import absolute_url

_ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_DATE = "{http://purl.org/dc/elements/1.1/}date"
_UPDATE_PERIOD = "{http://purl.org/rss/1.0/modules/syndication/}updatePeriod"
_UPDATE_FREQUENCY = "{http://purl.org/rss/1.0/modules/syndication/}updateFrequency"

# elements that are read, each a text that stands once
_ITEM_TEXTS = frozenset(
    {"title", "link", "guid", "description", "pubDate", "author"}
    | {_CONTENT, _CREATOR, _DATE}
)
_CHANNEL_TEXTS = frozenset(
    {"title", "link", "ttl", "managingEditor", _CREATOR}
    | {_UPDATE_PERIOD, _UPDATE_FREQUENCY}
)
# elements that change nothing of what feedparser gives for the others
_ITEM_IGNORED = frozenset(
    {
        "comments",
        "enclosure",
        "{http://search.yahoo.com/mrss/}content",
        "{http://search.yahoo.com/mrss/}thumbnail",
        "{http://wellformedweb.org/CommentAPI/}commentRss",
        "{http://purl.org/rss/1.0/modules/slash/}comments",
    }
)
_CHANNEL_IGNORED = frozenset(
    {"description", "language", "copyright", "generator", "docs", "lastBuildDate"}
    | {"pubDate", "webMaster", "skipHours", "skipDays"}
)
_IMAGE_PARTS = frozenset({"url", "title", "link", "width", "height", "description"})
_FEED_AUTHORS = frozenset({"managingEditor", _CREATOR})
_RELS = frozenset({"self", "hub"})

_PLAIN_LINK = re.compile(r"https?://[^\s/;&][^\s;]*")
_LATIN_1 = re.compile("[\x00-\xff]*")
# feedparser reads C1 control characters as Windows-1252
_C1 = tuple(chr(code) for code in range(0x80, 0xA0))


class QuickFeed(NamedTuple):
    """A feed, and its own hints on updates, which the caller reads."""

    feed: ParsedFeed
    ttl: str
    update_period: str
    update_frequency: str


class _DeclinedError(Exception):
    """The document holds something that is left to feedparser."""


def parse_quickly(text: str, url: str) -> QuickFeed | None:
    """Read *text*, an XML document without a DOCTYPE; None declines."""
    # one search per character is much faster than a character class
    if "xml:base" in text or any(char in text for char in _C1):
        return None
    try:
        root = ET.fromstring(text)  # noqa: S314 declarations are refused before
        return _feed(_channel(root), url)
    except (ET.ParseError, _DeclinedError, ValueError):
        return None


# --- the channel --------------------------------------------------------------


def _channel(root: ET.Element) -> ET.Element:
    if root.tag != "rss" or not root.get("version", "").startswith("2."):
        raise _DeclinedError
    if len(root) != 1 or root[0].tag != "channel" or root[0].attrib:
        raise _DeclinedError
    return root[0]


def _feed(channel: ET.Element, url: str) -> QuickFeed:
    texts: dict[str, str] = {}
    items: list[ET.Element] = []
    links: dict[str, str | None] = {}
    for part in channel:
        tag = part.tag
        if tag == "item":
            items.append(part)
        elif tag in _CHANNEL_TEXTS:
            _take_text(part, tag, texts)
        elif tag == _ATOM_LINK:
            _take_link(part, url, links)
        elif tag == "image":
            _check_image(part)
        elif tag not in _CHANNEL_IGNORED:
            raise _DeclinedError
    feed = ParsedFeed(
        title=plain_text(texts.get("title", "")),
        link=_home_page(texts.get("link", ""), url),
        hub=links.get("hub"),
        self_link=links.get("self"),
        entries=with_feed_authors(
            [_entry(item, url) for item in items],
            [
                plain_text(without_address(texts[tag]))
                for tag in texts
                if tag in _FEED_AUTHORS
            ],
        ),
    )
    return QuickFeed(
        feed,
        texts.get("ttl", ""),
        texts.get(_UPDATE_PERIOD, ""),
        texts.get(_UPDATE_FREQUENCY, ""),
    )


def _take_link(part: ET.Element, url: str, links: dict[str, str | None]) -> None:
    """Read the first `atom:link` of each relation (RFC 4287, 4.2.7)."""
    rel = part.get("rel", "")
    if rel not in _RELS:
        raise _DeclinedError
    if rel not in links:
        links[rel] = absolute_url(_plain_link(part.get("href", "")), url)


def _home_page(link: str, url: str) -> str | None:
    return absolute_url(_plain_link(link) if link else "", url)


def _check_image(image: ET.Element) -> None:
    if image.attrib or any(part.tag not in _IMAGE_PARTS for part in image):
        raise _DeclinedError


# --- items --------------------------------------------------------------------


def _entry(item: ET.Element, url: str) -> RawEntry:
    texts, sections = _item_parts(item)
    get = texts.get
    content = get(_CONTENT, "")
    summary = get("description", content)
    return clipped(
        RawEntry(
            guid=get("guid") or None,
            link=_page(texts, url),
            title=plain_text(get("title", "")),
            summary=plain_text(summary) or None,
            content_html=content or (summary if MARKUP.search(summary) else None),
            published=get("pubDate") or get(_DATE) or None,
            updated=get(_DATE) or None,
            authors=distinct(_authors(texts)),
            sections=distinct([plain_text(section) for section in sections]),
        )
    )


def _item_parts(item: ET.Element) -> tuple[dict[str, str], list[str]]:
    """Return the texts of an item by element, and its categories."""
    if item.attrib:
        raise _DeclinedError
    texts: dict[str, str] = {}
    sections: list[str] = []
    for part in item:
        tag = part.tag
        if tag in _ITEM_TEXTS:
            _take_text(part, tag, texts)
        elif tag == "category":
            sections.append(_category(part))
        elif tag not in _ITEM_IGNORED or len(part):
            raise _DeclinedError
    return texts, sections


def _page(texts: dict[str, str], url: str) -> str | None:
    """Return the link of an item, or its guid where that is an address."""
    link = texts.get("link")
    page = absolute_url(_plain_link(link), url) if link else None
    guid = texts.get("guid")
    if page is not None or not guid:
        return page
    if not guid.lower().startswith("http"):
        raise _DeclinedError  # feedparser may resolve it as a relative link
    return absolute_url(_plain_link(guid))


def _authors(texts: dict[str, str]) -> Sequence[str]:
    names = [texts[tag] for tag in ("author", _CREATOR) if tag in texts]
    if len(names) > 1:
        raise _DeclinedError
    return [plain_text(without_address(name)) for name in names]


def _category(part: ET.Element) -> str:
    if set(part.attrib) - {"domain"}:
        raise _DeclinedError
    text = _text(part)
    if not text:
        raise _DeclinedError  # feedparser gives its domain to the next
    return text


# --- elements -----------------------------------------------------------------


def _take_text(part: ET.Element, tag: str, texts: dict[str, str]) -> None:
    attributes = part.keys()
    if tag in texts:
        raise _DeclinedError
    if attributes and (tag != "guid" or attributes != ["isPermaLink"]):
        raise _DeclinedError
    texts[tag] = _text(part)


def _text(part: ET.Element) -> str:
    if len(part):
        raise _DeclinedError  # markup that is not escaped
    text = (part.text or "").strip()
    if not text.isascii() and _LATIN_1.fullmatch(text):
        # feedparser repairs UTF-8 that was decoded as Latin-1
        with suppress(UnicodeError):
            return text.encode("latin-1").decode("utf-8")
    return text


def _plain_link(text: str) -> str:
    if not _PLAIN_LINK.fullmatch(text):
        raise _DeclinedError
    return text
