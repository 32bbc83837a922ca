import datetime as dt
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome, TransientError
from workers.domain.records import (
    Article,
    ArticleState,
    Change,
    Entry,
    EntryReason,
    Timestamp,
)
from workers.domain.topics import (
    ALL,
    ARTICLE_STATES,
    ARTICLES,
    ENTRIES,
    ENTRIES_DELAYED,
    FINGERPRINTS,
    Topic,
    dead_letter_name,
)
from workers.fleet import articles
from workers.fleet.articles import WORKER, ArticlesSettings
from workers.runtime import headers
from workers.runtime.confined import ConfinedError, Confinement
from workers.runtime.health import Health
from workers.runtime.http import HttpSettings
from workers.runtime.loop import Loop
from workers.runtime.memory import MemoryBroker
from workers.runtime.metrics import RECORDS
from workers.runtime.ports import Message
from workers.runtime.settings import Process
from workers.runtime.site import Site
from workers.stages.extraction import extract_packed
from workers.stages.urls import canonical_url

SEEDS = Path(__file__).parents[2] / "seeds"
START = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
PREFIX = "test"
STORY = (
    "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की और कहा कि इससे "
    "तीन जिलों के दो लाख परिवारों को लाभ होगा।"
)
MORE = (
    "कृषि मंत्री ने पत्रकारों से कहा कि योजना का पहला चरण अगले वर्ष मार्च तक पूरा कर लिया जाएगा "
    "और इसके लिए चार सौ करोड़ रुपये मंजूर किए गए हैं।"
)


HANGS = b"<!-- this page never ends -->"


