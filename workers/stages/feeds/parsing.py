"""Feeds, from the bytes of a response to entries as the publisher wrote them.

RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom (RFC 4287), JSON Feed and news sitemaps; here the
format is recognised, and each has a module of its own. Nothing is fetched: external
entities, declarations that could define one, file names and URLs are all refused or
left alone. Dates stay raw here, links are resolved against the feed's address.

The poller runs this in a process of its own, with limits on time and memory.
"""

import re

from workers.stages.feeds.any_xml import parse_any_xml
from workers.stages.feeds.decoding import decode
from workers.stages.feeds.json_feed import parse_json_feed
from workers.stages.feeds.parsed_feed import ParsedFeed, ParseRequest, ParseResult
from workers.stages.feeds.problems import FeedError, FeedProblem
from workers.stages.feeds.rss import parse_quickly
from workers.stages.feeds.sitemaps import parse_news_sitemap
from workers.stages.feeds.update_hints import with_update_hints

_HEAD = 2048
"""Characters within which an HTML page shows that it is one."""
_HTML = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?P<name>[A-Za-z_][\w.-]*)")
_DECLARATION = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read *body*, the response of *url*; raises FeedError.

    Markup that is not well-formed is accepted as long as entries come out of it.
    """
    text, damaged = decode(body, content_type)
    head = text[:_HEAD].lstrip().lower()
    if not head:
        raise FeedError(FeedProblem.EMPTY)
    if _HTML.match(head):
        raise FeedError(FeedProblem.HTML)
    if head.startswith("{") and (feed := parse_json_feed(text, url)) is not None:
        return feed
    return _parse_xml(text, url, damaged=damaged)


def _parse_xml(text: str, url: str, *, damaged: bool) -> ParsedFeed:
    root = _ROOT.search(text)
    # entities that expand exponentially, or name files, need a DOCTYPE: no feed does
    if _DECLARATION.search(text, 0, root.start() if root else len(text)):
        raise FeedError(FeedProblem.DECLARATION)
    if root is None:
        raise FeedError(FeedProblem.UNREADABLE)
    if root["name"] == "urlset" and (feed := parse_news_sitemap(text, url)) is not None:
        return feed
    quick = None if damaged else parse_quickly(text, url)
    if quick is None:
        return parse_any_xml(text, url, root["name"].lower(), damaged=damaged)
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
