import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers.web import urls
from workers.web.urls import (
    MAX_LENGTH,
    absolute_url,
    ambiguous_parameters,
    canonical_url,
)

SAME = {
    "https://www.example.in/news/story-123.html": [
        "https://www.example.in/news/story-123.html?utm_source=rss&utm_medium=feed",
        "https://www.example.in/news/story-123.html?UTM_Source=rss",
        "https://www.example.in/news/story-123.html?fbclid=a&gclid=b&igshid=c",
        "https://www.example.in/news/story-123.html?src=rss&from=home&ref=tw&via=x",
        "https://www.example.in/news/story-123.html?at_medium=RSS&at_campaign=KARANGA",
        "https://www.example.in/news/story-123.html?srsltid=AfmBOo1&wickedid=77&sc_cid=9",
        "https://www.example.in/news/story-123.html?_branch_referrer=H4s&rb_clickid=5b",
        "https://www.example.in/news/story-123.html?hmb_campaign=a1&hmb_medium=mail2",
        "https://www.example.in/news/story-123.html?rss=1&share=true&from=www.google.com",
        "https://www.example.in/news/story-123.html#comments",
        "https://www.example.in/news/story-123.html#xtor=RSS-3",
        "https://WWW.Example.IN/news/story-123.html",
        "HTTPS://www.example.in:443/news/story-123.html",
        "https://www.example.in./news/story-123.html",
        "https://www.example.in//news//story-123.html",
        "https://www.example.in/news/./x/../story-123.html",
        "https://www.example.in/news/story-123.html?",
        "  https://www.example.in/news/story-123.html\n",
        "https://m.example.in/news/story-123.html",
        "https://mobile.example.in/news/story-123.html",
        "https://amp.example.in/news/story-123.html",
        "https://m.www.example.in/news/story-123.html",
        "https://www.example.in/amp/news/story-123.html",
        "https://www.example.in/news/story-123.html/amp",
        "https://www.example.in/news/story-123.html/amp/",
        "https://www.example.in/news/story-123.html/amp/1",
        "https://www.example.in/news/story-123.amp.html",
        "https://www.example.in/news/story-123.html?amp",
        "https://www.example.in/news/story-123.html?amp=1&outputType=amp",
        "https://www-example-in.cdn.ampproject.org/c/s/www.example.in/news/story-123.html",
        "https://www-example-in.cdn.ampproject.org/v/s/www.example.in/amp/news/story-123.html?usqp=mq331A&amp_js_v=0.1",
        "https://www.google.co.in/amp/s/www.example.in/news/story-123.html",
        "https://www.example.in/news/story-123.html;jsessionid=0A1B",
        "https://www.example.in/news/%73tory%2D123.html",
    ],
    "https://www.example.in/articleshow/12.cms": [
        "https://m.example.in/amp_articleshow/12.cms",
        "https://www.example.in/articleshow/12.cms?src=whatsapp",
    ],
    "https://www.example.in/story/510300.html?id=7": [
        (
            "https://www.google.com/url?rct=j&sa=t&url=https://www.example.in/story/"
            "510300.html%3Fid%3D7&ct=ga&usg=AOv"
        ),
        (
            "http://google.co.in/url?q=https%3A%2F%2Fm.example.in%2Fstory%2F510300.html"
            "%3Fid%3D7%26utm_source%3Dg&sa=D"
        ),
        (
            "https://news.google.com/news/url?sa=t&amp;url=https://www.example.in/amp/story"
            "/510300.html?id=7"
        ),
        (
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2f"
            "www.example.in%2fstory%2f510300.html%3fid%3d7&c=1"
        ),
        (
            "https://www.google.com/url?q=https%3A%2F%2Fwww.google.com%2Furl%3Furl%3Dhttps"
            "%253A%252F%252Fwww.example.in%252Fstory%252F510300.html%253Fid%253D7"
        ),
    ],
    "https://www.google.com/url?q=javascript:x": [
        "https://www.google.com/url?q=javascript:x"
    ],
    "https://www.example.in/a?id=7&page=2": [
        "https://www.example.in/a?page=2&id=7",
        "https://www.example.in/a/?id=7&amp;page=2&amp;utm_term=x",
        "https://www.example.in/a?&&id=7&page=2&",
    ],
    "https://example.in/": [
        "https://example.in",
        "https://example.in/?utm_source=x",
        "https://example.in/amp",
    ],
    "https://www.example.co.in/a": ["https://m.example.co.in/a/"],
    "https://hindi.example.com/a": ["https://m.hindi.example.com/a"],
    # The same headline, raw, encoded in either case, and with the nukta composed.
    "https://example.in/%E0%A4%B8%E0%A4%A1%E0%A4%BC%E0%A4%95": [
        "https://example.in/सड़क",
        "https://example.in/सड\u093cक",
        "https://example.in/%e0%a4%b8%e0%a4%a1%e0%a4%bc%e0%a4%95",
        "https://example.in/%E0%A4%B8%E0%A5%9C%E0%A4%95/",
    ],
    "https://example.in/s?q=%E0%A4%A6%E0%A4%BF%E0%A4%B2%20%E0%A4%B9%E0%A5%88": [
        "https://example.in/s?q=दिल+है",
        "https://example.in/s?q=%e0%a4%a6%e0%a4%bf%e0%a4%b2%20है",
    ],
    "https://xn--11b4c3d.xn--h2brj9c/a": ["https://कॉम.भारत/a", "https://कॉम.भारत./a"],
    "http://127.0.0.1:8080/outlet/a-1.html": [
        "http://127.0.0.1:8080/outlet/a-1.html?utm_source=rss",
        "http://127.0.0.1:8080/outlet/a-1.html/amp",
    ],
    "http://localhost:8080/m/a": ["http://localhost:8080/m/a/"],
    "http://[::1]:8080/a": ["http://[::1]:8080/a#x"],
}


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (url, canonical)
        for canonical, urls in SAME.items()
        for url in [canonical, *urls]
    ],
)
def test_addresses_of_one_page_have_one_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.in/a", "https://example.in/a"),
        ("https://example.in/a", "https://example.in/A"),
        ("https://example.in/?p=1", "https://example.in/?p=2"),
        ("https://example.in/a?gallery=1", "https://example.in/a?gallery=2"),
        ("https://example.in/a?cid=1", "https://example.in/a?cid=2"),
        ("https://example.in/a%2Fb", "https://example.in/a/b"),
        ("https://example.in/a?x=1%262", "https://example.in/a?x=1&2"),
        ("https://example.in/a?x=1%2B2", "https://example.in/a?x=1+2"),
        ("https://example.in/camp", "https://example.in/c"),
        (
            "https://example.in/news.php?ref=51023",
            "https://example.in/news.php?ref=51024",
        ),
        ("https://example.in/read.aspx?src=a1", "https://example.in/read.aspx?src=a2"),
        ("https://example.in/n?source=k-77", "https://example.in/n?source=k-78"),
        (
            "https://example.in/n?from=2026112701",
            "https://example.in/n?from=2026112702",
        ),
        ("https://example.in/n?rss=8812", "https://example.in/n?rss=8813"),
        ("https://example.in/n?share=991", "https://example.in/n?share=992"),
        ("https://example.in/n?ref_id=31", "https://example.in/n?ref_id=32"),
        ("https://example.in/n?campaign_id=31", "https://example.in/n?campaign_id=32"),
        ("https://example.in/n?at_id=31", "https://example.in/n?at_id=32"),
        ("https://example.in/n?amp=51023", "https://example.in/n?amp=51024"),
        ("https://example.in/#/story/1", "https://example.in/#/story/2"),
        ("https://example.in/app#!khabar/1", "https://example.in/app#!khabar/2"),
        ("https://example.in/ampere", "https://example.in/ere"),
        ("https://example.in/news/amp/kit", "https://example.in/news/kit"),
        ("http://example.in:8080/a", "http://example.in/a"),
        ("https://movie.example.in/a", "https://www.example.in/a"),
    ],
)
def test_addresses_of_two_pages_stay_two(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "mailto:desk@example.in",
        "javascript:void(0)",
        "ftp://example.in/a",
        "https://",
        "https:///a",
        "https://user:secret@example.in/a",
        "https://example.in:99999/a",
        "https://example.in:x/a",
        "http://[::1/a",
        "https://example.in/" + "a" * MAX_LENGTH,
        "https://example.in/" + "क" * (MAX_LENGTH // 4),
    ],
)
def test_what_is_no_web_address_has_none(url: str) -> None:
    assert canonical_url(url) is None