def story_page(*paragraphs: str, title: str = "किसानों के लिए नई सिंचाई योजना") -> bytes:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<html><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1><div>{body}</div></body></html>"
    ).encode()


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Server(ThreadingHTTPServer):
    """Answers each path with what is queued for it; the last answer repeats."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answerer)
        self.queued: dict[str, list[tuple[int, bytes, dict[str, str]]]] = {}
        self.asked: list[str] = []
        self.asked_with: list[dict[str, str]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def reply(
        self, path: str, body: bytes = b"", status: int = 200, **fields: str
    ) -> None:
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        if body:
            fields.setdefault("content-type", "text/html; charset=utf-8")
        self.queued.setdefault(path, []).append((status, body, fields))


class Answerer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        named = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked_with.append(named)
        queued = self.server.queued.get(self.path) or [(404, b"", {})]
        status, body, fields = queued.pop(0) if len(queued) > 1 else queued[0]
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class InProcess:
    """Extraction without a process of its own, which takes seconds to start."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def call(self, payload: bytes) -> bytes:
        if HANGS in payload:
            raise ConfinedError(Confinement.TIME)
        return extract_packed(payload)

    def close(self) -> None:
        pass


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "Confined", InProcess)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(
            target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        yield running
        running.shutdown()


class Line:
    """The articles worker over a broker in memory."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        names = {topic.name(PREFIX): 2 for topic in ALL}
        names[dead_letter_name(WORKER.name, PREFIX)] = 1
        self.broker = MemoryBroker(names)
        self.broken_commits = 0
        self.batches_grown = False
        self.settings = ArticlesSettings(
            gap_seconds=0.0,
            budget_seconds=60.0,
            recheck_hours=(),
            http=HttpSettings(allowed_networks=("127.0.0.0/8",), total_seconds=5.0),
        )

    def send(self, entry: Entry) -> None:
        self.broker.append(
            Message(
                topic=ENTRIES.name(PREFIX),
                key=entry.article_id.encode(),
                value=msgspec.json.encode(entry),
                partition_key=ENTRIES.partition_by(entry).encode(),
            )
        )

    def run(self) -> dict[str, int]:
        """Start a worker, let it work off what is due; return outcomes counted."""
        before = self._counts()
        session = self.broker.session(
            WORKER.name, [topic.name(PREFIX) for topic in WORKER.sources]
        )
        loop = Loop(
            WORKER,
            session,
            Process(),
            prefix=PREFIX,
            clock=self.clock,
            health=Health(self.clock, 60.0),
            stopping=lambda: False,
            wait=lambda _: None,
        )
        if self.batches_grown:
            loop._pace._limit = WORKER.batch_records
        session.broken, self.broken_commits = self.broken_commits, 0
        with WORKER.open_handler(self.settings, loop.context) as handler:
            for _ in range(12):
                try:
                    loop.step(handler)
                except TransientError as error:
                    loop._back_off(error)
                    loop._recover()
        session.close()
        after = self._counts()
        return {
            name: after[name] - before[name]
            for name in after
            if after[name] > before[name]
        }

    def on(self, topic: Topic[Any]) -> list[Any]:
        """Return the records on *topic*."""
        return [
            msgspec.json.decode(delivery.value or b"", type=topic.record)
            for delivery in self.broker.read(topic.name(PREFIX))
        ]

    def articles(self) -> list[Article]:
        return self.on(ARTICLES)

    def articles_of(self, entry: Entry) -> list[Article]:
        return [a for a in self.articles() if a.article_id == entry.article_id]

    def state(self, entry: Entry) -> ArticleState:
        states = [
            s for s in self.on(ARTICLE_STATES) if s.article_id == entry.article_id
        ]
        state = states[-1]
        assert isinstance(state, ArticleState)
        return state

    def not_before(self) -> list[dt.datetime]:
        found = [
            headers.not_before(delivery.headers)
            for delivery in self.broker.read(ENTRIES_DELAYED.name(PREFIX))
        ]
        return [moment for moment in found if moment is not None]

    @staticmethod
    def _counts() -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for metric in RECORDS.collect():
            for sample in metric.samples:
                ours = sample.labels["worker"] == WORKER.name
                if ours and sample.name.endswith("_total"):
                    counts[sample.labels["outcome"]] += int(sample.value)
        return counts


def entry(url: str, **fields: Any) -> Entry:
    canonical = canonical_url(url) or url
    return Entry(
        article_id=article_id(canonical),
        feed_id="feed",
        publisher="नगर समाचार",
        url=url,
        canonical_url=canonical,
        discovered_at=START,
        **{"title": "शीर्षक", **fields},
    )


@pytest.fixture
def line(in_process: None) -> Line:  # noqa: ARG001 what it needs is the patch
    return Line()


def test_an_article_is_fetched_once_and_published(line: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY, MORE))
    seen = entry(f"{server.base}/a.html")
    line.send(seen)
    line.send(seen)
    assert line.run() == {"published": 1, "duplicate": 1}
    [article] = line.articles()
    assert article.title == "किसानों के लिए नई सिंचाई योजना"
    assert article.text == f"{STORY}\n{MORE}"
    assert article.language.code == "hi"
    assert article.revision == 1
    assert server.asked.count("/a.html") == 1
    line.send(seen)
    assert line.run() == {"duplicate": 1}
    assert server.asked.count("/a.html") == 1


def test_a_changed_entry_makes_a_revision_or_none(line: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    server.reply("/a.html", story_page(STORY, MORE))
    new = entry(f"{server.base}/a.html")
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
    new = entry(f"{server.base}/a.html")
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
    assert server.asked.count("/a.html") == 2
    assert line.articles()[-1].feed_id == "f199"


HTML = "text/html"


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
    seen = entry(f"{server.base}/a.html")
    line.send(seen)
    assert line.run() == {outcome.value: 1}
    assert line.articles() == []
    assert line.state(seen).outcome == outcome.value


def test_the_feeds_own_text_helps_where_the_page_does_not(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", b"", 403)
    html = f"<p>{STORY}</p><p>{MORE}</p><p>यह भी पढ़ें: <a href='/x'>दूसरी बात</a></p>"
    line.send(entry(f"{server.base}/a.html", content_html=html, title="योजना"))
    assert line.run() == {"published": 1}
    [article] = line.articles()
    assert article.text == f"{STORY}\n{MORE}"
    assert article.title == "योजना"


def test_a_busy_server_is_asked_again_when_it_said(line: Line, server: Server) -> None:
    server.reply("/a.html", b"", 503, retry_after="900")
    server.reply("/a.html", story_page(STORY))
    seen = entry(f"{server.base}/a.html")
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
    seen = entry(f"{server.base}/a.html")
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
    line.send(entry(f"{server.base}/a.html"))
    line.run()
    line.clock.seconds = 90_000
    assert line.run() == {"published": 1}
    line.broker._groups[WORKER.name].committed.clear()
    assert line.run() == {"duplicate": 1, "replayed": 1}
    assert len(line.articles()) == 1
    assert server.asked.count("/a.html") == 2


def test_while_one_waits_the_same_from_another_feed_is_a_duplicate(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", b"", 500)
    line.send(entry(f"{server.base}/a.html"))
    line.send(entry(f"{server.base}/a.html", guid="another"))
    assert line.run() == {"delayed": 1, "duplicate": 1}


def test_what_robots_txt_forbids_is_not_fetched(line: Line, server: Server) -> None:
    server.reply(
        "/robots.txt", b"User-agent: Khabar\nDisallow: /p/", content_type="text/plain"
    )
    server.reply("/p/a.html", story_page(STORY))
    line.send(entry(f"{server.base}/p/a.html"))
    assert line.run() == {"robots": 1}
    assert "/p/a.html" not in server.asked


def test_a_page_of_50_mb_is_given_up(line: Line, server: Server) -> None:
    server.reply("/a.html", b"<body>" + b"<p>x</p>" * (50 * 1024 * 1024 // 8))
    line.send(entry(f"{server.base}/a.html"))
    assert line.run() == {"too-large": 1}


def test_a_private_address_is_not_fetched(line: Line, server: Server) -> None:
    line.settings = msgspec.structs.replace(line.settings, http=HttpSettings())
    seen = entry(f"{server.base}/a.html")
    line.send(seen)
    assert line.run() == {"blocked-address": 1}
    assert server.asked == []


@pytest.mark.parametrize("first", ["canonical", "twin"])
def test_a_page_and_its_twin_are_one_article(
    line: Line, server: Server, first: str
) -> None:
    head = f"<link rel='canonical' href='{server.base}/desh/yojana-510001.html'>"
    body = story_page(STORY, MORE).replace(b"</head>", f"{head}</head>".encode())
    paths = ["/desh/yojana-510001.html", "/lite/yojana-510001.html"]
    for path in paths if first == "canonical" else reversed(paths):
        server.reply(path, body)
        line.send(entry(server.base + path))
    assert line.run() == {"published": 1, "duplicate": 1}


def test_a_canonical_link_to_the_front_page_makes_no_duplicates(
    line: Line, server: Server
) -> None:
    head = f"<link rel='canonical' href='{server.base}/'>"
    for path, text in (("/one.html", STORY), ("/two.html", MORE)):
        page = story_page(text).replace(b"</head>", f"{head}</head>".encode())
        server.reply(path, page)
        line.send(entry(server.base + path))
    assert line.run() == {"published": 2}


def test_a_record_that_is_none_goes_to_the_dead_letters(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY))
    line.broker.append(Message(ENTRIES.name(PREFIX), b"k", b"{}", b"k"))
    line.send(entry(f"{server.base}/a.html"))
    assert line.run() == {"dead-letter": 1, "published": 1}


def test_a_page_that_cannot_be_read_is_a_dead_letter_and_the_rest_goes_on(
    line: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY) + HANGS)
    server.reply("/b.html", story_page(MORE))
    bad, good = entry(f"{server.base}/a.html"), entry(f"{server.base}/b.html")
    line.send(bad)
    line.send(good)
    assert line.run() == {"dead-letter": 1, "published": 1}
    assert line.state(bad).outcome == "dead-letter"
    [letter] = line.broker.read(dead_letter_name(WORKER.name, PREFIX))
    assert b"the page cannot be read (time)" in letter.headers["error-reason"]
    line.send(bad)
    assert line.run() == {"duplicate": 1}


def test_without_the_process_that_reads_pages_the_worker_does_not_start(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(InProcess):
        def call(self, payload: bytes) -> bytes:
            raise ConfinedError(Confinement.CRASH, f"{len(payload)} bytes")

    monkeypatch.setattr(articles, "Confined", Broken)
    with pytest.raises(TransientError, match="does not start"):
        line.run()


def test_pages_are_read_in_a_process_of_its_own(server: Server) -> None:
    line = Line()
    server.reply("/a.html", story_page(STORY, MORE))
    server.reply("/b.html", b"<html><body>" + b"<div>" * 100_000 + b"x")
    for path in ("/a.html", "/b.html"):
        line.send(entry(server.base + path))
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


def copies(server: Server) -> tuple[Entry, Entry]:
    """Serve one story at two outlets, the second with an agency's dateline."""
    server.reply("/a.html", story_page(STORY, MORE))
    dateline = f"लखनऊ, 24 नवंबर (भाषा) {STORY}"
    server.reply("/b.html", story_page(dateline, MORE, title="सिंचाई योजना घोषित"))
    other = f"http://localhost:{server.server_port}/b.html"
    return entry(f"{server.base}/a.html"), entry(other)


def test_a_story_that_another_outlet_had_is_its_duplicate(
    line: Line, server: Server
) -> None:
    for each in copies(server):
        line.send(each)
    assert line.run() == {"published": 2}
    marked = [each for each in line.articles() if each.duplicate_of is not None]
    [repeated] = marked
    [first] = [each for each in line.articles() if each.duplicate_of is None]
    assert repeated.duplicate_of == repeated.came_first == first.article_id
    assert repeated.similarity is not None
    assert repeated.similarity > 0.9
    assert (first.similarity, first.came_first) == (None, None)


def test_duplicates_are_known_after_a_restart(line: Line, server: Server) -> None:
    first, second = copies(server)
    line.send(first)
    line.run()
    line.send(second)
    assert line.run() == {"published": 1}
    assert line.articles_of(second)[-1].duplicate_of == first.article_id
    assert {each.article_id for each in line.on(FINGERPRINTS)} == {
        first.article_id,
        second.article_id,
    }


def test_which_came_first_is_told_by_the_outlets_times(
    line: Line, server: Server
) -> None:
    first, second = copies(server)
    earlier = Timestamp(value=START - dt.timedelta(hours=2), raw="-", rule="test")
    line.send(first)
    line.run()
    line.send(msgspec.structs.replace(second, published_at=earlier))
    line.run()
    [article] = line.articles_of(second)
    assert article.duplicate_of == first.article_id
    assert article.came_first == second.article_id


def test_a_batch_that_fails_leaves_no_fingerprint(line: Line, server: Server) -> None:
    first, second = copies(server)
    line.send(first)
    line.broken_commits = 1
    assert line.run() == {"published": 1}
    assert len(line.on(FINGERPRINTS)) == 1
    assert [each.duplicate_of for each in line.articles()] == [None]
    line.send(second)
    line.run()
    assert line.articles_of(second)[-1].duplicate_of == first.article_id


def test_duplicates_are_not_looked_for_where_that_is_switched_off(
    line: Line, server: Server
) -> None:
    line.settings = msgspec.structs.replace(line.settings, duplicate_days=0.0)
    for each in copies(server):
        line.send(each)
    assert line.run() == {"published": 2}
    assert [each.duplicate_of for each in line.articles()] == [None, None]
    assert line.on(FINGERPRINTS) == []


# --- looking again ---------------------------------------------------------------

HOURS = (1.0, 6.0, 24.0, 72.0)


@pytest.fixture
def checking(line: Line) -> Line:
    line.settings = msgspec.structs.replace(line.settings, recheck_hours=HOURS)
    return line


def later(line: Line, hours: float) -> dict[str, int]:
    line.clock.seconds += hours * 3600
    return line.run()


def test_what_is_published_is_looked_at_less_and_less(
    checking: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY))
    checking.send(entry(f"{server.base}/a.html"))
    assert checking.run() == {"published": 1}
    assert later(checking, 0.9) == {}
    outcomes = [later(checking, hours) for hours in (0.3, 5.6, 20.0, 53.0)]
    assert outcomes == [{"unchanged": 1}] * 4
    assert later(checking, 500.0) == {}
    assert server.asked.count("/a.html") == 5
    assert [each.revision for each in checking.articles()] == [1]
    waits = [(when - START).total_seconds() / 3600 for when in checking.not_before()]
    assert all(least <= wait for least, wait in zip(HOURS, waits, strict=True))


