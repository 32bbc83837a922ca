"""RSS 2.0 as almost everybody writes it, read without feedparser.

feedparser is the reference: this gives what it gives, at a small part of the cost, or
declines, and then feedparser reads the document. It declines whatever it does not know
to be the same: markup that is not well-formed, any element or attribute outside the
lists below, repeated elements, e-mail addresses of authors, odd links.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from xml.etree import ElementTree as ET

from workers.stages.feeds.parsed_feed import (
    MARKUP,
    ParsedFeed,
    RawEntry,
    clipped,
    distinct,
    plain_text,
)
from workers.web.urls import absolute_url

_ATOM = "{http://www.w3.org/2005/Atom}link"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_DATE = "{http://purl.org/dc/elements/1.1/}date"
_RELS = frozenset({"self", "hub"})
_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"

_ITEM_TEXTS = frozenset(
    {"title", "link", "guid", "description", "pubDate", "author", _CONTENT, _CREATOR}
    | {_DATE}
)
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
_CHANNEL_TEXTS = frozenset(
    {
        "title",
        "link",
        "ttl",
        f"{_SYNDICATION}updatePeriod",
        f"{_SYNDICATION}updateFrequency",
    }
)
_CHANNEL_IGNORED = frozenset(
    {"description", "language", "copyright", "generator", "docs", "lastBuildDate"}
    | {"pubDate", "webMaster", "skipHours", "skipDays"}
)
_IMAGE_PARTS = frozenset({"url", "title", "link", "width", "height", "description"})
_NO_ATTRIBUTES = frozenset({"title", "link", "ttl"}) | _ITEM_TEXTS - {"guid"}
_PLAIN_LINK = re.compile(r"https?://[^\s/;&][^\s;]*")
_LATIN_1 = re.compile("[\x00-\xff]*")
# feedparser takes these for characters of Windows
_C1 = tuple(chr(code) for code in range(0x80, 0xA0))


class QuickFeed(NamedTuple):
    """A feed, but for what the caller reads from its text."""

    feed: ParsedFeed
    ttl: str
    update_period: str
    update_frequency: str


class _DeclinedError(Exception):
    """The document holds something of which feedparser knows better."""


def parse_quickly(text: str, url: str) -> QuickFeed | None:
    """Read *text*, an XML document without a DOCTYPE; None declines."""
    # one by one they are found much quicker than by a class
    if "xml:base" in text or any(char in text for char in _C1):
        return None
    try:
        root = ET.fromstring(text)  # noqa: S314 declarations are refused before
        return _feed(root, url)
    except (ET.ParseError, _DeclinedError, ValueError):
        return None


def _feed(root: ET.Element, url: str) -> QuickFeed:
    if root.tag != "rss" or not root.get("version", "").startswith("2."):
        raise _DeclinedError
    if len(root) != 1 or root[0].tag != "channel" or root[0].attrib:
        raise _DeclinedError
    texts: dict[str, str] = {}
    items: list[ET.Element] = []
    links: dict[str, str | None] = {}
    for part in root[0]:
        if part.tag == "item":
            items.append(part)
        elif part.tag in _CHANNEL_TEXTS:
            _take(part, part.tag, texts)
        elif part.tag == _ATOM and (rel := part.get("rel", "")) in _RELS:
            if rel not in links:
                links[rel] = absolute_url(_link(part.get("href", "")), url)
        elif part.tag == "image":
            _check_image(part)
        elif part.tag not in _CHANNEL_IGNORED:
            raise _DeclinedError
    feed = ParsedFeed(
        title=plain_text(texts.get("title", "")),
        link=absolute_url(_link(texts["link"]), url)
        if texts.get("link")
        else (absolute_url("", url)),
        hub=links.get("hub"),
        self_link=links.get("self"),
        entries=tuple(_entry(item, url) for item in items),
    )
    return QuickFeed(
        feed,
        texts.get("ttl", ""),
        texts.get(f"{_SYNDICATION}updatePeriod", ""),
        texts.get(f"{_SYNDICATION}updateFrequency", ""),
    )


def _check_image(image: ET.Element) -> None:
    if image.attrib or any(part.tag not in _IMAGE_PARTS for part in image):
        raise _DeclinedError


def _entry(item: ET.Element, url: str) -> RawEntry:
    if item.attrib:
        raise _DeclinedError
    texts: dict[str, str] = {}
    sections: list[str] = []
    for part in item:
        tag = part.tag
        if tag in _ITEM_TEXTS:
            _take(part, tag, texts)
        elif tag == "category":
            sections.append(_category(part))
        elif tag not in _ITEM_IGNORED or len(part):
            raise _DeclinedError
    content = texts.get(_CONTENT, "")
    summary = texts.get("description", content)
    link = absolute_url(_link(texts["link"]), url) if texts.get("link") else None
    guid = texts.get("guid", "")
    if link is None and guid.lower().startswith("http"):
        link = absolute_url(_link(guid))
    elif link is None and guid:
        raise _DeclinedError  # feedparser may make a link of it
    return clipped(
        RawEntry(
            guid=guid or None,
            link=link,
            title=plain_text(texts.get("title", "")),
            summary=plain_text(summary) or None,
            content_html=content or (summary if MARKUP.search(summary) else None),
            published=texts.get("pubDate") or None,
            updated=texts.get(_DATE) or None,
            authors=distinct(_authors(texts)),
            sections=distinct(plain_text(section) for section in sections),
        )
    )


def _take(part: ET.Element, tag: str, texts: dict[str, str]) -> None:
    """Read an element of plain text that stands once."""
    attributes = part.keys()
    if tag in texts or (attributes and tag in _NO_ATTRIBUTES):
        raise _DeclinedError
    if attributes and attributes != ["isPermaLink"]:
        raise _DeclinedError
    texts[tag] = _text(part)


def _text(part: ET.Element) -> str:
    if len(part):
        raise _DeclinedError  # markup that is not escaped
    text = (part.text or "").strip()
    if not text.isascii() and _LATIN_1.fullmatch(text):
        # feedparser takes UTF-8 that was taken for Latin-1 back
        with suppress(UnicodeError):
            return text.encode("latin-1").decode("utf-8")
    return text


def _category(part: ET.Element) -> str:
    if set(part.attrib) - {"domain"}:
        raise _DeclinedError
    text = _text(part)
    if not text:
        raise _DeclinedError  # feedparser gives its domain to the next
    return text


def _link(text: str) -> str:
    if not _PLAIN_LINK.fullmatch(text):
        raise _DeclinedError
    return text


def _authors(texts: dict[str, str]) -> Sequence[str]:
    names = [texts[tag] for tag in ("author", _CREATOR) if tag in texts]
    if len(names) > 1 or any("@" in name for name in names):
        raise _DeclinedError
    return [plain_text(name) for name in names]
