"""Check that the recorded site and the feed lists are what they say they are."""

import json
import re
import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import feedparser
import lxml.html
import pytest
from protego import Protego

from workers.stages.feeds.lists import read_toml

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
SITE = SEEDS / "site"
GOLD = ROOT.parent / "shared" / "gold" / "seed-article.jsonl"

BASE = "http://127.0.0.1:8080"
IST = timezone(timedelta(hours=5, minutes=30))
MONTHS = {"Nov": 11, "नवंबर": 11}
MANIFEST: dict[str, Any] = tomllib.loads((SITE / "site.toml").read_text("utf-8"))
RESOURCES: dict[str, dict[str, Any]] = {r["path"]: r for r in MANIFEST["resources"]}
FEEDS = [r for r in RESOURCES.values() if r["kind"] == "feed"]
EXPECTED: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((SEEDS / "expected").glob("*.json"))
}
WITH_TEXT = [slug for slug, page in EXPECTED.items() if page["text"]]


class Entry(NamedTuple):
    feed: str
    path: str
    title: str
    raw_date: str


def body(resource: dict[str, Any], version: int = 1) -> bytes:
    """Read one version as the server would send it."""
    file: str = resource["versions"][version - 1]["file"]
    raw = (SITE / file).read_bytes()
    return raw.replace(b"{{base}}", BASE.encode()) if resource["expand"] else raw


def decoded(resource: dict[str, Any], version: int = 1) -> str:
    errors = "replace" if resource.get("damaged") else "strict"
    return body(resource, version).decode(resource["encoding"], errors)


def entries() -> list[Entry]:
    found = []
    for feed in FEEDS:
        for version in range(1, len(feed["versions"]) + 1):
            for entry in feedparser.parse(body(feed, version)).entries:
                path = urlsplit(entry.link).path
                raw = entry.get("published", "")
                found.append(Entry(feed["path"], path, entry.title, raw))
    return found


def feed_time(raw: str) -> datetime:
    """Read the dates that these feeds use, all of them Indian time."""
    if re.match(r"\d{4}-", raw):
        return datetime.fromisoformat(raw).astimezone(UTC)
    match = re.search(r"(\d+) (\S+) (\d+) (\d+):(\d+)(?::\d+)? ?([AP]M)?", raw)
    assert match, raw
    day, month, year, hour, minute, half = match.groups()
    clock = int(hour) % 12 + 12 * (half == "PM") if half else int(hour)
    at = datetime(int(year), MONTHS[month], int(day), clock, int(minute), tzinfo=IST)
    return at.astimezone(UTC)


def squeezed(text: str) -> str:
    """Drop what a page may have where the expected text has a space or nothing."""
    return re.sub(r"[\s\u00ad\ufffd]+", "", unicodedata.normalize("NFC", text))


def page_of(slug: str) -> tuple[dict[str, Any], int]:
    page = EXPECTED[slug]
    return RESOURCES[page["url_path"]], page.get("version", 1)


def test_manifest_and_files_name_each_other() -> None:
    named = {v["file"] for r in RESOURCES.values() for v in r["versions"]}
    named.add(MANIFEST["not_found"])
    there = {p.relative_to(SITE).as_posix() for p in SITE.rglob("*") if p.is_file()}
    assert named == there - {"site.toml"}
    assert len(RESOURCES) == len(MANIFEST["resources"]), "a path is listed twice"


def test_every_article_and_only_articles_have_an_expectation() -> None:
    expected = {page["url_path"] for page in EXPECTED.values()}
    assert expected == {p for p, r in RESOURCES.items() if r["kind"] == "article"}
    for slug in EXPECTED:
        resource, version = page_of(slug)
        assert 1 <= version <= len(resource["versions"]), slug