def test_a_look_finds_a_change_and_costs_little_where_there_is_none(
    checking: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY), etag='"one"', last_modified="yesterday")
    server.reply("/a.html", status=304)
    server.reply("/a.html", story_page(STORY, MORE), etag='"two"')
    server.reply("/a.html", status=304)
    seen = entry(f"{server.base}/a.html")
    checking.send(seen)
    assert checking.run() == {"published": 1}
    assert later(checking, 1.2) == {"unchanged": 1}
    assert later(checking, 6.0) == {"published": 1}
    assert later(checking, 21.0) == {"unchanged": 1}
    sent = [
        (fields.get("if-none-match"), fields.get("if-modified-since"))
        for path, fields in zip(server.asked, server.asked_with, strict=True)
        if path == "/a.html"
    ]
    assert sent == [
        (None, None),
        ('"one"', "yesterday"),
        ('"one"', "yesterday"),
        ('"two"', None),
    ]
    revised = checking.articles()[-1]
    assert revised.revision == 2
    assert revised.changed is not None
    assert revised.changed.changes == (Change.TEXT,)
    assert checking.state(seen).outcome == "unchanged"


def test_a_changed_counter_time_or_list_is_no_revision(
    checking: Line, server: Server
) -> None:
    def page(views: int, minutes: int, related: str) -> bytes:
        extra = (
            f"<span class='views'>{views} बार पढ़ा गया</span>"
            f"<span class='time'>Updated: 24 Nov 2026, 10:{minutes} AM IST</span>"
            f"<div class='related'><h4>यह भी पढ़ें</h4><ul><li><a href='/x'>{related}"
            "</a></li><li><a href='/y'>एक और पुरानी खबर का शीर्षक</a></li></ul></div>"
        ).encode()
        return story_page(STORY, MORE).replace(b"</body>", extra + b"</body>")

    server.reply("/a.html", page(10, 15, "पहली संबंधित खबर का शीर्षक"))
    server.reply("/a.html", page(999, 45, "बिल्कुल नई संबंधित खबर का शीर्षक"))
    checking.send(entry(f"{server.base}/a.html"))
    assert checking.run() == {"published": 1}
    assert later(checking, 1.2) == {"unchanged": 1}


