"""Feeds that are gzip files, without a header that says so."""

import gzip

import pytest

from workers.stages.feeds import compression
from workers.stages.feeds.parsing import parse_feed
from workers.stages.feeds.problems import FeedError, FeedProblem

URL = "https://example.in/news.xml.gz"
RSS = (
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
    "<title>पत्र</title><item><title>खबर</title><link>/1</link></item></channel></rss>"
).encode()


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(RSS),
        gzip.compress(RSS[:50]) + gzip.compress(RSS[50:]),
        gzip.compress(RSS) + b"\0\0rest",
        gzip.compress(RSS)[:-6],
    ],
    ids=["whole", "two members", "rest behind", "without checksum"],
)
@pytest.mark.parametrize("kind", ["application/gzip", "text/xml; charset=utf-8", ""])
def test_gzip_file_is_read(body: bytes, kind: str) -> None:
    found = parse_feed(body, kind, URL)
    assert [entry.link for entry in found.entries] == ["https://example.in/1"]


def test_other_formats_are_read_from_gzip_too() -> None:
    body = gzip.compress(
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1"}]}'
    )
    assert len(parse_feed(body, "", URL).entries) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (compression.MAGIC + b"no deflate", FeedProblem.UNREADABLE),
        (compression.MAGIC, FeedProblem.UNREADABLE),
        (gzip.compress(b"\0" * (compression.MOST_BYTES + 1)), FeedProblem.COSTLY),
        (gzip.compress(b"<html><p>x</p></html>"), FeedProblem.HTML),
    ],
)
def test_what_is_no_feed_in_gzip_is_named(body: bytes, problem: FeedProblem) -> None:
    with pytest.raises(FeedError) as raised:
        parse_feed(body, "", URL)
    assert raised.value.problem is problem