def test_relative_links_are_resolved_against_the_feed() -> None:
    base = "https://example.in/rss/all.xml"
    assert (
        canonical_url("../news/1.html?src=rss", base)
        == "https://example.in/news/1.html"
    )
    assert absolute_url("//cdn.example.in/x", base) == "https://cdn.example.in/x"


def test_what_is_fetched_stays_as_the_publisher_wrote_it() -> None:
    url = "http://m.example.in/amp/क?utm_source=rss#top"
    assert absolute_url(f" {url}\n") == url
    assert absolute_url("https://example.in/a?b=1&amp;copy=2") == (
        "https://example.in/a?b=1&copy=2"
    )


PIECES = st.sampled_from(
    ["amp", "/", "//", "..", ".", "%2F", "%41", "%", "क", "ड़", "%e0%a4", "?", "&", "="]
)
MORE_PIECES = st.sampled_from(
    ["#", "+", " ", ";", "utm_source=x", "a", "B", ".html", ";sid=1", "&amp;", "_", ":"]
)
RARE_PIECES = st.sampled_from(
    [
        "\\",
        "amp_articleshow",
        "amp.",
        "google",
        "url?q=https://www.google.com/",
        "c/s/example.in",
        "1",
        "@",
    ]
)
HOSTS = st.sampled_from(
    ["example.in", "m.example.in", "amp.m.a.co.in", "EXAMPLE.in.", "m.m.m.in:80"]
)
RARE_HOSTS = st.sampled_from(
    ["www.google.com", "x.cdn.ampproject.org", "127.0.0.1:8080", "[::1]", "कॉम.भारत"]
)


