"""Texts, authors and links of items as the wild writes them, by both readers."""

from time import process_time

import pytest

from workers.stages.feeds import parsing
from workers.stages.feeds.parsed_feed import ParsedFeed, RawEntry
from workers.stages.feeds.plain_text import plain_text

URL = "https://www.example.in/rss"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/"'
)


def parse(text: str) -> ParsedFeed:
    """Read by both readers, which must agree."""
    found = parsing.parse_feed(text.encode(), "", URL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "parse_quickly", lambda *_: None)
        assert parsing.parse_feed(text.encode(), "", URL) == found
    return found


def rss(item: str, channel: str = "") -> str:
    return (
        f"<rss version='2.0' {NAMESPACES}><channel><title>पत्र</title>{channel}"
        f"<item>{item}</item></channel></rss>"
    )


def read(item: str, channel: str = "") -> RawEntry:
    return parse(rss(item, channel)).entries[0]


# --- authors ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("khabar@nagar.media (अनुपमा तिवारी)", ("अनुपमा तिवारी",)),
        ("news@patra.technology (Ravi Shankar)", ("Ravi Shankar",)),
        ("noreply@blogger.com (राकेश सिंह)", ("राकेश सिंह",)),
        ("राकेश सिंह &lt;rakesh@nagar.international&gt;", ("राकेश सिंह",)),
        ('"राकेश सिंह" &lt;rakesh@nagar.in&gt;', ("राकेश सिंह",)),
        ("सीमा desk@nagar.digital", ("सीमा",)),
        ("<![CDATA[seema@nagar.online (सीमा)]]>", ("सीमा",)),
        ("&lt;desk@nagar.in&gt;", ()),
        ("desk@nagar.media", ()),
        ("mailto:desk@nagar.media", ()),
        ("डेस्क@खबर.भारत (रवि)", ("रवि",)),
        ("admin", ()),
        ("Web_Admin 2", ()),
        ("admin@nagar.media (admin)", ()),
        ("https://nagar.in/author/seema", ()),
        ("सीमा &amp; रवि", ("सीमा & रवि",)),
        ("", ()),
    ],
)
@pytest.mark.parametrize("element", ["author", "dc:creator"])
def test_author_is_a_name(field: str, authors: tuple[str, ...], element: str) -> None:
    assert read(f"<title>x</title><{element}>{field}</{element}>").authors == authors


@pytest.mark.parametrize(
    "channel",
    [
        "<managingEditor>desk@nagar.media (सीमा)</managingEditor>",
        "<dc:creator>सीमा</dc:creator>",
    ],
)
def test_author_of_the_feed_stands_in(channel: str) -> None:
    assert read("<title>x</title>", channel).authors == ("सीमा",)
    assert read("<author>a@b.in (रवि)</author>", channel).authors == ("रवि",)


def test_author_of_an_atom_feed_stands_in() -> None:
    entries = "".join(
        f"<entry><id>urn:{n}</id><title>x</title>{author}</entry>"
        for n, author in enumerate(["", "<author><name>रवि</name></author>"])
    )
    text = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title><author><name>सीमा"
        f"</name><email>s@nagar.media</email></author>{entries}</feed>"
    )
    found = parsing.parse_feed(text.encode(), "", URL)
    assert [entry.authors for entry in found.entries] == [("सीमा",), ("रवि",)]


def test_author_of_a_json_feed_stands_in() -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1.1",'
        b'"authors": [{"name": "Seema"}],'
        b'"items": [{"id": "1"}, {"id": "2", "author": {"name": "Ravi"}}]}'
    )
    found = parsing.parse_feed(body, "", URL)
    assert [entry.authors for entry in found.entries] == [("Seema",), ("Ravi",)]


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "(", "<![CDATA[", "&lt;", "@a."])
def test_long_field_costs_little_and_loses_no_other_item(piece: str) -> None:
    items = "</item><item>".join(
        ["<title>x &nbsp;</title><author>" + piece * 80_000, *["<title>y</title>"] * 10]
    )
    begin = process_time()
    found = parsing.parse_feed(rss(items).encode(), "", URL)
    assert process_time() - begin < 3
    if "[" not in piece:
        assert [entry.title for entry in found.entries].count("y") == 10


