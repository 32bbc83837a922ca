"""The quick reader against feedparser, which is the reference."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.stages.feeds import parsing
from workers.stages.feeds.formats.rss import parse_quickly
from workers.stages.feeds.parsed_feed import ParsedFeed
from workers.stages.feeds.problems import FeedError, FeedProblem

URL = "https://example.in/rss/all.xml"
SITE = Path(__file__).parents[5] / "seeds" / "site"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:x="https://example.in/x"'
)


def document(channel: Sequence[str], items: Sequence[Sequence[str]]) -> str:
    inner = "".join(channel)
    inner += "".join(f"<item>{''.join(parts)}</item>" for parts in items)
    return f"<rss version='2.0' {NAMESPACES}><channel>{inner}</channel></rss>"


def by_reference(text: str) -> ParsedFeed | FeedProblem:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "parse_quickly", lambda *_: None)
        return by_both(text)


def by_both(text: str) -> ParsedFeed | FeedProblem:
    try:
        return parsing.parse_feed(text.encode(), "", URL)
    except FeedError as error:
        return error.problem


TYPICAL_ITEM = [
    "<title>बस खाई में गिरी &amp; सात की मौत</title>",
    "<link>https://example.in/news/1.html?utm_source=rss&amp;id=7</link>",
    "<guid isPermaLink='false'>1</guid>",
    "<pubDate>Tue, 24 Nov 2026 09:10:00 IST</pubDate>",
    "<description><![CDATA[<img src='/a.jpg'/><p>पहला <b>पैरा</b></p>]]></description>",
    "<content:encoded><![CDATA[<p>पूरी खबर</p>]]></content:encoded>",
    "<dc:creator>मनीष दुबे</dc:creator>",
    "<category>देश</category><category domain='x'>अपराध</category>",
    "<media:thumbnail url='https://example.in/t.jpg'/>",
    "<enclosure url='https://example.in/a.mp3' length='1' type='audio/mpeg'/>",
    "<comments>https://example.in/1#c</comments><slash:comments>3</slash:comments>",
]
TYPICAL_CHANNEL = [
    "<title>नगर पत्र</title><link>https://example.in/</link><ttl>15</ttl>",
    "<description>ताजा</description><language>hi</language>",
    "<atom:link rel='self' href='https://example.in/rss'/>",
    "<atom:link rel='hub' href='https://hub.example.in/'/>",
    "<image><url>https://example.in/l.png</url><title>चित्र</title><link>/</link></image>",
    "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
    "<lastBuildDate>Tue, 24 Nov 2026 09:10:00 IST</lastBuildDate>",
    "<skipHours><hour>3</hour></skipHours>",
]


def test_typical_feeds_are_read_quickly_and_alike() -> None:
    text = document(TYPICAL_CHANNEL, [TYPICAL_ITEM] * 3)
    assert parse_quickly(text, URL) is not None
    found = by_both(text)
    assert found == by_reference(text)
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].content_html == "<p>पूरी खबर</p>"
    assert (found.ttl_minutes, found.update_seconds) == (15, 1800)


@pytest.mark.parametrize("part", TYPICAL_ITEM)
def test_each_part_alone_is_read_alike(part: str) -> None:
    text = document(["<title>x</title><link>https://example.in/</link>"], [[part]])
    assert by_both(text) == by_reference(text)


@pytest.mark.parametrize(
    "name",
    ["nagar-samachar/rss.xml", "nagar-samachar/khel.xml", "vishwa-patrika/rss.xml"],
)
def test_the_recorded_feeds_are_read_quickly_and_alike(name: str) -> None:
    text = (SITE / name).read_text().replace("{{base}}", "https://example.in")
    assert parse_quickly(text.partition("?>")[2], URL) is not None
    assert by_both(text) == by_reference(text)


@pytest.mark.parametrize(
    "item",
    [
        ["<title>a <b>b</b></title>"],
        ["<title>a</title>", "<title>b</title>"],
        ["<title type='html'>a</title>"],
        ["<description>a</description>", "<description>b</description>"],
        ["<author>a</author>", "<dc:creator>b</dc:creator>"],
        ["<link>/relative</link>"],
        ["<link>https://example.in/?a;b</link>"],
        ["<guid>not a link</guid>"],
        ["<category/>", "<category>a</category>"],
        ["<category term='a'>b</category>"],
        ["<media:content><media:title>x</media:title></media:content>"],
        ["<source url='https://example.in/'>x</source>", "<title>a</title>"],
        ["<image><url>x</url></image>"],
        ["<x:other>x</x:other>"],
        ["<itunes:author>x</itunes:author>"],
        ["<atom:link href='https://example.in/other'/>"],
        ["<updated>2026-11-24</updated>"],
        ["<title>caf\x92</title>"],
        ["<description xml:base='https://other.example/'>x</description>"],
    ],
)
def test_what_feedparser_knows_better_is_left_to_it(item: list[str]) -> None:
    text = document(["<title>x</title>"], [item])
    assert parse_quickly(text, URL) is None
    assert by_both(text) == by_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "<rss version='2.0'><channel><title>&nbsp;</title></channel></rss>",
        "<rss version='0.91'><channel><title>x</title></channel></rss>",
        "<rss version='2.0'><channel/><channel/></rss>",
        "<rss version='2.0'><channel><title>x</title></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>",
        document(["<x:other/>"], []),
        document(["<textInput><title>x</title></textInput>"], []),
        document(["<image><other/></image>"], []),
    ],
)
def test_other_documents_are_left_to_feedparser(text: str) -> None:
    assert parse_quickly(text, URL) is None


words = st.sampled_from(
    ["खबर", "बस & ट्रक", "a < b", "<b>c</b>", "&amp;", "caf\xe9", "\xa0", "Ã©", "  ", ""]
)
text_content = st.lists(words, max_size=4).map(" ".join)
written = st.builds(
    lambda text, cdata: (
        f"<![CDATA[{text}]]>" if cdata and "]]>" not in text else escape(text)
    ),
    text_content,
    st.booleans(),
)
good_links = st.sampled_from(
    ["https://example.in/1", "http://example.in/a?b=1&amp;c=2", "https://example.in/क"]
)
links = good_links | st.sampled_from(
    ["/relative", "", " https://example.in/2 ", "HTTPS://EXAMPLE.IN/3", "mailto:a@b.in"]
)
dates = st.sampled_from(["Tue, 24 Nov 2026 09:10:00 IST", "24 नवंबर 2026", "", "soon"])
good_names = st.sampled_from(["रवि", "रवि, उमा", "a (b)", "", "A &amp; B"])
names = good_names | st.just("desk@example.in")
item_part = st.one_of(
    written.map("<title>{}</title>".format),
    links.map("<link>{}</link>".format),
    links.map("<guid>{}</guid>".format),
    written.map("<guid isPermaLink='false'>{}</guid>".format),
    links.map("<guid isPermaLink='true'>{}</guid>".format),
    written.map("<description>{}</description>".format),
    written.map("<content:encoded>{}</content:encoded>".format),
    dates.map("<pubDate>{}</pubDate>".format),
    dates.map("<dc:date>{}</dc:date>".format),
    names.map("<author>{}</author>".format),
    names.map("<dc:creator>{}</dc:creator>".format),
    written.map("<category>{}</category>".format),
    written.map("<category domain='d'>{}</category>".format),
    links.map("<comments>{}</comments>".format),
    st.just("<enclosure url='https://example.in/a.jpg' type='image/jpeg'/>"),
    st.just("<media:content url='https://example.in/a.jpg' medium='image'/>"),
    st.just("<media:thumbnail url='https://example.in/a.jpg'>x</media:thumbnail>"),
    st.just("<slash:comments>1</slash:comments>"),
    st.just("<wfw:commentRss>https://example.in/c</wfw:commentRss>"),
)
channel_part = st.one_of(
    written.map("<title>{}</title>".format),
    links.map("<link>{}</link>".format),
    links.map("<atom:link rel='self' href='{}'/>".format),
    links.map("<atom:link rel='hub' href='{}'/>".format),
    links.map("<atom:link rel='alternate' href='{}'/>".format),
    st.sampled_from(["5", "1.5", "0", "x", ""]).map("<ttl>{}</ttl>".format),
    st.sampled_from(["hourly", "Daily", "x"]).map(
        "<sy:updatePeriod>{}</sy:updatePeriod>".format
    ),
    written.map("<description>{}</description>".format),
    written.map("<image><title>{}</title><url>/a</url></image>".format),
    dates.map("<pubDate>{}</pubDate>".format),
    st.just("<managingEditor>desk@example.in</managingEditor>"),
    st.just("<webMaster>desk@example.in</webMaster>"),
    st.just("<docs>https://example.in/</docs><generator>g</generator>"),
)


def one_of_each(parts: Sequence[str]) -> list[str]:
    """Most documents have an element once; repeats are tried elsewhere."""
    return list({part.partition(">")[0].split()[0]: part for part in parts}.values())


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(channel_part, max_size=8).map(one_of_each),
    st.lists(st.lists(item_part, max_size=10).map(one_of_each), max_size=4),
)
def test_a_thousand_varied_feeds_are_read_alike(
    channel: list[str], items: list[list[str]]
) -> None:
    text = document(channel, items)
    assert by_both(text) == by_reference(text)


ordinary_item = st.tuples(
    written.map("<title>{}</title>".format),
    good_links.map("<link>{}</link>".format),
    st.one_of(
        written.map("<guid isPermaLink='false'>{}</guid>".format),
        good_links.map("<guid>{}</guid>".format),
        st.just(""),
    ),
    st.just("") | written.map("<description>{}</description>".format),
    st.just("") | written.map("<content:encoded>{}</content:encoded>".format),
    st.just("") | dates.map("<pubDate>{}</pubDate>".format),
    st.just("") | dates.map("<dc:date>{}</dc:date>".format),
    st.just("")
    | good_names.map("<author>{}</author>".format)
    | good_names.map("<dc:creator>{}</dc:creator>".format),
    st.just("") | st.just("<category>देश</category><category>खेल</category>"),
    st.just("") | st.just("<enclosure url='https://example.in/a.jpg'/>"),
).flatmap(st.permutations)


@settings(max_examples=600, deadline=None)
@given(st.lists(ordinary_item, min_size=1, max_size=4))
def test_six_hundred_ordinary_feeds_are_read_quickly_and_alike(
    items: list[list[str]],
) -> None:
    text = document(TYPICAL_CHANNEL, items)
    assert parse_quickly(text, URL) is not None
    assert by_both(text) == by_reference(text)
