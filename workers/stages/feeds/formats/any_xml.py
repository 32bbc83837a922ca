"""RSS 0.9x to 2.0, RSS 1.0 and Atom (RFC 4287) of any quality, read by feedparser.

feedparser takes markup that is not well-formed and knows most modules and dialects; it
takes about ten times as long as the reader in `rss`, which goes first.
"""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import feedparser

from workers.stages.feeds.formats.mending import (
    mend_ampersands,
    with_names_only,
    without_captions,
)
from workers.stages.feeds.parsed_feed import (
    ParsedFeed,
    RawEntry,
    clipped,
    distinct,
    with_feed_authors,
)
from workers.stages.feeds.plain_text import MARKUP, guid_link, plain_text, web_link
from workers.stages.feeds.problems import FeedError, FeedProblem
from workers.stages.feeds.update_hints import with_update_hints
from workers.stages.text.author_names import without_address
from workers.web.urls import absolute_url

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOTS = frozenset({"rss", "rdf", "feed"})
_CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What feedparser's internals have been seen to raise on broken markup."""


def parse_any_xml(text: str, url: str, root: str, *, damaged: bool) -> ParsedFeed:
    """Read *text*, whose root element is *root* without prefix, in lower case.

    *damaged* tells that bytes of it were not in its encoding. Raises FeedError where
    no entry comes out of it and it is not plainly an empty feed either.
    """
    mended = mend_ampersands(text)
    parsed = _run_feedparser(with_names_only(without_captions(mended)))
    feed = parsed["feed"]
    entries = with_feed_authors(
        [
            _entry(entry, url, dated_by_update=root != "feed")
            for entry in parsed["entries"]
        ],
        _authors(feed),
    )
    damaged = damaged or bool(parsed["bozo"]) or mended != text
    known = root in _ROOTS
    if not entries and (damaged or not known or not parsed["version"]):
        raise FeedError(
            FeedProblem.UNREADABLE if known or damaged else FeedProblem.NOT_A_FEED
        )
    return with_update_hints(
        ParsedFeed(
            title=plain_text(_string(feed, "title")),
            link=absolute_url(_string(feed, "link"), url),
            hub=_linked(feed, "hub", url),
            self_link=_linked(feed, "self", url),
            entries=entries,
            damaged=damaged,
        ),
        text,
        _string(feed, "ttl"),
        _string(feed, "sy_updateperiod"),
        _string(feed, "sy_updatefrequency"),
    )


def _run_feedparser(text: str) -> Any:
    # a stream, because feedparser opens a string or bytes that name a file or a URL
    plain = _XML_DECLARATION.sub("", text, count=1)
    try:
        return feedparser.parse(
            io.BytesIO(plain.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _CRASHES as error:
        raise FeedError(FeedProblem.UNREADABLE) from error


def _string(fields: Any, name: str) -> str:
    # FeedParserDict falls back to other keys, so it is asked as the dict that it is
    value = dict.get(fields, name)
    return value.strip() if isinstance(value, str) else ""


def _list(fields: Any, name: str) -> Sequence[Any]:
    value = dict.get(fields, name)
    return value if isinstance(value, list) else ()


def _linked(feed: Any, rel: str, url: str) -> str | None:
    for link in _list(feed, "links"):
        if _string(link, "rel").lower() == rel:
            return absolute_url(_string(link, "href"), url)
    return None


def _entry(entry: Any, url: str, *, dated_by_update: bool) -> RawEntry:
    """Return an entry; feedparser takes `dc:date` for a date of update.

    In RSS, which has no such date, it is that of publication.
    """
    summary = _string(entry, "summary")
    content = _content(entry)
    updated = _string(entry, "updated")
    return clipped(
        RawEntry(
            guid=_string(entry, "id") or None,
            link=_link(entry, url),
            title=plain_text(_string(entry, "title")),
            summary=plain_text(summary) or None,
            content_html=content or (summary if MARKUP.search(summary) else None),
            published=_string(entry, "published")
            or (updated if dated_by_update else "")
            or None,
            updated=updated or None,
            authors=distinct(_authors(entry)),
            sections=distinct(
                plain_text(_string(tag, "term")) for tag in _list(entry, "tags")
            ),
        )
    )


def _link(entry: Any, url: str) -> str | None:
    """Return the entry's page; FeedBurner's redirect gives way to what it hides."""
    guid = _string(entry, "id")
    for candidate in (_string(entry, "feedburner_origlink"), _string(entry, "link")):
        # feedparser gives the guid where there is no link
        read = guid_link if candidate == guid else web_link
        if candidate and (link := read(candidate, url)):
            return link
    return guid_link(guid)


def _content(entry: Any) -> str | None:
    """Return the longest body in HTML that the entry carries."""
    bodies = [
        _string(part, "value")
        for part in _list(entry, "content")
        if "html" in _string(part, "type") or not _string(part, "type")
    ]
    longest = max(bodies, key=len, default="")
    return longest or None


def _authors(entry: Any) -> Iterable[str]:
    """Yield the names; where feedparser made none, what it was given."""
    named = [_string(each, "name") for each in _list(entry, "authors")]
    names = [name for name in named if name] or [_string(entry, "author")]
    return (plain_text(without_address(name)) for name in names)
