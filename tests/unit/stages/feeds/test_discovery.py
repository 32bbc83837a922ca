"""Feeds of a site: what its page and its robots.txt name, and the command."""

import gzip
import json
import subprocess
import tomllib

import pytest

from tests.support.feeds_command import feeds
from tests.support.origin import Answer, Origin
from workers.stages.feeds.discovery import (
    MOST,
    Candidate,
    Source,
    guesses,
    read_site,
    sitemaps,
    sitemaps_of_index,
)

URL = "https://example.in/desh/"
PAGE = """<!doctype html><html><head><title>पत्र</title>
<meta property="og:site_name" content="विश्व पत्रिका">
<link rel="alternate" type="application/rss+xml" href="/rss/desh.xml">
<link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="atom">
<link rel="alternate" type="text/html" hreflang="en" href="/en/">
<link rel="stylesheet" type="application/rss+xml" href="/style">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body><a href="/rss/desh.xml">RSS</a><a href="/rss/khel">खेल</a>
<a href="/press-release">x</a><a href="/khabar/feedback">x</a><a>x</a></body></html>"""
INDEX = """<?xml version="1.0"?><sitemapindex>
<sitemap><loc>https://example.in/sitemap-news.xml?a=1&amp;b=2</loc></sitemap>
<sitemap><loc><![CDATA[ /pages.xml ]]></loc></sitemap></sitemapindex>"""


def html(page: str = PAGE) -> tuple[Candidate, ...]:
    return read_site(page.encode(), "text/html; charset=utf-8", URL).candidates


def test_a_page_names_its_feeds_by_link_tags_and_by_links() -> None:
    assert html() == (
        Candidate("https://example.in/rss/desh.xml", Source.LINK_TAG),
        Candidate("https://example.in/desh/atom", Source.LINK_TAG),
        Candidate("https://example.in/rss/khel", Source.LINK),
    )
    assert read_site(PAGE.encode(), "text/html", URL).name == "विश्व पत्रिका"


@pytest.mark.parametrize(
    ("kind", "address", "found"),
    [
        ("application/feed+json", "/feed.json", True),
        ("application/json", "/feed/json", True),
        ("application/json; charset=utf-8", "/khabar", True),
        ("application/json", "/wp-json/wp/v2/posts/1", False),
        ("application/json+oembed", "/embed", False),
        ("application/json", "/oembed/1.0/embed", False),
    ],
)
def test_json_feeds_are_named_too(
    kind: str,
    address: str,
    found: bool,  # noqa: FBT001 a column of the table
) -> None:
    page = f"<html><head><link rel=alternate type='{kind}' href='{address}'></head>"
    named = (Candidate(f"https://example.in{address}", Source.LINK_TAG),)
    assert html(page + "<body>x</body></html>") == (named if found else ())


def test_a_feed_kept_as_a_gzip_file_is_its_own_candidate() -> None:
    assert read_site(gzip.compress(b"<rss/>"), "text/html", URL).candidates == (
        Candidate(URL, Source.ITSELF),
    )
    assert sitemaps_of_index(gzip.compress(INDEX.encode()), URL) == sitemaps_of_index(
        INDEX.encode(), URL
    )


def test_the_base_of_a_page_is_what_links_are_relative_to() -> None:
    page = PAGE.replace("<head>", "<head><base href='https://cdn.example.in/x/'>")
    assert html(page)[1].url == "https://cdn.example.in/x/atom"


def test_a_feed_is_its_own_candidate() -> None:
    feed = "<rss version='2.0'><channel><title>पत्र</title></channel></rss>".encode()
    assert read_site(feed, "text/html", URL).candidates == (
        Candidate(URL, Source.ITSELF),
    )


def test_a_page_full_of_links_is_read_up_to_a_bound() -> None:
    links = "".join(f"<a href='/rss/{number}'>x</a>" for number in range(1000))
    assert len(html(f"<html><body>{links}</body></html>")) == MOST


def test_guesses_are_made_at_the_root_of_the_site() -> None:
    assert "https://example.in/rss" in [each.url for each in guesses(URL)]


def test_sitemaps_of_robots_begin_with_those_of_news() -> None:
    robots = b"\xef\xbb\xbfUser-agent: *\nSITEMAP: /all.xml\nsitemap : /news.xml\n"
    robots += b"Sitemap: /all.xml\nSitemap: ftp://example.in/x\n#Sitemap: /no.xml"
    assert sitemaps(robots, URL) == [
        "https://example.in/news.xml",
        "https://example.in/all.xml",
    ]


def test_an_index_gives_its_sitemaps_of_news_and_a_sitemap_gives_none() -> None:
    assert sitemaps_of_index(INDEX.encode(), URL) == [
        "https://example.in/sitemap-news.xml?a=1&b=2"
    ]
    assert sitemaps_of_index(INDEX.replace("index", "").encode(), URL) == ()


# --- the command ---------------------------------------------------------------


def rss(title: str) -> Answer:
    item = f"<item><title>{title}</title><link>/{title}</link></item>"
    return Answer(f"<rss version='2.0'><channel>{item}</channel></rss>")


NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/a</loc>
 <n:news><n:title>ख़बर</n:title></n:news></url></urlset>"""


def discover(*words: str) -> subprocess.CompletedProcess[str]:
    return feeds("discover", *words)


def test_what_a_site_names_is_read_and_what_is_no_feed_left_out() -> None:
    with Origin({"/": Answer(PAGE, headers={"Content-Type": "text/html"})}) as origin:
        origin.replies |= {
            "/rss/desh.xml": rss("देश"),
            "/rss/khel": Answer("<html><body>खेल</body></html>"),
            "/robots.txt": Answer(f"Sitemap: {origin.url}/index.xml"),
            "/index.xml": Answer(
                "<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"
            ),
            "/news.xml": Answer(NEWS),
        }
        ended = discover(f"{origin.url}/", "--json")
        assert ended.returncode == 0, ended.stderr
        found = [json.loads(line) for line in ended.stdout.splitlines()]
        assert [(one["url"], one["source"], one["entries"]) for one in found] == [
            (f"{origin.url}/rss/desh.xml", "link tag", 1),
            (f"{origin.url}/news.xml", "news sitemap", 1),
        ]
        pasted = tomllib.loads(discover(f"{origin.url}/", "--toml").stdout)["feeds"]
        assert [one["publisher"] for one in pasted] == ["विश्व पत्रिका"] * 2
        assert [one["url"] for one in pasted] == [one["url"] for one in found]
        table = discover(f"{origin.url}/").stdout
        assert "link tag" in table


def test_usual_places_are_tried_where_a_page_names_no_feed() -> None:
    with Origin({"/": Answer("<html><body>नमस्ते</body></html>")}) as origin:
        origin.replies |= {"/rss": rss("क"), "/feed": rss("क")}
        ended = discover(f"{origin.url}/", "--json")
        found = [json.loads(line) for line in ended.stdout.splitlines()]
        assert [one["url"] for one in found] == [f"{origin.url}/rss"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Answer(status=500), "answered with status 500"),
        (Answer("<html><body>नमस्ते</body></html>"), "no feed found"),
    ],
)
def test_a_site_without_feeds_is_told_so(reply: Answer, words: str) -> None:
    with Origin({"/": reply}) as origin:
        ended = discover(f"{origin.url}/")
        assert (ended.returncode, ended.stdout) == (1, "")
        assert words in ended.stderr
