"""JSON Feed, versions 1 and 1.1 (jsonfeed.org), with the same result as other feeds."""

from collections.abc import Iterable
from typing import Any

import msgspec

from workers.stages.feeds.parsed_feed import (
    ParsedFeed,
    RawEntry,
    clipped,
    distinct,
    with_feed_authors,
)
from workers.stages.feeds.plain_text import plain_text, web_link
from workers.stages.text.author_names import without_address
from workers.web.urls import absolute_url

_VERSION = "jsonfeed.org/version/"


def parse_json_feed(text: str, url: str) -> ParsedFeed | None:
    """Read a JSON Feed; None if it is none. Wrong types are left out, one by one."""
    try:
        document = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    if not isinstance(document, dict) or _VERSION not in _text(document, "version"):
        return None
    hubs = [_text(hub, "url") for hub in _dicts(document, "hubs")]
    return ParsedFeed(
        title=plain_text(_text(document, "title")),
        link=absolute_url(_text(document, "home_page_url"), url),
        hub=absolute_url(hubs[0], url) if hubs else None,
        self_link=absolute_url(_text(document, "feed_url"), url)
        if _text(document, "feed_url")
        else None,
        entries=with_feed_authors(
            [_entry(item, url) for item in _dicts(document, "items")],
            _authors(document),
        ),
    )


def _entry(item: dict[str, Any], url: str) -> RawEntry:
    html = _text(item, "content_html")
    summary = _text(item, "summary") or _text(item, "content_text")
    guid = item.get("id")
    return clipped(
        RawEntry(
            guid=str(guid) if isinstance(guid, str | int) else None,
            link=web_link(_text(item, "url") or _text(item, "external_url"), url),
            title=plain_text(_text(item, "title")),
            summary=plain_text(summary) or None,
            content_html=html or None,
            published=_text(item, "date_published") or None,
            updated=_text(item, "date_modified") or None,
            authors=distinct(_authors(item)),
            sections=distinct(_strings(item.get("tags"))),
        )
    )


def _authors(fields: dict[str, Any]) -> Iterable[str]:
    authors = [*_dicts(fields, "authors"), fields.get("author")]
    return (
        without_address(_text(author, "name"))
        for author in authors
        if isinstance(author, dict)
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _dicts(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = fields.get(name)
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _strings(value: object) -> Iterable[str]:
    items = value if isinstance(value, list) else []
    return (plain_text(item) for item in items if isinstance(item, str))