def test_a_page_that_is_gone_twice_is_withdrawn(checking: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY, MORE))
    server.reply("/a.html", status=404)
    server.reply("/a.html", status=410)
    seen = entry(f"{server.base}/a.html")
    checking.send(seen)
    checking.run()
    assert later(checking, 1.2) == {"delayed": 1}
    assert len(checking.articles()) == 1
    assert later(checking, 1.1) == {"withdrawn": 1}
    withdrawn = checking.articles()[-1]
    assert (withdrawn.revision, withdrawn.withdrawn, withdrawn.text) == (2, True, "")
    assert withdrawn.title == "किसानों के लिए नई सिंचाई योजना"
    assert withdrawn.changed is not None
    assert withdrawn.changed.changes == (Change.WITHDRAWN,)
    assert later(checking, 500.0) == {}
    checking.send(seen)
    assert checking.run() == {"duplicate": 1}
    server.queued.clear()
    server.reply("/a.html", story_page(STORY, MORE))
    checking.send(msgspec.structs.replace(seen, reason=EntryReason.CHANGED))
    assert checking.run() == {"published": 1}
    back = checking.articles()[-1]
    assert (back.revision, back.withdrawn) == (3, False)


def test_a_page_that_is_gone_once_is_not_withdrawn(
    checking: Line, server: Server
) -> None:
    for status in (200, 404, 200, 404, 200):
        body = story_page(STORY) if status == 200 else b""
        server.reply("/a.html", body, status)
    checking.send(entry(f"{server.base}/a.html"))
    checking.run()
    seen = [later(checking, hours) for hours in (1.2, 1.2, 6.0, 1.2)]
    assert seen == [{"delayed": 1}, {"unchanged": 1}] * 2
    assert len(checking.articles()) == 1


