"""Damaged feeds without end: each is read or refused, in time, and nothing breaks.

The documents of test_parsing.py are the corpus; they are cut, doubled, spliced and
littered at random. The normal run is short and always the same. `make fuzz` runs
longer and begins elsewhere each time; a failure names the seed that repeats it:

    FUZZ_SEED=17 FUZZ_SECONDS=600 pytest tests/unit/stages/feeds/test_fuzz.py
"""

import datetime as dt
import os
import random
import time
from collections import Counter
from contextlib import closing

import msgspec

from tests.support.damage import Damage
from tests.support.schedule_bounds import BOUNDS
from tests.unit.stages.feeds.test_parsing import ATOM, JSON, RDF, RSS, SITEMAP
from workers.domain.records import Feed, FeedState
from workers.runtime.http.response import Response
from workers.runtime.messaging.ports import MAX_MESSAGE_BYTES
from workers.runtime.service.sandbox import (
    Limits,
    Sandbox,
    SandboxError,
    SandboxFailure,
)
from workers.stages.feeds.parsed_feed import ParsedFeed, ParseRequest, ParseResult
from workers.stages.feeds.polls import Timing, process_response
from workers.stages.feeds.problems import FeedError, FeedProblem

SEED = int(os.environ.get("FUZZ_SEED", "1"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "20"))
LONGEST = 60.0
"""Seconds that one document may take."""
URL = "https://example.in/rss"
FEED = Feed(feed_id="f", url=URL, publisher="पत्र")
TIMING = Timing(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), BOUNDS, 0.5)
CORPUS = [
    text.format(encoding="utf-8").encode() if text is RSS else text.encode()
    for text in (RSS, ATOM, RDF, JSON, SITEMAP)
]
LITTER = (
    *(b"<", b">", b"&", b"&amp;lt;", b"&#0;", b"&#x110000;", b"]]>", b"<![CDATA["),
    *(b"<!--", b"-->", b"<?xml version='1.1' encoding='utf-16'?>", b"<!ENTITY a 'b'>"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", "क़".encode(), b"\xe0\xa4", b"\xf4\x90"),
    *(
        b"<item>",
        b"</item>",
        b"<channel>",
        b"</rss>",
        b"<entry>",
        b"<link href='//['/>",
    ),
    *(b"xml:base='http://[::1'", b"<guid>", b"<pubDate>99/99/9999 99:99</pubDate>"),
    *(b"<skipHours><hour>99</hour></skipHours>", b"<ttl>1e999</ttl>", b"{", b'"', b"["),
    *(
        b"null",
        b"1e400",
        b"\\ud800",
        b"<media:content url='x'/>",
        b"<svg:a>",
        b"</a:b>",
    ),
)

DAMAGE = Damage(CORPUS, LITTER)

Parser = Sandbox[ParseRequest, ParseResult]
LIMITS = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 * 1024 * 1024)


def read(parser: Parser, body: bytes, content_type: str) -> ParsedFeed:
    """Read a document as the poll worker does; a crash is a failure here."""
    try:
        result = parser.call(ParseRequest(body, content_type, URL))
    except SandboxError as error:
        if error.why is SandboxFailure.CRASH:
            raise
        raise FeedError(FeedProblem.COSTLY) from error
    if result.feed is None:
        raise FeedError(result.problem or FeedProblem.UNREADABLE)
    return result.feed


def test_whatever_comes_is_read_or_refused_in_time() -> None:
    outcomes: Counter[str] = Counter()
    state: FeedState | None = None
    chance = random.Random(SEED)
    deadline = time.monotonic() + SECONDS
    parser = Parser("workers.stages.feeds.parsing:parse_request", ParseResult, LIMITS)
    with closing(parser):
        read(parser, CORPUS[0], "")  # the process has started
        while time.monotonic() < deadline:
            body = DAMAGE.document(chance)
            kind = chance.choice(("", "text/xml; charset=iso-8859-1", "text/html"))
            words = f"FUZZ_SEED={SEED}, document {outcomes.total()}: {body[:500]!r}"
            started = time.monotonic()
            try:
                poll = process_response(
                    FEED,
                    state,
                    Response(200, URL, body, {"content-type": kind}),
                    TIMING,
                    parse=lambda body, kind, _: read(parser, body, kind),
                )
                for record in (poll.state, *poll.entries):
                    written = msgspec.json.encode(record)
                    assert len(written) <= MAX_MESSAGE_BYTES
                    assert msgspec.json.decode(written, type=type(record)) == record
            except Exception as error:
                raise AssertionError(words) from error
            assert time.monotonic() - started < LONGEST, words
            assert poll.failed == bool(poll.state.failures), words
            outcomes[poll.outcome.value] += 1
            state = poll.state if chance.random() < 0.5 else None
    assert outcomes["changed"] > 0
    assert outcomes["not-a-feed"] > 0