@pytest.mark.parametrize("path", RESOURCES)
def test_text_decodes_as_the_manifest_says(path: str) -> None:
    resource = RESOURCES[path]
    if "encoding" not in resource:
        assert not resource["content_type"].startswith("text/")
        return
    for version in range(1, len(resource["versions"]) + 1):
        if resource.get("damaged"):
            with pytest.raises(UnicodeDecodeError):
                body(resource, version).decode(resource["encoding"])
        text = decoded(resource, version)
        assert "{{" not in text, "the placeholder is left over"
        assert ("\ufffd" in text) == resource.get("damaged", False)


def test_the_declared_charset_is_the_true_one() -> None:
    for resource in RESOURCES.values():
        declared = re.search(r"charset=([\w-]+)", resource["content_type"])
        if declared:
            assert declared[1] == resource["encoding"], resource["path"]


def test_the_site_has_the_encodings_it_is_there_to_show() -> None:
    encodings = {r.get("encoding") for r in RESOURCES.values()}
    assert encodings >= {"utf-8", "utf-8-sig", "utf-16", "windows-1252", None}
    heads = [body(r)[:3] for r in RESOURCES.values() if r["kind"] == "article"]
    assert b"\xef\xbb\xbf" in heads
    assert any(head.startswith(b"\xff\xfe") for head in heads)


@pytest.mark.parametrize("slug", WITH_TEXT)
def test_expected_text_stands_in_the_page(slug: str) -> None:
    resource, version = page_of(slug)
    page = lxml.html.document_fromstring(decoded(resource, version).lstrip("\ufeff"))
    source = squeezed(page.text_content())
    expected = EXPECTED[slug]
    assert squeezed(expected["title"]) in source
    for sentence in re.split(r"(?<=[।.?!])\s+|\n", expected["text"]):
        assert squeezed(sentence) in source


@pytest.mark.parametrize("slug", EXPECTED)
def test_expected_records_are_well_formed(slug: str) -> None:
    page = EXPECTED[slug]
    text: str = page["text"]
    assert unicodedata.normalize("NFC", text) == text
    assert all(p == p.strip() and p for p in text.split("\n")) or not text
    if page["outcome"] in {"published", "duplicate"}:
        assert len(text.split()) >= 110
        assert len(re.findall("[\u0900-\u097f]", text)) > len(text) / 2
    published = datetime.fromisoformat(page["published_at"])
    assert published.tzinfo == UTC
    if page["modified_at"]:
        assert datetime.fromisoformat(page["modified_at"]) > published


def test_every_outcome_is_there() -> None:
    outcomes = [page["outcome"] for page in EXPECTED.values()]
    assert outcomes.count("published") >= 25
    assert set(outcomes) == {
        *("published", "duplicate", "gone", "robots"),
        *("not-hindi", "empty", "not-html"),
    }


def test_every_entry_leads_to_a_resource() -> None:
    missing = {p for p, r in RESOURCES.items() if r["status"] in {404, 410}}
    found = entries()
    assert {entry.path for entry in found} <= set(RESOURCES)
    assert missing <= {entry.path for entry in found}
    reached = {entry.path for entry in found}
    reached |= {
        RESOURCES[path]["headers"]["Location"]
        for path in reached
        if RESOURCES[path]["kind"] == "redirect"
    }
    assert reached >= {page["url_path"] for page in EXPECTED.values()}


def test_feeds_and_pages_agree_on_time() -> None:
    times = {page["url_path"]: page["published_at"] for page in EXPECTED.values()}
    for entry in entries():
        resource = RESOURCES[entry.path]
        path = resource.get("headers", {}).get("Location", entry.path)
        assert feed_time(entry.raw_date) == datetime.fromisoformat(times[path]), entry


def test_feeds_show_the_date_forms_of_the_field() -> None:
    raw = [entry.raw_date for entry in entries()]
    for form in (r" IST$", r" \+0530$", r"GMT\+5:30$", r"\+05:30$", "^मंगलवार", "[०-९]"):
        assert any(re.search(form, date) for date in raw), form


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed["path"])
def test_feeds_parse_but_for_the_broken_one(feed: dict[str, Any]) -> None:
    parsed = feedparser.parse(body(feed))
    if feed["path"].endswith("/toota.xml"):
        assert parsed.bozo
        assert not parsed.entries
    else:
        assert not parsed.bozo
        assert parsed.entries
        assert all(entry.link.startswith(BASE) for entry in parsed.entries)


