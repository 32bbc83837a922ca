"""Addresses from outside, of every kind that urllib raises for."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from workers.domain.records import Entry
from workers.domain.topics import ENTRIES
from workers.stages.feeds import discovery
from workers.stages.feeds.lists import id_of
from workers.stages.feeds.websub import header_links
from workers.stages.pages.kind.wording import is_listing_url, is_story_url
from workers.stages.pages.metadata.article_metadata import read_metadata
from workers.stages.pages.metadata.page_metadata import collect
from workers.stages.pages.pagination import next_page
from workers.web.robots import origin
from workers.web.urls import (
    absolute_url,
    ambiguous_parameters,
    canonical_url,
    host_of,
    join_url,
    path_of,
    split_url,
)

NO_URLS = [
    "http://[::1",
    "http://::1]/",
    "//[",
    "http://[zz]/x",
    "http://a.example:port/",
    "http://a.example:99999/",
    "http://a.example:-1/",
    "http://a.example／b",
    "http://a.example？b",
    "http://a＠b.example/",
    "http://a.example：80/",
    "http://a℀b.example/",
    "http://a.example/\ud800",
]
BASE = "https://khabar.example/desh/kahani-51023.html"

_ODD = st.text(
    st.one_of(
        st.sampled_from("[]:/?#@%\\. \t\r\n-.0９／＃｡。ख़ß\u0130\u200d\ud800"),
        st.characters(),
    ),
    max_size=30,
)
ODD_URLS = st.one_of(
    _ODD,
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["http://", "https://", "//", "http:", "HTTP://x@", "", "/"]),
        _ODD,
        st.sampled_from(["", "/x", ":80/", "]", "?p=1", "#/a"]),
    ),
)


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_has_no_parts(url: str) -> None:
    assert split_url(url) is None
    assert join_url(BASE, url) is None
    assert absolute_url(url, BASE) is None
    assert canonical_url(url, BASE) is None
    assert (host_of(url), path_of(url), origin(url)) == ("", "", "")


def test_what_is_a_url_has_its_parts() -> None:
    parts = split_url("b?c#d", "http://A.example:81/a/")
    assert parts is not None
    assert parts.geturl() == "http://A.example:81/a/b?c#d"
    assert (parts.hostname, parts.port) == ("a.example", 81)
    assert host_of("http://[::1]:80/x") == "::1"
    assert path_of("http://a.example/x/y?z") == "/x/y"
    assert join_url("http://a.example/x?", "") == "http://a.example/x?"


@settings(deadline=None)
@given(url=ODD_URLS, base=st.one_of(st.just(""), st.just(BASE), ODD_URLS))
def test_no_address_raises(url: str, base: str) -> None:
    joined = join_url(base, url)
    parts = split_url(url, base)
    assert (joined is None) == (parts is None)
    if parts is not None:
        assert parts.port is None or parts.port >= 0
        assert isinstance(parts.hostname, str | None)
    for each in (absolute_url(url, base), canonical_url(url, base), url):
        if each is not None:
            host_of(each)
            path_of(each)
            origin(each)
            id_of(each) if each.isprintable() else None
            is_listing_url(each)
            is_story_url(each)
            ambiguous_parameters(each)


@pytest.mark.parametrize("url", NO_URLS[:-1])
def test_readers_of_links_pass_by_what_is_no_url(url: str) -> None:
    robots = f"Sitemap: {url}\nSitemap: https://khabar.example/news.xml\n"
    assert discovery.sitemaps(robots.encode(), BASE) == [
        "https://khabar.example/news.xml"
    ]
    index = f"<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>"
    assert not discovery.sitemaps_of_index(index.encode(), BASE)
    hub = f'<{url}>; rel="hub", <https://hub.example/>; rel="self"'
    assert header_links(hub, BASE) == (None, "https://hub.example/")
    page = (
        f'<html><head><base href="{url}"><link rel="canonical" href="{url}">'
        f'<meta property="og:image" content="{url}">'
        f'<link rel="alternate" type="application/rss+xml" href="{url}"></head>'
        f'<body><a rel="next" href="{url}/page/2">2</a><a href="{url}">x</a></body>'
    )
    assert discovery.read_site(page.encode(), "text/html", BASE).candidates == ()
    assert next_page(html.fromstring(page), url, url) is None
    read = collect(html.fromstring(page), BASE, url)
    assert not read.canonical.value
    assert read_metadata(html.fromstring(page), BASE, url).image_url is None


def test_an_entry_without_a_url_has_a_partition_all_the_same() -> None:
    now = dt.datetime.now(dt.UTC)
    entry = Entry(
        article_id="a",
        feed_id="f",
        publisher="p",
        url="http://[::1",
        canonical_url="http://[::1",
        title="t",
        discovered_at=now,
    )
    assert ENTRIES.partition_by(entry) == ""
