"""Feeds, from the bytes of a response to entries as the publisher wrote them.

RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom (RFC 4287), JSON Feed and news sitemaps; here the
format is recognised, and each has a module of its own. Nothing is fetched: external
entities, declarations that could define one, file names and URLs are all refused or
left alone. Dates stay raw here, links are resolved against the feed's address.

The poller runs this in a process of its own, with limits on time and memory.
"""

from workers.stages.feeds.compression import uncompressed
from workers.stages.feeds.decoding import decode
from workers.stages.feeds.formats.any_xml import parse_any_xml
from workers.stages.feeds.formats.json_feed import parse_json_feed
from workers.stages.feeds.formats.prolog import read_prolog
from workers.stages.feeds.formats.rss import parse_quickly
from workers.stages.feeds.formats.sitemaps import SITEMAPS, parse_news_sitemap
from workers.stages.feeds.parsed_feed import ParsedFeed, ParseRequest, ParseResult
from workers.stages.feeds.problems import FeedError, FeedProblem
from workers.stages.feeds.update_hints import with_update_hints
from workers.stages.text.character_references import repair_references

_HTML_ELEMENTS = frozenset(
    ("html", "head", "body", "title", "meta", "link", "script", "style", "div", "p")
)


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read *body*, the response of *url*; raises FeedError.

    Markup that is not well-formed is accepted as long as entries come out of it.
    """
    text, damaged = decode(uncompressed(body), content_type)
    text = repair_references(text).lstrip("\ufeff \t\r\n\u00a0")
    if not text:
        raise FeedError(FeedProblem.EMPTY)
    if text.startswith("{") and (feed := parse_json_feed(text, url)) is not None:
        return feed
    return _parse_xml(text, url, damaged=damaged)


def _parse_xml(text: str, url: str, *, damaged: bool) -> ParsedFeed:
    prolog = read_prolog(text)
    # entities that expand exponentially, or name files, need a DOCTYPE: no feed does
    if prolog.declares:
        raise FeedError(FeedProblem.DECLARATION)
    root = prolog.root.lower()
    if root in _HTML_ELEMENTS:
        raise FeedError(FeedProblem.HTML)
    if not root:
        html = prolog.is_html
        raise FeedError(FeedProblem.HTML if html else FeedProblem.UNREADABLE)
    text = text[prolog.begin :]
    if root in SITEMAPS and (feed := parse_news_sitemap(text, url)) is not None:
        return feed
    quick = None if damaged else parse_quickly(text, url)
    if quick is None:
        return parse_any_xml(text, url, root, damaged=damaged)
    return with_update_hints(
        quick.feed, text, quick.ttl, quick.update_period, quick.update_frequency
    )


def parse_request(request: ParseRequest) -> ParseResult:
    """Do what `parse_feed` does, for a process of its own: errors are values."""
    try:
        feed = parse_feed(request.body, request.content_type, request.url)
    except FeedError as error:
        return ParseResult(problem=error.problem)
    return ParseResult(feed=feed)