@given(
    st.builds(
        lambda scheme, host, pieces: f"{scheme}://{host}/{''.join(pieces)}",
        st.sampled_from(["http", "https"]),
        HOSTS | RARE_HOSTS,
        st.lists(PIECES | MORE_PIECES | RARE_PIECES, max_size=12),
    )
)
@example("https://www.google.com/amp/s/www.google.com/amp/x.in/amp/amp")
@example("https://www.google.com/amp/s/www.google.com/url?q=https%3A%2F%2Fm.a.in/amp")
@example("http://example.in/;sid=1/%2F")
@example("http://example.in/amp.html")
@example("http://example.in/..amp")
@example("http://example.in/&amp;amp;")
def test_a_canonical_url_is_its_own_and_fits_the_record(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert re.fullmatch(r"https?://[!-~]+", canonical)
        assert re.fullmatch("[^#]*(?:#[!/][^#]+)?", canonical)
        assert not re.search("(?:^|&)utm_", canonical.partition("?")[2])


ORDINARY = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["example.in", "www.a-b.co.in", "x1.y2.hindi", "m.example.in", "1.2.3.4"]
    )
    | HOSTS
    | RARE_HOSTS,
    st.lists(
        st.sampled_from(
            ["/", "?", "&", "=", ".", "-", "~", "_", "a", "Z", "0", "amp", "utm_x=1"]
        )
        | st.sampled_from(["/news", "/a.html", "id=7", "src", "ref=", "/amp", "#t"]),
        max_size=9,
    ).map("".join),
)


@given(ORDINARY)
@example("https://example.in")
@example("https://example.in?")
@example("https://example.in?&id=7")
@example("https://-a.example.in/-/~a./?b")
def test_ordinary_addresses_are_treated_as_the_rules_say(url: str) -> None:
    quick = (
        absolute_url(url),
        absolute_url(url, "http://b.in/c/"),
        canonical_url(url),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "_ordinary", lambda _: None)
        assert quick == (
            absolute_url(url),
            absolute_url(url, "http://b.in/c/"),
            canonical_url(url),
        )


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    canonical_url(text)
    canonical_url("http://" + text)


def test_parameter_that_a_feed_shows_to_be_its_key_stays() -> None:
    address = "https://example.in/read?source=nadi-ka-pul&utm_source=rss"
    assert canonical_url(address) == "https://example.in/read"
    kept = canonical_url(address, keys={"source"})
    assert kept == "https://example.in/read?source=nadi-ka-pul"
    assert canonical_url(kept, keys={"source"}) == kept


def test_ambiguous_parameters_are_named_with_their_values() -> None:
    address = "https://example.in/read?Source=nadi&id=7&utm_source=rss&ref=#x?via=1"
    assert ambiguous_parameters(address) == {"source": "nadi", "ref": ""}