# --- texts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<script>var a = '<b>';</script>खबर", "खबर"),
        ("<style type='text/css'>p { color: red }</style>खबर<SCRIPT>x</SCRIPT>", "खबर"),
        ("<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->खबर", "खबर"),
        ("<xml><o:OfficeDocument>96</o:OfficeDocument></xml>खबर<o:p></o:p>", "खबर"),
        ('<?xml:namespace prefix = "o" />खबर<o:p>&nbsp;</o:p>', "खबर"),
        ("<![if !supportLists]>1.<![endif]> खबर", "1. खबर"),
        (
            "<table><tr><td>एक</td><td>दो</td></tr><tr><th>तीन</th></tr></table>",
            "एक दो तीन",
        ),
        ("<figure><img src='a'><figcaption>फोटो</figcaption></figure>खबर", "फोटो खबर"),
        ("&lt;script&gt;x()&lt;/script&gt;खबर", "खबर"),
        ("&lt;Kaun Banega&gt; में", "<Kaun Banega> में"),
        ("<Kaun Banega> में", "<Kaun Banega> में"),
        ("<Main Hoon Na> और &lt;Section 144&gt;", "<Main Hoon Na> और <Section 144>"),
        ("<td nowrap>एक</td ><br / >दो<p class>", "एक दो"),
        ("<बिग बॉस> में", "<बिग बॉस> में"),
        ("<amp-img src='a'></amp-img>खबर", "खबर"),
        ("a < b > c", "a < b > c"),
        ("<![CDATA[खबर]]>", "खबर"),
        ("&lt;![CDATA[<b>खबर</b>]]&gt;", "खबर"),
        ("देखें x.in/?p=5&lang=hi&copy=1", "देखें x.in/?p=5&lang=hi&copy=1"),
        ("मोदी&#146;s", "मोदी’s"),
        ("a&nbsp b", "a b"),
        ("<script>खुला", "खुला"),
    ],
)
def test_text_has_nothing_that_is_not_shown(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "piece", ["<script>", "<!--", "<xml ", "<![CDATA[", "<a ", "</script", "<a:b"]
)
def test_text_takes_time_in_proportion(piece: str) -> None:
    begin = process_time()
    plain_text(piece * 40_000)
    assert process_time() - begin < 3


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("&lt;Kaun Banega&gt; में", "<Kaun Banega> में"),
        ("मोदी&#146;s", "मोदी’s"),
        ("&#147;खबर&#x94;", "“खबर”"),
        ("&#55357;&#56832;", "😀"),
        ("&lt;![CDATA[खबर]]&gt;", "खबर"),
        ("<![CDATA[R&D &amp; x?a=1&lang=hi]]>", "R&D & x?a=1&lang=hi"),
    ],
)
def test_title_is_what_a_reader_would_see(title: str, text: str) -> None:
    assert read(f"<title>{title}</title>").title == text


@pytest.mark.parametrize(
    "order", [("{own}", "{media}"), ("{media}", "{own}")], ids=["before", "behind"]
)
@pytest.mark.parametrize("body", ["", "<content:encoded>पूरी</content:encoded>"])
def test_caption_is_no_summary(order: tuple[str, str], body: str) -> None:
    item = "".join(order).format(
        own=f"<description>पुल खुला</description>{body}",
        media="<media:content url='https://x.in/a.jpg'><media:description type='plain'>"
        "<![CDATA[फोटो]]></media:description></media:content>",
    )
    assert read(item).summary == "पुल खुला"


def test_caption_stands_in_where_there_is_nothing_else() -> None:
    item = (
        "<media:content><media:description>वीडियो</media:description></media:content>"
    )
    assert read(item).summary == "वीडियो"


# --- links --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "link"),
    [
        (
            "<link>https://x.in/?p=5&lang=hi&copy=2</link>",
            "https://x.in/?p=5&lang=hi&copy=2",
        ),
        ("<link>https://x.in/?p=5&amp;lang=hi</link>", "https://x.in/?p=5&lang=hi"),
        ("<link><![CDATA[https://x.in/?a=1&reg=2]]></link>", "https://x.in/?a=1&reg=2"),
        ("<link>www.x.in/1</link>", "https://www.x.in/1"),
        ("<link>www.x.co.in</link>", "https://www.x.co.in"),
        ("<link>WWW.X.in/1</link>", "https://WWW.X.in/1"),
        ("<link>/khabar/1</link>", "https://www.example.in/khabar/1"),
        ("<guid>510231</guid>", None),
        ("<guid>post-510231</guid>", None),
        ("<guid isPermaLink='false'>510231</guid>", None),
        ("<guid>https://x.in/1</guid>", "https://x.in/1"),
        ("<guid>www.x.in/1</guid>", "https://www.x.in/1"),
        (
            "<link>https://www.google.com/url?q=https%3A%2F%2Fx.in%2F1&amp;sa=t</link>",
            "https://x.in/1",
        ),
    ],
)
def test_link_is_an_address(item: str, link: str | None) -> None:
    assert read(item).link == link
