import codecs
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.stages.feeds.formats.prolog import read_prolog
from workers.stages.feeds.parsed_feed import (
    ParsedFeed,
    ParseRequest,
    ParseResult,
    RawEntry,
)
from workers.stages.feeds.parsing import parse_feed, parse_request
from workers.stages.feeds.plain_text import plain_text
from workers.stages.feeds.problems import DESCRIPTIONS, FeedError, FeedProblem

URL = "https://example.in/rss/all.xml"
SITE = Path(__file__).parents[4] / "seeds" / "site"

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>नगर पत्र</title><link>https://example.in/</link><ttl>15</ttl>
<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>48</sy:updateFrequency>
<atom:link rel="hub" href="https://hub.example.in/"/>
<skipHours><hour>1</hour><hour>24</hour></skipHours>
<skipDays><day>Sunday</day></skipDays>
<item><title>बस खाई में गिरी &amp;amp; सात की मौत</title>
<link>/news/1.html?src=rss</link><guid isPermaLink="false">1</guid>
<pubDate>मंगलवार, 24 नवंबर 2026 09:10 AM IST</pubDate>
<dc:creator>मनीष दुबे</dc:creator><category>देश</category><category>देश</category>
<description>&lt;p&gt;पहला &lt;b&gt;पैरा&lt;/b&gt;&lt;/p&gt;&lt;p&gt;दूसरा&lt;/p&gt;
</description>
<content:encoded><![CDATA[<!DOCTYPE html><p>पूरी खबर</p>]]></content:encoded></item>
<item><title><![CDATA[दो]]></title><guid>https://example.in/news/2.html</guid></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.in/x/">
<title type="html">&lt;b&gt;देश&lt;/b&gt; खबर</title>
<link rel="self" href="/atom"/><link rel="alternate" href="https://example.in/"/>
<entry><title type="text">चुनाव</title><id>tag:example.in,2026:1</id>
<link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="/news/1"/>
<updated>2026-11-24T10:00:00+05:30</updated><published>2026-11-24T09:00:00+05:30</published>
<author><name>रवि</name></author><author><name>उमा</name></author>
<category term="चुनाव"/><summary>सार</summary>
<content type="html">&lt;p&gt;पूरा&lt;/p&gt;</content></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.in/"><title>विश्व</title></channel>
<item rdf:about="https://example.in/news/1"><title>एक</title>
<link>https://example.in/news/1</link><dc:date>2026-11-24T10:00:00Z</dc:date></item>
</rdf:RDF>"""


def read(body: str | bytes, content_type: str = "") -> ParsedFeed:
    raw = body if isinstance(body, bytes) else body.encode()
    return parse_feed(raw, content_type, URL)


def in_sandbox(document: str) -> ParseResult:
    """Parse as a sandbox does: what goes in and what comes out is packed."""
    sent = msgspec.msgpack.encode(ParseRequest(document.encode(), "text/xml", URL))
    result = parse_request(msgspec.msgpack.decode(sent, type=ParseRequest))
    return msgspec.msgpack.decode(msgspec.msgpack.encode(result), type=ParseResult)


def problem(body: str | bytes, content_type: str = "") -> FeedProblem:
    with pytest.raises(FeedError) as caught:
        read(body, content_type)
    assert str(caught.value) == DESCRIPTIONS[caught.value.problem]
    return caught.value.problem


def test_rss() -> None:
    feed = read(RSS.format(encoding="utf-8"))
    assert (feed.title, feed.link) == ("नगर पत्र", "https://example.in/")
    assert feed.hub == "https://hub.example.in/"
    assert (feed.ttl_minutes, feed.update_seconds) == (15, 1800)
    assert feed.skip_hours == {0, 1}
    assert feed.skip_days == {6}
    assert not feed.damaged
    first, second = feed.entries
    assert first.title == "बस खाई में गिरी & सात की मौत"
    assert first.link == "https://example.in/news/1.html?src=rss"
    assert first.guid == "1"
    assert first.published == "मंगलवार, 24 नवंबर 2026 09:10 AM IST"
    assert first.updated is None
    assert first.authors == ("मनीष दुबे",)
    assert first.sections == ("देश",)
    assert first.summary == "पहला पैरा दूसरा"
    assert first.content_html is not None
    assert "<p>पूरी खबर</p>" in first.content_html
    assert second.title == "दो"
    assert second.link == "https://example.in/news/2.html"


def test_atom() -> None:
    feed = read(ATOM)
    assert (feed.title, feed.link) == ("देश खबर", "https://example.in/")
    (entry,) = feed.entries
    assert entry.link == "https://example.in/news/1"
    assert entry.guid == "tag:example.in,2026:1"
    assert entry.published == "2026-11-24T09:00:00+05:30"
    assert entry.updated == "2026-11-24T10:00:00+05:30"
    assert entry.authors == ("रवि", "उमा")
    assert entry.sections == ("चुनाव",)
    assert (entry.summary, entry.content_html) == ("सार", "<p>पूरा</p>")


def test_rdf() -> None:
    feed = read(RDF)
    assert feed.title == "विश्व"
    (entry,) = feed.entries
    assert (entry.title, entry.link) == ("एक", "https://example.in/news/1")
    assert entry.updated == "2026-11-24T10:00:00Z"


JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "नगर पत्र",
"home_page_url": "https://example.in/", "hubs": [{"type": "WebSub", "url": "/hub"}],
"items": [
 {"id": "1", "url": "/news/1", "title": "एक &amp; दो", "summary": "सार",
  "content_html": "<p>पूरा</p>", "date_published": "2026-11-24T10:00:00+05:30",
  "date_modified": "2026-11-24T11:00:00+05:30", "authors": [{"name": "रवि"}, {}],
  "tags": ["देश", 5]},
 {"id": 2, "external_url": "https://example.in/2", "content_text": "पाठ",
  "author": {"name": "उमा"}, "title": 7, "tags": "x", "authors": null},
 "not an item"]}"""

SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://example.in/news/1</loc><lastmod>2026-11-24T11:00:00+05:30</lastmod>
<news:news><news:publication><news:name>नगर पत्र</news:name>
<news:language>hi</news:language></news:publication>
<news:publication_date>2026-11-24T10:00:00+05:30</news:publication_date>
<news:title>बस खाई में गिरी &amp; सात की मौत</news:title>
<news:keywords>देश, हादसा</news:keywords></news:news></url>
<url><loc>https://example.in/contact</loc></url></urlset>"""


def test_json_feed() -> None:
    feed = read("\ufeff" + JSON, "application/feed+json")
    assert (feed.title, feed.link) == ("नगर पत्र", "https://example.in/")
    assert feed.hub == "https://example.in/hub"
    first, second = feed.entries
    assert first == RawEntry(
        guid="1",
        link="https://example.in/news/1",
        title="एक & दो",
        summary="सार",
        content_html="<p>पूरा</p>",
        published="2026-11-24T10:00:00+05:30",
        updated="2026-11-24T11:00:00+05:30",
        authors=("रवि",),
        sections=("देश",),
    )
    assert second == RawEntry(
        guid="2", link="https://example.in/2", summary="पाठ", authors=("उमा",)
    )


@pytest.mark.parametrize("text", ["{", "{}", '{"version": 1}', '{"items": []}', "[1]"])
def test_json_that_is_no_feed(text: str) -> None:
    assert problem(text, "application/json") is FeedProblem.UNREADABLE


def test_news_sitemap() -> None:
    feed = read(SITEMAP, "application/xml")
    assert feed.title == "नगर पत्र"
    assert feed.entries == (
        RawEntry(
            link="https://example.in/news/1",
            title="बस खाई में गिरी & सात की मौत",
            published="2026-11-24T10:00:00+05:30",
            updated="2026-11-24T11:00:00+05:30",
            sections=("देश", "हादसा"),
        ),
    )


def test_a_sitemap_without_news_is_no_feed() -> None:
    body = SITEMAP.replace("sitemap-news", "sitemap-other")
    assert problem(body) is FeedProblem.NOT_A_FEED


@pytest.mark.parametrize("document", [RSS, ATOM, RDF, JSON, SITEMAP])
def test_what_is_packed_comes_out_as_it_went_in(document: str) -> None:
    result = in_sandbox(document)
    assert result.feed == read(document, "text/xml")
    assert result.problem is None


