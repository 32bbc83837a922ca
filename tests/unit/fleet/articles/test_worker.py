"""The articles worker, from an entry to an article or to why there is none."""

import json
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from tests.support.articles_line import (
    HANGS,
    MORE,
    PREFIX,
    START,
    STORY,
    InProcess,
    Line,
    Server,
    entry,
    later,
    story_page,
)
from workers.devkit.news_site import Site
from workers.domain.outcomes import Outcome, TransientError
from workers.domain.records import EntryReason
from workers.domain.topics import (
    ARTICLE_STATES,
    ENTRIES,
    ENTRIES_DELAYED,
    dead_letter_name,
)
from workers.fleet import articles
from workers.fleet.articles import WORKER
from workers.fleet.articles.costly_hosts import PAGES_BORNE, PUT_OFF_SECONDS
from workers.runtime.http.client import HttpSettings
from workers.runtime.messaging.ports import Message
from workers.runtime.service.sandbox import SandboxError, SandboxFailure

SEEDS = Path(__file__).parents[4] / "seeds"
HTML = "text/html"


def test_an_article_is_fetched_once_and_published(line: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY, MORE))
    seen = entry(f"{server.url}/a.html")
    line.send(seen)
    line.send(seen)
    assert line.run() == {"published": 1, "duplicate": 1}
    [article] = line.articles()
    assert article.title == "किसानों के लिए नई सिंचाई योजना"
    assert article.text == f"{STORY}\n{MORE}"
    assert article.language.code == "hi"
    assert article.revision == 1
    assert server.paths.count("/a.html") == 1
    line.send(seen)
    assert line.run() == {"duplicate": 1}
    assert server.paths.count("/a.html") == 1


def test_a_changed_entry_makes_a_revision_or_none(line: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    server.reply("/a.html", story_page(STORY, MORE))
    new = entry(f"{server.url}/a.html")
    changed = msgspec.structs.replace(new, reason=EntryReason.CHANGED)
    outcomes = []
    for each in (new, changed, changed):
        line.send(each)
        outcomes.append(line.run())
    assert outcomes == [{"published": 1}, {"published": 1}, {"unchanged": 1}]
    assert [article.revision for article in line.articles()] == [1, 2]
    assert line.state(new).revision == 2
    assert line.state(new).outcome == "unchanged"


def test_many_changes_of_one_article_are_one_look(line: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    new = entry(f"{server.url}/a.html")
    line.send(new)
    line.run()
    server.queued.clear()
    server.reply("/a.html", story_page(STORY, MORE))
    for number in range(200):
        line.send(
            msgspec.structs.replace(
                new, reason=EntryReason.CHANGED, guid=f"{number}", feed_id=f"f{number}"
            )
        )
    line.batches_grown = True
    assert line.run() == {"published": 1, "duplicate": 199}
    assert server.paths.count("/a.html") == 2
    assert line.articles()[-1].feed_id == "f199"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((404, b"", HTML), Outcome.GONE),
        ((410, b"", HTML), Outcome.GONE),
        ((403, b"", HTML), Outcome.FORBIDDEN),
        ((418, b"", HTML), Outcome.UNREACHABLE),
        ((200, b"", HTML), Outcome.EMPTY),
        ((200, b"<html><body><p>...</p></body></html>", HTML), Outcome.EMPTY),
        ((200, b"%PDF-1.7 x", "application/pdf"), Outcome.NOT_HTML),
        ((200, story_page("The minister said. " * 20), HTML), Outcome.NOT_HINDI),
    ],
)
def test_terminal_outcomes_are_remembered(
    line: Line, server: Server, answer: tuple[int, bytes, str], outcome: Outcome
) -> None:
    status, body, content_type = answer
    server.reply("/a.html", body, status, content_type=content_type)
    seen = entry(f"{server.url}/a.html")
    line.send(seen)
    assert line.run() == {outcome.value: 1}
    assert line.articles() == []
    assert line.state(seen).outcome == outcome.value