def test_a_look_that_fails_waits_for_the_next(checking: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    server.reply("/a.html", status=500)
    server.reply("/a.html", story_page(STORY, MORE))
    checking.send(entry(f"{server.base}/a.html"))
    checking.run()
    assert later(checking, 1.2) == {"unreachable": 1}
    assert later(checking, 3.0) == {}
    assert later(checking, 3.0) == {"published": 1}


def test_looks_that_were_taken_are_known_after_a_restart(
    checking: Line, server: Server
) -> None:
    server.reply("/a.html", story_page(STORY))
    checking.send(entry(f"{server.base}/a.html"))
    checking.run()
    assert later(checking, 1.2) == {"unchanged": 1}
    checking.broker._groups[WORKER.name].committed.clear()
    assert checking.run() == {"duplicate": 1, "replayed": 1}
    assert later(checking, 6.0) == {"unchanged": 1}
    assert server.asked.count("/a.html") == 3


def test_looks_end_where_they_are_switched_off(checking: Line, server: Server) -> None:
    server.reply("/a.html", story_page(STORY))
    checking.send(entry(f"{server.base}/a.html"))
    checking.run()
    checking.settings = msgspec.structs.replace(checking.settings, recheck_hours=())
    assert later(checking, 1.2) == {"duplicate": 1}
    assert later(checking, 100.0) == {}
    assert server.asked.count("/a.html") == 1


def test_a_redirect_to_another_host_asks_that_hosts_robots_txt(
    line: Line, server: Server
) -> None:
    other = f"http://localhost:{server.server_port}"
    server.reply("/a.html", status=302, location=f"{other}/b.html")
    server.reply("/b.html", story_page(STORY))
    server.reply("/robots.txt", b"User-agent: *\nAllow: /", content_type="text/plain")
    line.send(entry(f"{server.base}/a.html"))
    assert line.run() == {"published": 1}
    assert line.articles()[-1].url == f"{other}/b.html"
    assert server.asked == ["/robots.txt", "/a.html", "/robots.txt", "/b.html"]


# --- stories of several pages ------------------------------------------------------

PARTS = tuple(
    f"यह भाग संख्या {number} है, जिसमें सिंचाई योजना के बारे में अलग जानकारी दी गई है और जिले "
    f"के किसानों ने अपनी {number}वीं मांग अधिकारियों के सामने रखी है।"
    for number in range(1, 9)
)


def serve_parts(server: Server, count: int) -> None:
    for number in range(1, count + 1):
        following = f"/s/yojana.html?page={number + 1}"
        link = f"<div class='pagination'><a href='{following}'>अगला पेज</a></div>"
        page = story_page(PARTS[number - 1], f"{PARTS[number - 1]} आगे भी यही।")
        if number < count:
            page = page.replace(b"</body>", link.encode() + b"</body>")
        own = "/s/yojana.html" + (f"?page={number}" if number > 1 else "")
        server.reply(own, page)


def test_a_story_of_several_pages_is_joined_in_order(
    line: Line, server: Server
) -> None:
    serve_parts(server, 3)
    line.send(entry(f"{server.base}/s/yojana.html"))
    assert line.run() == {"published": 1}
    [article] = line.articles()
    places = [article.text.find(part) for part in PARTS[:4]]
    assert places[:3] == sorted(places[:3])
    assert places[0] == 0
    assert places[3] == -1
    assert article.url == f"{server.base}/s/yojana.html"


def test_so_many_pages_are_read_and_no_more(line: Line, server: Server) -> None:
    serve_parts(server, 8)
    line.send(entry(f"{server.base}/s/yojana.html"))
    line.run()
    assert len(server.asked) == 1 + 5
    assert PARTS[4] in line.articles()[-1].text
    assert PARTS[5] not in line.articles()[-1].text


def test_a_story_whose_second_page_fails_waits_once(line: Line, server: Server) -> None:
    serve_parts(server, 2)
    server.queued["/s/yojana.html?page=2"] = [(0, b"", {})]  # no proper answer
    line.send(entry(f"{server.base}/s/yojana.html"))
    assert line.run() == {"delayed": 1}
    assert later(line, 1.0) == {"published": 1}
    assert PARTS[0] in line.articles()[-1].text
    assert line.articles()[-1].revision == 1


def test_a_second_page_that_is_not_there_ends_the_story(
    line: Line, server: Server
) -> None:
    serve_parts(server, 2)
    del server.queued["/s/yojana.html?page=2"]
    line.send(entry(f"{server.base}/s/yojana.html"))
    assert line.run() == {"published": 1}