def test_one_article_stands_in_two_feeds_under_tracking_parameters() -> None:
    links = [
        urlsplit(entry.link)
        for feed in FEEDS
        for entry in feedparser.parse(body(feed)).entries
    ]
    tracked = [link for link in links if "utm_source" in link.query]
    assert tracked
    plain = {link.path for link in links if not link.query}
    assert {link.path for link in tracked} <= plain


def test_amp_page_and_main_page_name_each_other() -> None:
    twins = [page for page in EXPECTED.values() if page["outcome"] == "duplicate"]
    assert twins
    for twin in twins:
        main = RESOURCES[twin["canonical_path"]]
        amp = BASE + twin["url_path"]
        assert f'<link rel="amphtml" href="{amp}">' in decoded(main)
        canonical = f'<link rel="canonical" href="{BASE}{main["path"]}">'
        assert canonical in decoded(RESOURCES[twin["url_path"]])


def test_the_updated_article_gains_a_paragraph_and_a_time() -> None:
    second = [slug for slug, page in EXPECTED.items() if page.get("version") == 2]
    assert second
    for slug in second:
        before = EXPECTED[slug.removesuffix("-v2")]
        after = EXPECTED[slug]
        assert before["url_path"] == after["url_path"]
        old, new = before["text"].split("\n"), after["text"].split("\n")
        assert set(old) < set(new)
        assert before["modified_at"] is None
        assert after["modified_at"]


def test_robots_txt_closes_what_must_not_be_fetched() -> None:
    rules = Protego.parse(decoded(RESOURCES["/robots.txt"]))
    closed = {p for p in RESOURCES if not rules.can_fetch(BASE + p, "khabar")}
    told = {p["url_path"] for p in EXPECTED.values() if p["outcome"] == "robots"}
    assert closed == told != set()


def test_demo_feeds_are_the_feeds_of_the_site() -> None:
    text = (SEEDS / "demo-feeds.toml").read_text("utf-8").replace("{{base}}", BASE)
    definitions = read_toml(text)
    assert definitions.problems == ()
    urls = sorted(feed.url for feed in definitions.feeds)
    assert urls == sorted(BASE + feed["path"] for feed in FEEDS)


def test_real_feeds_are_distinct_and_complete() -> None:
    text = (SEEDS / "feeds.toml").read_text("utf-8")
    assert read_toml(text).problems == ()
    feeds = tomllib.loads(text)["feeds"]
    assert len(feeds) >= 150
    assert len({feed["id"] for feed in feeds}) == len(feeds)
    assert len({feed["url"] for feed in feeds}) == len(feeds)
    for feed in feeds:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", feed["id"])
        assert urlsplit(feed["url"]).scheme in {"http", "https"}
        assert feed["language"] == "hi"
        assert all(feed[key] for key in ("publisher", "section", "source"))


def test_seed_article_is_the_page_and_its_spans_hold() -> None:
    text = (SEEDS / "article" / "article.txt").read_text("utf-8").rstrip("\n")
    assert text == EXPECTED["seed-article"]["text"]
    told = json.loads((SEEDS / "article" / "expected.json").read_text("utf-8"))
    for entity in told["entities"]:
        for start, end in entity["spans"]:
            assert text[start:end] == entity["text"]
    for event in told["events"]:
        for span in (event["trigger"], *event["actors"]):
            assert text[span["start"] : span["end"]] == span["text"]


@pytest.mark.skipif(not GOLD.exists(), reason="the shared gold is not here")
def test_seed_article_is_the_gold_word_for_word() -> None:
    lines = GOLD.read_text("utf-8").splitlines()
    gold = " ".join(json.loads(line)["text"] for line in lines)
    text = (SEEDS / "article" / "article.txt").read_text("utf-8").rstrip("\n")
    assert text.replace("\n", " ") == gold
