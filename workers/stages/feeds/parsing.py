"""Feeds, from the bytes of an answer to entries as the publisher wrote them.

RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom, JSON Feed and news sitemaps. Nothing is fetched
and nothing is believed: no external entity, no declaration that could define one, no
file name, no URL. Dates stay raw here, links are resolved against the feed's address.
"""

import codecs
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import feedparser
from msgspec.structs import replace

from workers.stages.feeds.json_feed import parse_json_feed
from workers.stages.feeds.parsed_feed import (
    MARKUP,
    ParsedFeed,
    ParseRequest,
    ParseResult,
    RawEntry,
    clipped,
    distinct,
    plain_text,
)
from workers.stages.feeds.problems import FeedError, FeedProblem
from workers.stages.feeds.rss import parse_quickly
from workers.stages.feeds.sitemaps import parse_news_sitemap
from workers.web.urls import absolute_url


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read *body*, the answer of *url*; raises FeedError.

    Markup that is not well-formed is borne as long as entries come out of it.
    """
    text, damaged = _decoded(body, content_type)
    head = text[:_HEAD].lstrip().lower()
    if not head:
        raise FeedError(FeedProblem.EMPTY)
    if _HTML.match(head):
        raise FeedError(FeedProblem.HTML)
    if head.startswith("{") and (feed := parse_json_feed(text, url)) is not None:
        return feed
    root = _ROOT.search(text)
    if _DECLARATION.search(text, 0, root.start() if root else len(text)):
        raise FeedError(FeedProblem.DECLARATION)
    if root is None:
        raise FeedError(FeedProblem.UNREADABLE)
    if root["name"] == "urlset" and (feed := parse_news_sitemap(text, url)) is not None:
        return feed
    quick = None if damaged else parse_quickly(text, url)
    if quick is not None:
        return _with_schedule(
            quick.feed, text, quick.ttl, quick.update_period, quick.update_frequency
        )
    return _parse_thoroughly(text, url, root["name"].lower(), damaged=damaged)


def _parse_thoroughly(text: str, url: str, root: str, *, damaged: bool) -> ParsedFeed:
    """Let feedparser read *text*, whatever it is."""
    parsed = _run_feedparser(text)
    entries = tuple(_entry(entry, url) for entry in parsed["entries"])
    damaged = damaged or bool(parsed["bozo"])
    known = root in _ROOTS
    if not entries and (damaged or not known or not parsed["version"]):
        raise FeedError(
            FeedProblem.UNREADABLE if known or damaged else FeedProblem.NOT_A_FEED
        )
    feed = parsed["feed"]
    return _with_schedule(
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


def parse_request(request: ParseRequest) -> ParseResult:
    """Do what `parse_feed` does, for a process of its own: errors are values."""
    try:
        feed = parse_feed(request.body, request.content_type, request.url)
    except FeedError as error:
        return ParseResult(problem=error.problem)
    return ParseResult(feed=feed)


# --- what it looks like --------------------------------------------------------

_HEAD = 2048
_HTML = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?P<name>[A-Za-z_][\w.-]*)")
_ROOTS = frozenset({"rss", "rdf", "feed"})
_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


# --- characters ---------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP_WITHOUT_BOM = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00r\x00", "utf-16-le"),
    (b"\x00<\x00r", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _decoded(body: bytes, content_type: str) -> tuple[str, bool]:
    """Decode *body*; tells as well whether bytes did not fit.

    A byte order mark decides, then UTF-8 where every byte fits, whatever was declared:
    other encodings hardly ever look like it, and servers often add a wrong charset.
    """
    for mark, name in (*_BOMS, *_MARKUP_WITHOUT_BOM):
        if body.startswith(mark):
            return _legal(_with(body, name, "replace"))
    utf8 = _with(body, "utf-8", "strict")
    if utf8 is not None:
        return (utf8, False) if _is_legal_utf8(body) else _legal(utf8)
    declared = _DECLARED.match(body)
    charset = _CHARSET.search(content_type)
    names = [declared[1].decode()] if declared else []
    names += [charset[1]] if charset else []
    for name in names:
        text = None if _is_utf8(name) else _with(body, name, "strict")
        if text is not None:
            return _legal(text)
    if names and not any(_is_utf8(name) for name in names):
        text = _with(body, names[0], "replace")
        if text is not None:
            return _legal(text)[0], True
    return _legal(body.decode("utf-8", "replace"))[0], True


def _with(body: bytes, encoding: str, errors: str) -> str | None:
    try:
        if codecs.lookup(encoding).name in _NOT_TEXT:
            return None
        return body.decode(encoding, errors)
    except (LookupError, UnicodeError):
        return None


_NOT_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})


def _is_utf8(name: str) -> bool:
    return name.lower().replace("_", "-") in ("utf-8", "utf8", "us-ascii", "ascii")


def _is_legal_utf8(body: bytes) -> bool:
    """Tell, much quicker than `_legal` works, that there is nothing to take out."""
    return not any(each in body for each in _ILLEGAL)


_ILLEGAL = (
    *(bytes([code]) for code in range(0x20) if chr(code) not in "\t\n\r"),
    *(char.encode() for char in "\ufffe\uffff"),
)


def _legal(text: str | None) -> tuple[str, bool]:
    """Take out what XML does not allow at all."""
    if text is None:
        raise FeedError(FeedProblem.UNREADABLE)
    legal, count = _NOT_XML.subn("", text.removeprefix("\ufeff"))
    return legal, bool(count)


# --- feedparser ---------------------------------------------------------------


def _run_feedparser(text: str) -> Any:
    """Let feedparser read a string as a stream: bytes could name a file for it."""
    plain = _XML_DECLARATION.sub("", text, count=1)
    try:
        return feedparser.parse(
            io.BytesIO(plain.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _ITS_CRASHES as error:
        raise FeedError(FeedProblem.UNREADABLE) from error


_ITS_CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What feedparser's internals have been seen to raise on broken markup."""