def test_the_feeds_own_text_helps_where_the_page_does_not(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", b"", 403)
    html = f"<p>{STORY}</p><p>{MORE}</p><p>यह भी पढ़ें: <a href='/x'>दूसरी बात</a></p>"
    line.send(entry(f"{server.url}/a.html", content_html=html, title="योजना"))
    assert line.run() == {"published": 1}
    [article] = line.articles()
    assert article.text == f"{STORY}\n{MORE}"
    assert article.title == "योजना"


def test_a_busy_server_is_asked_again_when_it_said(line: Line, server: Server) -> None:
    server.reply("/a.html", b"", 503, retry_after="900")
    server.reply("/a.html", story_page(STORY))
    seen = entry(f"{server.url}/a.html")
    line.send(seen)
    assert line.run() == {"delayed": 1}
    [when] = line.not_before()
    assert 900 <= (when - START).total_seconds() <= 990
    assert line.run() == {}
    line.clock.seconds = 1_000
    assert line.run() == {"published": 1}
    assert line.state(seen).delayed_offset == 0


def test_after_the_last_attempt_it_is_unreachable(line: Line, server: Server) -> None:
    line.settings = msgspec.structs.replace(line.settings, max_attempts=3)
    server.reply("/a.html", b"", 500)
    seen = entry(f"{server.url}/a.html")
    line.send(seen)
    outcomes = []
    for _ in range(3):
        outcomes += [*line.run()]
        line.clock.seconds += 7 * 3600
    assert outcomes == ["delayed", "delayed", "unreachable"]
    assert [e.attempt for e in line.on(ENTRIES_DELAYED)] == [1, 2]
    assert line.state(seen).outcome == "unreachable"
    assert line.run() == {}


def test_a_delayed_entry_that_comes_again_was_handled(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", b"", 503)
    server.reply("/a.html", story_page(STORY))
    line.send(entry(f"{server.url}/a.html"))
    line.run()
    line.clock.seconds = 90_000
    assert line.run() == {"published": 1}
    line.broker._groups[WORKER.name].committed.clear()
    assert line.run() == {"duplicate": 1, "replayed": 1}
    assert len(line.articles()) == 1
    assert server.paths.count("/a.html") == 2


def test_while_one_waits_the_same_from_another_feed_is_a_duplicate(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", b"", 500)
    line.send(entry(f"{server.url}/a.html"))
    line.send(entry(f"{server.url}/a.html", guid="another"))
    assert line.run() == {"delayed": 1, "duplicate": 1}


def test_what_robots_txt_forbids_is_not_fetched(line: Line, server: Server) -> None:
    server.reply(
        "/robots.txt", b"User-agent: Khabar\nDisallow: /p/", content_type="text/plain"
    )
    server.reply("/p/a.html", story_page(STORY))
    line.send(entry(f"{server.url}/p/a.html"))
    assert line.run() == {"robots": 1}
    assert "/p/a.html" not in server.paths


def test_a_page_of_50_mb_is_given_up(line: Line, server: Server) -> None:
    server.reply("/a.html", b"<body>" + b"<p>x</p>" * (50 * 1024 * 1024 // 8))
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {"too-large": 1}


def test_a_private_address_is_not_fetched(line: Line, server: Server) -> None:
    line.settings = msgspec.structs.replace(line.settings, http=HttpSettings())
    seen = entry(f"{server.url}/a.html")
    line.send(seen)
    assert line.run() == {"blocked-address": 1}
    assert server.paths == []


@pytest.mark.parametrize("first", ["canonical", "twin"])
def test_a_page_and_its_twin_are_one_article(
    line: Line, server: Server, first: str
) -> None:
    head = f"<link rel='canonical' href='{server.url}/desh/yojana-510001.html'>"
    body = story_page(STORY, MORE).replace(b"</head>", f"{head}</head>".encode())
    paths = ["/desh/yojana-510001.html", "/lite/yojana-510001.html"]
    for path in paths if first == "canonical" else reversed(paths):
        server.reply(path, body)
        line.send(entry(server.url + path))
    assert line.run() == {"published": 1, "duplicate": 1}


@pytest.mark.parametrize("first", ["old", "new"])
def test_a_story_whose_slug_changes_is_one_article(
    line: Line, server: Server, first: str
) -> None:
    old, new = "/desh/yojana-510001.html", "/desh/naya-sheershak-510001.html"
    server.reply(new, story_page(STORY, MORE))
    server.reply(old, status=301, location=server.url + new)
    for path in (old, new) if first == "old" else (new, old):
        line.send(entry(server.url + path))
    assert line.run() == {"published": 1, "duplicate": 1}


def test_a_redirect_to_another_story_makes_no_duplicates(
    line: Line, server: Server
) -> None:
    server.reply("/two-510002.html", story_page(MORE))
    server.reply(
        "/one-510001.html", status=301, location=f"{server.url}/two-510002.html"
    )
    for path in ("/one-510001.html", "/two-510002.html"):
        line.send(entry(server.url + path))
    assert line.run() == {"published": 2}


def test_a_canonical_link_to_the_front_page_makes_no_duplicates(
    line: Line, server: Server
) -> None:
    head = f"<link rel='canonical' href='{server.url}/'>"
    for path, text in (("/one.html", STORY), ("/two.html", MORE)):
        page = story_page(text).replace(b"</head>", f"{head}</head>".encode())
        server.reply(path, page)
        line.send(entry(server.url + path))
    assert line.run() == {"published": 2}


def test_a_record_that_is_none_goes_to_the_dead_letters(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY))
    line.broker.append(Message(ENTRIES.name(PREFIX), b"k", b"{}", b"k"))
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {"dead-letter": 1, "published": 1}


def test_a_page_that_cannot_be_read_is_a_dead_letter_and_the_rest_goes_on(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY) + HANGS)
    server.reply("/b.html", story_page(MORE))
    bad, good = entry(f"{server.url}/a.html"), entry(f"{server.url}/b.html")
    line.send(bad)
    line.send(good)
    assert line.run() == {"dead-letter": 1, "published": 1}
    assert line.state(bad).outcome == "dead-letter"
    [letter] = line.broker.read(dead_letter_name(WORKER.name, PREFIX))
    assert b"the page cannot be read (time)" in letter.headers["error-reason"]
    line.send(bad)
    assert line.run() == {"duplicate": 1}


def test_bad_pages_put_their_host_off_and_never_stop_the_worker(
    line: Line, server: Server
) -> None:
    for number in range(60):
        server.reply(f"/{number}.html", story_page(STORY, str(number)) + HANGS)
        line.send(entry(f"{server.url}/{number}.html"))
    assert line.run() == {"dead-letter": PAGES_BORNE, "delayed": 60 - PAGES_BORNE}
    server.queued.clear()
    for number in range(60):
        server.reply(f"/{number}.html", story_page(STORY, MORE, str(number)))
    counted = later(line, PUT_OFF_SECONDS / 3600 + 1)
    assert counted["published"] == 60 - PAGES_BORNE


def test_one_good_page_clears_its_host(line: Line, server: Server) -> None:
    names = [f"{number}" for number in range(12)]
    for number, name in enumerate(names):
        hangs = HANGS if number % 3 else b""
        server.reply(f"/{name}.html", story_page(STORY, name) + hangs)
        line.send(entry(f"{server.url}/{name}.html"))
    counted = line.run()
    assert counted["dead-letter"] == 8
    assert counted["published"] == 4


def test_without_the_process_that_reads_pages_the_worker_does_not_start(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(InProcess):
        def warm_up(self) -> None:
            raise SandboxError(SandboxFailure.CRASH)

    monkeypatch.setattr(articles, "Sandbox", Broken)
    with pytest.raises(TransientError, match="does not start"):
        line.run()


def test_pages_are_read_in_a_process_of_its_own(server: Server) -> None:
    line = Line()
    server.reply("/a.html", story_page(STORY, MORE))
    server.reply("/b.html", b"<html><body>" + b"<div>" * 100_000 + b"x")
    for path in ("/a.html", "/b.html"):
        line.send(entry(server.url + path))
    assert line.run() == {"published": 1, "empty": 1}
    assert [article.text for article in line.articles()] == [f"{STORY}\n{MORE}"]


def test_the_recorded_site_comes_out_as_expected(line: Line) -> None:
    expected = {}
    for file in sorted((SEEDS / "expected").glob("*.json")):
        page = json.loads(file.read_text())
        if page.get("version", 1) == 1:
            expected[page["url_path"]] = page
    with Site(SEEDS / "site") as site:
        for path in sorted(expected, key=lambda path: ("/amp" in path, path)):
            line.send(entry(site.base + path))
        line.run()
    published = {
        unquote(article.url.removeprefix(site.base)): article
        for article in line.articles()
    }
    outcomes = {state.article_id: state.outcome for state in line.on(ARTICLE_STATES)}
    for path, page in expected.items():
        if page["outcome"] == "duplicate":
            continue
        seen = entry(site.base + path)
        assert outcomes[seen.article_id] == page["outcome"], path
        if page["outcome"] == "published":
            article = published[unquote(path)]
            assert article.title == page["title"]
            assert article.text == page["text"]
    assert len(published) == sum(p["outcome"] == "published" for p in expected.values())


def test_a_redirect_to_another_host_asks_that_hosts_robots_txt(
    line: Line, server: Server
) -> None:
    other = f"http://localhost:{server.port}"
    server.reply("/a.html", status=302, location=f"{other}/b.html")
    server.reply("/b.html", story_page(STORY))
    server.reply("/robots.txt", b"User-agent: *\nAllow: /", content_type="text/plain")
    line.send(entry(f"{server.url}/a.html"))
    assert line.run() == {"published": 1}
    assert line.articles()[-1].url == f"{other}/b.html"
    assert server.paths == ["/robots.txt", "/a.html", "/robots.txt", "/b.html"]