@pytest.mark.parametrize("document", ["<html>", "", "Forbidden"])
def test_problems_are_packed_too(document: str) -> None:
    result = in_sandbox(document)
    assert result.feed is None
    assert result.problem is problem(document)


def test_what_is_longer_than_anything_is_cut() -> None:
    long = "क" * 600_000
    body = RSS.format(encoding="utf-8").replace("पूरी खबर", long).replace("पहला", long)
    entry = read(body.replace("बस", long)).entries[0]
    assert len(entry.title) == 1000
    assert len(entry.summary or "") == 4000
    assert len(entry.content_html or "") == 512 * 1024


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("nagar-samachar/rss.xml", 12),
        ("nagar-samachar/khel.xml", 3),
        ("desh-khabar/feed.v1.atom", 12),
        ("desh-khabar/mobile.xml", 2),
        ("vishwa-patrika/rss.xml", 13),
    ],
)
def test_the_recorded_feeds(name: str, entries: int) -> None:
    feed = read((SITE / name).read_bytes().replace(b"{{base}}", b"https://example.in"))
    assert len(feed.entries) == entries
    assert not feed.damaged
    for entry in feed.entries:
        assert entry.title
        assert entry.published
        assert entry.link is not None
        assert entry.link.startswith("https://example.in/")


def test_the_broken_recorded_feed() -> None:
    body = (SITE / "vishwa-patrika" / "toota.xml").read_bytes()
    assert problem(body) is FeedProblem.UNREADABLE


@pytest.mark.parametrize("end", ["", "]" * 20_000 + "]}"])
def test_a_json_feed_that_is_20_000_deep_is_refused(end: str) -> None:
    head = '{"version": "https://jsonfeed.org/version/1.1", "items": ['
    body = f"{head}{'[' * 20_000}{end}".encode()
    assert problem(body) is FeedProblem.UNREADABLE


# --- encodings ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RSS.format(encoding="utf-8").encode(), ""),
        (RSS.format(encoding="UTF-8").encode(), "text/xml; charset=iso-8859-1"),
        (RSS.format(encoding="iso-8859-1").encode(), "text/xml; charset=utf-8"),
        (RSS.format(encoding="windows-1252").encode(), ""),
        (RSS.format(encoding="utf-16").encode(), ""),
        (RSS.format(encoding="klingon").encode(), "text/xml; charset=also-unknown"),
        (RSS.format(encoding="utf-8").encode(), "text/html"),
        (codecs.BOM_UTF8 + RSS.format(encoding="utf-8").encode(), ""),
        (RSS.format(encoding="utf-16").encode("utf-16"), ""),
        (RSS.format(encoding="utf-16").encode("utf-16-be"), ""),
        (RSS.format(encoding="utf-16").encode("utf-16-le"), ""),
        (RSS.format(encoding="utf-32").encode("utf-32"), ""),
        (b"\n  " + RSS.format(encoding="utf-8").encode(), ""),
    ],
)
def test_bytes_say_more_than_what_is_declared(body: bytes, content_type: str) -> None:
    feed = read(body, content_type)
    assert feed.title == "नगर पत्र"
    assert not feed.damaged


def test_a_declared_encoding_is_used_where_it_is_not_utf8() -> None:
    item = "<item><title>caf\xe9 – “x”</title></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>"
    declared = f"<?xml version='1.0' encoding='windows-1252'?>{body}".encode("cp1252")
    assert read(declared).entries[0].title == "café – “x”"
    by_header = read(body.encode("cp1252"), "application/xml; charset=windows-1252")
    assert by_header.entries[0].title == "café – “x”"


def test_bytes_that_fit_nowhere_are_replaced_and_told() -> None:
    body = RSS.format(encoding="utf-8").encode().replace("बस".encode(), b"\xff\xfe")
    feed = read(body, "text/xml; charset=utf-8")
    assert feed.damaged
    assert feed.entries[0].title == "\ufffd\ufffd खाई में गिरी & सात की मौत"


def test_an_encoding_that_is_not_one_of_text_is_not_used() -> None:
    for name in ("idna", "punycode", "unicode_escape", "zlib", "rot13"):
        body = RSS.format(encoding=name).encode() + b"\xff"
        assert read(body).title == "नगर पत्र"


