"""`khabar feeds check` against a server on loopback."""

import datetime as dt
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.feeds_command import feeds
from tests.support.origin import Answer, Origin

NEWEST = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=2)


def rss(published: dt.datetime, entries: int = 2) -> str:
    items = "".join(
        f"<item><title>ख़बर {n}</title><link>/khabar-{n}</link>"
        f"<pubDate>{published:%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
        for n in range(entries)
    )
    return f"<rss version='2.0'><channel><title>पत्र</title>{items}</channel></rss>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    replies = {
        "/good": Answer(rss(NEWEST)),
        "/moved": Answer(status=301, headers={"Location": "/good"}),
        "/old": Answer(rss(NEWEST - dt.timedelta(days=90))),
        "/empty": Answer(rss(NEWEST, entries=0)),
        "/page": Answer("<!doctype html><html><p>मुखपृष्ठ</p></html>"),
    }
    with Origin(replies) as served:
        yield served


def listed(folder: Path, origin: Origin, *paths: str, **statuses: str) -> Path:
    file = folder / "feeds.toml"
    tables = [
        f'[[feeds]]\nid = "{path}"\nurl = "{origin.url}/{path}"\npublisher = "पत्र"\n'
        f'status = "{statuses.get(path, "active")}"\n'
        for path in paths
    ]
    file.write_text("\n".join(tables), "utf-8")
    return file


def check(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return feeds("check", *words, **more)


def as_json(printed: str) -> Mapping[str, Mapping[str, object]]:
    lines = [json.loads(line) for line in printed.splitlines()]
    return {line["feed_id"]: line for line in lines}


def test_feeds_in_order_are_shown_with_their_newest_entry(
    tmp_path: Path, origin: Origin
) -> None:
    file = listed(tmp_path, origin, "good", "moved", "page", page="retired")
    ended = check(file)
    assert ended.returncode == 0, ended.stderr
    header, good, moved = [" ".join(x.split()) for x in ended.stdout.splitlines()]
    assert header == "feed status entries newest what is wrong or odd"
    assert good == f"good ok 2 {NEWEST:%Y-%m-%d %H:%M}"
    assert moved.startswith(f"moved ok 2 {NEWEST:%Y-%m-%d %H:%M}")
    assert f"moved to {origin.url}/good" in moved
    assert "2 of 2 feeds are in order" in ended.stderr
    assert origin.asked("/page") == []
    assert len(origin.asked("/good")) == 2


def test_what_is_wrong_with_a_feed_is_said_in_words(
    tmp_path: Path, origin: Origin
) -> None:
    file = listed(tmp_path, origin, "good", "old", "empty", "page", "nowhere")
    ended = check(file, "--json")
    assert ended.returncode == 1
    found = as_json(ended.stdout)
    assert {name: one["status"] for name, one in found.items()} == {
        "good": "ok",
        "old": "poor",
        "empty": "poor",
        "page": "not-a-feed",
        "nowhere": "not-found",
    }
    assert found["good"]["problem"] is None
    assert found["good"]["newest_at"] == NEWEST.isoformat().replace("+00:00", "Z")
    assert "nothing new since" in str(found["old"]["problem"])
    assert found["empty"]["problem"] == "the feed has no entries"
    assert "a web page came instead" in str(found["page"]["problem"])
    assert "HTTP status 404" in str(found["nowhere"]["problem"])
    assert "1 of 5 feeds are in order" in ended.stderr
    assert origin.at_once == 1


def test_private_address_is_refused_as_the_poller_would(
    tmp_path: Path, origin: Origin
) -> None:
    file = listed(tmp_path, origin, "good")
    ended = check(file, "--json", KHABAR_HTTP_ALLOWED_NETWORKS="")
    assert ended.returncode == 1
    good = as_json(ended.stdout)["good"]
    assert good["status"] == "blocked-address"
    assert "KHABAR_HTTP_ALLOWED_NETWORKS may allow it" in str(good["problem"])
    assert origin.requests == []


def test_offline_asks_nobody(tmp_path: Path, origin: Origin) -> None:
    ended = check(listed(tmp_path, origin, "good", "nowhere"), "--offline")
    assert ended.returncode == 0
    assert "2 feeds of 1 publishers, all well-formed" in ended.stdout
    assert origin.requests == []
