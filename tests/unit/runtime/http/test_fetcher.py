import datetime as dt
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from itertools import pairwise

import pytest

from tests.support.set_clock import SetClock
from workers.runtime.http.cookies import CookieJar
from workers.runtime.http.fetch_pool import FetchPool
from workers.runtime.http.fetcher import (
    Fetched,
    PoliteFetcher,
    Politeness,
    Task,
    retry_after,
)
from workers.runtime.http.host_queue import HostQueue
from workers.runtime.http.response import (
    DeferReason,
    Deferred,
    Disallowed,
    FetchError,
    FetchFailure,
    Response,
)
from workers.web import robots

START = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)
PATIENCE = 60.0

Reply = Callable[[str], Response]


class Web:
    """A client whose hosts answer as told, and that remembers who asked when."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.asked: list[tuple[float, str]] = []
        self.sent: dict[str, dict[str, str]] = {}
        self.jars: dict[str, CookieJar | None] = {}
        self.active: dict[str, int] = defaultdict(int)
        self.most_active: dict[str, int] = defaultdict(int)
        self.replies: dict[str, Reply] = {}
        self.held = threading.Event()
        self._lock = threading.Lock()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_body_bytes: int | None = None,  # noqa: ARG002 the client's signature
        same_origin: bool = False,  # noqa: ARG002 the client's signature
        cookies: CookieJar | None = None,
    ) -> Response:
        host = robots.origin(url)
        self.jars[url] = cookies
        if headers is not None:
            self.sent[url] = dict(headers)
        with self._lock:
            self.asked.append((self.clock.seconds, url))
            self.active[host] += 1
            self.most_active[host] = max(self.most_active[host], self.active[host])
        try:
            reply = self.replies.get(url) or self.replies.get(host)
            if reply is not None:
                return reply(url)
            return page(url) if robots.PATH not in url else status(url, 404)
        finally:
            with self._lock:
                self.active[host] -= 1

    def urls(self) -> list[str]:
        return [url for _, url in self.asked if robots.PATH not in url]


def status(url: str, code: int, **headers: str) -> Response:
    return Response(
        code, url, b"", {name.replace("_", "-"): v for name, v in headers.items()}
    )


def page(url: str) -> Response:
    return Response(200, url, b"<p>x", {})


def rules(text: str) -> Reply:
    return lambda url: (
        Response(200, url, text.encode()) if robots.PATH in url else page(url)
    )


def failing(failure: FetchFailure) -> Reply:
    def reply(url: str) -> Response:
        raise FetchError(failure, url)

    return reply


class Pool(FetchPool[Task, Fetched]):
    """A pool where waiting moves the clock."""

    web: Web

    def _next_ended(self, seconds: float) -> tuple[Task, Future[Fetched]] | None:
        """Take what is done; move the clock only while all threads are held or idle."""
        busy = sum(self.web.active.values()) or len(self)
        if busy and not self.web.held.is_set():
            try:
                return self._ended.get(timeout=PATIENCE)
            except queue.Empty:
                pytest.fail("a request neither ended nor was held")
        try:
            return self._ended.get_nowait()
        except queue.Empty:
            self.web.clock.seconds += max(seconds, 0.01)
            return None


class Fetcher:
    """A polite fetcher over a Web, where waiting moves the clock."""

    def __init__(self, gap_seconds: float = 1.0, host_connections: int = 1) -> None:
        self.clock = SetClock(START, seconds=1_000.0)
        self.web = Web(self.clock)
        hosts: HostQueue[Task] = HostQueue(self.clock, connections=host_connections)
        self.pool = Pool(hosts, 32)
        self.pool.web = self.web
        politeness = Politeness(
            gap_seconds=gap_seconds,
            host_connections=host_connections,
            connections=32,
            budget_seconds=4.0,
        )
        self.fetcher = PoliteFetcher(self.web, politeness, self.clock, pool=self.pool)
        self.fetch = self.fetcher.fetch


@pytest.fixture
def polite() -> Fetcher:
    return Fetcher()


def urls(host: str, count: int) -> list[str]:
    return [f"http://{host}/{number}" for number in range(count)]


def test_each_url_is_answered_in_order(polite: Fetcher) -> None:
    asked = ["http://a/1", "http://b/1", "http://c/1"]
    answers = polite.fetch(asked)
    assert [a.url for a in answers if isinstance(a, Response)] == asked


def test_a_host_is_asked_with_the_gap_between(polite: Fetcher) -> None:
    polite.fetch(urls("a", 4))
    times = [when for when, url in polite.web.asked if robots.PATH not in url]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == 4
    assert all(gap >= 1.0 for gap in gaps)


def test_the_gap_holds_between_batches(polite: Fetcher) -> None:
    polite.fetch(["http://a/1"])
    first = polite.web.asked[-1][0]
    polite.fetch(["http://a/2"])
    assert polite.web.asked[-1][0] - first >= 1.0


def test_what_a_batch_has_no_time_for_is_put_off_to_its_turn(polite: Fetcher) -> None:
    answers = polite.fetch(urls("a", 8))
    off = [answer for answer in answers if isinstance(answer, Deferred)]
    assert len(off) == 8 - len(polite.web.urls()) >= 3
    assert {answer.reason for answer in off} == {DeferReason.RATE_LIMITED}
    waits = [answer.seconds for answer in off]
    assert waits == sorted(waits)
    assert waits[-1] - waits[0] == pytest.approx(len(off) - 1)


def test_crawl_delay_is_kept_where_it_is_longer_than_the_gap(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = rules("User-agent: *\nCrawl-delay: 3\nDisallow:")
    answers = polite.fetch(urls("a", 3))
    assert [type(answer) for answer in answers] == [Response, Response, Deferred]


@pytest.mark.parametrize("limit", [1, 2])
def test_no_host_gets_more_requests_at_a_time_than_set(limit: int) -> None:
    polite = Fetcher(gap_seconds=0.0, host_connections=limit)
    polite.fetch(urls("a", 20) + urls("b", 20))
    assert polite.web.most_active["http://a"] <= limit
    assert len(polite.web.urls()) == 40


def test_a_slow_host_does_not_hold_up_the_others_and_its_answer_is_kept(
    polite: Fetcher,
) -> None:
    release, asked = threading.Event(), threading.Event()

    def slowly(url: str) -> Response:
        asked.set()
        polite.web.held.set()
        assert release.wait(PATIENCE)
        return page(url)

    polite.web.replies["http://slow/0"] = slowly
    others = [url for host in "abcdef" for url in urls(host, 1)]
    began = polite.clock.seconds
    answers = polite.fetch(["http://slow/0", *others])
    assert polite.clock.seconds - began < 6.0
    assert isinstance(answers[0], Deferred)
    assert answers[0].reason is DeferReason.TIMED_OUT

    release.set()
    polite.web.held.clear()
    done = [polite.pool._ended.get(timeout=PATIENCE)]
    while done[-1][0].host != "http://slow":  # another may have been late too
        done.append(polite.pool._ended.get(timeout=PATIENCE))
    for each in done:
        polite.pool._ended.put(each)
    again = polite.fetch(["http://slow/0"])
    assert isinstance(again[0], Response)
    assert polite.web.urls().count("http://slow/0") == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_host_that_asks_for_time_gets_it(polite: Fetcher, code: int) -> None:
    polite.web.replies["http://a/0"] = lambda url: status(url, code, retry_after="120")
    answers = polite.fetch([*urls("a", 3), "http://b/0"])
    assert isinstance(answers[0], Response)
    assert isinstance(answers[1], Deferred)
    assert answers[1].reason is DeferReason.BACKOFF
    assert answers[1].seconds == pytest.approx(120, abs=5)
    assert isinstance(answers[3], Response)
    assert polite.web.urls().count("http://a/1") == 0
    polite.clock.seconds += 121
    assert isinstance(polite.fetch(["http://a/1"])[0], Response)


def test_a_dead_host_is_asked_less_and_less(polite: Fetcher) -> None:
    polite.web.replies["http://a/0"] = failing(FetchFailure.TIMEOUT)
    rests = []
    for _ in range(4):
        assert isinstance(polite.fetch(["http://a/0"])[0], FetchError)
        put_off = polite.fetch(["http://a/0"])[0]
        assert isinstance(put_off, Deferred)
        rests.append(put_off.seconds)
        polite.clock.seconds += put_off.seconds + 1
    assert rests == sorted(rests)
    assert rests[3] > 4 * rests[0]


def test_robots_txt_is_read_once_and_obeyed(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = rules(
        "User-agent: *\nDisallow: /0\n\nUser-agent: Khabar\nDisallow: /1\n"
    )
    answers = polite.fetch(urls("a", 3))
    assert isinstance(answers[0], Response)
    assert isinstance(answers[1], Disallowed)
    assert isinstance(answers[2], Response)
    polite.fetch(urls("a", 3))
    assert [u for _, u in polite.web.asked].count("http://a/robots.txt") == 1


def test_robots_txt_is_asked_for_again_when_it_is_a_day_old(polite: Fetcher) -> None:
    polite.fetch(["http://a/1"])
    polite.clock.seconds += 86_401
    polite.fetch(["http://a/2"])
    assert [u for _, u in polite.web.asked].count("http://a/robots.txt") == 2


@pytest.mark.parametrize("code", [500, 503, 429])
def test_while_robots_txt_cannot_be_had_nothing_is_fetched(
    polite: Fetcher, code: int
) -> None:
    polite.web.replies["http://a/robots.txt"] = lambda url: status(url, code)
    answer = polite.fetch(["http://a/1"])[0]
    assert isinstance(answer, Deferred)
    assert answer.reason is DeferReason.ROBOTS
    assert polite.web.urls() == []
    polite.web.replies.clear()
    polite.clock.seconds += answer.seconds + 1
    assert isinstance(polite.fetch(["http://a/1"])[0], Response)


def test_rules_once_known_are_believed_while_robots_txt_fails(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = rules("User-agent: *\nDisallow: /1\n")
    polite.fetch(["http://a/0"])
    polite.clock.seconds += 86_401
    polite.web.replies["http://a/robots.txt"] = lambda url: status(url, 500)
    answers = polite.fetch(["http://a/1", "http://a/2"])
    assert isinstance(answers[0], Disallowed)
    assert isinstance(answers[1], Response)


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_without_robots_txt_everything_may_be_fetched(
    polite: Fetcher, code: int
) -> None:
    polite.web.replies["http://a/robots.txt"] = lambda url: status(url, code)
    assert isinstance(polite.fetch(["http://a/1"])[0], Response)


def test_a_forbidden_address_is_said_so_at_once(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = failing(FetchFailure.BLOCKED_ADDRESS)
    answers = polite.fetch(urls("a", 2))
    assert all(isinstance(answer, FetchError) for answer in answers)
    assert polite.web.urls() == []


def test_a_crash_in_the_client_is_an_answer_too(polite: Fetcher) -> None:
    def broken(url: str) -> Response:
        raise RuntimeError(url)

    polite.web.replies["http://a/0"] = broken
    answer = polite.fetch(["http://a/0"])[0]
    assert isinstance(answer, FetchError)
    assert answer.failure is FetchFailure.PROTOCOL


def test_asked_to_stop_it_puts_off_the_rest(polite: Fetcher) -> None:
    answers = polite.fetch(urls("a", 5), lambda: True)
    assert len(answers) == 5
    assert all(isinstance(answer, Deferred) for answer in answers)


def test_fifty_hosts_of_which_ten_misbehave(polite: Fetcher) -> None:
    for number in range(10):
        polite.web.replies[f"http://h{number}"] = (
            failing(FetchFailure.CONNECT)
            if number % 2
            else lambda url: status(url, 503, retry_after="600")
        )
    asked = [f"http://h{host}/{n}" for n in range(3) for host in range(50)]
    answers = dict(zip(asked, polite.fetch(asked), strict=True))
    good = [url for url in asked if int(url[8:].split("/")[0]) >= 10]
    assert all(isinstance(answers[url], Response) for url in good)
    assert max(polite.web.most_active.values()) == 1
    bad = [url for url in polite.web.urls() if url not in good]
    assert len(bad) <= 10


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("999999999", 86_400.0),
        ("Tue, 24 Nov 2026 06:20:00 GMT", 200.0),
        ("Tue, 24 Nov 2026 05:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    response = Response(503, "http://a/", b"", {"retry-after": value})
    now = START + dt.timedelta(seconds=1_000)
    assert retry_after(response, now) == seconds


# --- redirects to other hosts ------------------------------------------------------


def leading(to: str, code: int = 302) -> Reply:
    def reply(url: str) -> Response:
        if robots.PATH in url:
            return status(url, 404)
        return Response(code, url, b"", {"location": to}, redirect_target=to)

    return reply


def test_a_redirect_to_another_host_is_a_request_to_that_host(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = leading("http://b/story")
    [answer] = polite.fetch(["http://a/1"])
    assert isinstance(answer, Response)
    assert (answer.status, answer.url) == (200, "http://b/story")
    assert answer.redirects == ((302, "http://b/story"),)
    asked = [url for _, url in polite.web.asked]
    assert asked[:2] == ["http://a/robots.txt", "http://a/1"]
    assert asked[2:] == ["http://b/robots.txt", "http://b/story"]


def test_cookies_are_those_of_one_page_over_all_its_hosts(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = leading("http://b/story")
    polite.fetch(["http://a/1", "http://c/1"])
    jars = polite.web.jars
    assert jars["http://a/1"] is jars["http://b/story"] is not None
    assert jars["http://c/1"] is not jars["http://a/1"]
    assert jars["http://a/robots.txt"] is None


def test_the_other_hosts_rules_and_turns_count(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = leading("http://b/story")
    polite.web.replies["http://c"] = leading("http://d/story")
    polite.web.replies["http://b"] = rules("User-agent: *\nDisallow: /story")
    polite.web.replies["http://d/robots.txt"] = rules("User-agent: *\nCrawl-delay: 3")
    first, second, third = polite.fetch(["http://a/1", "http://d/0", "http://c/1"])
    assert first == Disallowed()
    assert isinstance(second, Response)
    assert isinstance(third, Response)
    at = {url: moment for moment, url in polite.web.asked}
    assert "http://b/story" not in at
    assert at["http://d/story"] - at["http://d/0"] >= 3.0


def test_redirects_in_a_circle_end(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = leading("http://b/1")
    polite.web.replies["http://b"] = leading("http://a/1")
    [answer] = polite.fetch(["http://a/1"])
    assert isinstance(answer, FetchError)
    assert answer.failure is FetchFailure.TOO_MANY_REDIRECTS
    assert len(polite.web.urls()) == 6


def test_a_redirect_to_a_host_that_is_busy_is_put_off(polite: Fetcher) -> None:
    polite.web.replies["http://a"] = leading("http://b/story")
    polite.web.replies["http://b"] = lambda url: status(url, 503, retry_after="900")
    [answer] = polite.fetch(["http://a/1"])
    assert isinstance(answer, Deferred)
    [again] = polite.fetch(["http://a/1"])
    assert isinstance(again, Deferred)


def test_headers_go_with_their_url(polite: Fetcher) -> None:
    polite.fetch(
        ["http://a/1", "http://a/2"], headers={"http://a/2": {"if-none-match": '"x"'}}
    )
    assert polite.web.sent == {"http://a/1": {}, "http://a/2": {"if-none-match": '"x"'}}