def test_characters_that_xml_does_not_know_are_taken_out() -> None:
    feed = read(RSS.format(encoding="utf-8").replace("बस", "ब\x00स\x0b\x1f"))
    assert feed.damaged
    assert feed.entries[0].title.startswith("बस खाई")


# --- what is no feed ----------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", FeedProblem.EMPTY),
        (" \n\t ", FeedProblem.EMPTY),
        ("\x00\x00", FeedProblem.EMPTY),
        ("\ufeff", FeedProblem.EMPTY),
        ("<!DOCTYPE html><html><body>नमस्ते", FeedProblem.HTML),
        ("  <HTML lang=hi>", FeedProblem.HTML),
        ("<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'><html>", FeedProblem.HTML),
        ("<!-- cached --><html>", FeedProblem.HTML),
        ("<!-- <a> --><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", FeedProblem.DECLARATION),
        ("<?x <a ?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", FeedProblem.DECLARATION),
        ("<!-- <urlset> --><!DOCTYPE x [ ]><urlset/>", FeedProblem.DECLARATION),
        (
            "<!DOCTYPE rss SYSTEM 'a>b' [<!ENTITY a 'b'>]><rss/>",
            FeedProblem.DECLARATION,
        ),
        ("<!DOCTYPE rss SYSTEM 'a", FeedProblem.DECLARATION),
        ("<!-- never closed <rss/>", FeedProblem.UNREADABLE),
        ("<!doctype rss [<!ENTITY a 'b'>]><rss/>", FeedProblem.DECLARATION),
        ("<!ENTITY a 'b'><rss/>", FeedProblem.DECLARATION),
        ("<! DOCTYPE rss><rss/>", FeedProblem.DECLARATION),
        ("<opml version='2.0'><body/></opml>", FeedProblem.NOT_A_FEED),
        ("<error>no</error>", FeedProblem.NOT_A_FEED),
        ("Forbidden", FeedProblem.UNREADABLE),
        ("/etc/passwd", FeedProblem.UNREADABLE),
        ("https://example.in/", FeedProblem.UNREADABLE),
        ("<rss", FeedProblem.UNREADABLE),
        ("<rss version='2.0'><channel><title>a<title>", FeedProblem.UNREADABLE),
        ("%PDF-1.7", FeedProblem.UNREADABLE),
    ],
)
def test_what_is_no_feed_is_named(body: str, expected: FeedProblem) -> None:
    assert problem(body) is expected


ITEM = "<item><title>क</title><link>https://x.test/1</link></item>"
DOCUMENT = f"<rss version='2.0'><channel><title>x</title>{ITEM}</channel></rss>"
NETSCAPE = '"-//Netscape Communications//DTD RSS 0.91//EN"'


@pytest.mark.parametrize(
    "before",
    [
        f"<!DOCTYPE rss PUBLIC {NETSCAPE} 'http://my.netscape.com/rss-0.91.dtd'>",
        "<!DOCTYPE rss SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE html>",
        "<!DOCTYPE rss>",
        "<!-- no <!DOCTYPE rss [<!ENTITY a 'b'>]> here -->",
        "<?php <!DOCTYPE x [ ?>",
        " " * 5_000,
        "\ufeff\n\n",
        "Warning: something in line 3\n",
    ],
)
def test_what_declares_nothing_is_passed_over(before: str) -> None:
    feed = read(f"{before}{DOCUMENT}")
    assert [entry.link for entry in feed.entries] == ["https://x.test/1"]


def test_plain_doctype_before_rdf_is_passed_over() -> None:
    feed = read(
        f"<?xml version='1.0'?><!DOCTYPE rdf:RDF>{RDF[RDF.index('<rdf:RDF') :]}"
    )
    assert feed.entries


@pytest.mark.parametrize("piece", ["<!-- x ", "<?x ", "<!x ", "<", "<!DOCTYPE '"])
def test_prolog_is_read_in_linear_time(piece: str) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        read_prolog(piece * count)
        return time.process_time() - begun

    seconds(1_000)
    assert seconds(200_000) < 16 * seconds(50_000) + 0.2