def _string(fields: Any, name: str) -> str:
    """Return a field as feedparser has it, without its own guesses at others."""
    value = dict.get(fields, name)
    return value.strip() if isinstance(value, str) else ""


def _entry(entry: Any, url: str) -> RawEntry:
    summary = _string(entry, "summary")
    content = _content(entry)
    return clipped(
        RawEntry(
            guid=_string(entry, "id") or None,
            link=_link(entry, url),
            title=plain_text(_string(entry, "title")),
            summary=plain_text(summary) or None,
            content_html=content or (summary if MARKUP.search(summary) else None),
            published=_string(entry, "published") or None,
            updated=_string(entry, "updated") or None,
            authors=distinct(_authors(entry)),
            sections=distinct(
                plain_text(_string(tag, "term")) for tag in _list(entry, "tags")
            ),
        )
    )


def _link(entry: Any, url: str) -> str | None:
    """Return the entry's page; FeedBurner's redirect gives way to what it hides."""
    for candidate in (_string(entry, "feedburner_origlink"), _string(entry, "link")):
        if candidate and (link := absolute_url(candidate, url)):
            return link
    guid = _string(entry, "id")
    return absolute_url(guid) if guid.lower().startswith("http") else None


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
    named = [plain_text(_string(each, "name")) for each in _list(entry, "authors")]
    return [name for name in named if name] or [plain_text(_string(entry, "author"))]


def _list(fields: Any, name: str) -> Sequence[Any]:
    value = dict.get(fields, name)
    return value if isinstance(value, list) else ()


def _linked(feed: Any, rel: str, url: str) -> str | None:
    for link in _list(feed, "links"):
        if _string(link, "rel").lower() == rel:
            return absolute_url(_string(link, "href"), url)
    return None


# --- what a feed says of its schedule -----------------------------------------

_PERIODS = {
    "hourly": 3600.0,
    "daily": 86400.0,
    "weekly": 7 * 86400.0,
    "monthly": 30 * 86400.0,
    "yearly": 365 * 86400.0,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS_PER_DAY = 24
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>")
_SKIP_DAYS = re.compile(r"<skipDays>(.{0,2000}?)</skipDays>", re.DOTALL)
_DAY = re.compile(r"<day>\s*([A-Za-z]+)\s*</day>")


def _number(text: str) -> float | None:
    found = re.match(r"\d{1,6}(?:\.\d+)?$", text)
    return float(found[0]) if found and float(found[0]) > 0 else None


def _with_schedule(
    feed: ParsedFeed, text: str, ttl: str, period: str, frequency: str
) -> ParsedFeed:
    seconds = _PERIODS.get(period.lower())
    return replace(
        feed,
        ttl_minutes=_number(ttl),
        update_seconds=None if seconds is None else seconds / (_number(frequency) or 1),
        skip_hours=_skip_hours(text),
        skip_days=_skip_days(text),
    )


def _skip_hours(text: str) -> frozenset[int]:
    # looking for a word first is much cheaper, and few feeds have it
    block = _SKIP_HOURS.search(text) if "<skipHours>" in text else None
    hours = _HOUR.findall(block[1]) if block else []
    return frozenset(int(hour) % _HOURS_PER_DAY for hour in hours)


def _skip_days(text: str) -> frozenset[int]:
    block = _SKIP_DAYS.search(text) if "<skipDays>" in text else None
    names = (name.lower() for name in _DAY.findall(block[1])) if block else ()
    return frozenset(_DAYS.index(name) for name in names if name in _DAYS)