def test_date_of_dublin_core_alone_is_that_of_publication() -> None:
    stamp = "2026-11-20T08:30:00+05:30"
    dublin = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
    dated = ITEM.replace("</item>", f"<dc:date>{stamp}</dc:date></item>")
    rss = f"<rss version='2.0' {dublin}><channel>{dated}</channel></rss>"
    assert read(rss).entries[0].published == stamp
    assert read(rss.replace("<channel>", "<channel><x/>")).entries[0].published == stamp


# --- sitemaps as publishers write them ------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: " \n" + text,
        lambda text: text.replace("http://www.sitemaps", "https://www.sitemaps"),
        lambda text: text.replace("http://www.google", "https://www.google"),
        lambda text: text.replace("<news:title>", "<news:title>A & B ", 1),
        lambda text: text[: text.rindex("</url>")],
        lambda text: text.replace("<?xml", "<!-- <urlset> --><?xml", 1),
        lambda text: text.replace('xmlns:news="', 'xmlns:other="'),
    ],
)
def test_sitemap_that_is_not_as_it_should_be_is_read(
    damage: Callable[[str], str],
) -> None:
    good, damaged = read(SITEMAP), read(damage(SITEMAP))
    assert [entry.link for entry in damaged.entries] == [
        entry.link for entry in good.entries
    ]
    assert all(entry.title for entry in damaged.entries)


def test_stray_ampersand_stays_in_the_title() -> None:
    feed = read(SITEMAP.replace("<news:title>", "<news:title>A & B ", 1))
    assert feed.entries[0].title.startswith("A & B ")
    assert feed.damaged


def test_sitemap_without_pages_is_an_empty_feed() -> None:
    feed = read("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>")
    assert feed.entries == ()


def test_declarations_are_seen_in_every_encoding() -> None:
    bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaa'>]><rss version='2.0'><channel/></rss>"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-be", "utf-32"):
        assert problem(bomb.encode(encoding)) is FeedProblem.DECLARATION


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = read("<rss version='2.0'><channel><title>x</title></channel></rss>")
    assert (feed.title, feed.entries) == ("x", ())


def test_entries_survive_markup_that_is_not_well_formed() -> None:
    body = RSS.format(encoding="utf-8").replace("&amp;amp;", "&").replace("</rss>", "")
    feed = read(body)
    assert feed.damaged
    assert feed.entries[0].title == "बस खाई में गिरी & सात की मौत"
    assert feed.entries[0].link == "https://example.in/news/1.html?src=rss"


def test_no_file_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(RSS.format(encoding="utf-8"))
    assert problem(str(secret)) is FeedProblem.UNREADABLE


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@example.in", "http://"],
)
def test_links_that_lead_nowhere_are_none(link: str) -> None:
    body = (
        f"<rss version='2.0'><channel><item><title>x</title><link>{link}</link></item>"
    )
    assert read(body + "</channel></rss>").entries[0].link is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("  एक \n दो ", "एक दो"),
        ("<p>एक</p><p>दो</p>", "एक दो"),
        ("एक<br/>दो", "एक दो"),
        ("ए<b>क</b>", "एक"),
        ("&lt;b&gt;एक&lt;/b&gt; &amp;amp; दो", "एक & दो"),
        ("5 < 6 और 7 > 6", "5 < 6 और 7 > 6"),
        ("AT&T", "AT&T"),
        ("&nbsp;एक", "एक"),
        ("&#2325;", "क"),
    ],
)
def test_text_of_markup(markup: str, text: str) -> None:
    assert plain_text(markup) == text


MARKUP = st.sampled_from(
    [
        "<rss>",
        "<rss version='2.0'>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "क",
        "&",
    ]
)
MORE_MARKUP = st.sampled_from(
    [
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml",
        "?>",
        "<!DOCTYPE",
        "&#x110000;",
        "\x00",
        "<",
    ]
)
ATOMS = st.sampled_from(
    ["<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<link href='/a'/>", "</"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKUP | MORE_MARKUP | ATOMS, max_size=25).map("".join) | st.text())
def test_no_document_makes_it_crash(body: str) -> None:
    with suppress(FeedError):
        read(body.encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=30))
def test_no_bytes_make_it_crash(body: bytes, content_type: str) -> None:
    with suppress(FeedError):
        read(body, content_type)
