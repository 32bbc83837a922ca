"""The poll worker with a hub on loopback: subscribe, verify, deliver, renew."""

import datetime as dt
import hashlib
import hmac
import http.client
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from tests.support.origin import Answer, Origin, Request
from tests.unit.fleet.poll.test_worker import PATIENCE, SETTINGS, Line, Poller, rss
from workers.domain.outcomes import ConfigurationError
from workers.domain.records import FeedState, Subscription
from workers.domain.topics import HUB_NOTICES
from workers.fleet.poll import PollSettings, WebSubSettings
from workers.fleet.poll.poller import Poller as Handling
from workers.runtime.http.callback_server import (
    CallbackRequest,
    CallbackResponse,
    CallbackServer,
)
from workers.runtime.service.settings import Secret

PUBLIC = "https://khabar.example/hubs"
WITH_HUBS = replace(
    SETTINGS,
    websub=WebSubSettings(
        callback_url=PUBLIC, secret=Secret("key"), lease_seconds=86_400.0
    ),
)


class Hub:
    """Takes subscriptions on the origin, and calls back as hubs do."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.asked: list[Mapping[str, str]] = []
        self.status = 202
        self.mode = "subscribe"
        self.topic = ""
        """Another topic to verify than the one asked for."""
        self.replies: list[tuple[int, str]] = []
        self.calls: list[str] = []
        """Where the callback really is, of each poller."""
        line.origin.replies["/hub"] = self._answer

    def start(self, settings: PollSettings = WITH_HUBS) -> Poller:
        poller = self.line.start(settings)
        due = cast("Handling", poller.handler.due.__self__)  # type: ignore[attr-defined]
        assert due._callbacks is not None
        self.calls.append(due._callbacks._server.address)
        return poller

    def _answer(self, request: Request) -> Answer:
        """Verify before the request is answered: the hardest order for a subscriber."""
        fields = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        self.asked.append(fields)
        if self.status == 202:
            query = {
                "hub.mode": self.mode,
                "hub.topic": self.topic or fields["hub.topic"],
                "hub.challenge": "5tr",
                "hub.lease_seconds": "50000",
            }
            self.replies.append(self.call("GET", urlencode(query)))
        return Answer("", status=self.status)

    def call(
        self,
        method: str,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        at: int = -1,
    ) -> tuple[int, str]:
        address = urlsplit(self.calls[at])
        path = urlsplit(self.asked[-1]["hub.callback"]).path
        connection = http.client.HTTPConnection(address.netloc, timeout=PATIENCE)
        try:
            connection.request(method, f"{path}?{query}", body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def deliver(self, body: bytes = b"<rss/>", at: int = -1) -> int:
        key = self.asked[-1]["hub.secret"].encode()
        digest = hmac.new(key, body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={digest}"}
        return self.call("POST", body=body, headers=headers, at=at)[0]

    def subscription(self) -> Subscription | None:
        state = self.line.states().get("feed")
        return None if state is None else state.subscription

    def subscribe(self, poller: Poller) -> FeedState:
        """Poll the feed for the first time, and let it be subscribed."""
        self.line.poll(poller)
        poller.until(
            lambda: (
                (known := self.subscription()) is not None
                and known.lease_until is not None
            )
        )
        return self.line.state()

    def later(self, poller: Poller, **parts: float) -> None:
        self.line.clock.date += dt.timedelta(**parts)
        poller.handler.handle([])  # look up what is due now


def calls(kind: str) -> float:
    return REGISTRY.get_sample_value("khabar_hub_calls_total", {"call": kind}) or 0.0


@pytest.fixture
def line() -> Iterator[Line]:
    with Origin() as origin:
        made = Line(origin)
        yield made
        for poller in made.pollers:
            poller.close()


@pytest.fixture
def hub(line: Line) -> Hub:
    made = Hub(line)
    line.define("/rss")
    show(line, ("1", "एक"))
    return made


def show(line: Line, *items: tuple[str, str]) -> None:
    links = f'<{line.origin.url}/hub>; rel="hub", <https://patra.example/f>; rel="self"'
    line.origin.replies["/rss"] = Answer(rss(*items), headers={"Link": links})


def test_a_feed_that_names_a_hub_is_subscribed_and_polled_less(hub: Hub) -> None:
    poller = hub.start()
    state = hub.subscribe(poller)
    (fields,) = hub.asked
    assert fields["hub.topic"] == "https://patra.example/f"
    assert fields["hub.callback"].startswith(f"{PUBLIC}/feed/")
    assert hub.replies == [(200, "5tr")]
    known = state.subscription
    assert known is not None
    assert known.lease_until == hub.line.clock.date + dt.timedelta(seconds=50_000)
    assert (known.attempts, known.problem) == (0, None)
    again = hub.line.poll(poller)
    assert again.next_poll_at is not None
    assert again.next_poll_at - hub.line.clock.date >= dt.timedelta(minutes=50)
    assert len(hub.asked) == 1


def test_what_a_hub_delivers_is_polled_for_at_once_and_emitted_once(hub: Hub) -> None:
    poller = hub.start()
    hub.subscribe(poller)
    show(hub.line, ("2", "दो"), ("1", "एक"))
    hub.later(poller, minutes=5)
    assert hub.deliver() == 202
    poller.until(lambda: hub.line.titles() == ["एक", "दो"])
    polls = len(hub.line.origin.asked("/rss"))
    # a second delivery at once waits for the shortest interval
    assert hub.deliver() == 202
    poller.until(lambda: len(hub.line.broker.read(HUB_NOTICES.name())) == 3)
    for _ in range(20):
        poller.loop.step(poller.handler)
    assert len(hub.line.origin.asked("/rss")) == polls
    hub.later(poller, seconds=SETTINGS.min_interval_seconds)
    poller.until(lambda: len(hub.line.origin.asked("/rss")) == polls + 1)
    assert hub.line.titles() == ["एक", "दो"]


def test_what_is_not_signed_right_brings_nothing(hub: Hub) -> None:
    poller = hub.start()
    hub.subscribe(poller)
    before = hub.line.state(), calls("unsigned")
    hub.later(poller, minutes=5)
    for headers in ({}, {"X-Hub-Signature": "sha256=" + "0" * 64}):
        assert hub.call("POST", body=b"<rss/>", headers=headers)[0] == 202
    for _ in range(20):
        poller.loop.step(poller.handler)
    assert (hub.line.state(), calls("unsigned")) == (before[0], before[1] + 2)


@pytest.mark.parametrize(
    ("mode", "topic"),
    [("subscribe", "https://patra.example/other"), ("unsubscribe", "")],
)
def test_what_was_not_asked_for_is_not_confirmed(
    hub: Hub, mode: str, topic: str
) -> None:
    hub.mode, hub.topic = mode, topic
    poller = hub.start()
    state = hub.line.poll(poller)
    poller.until(lambda: bool(hub.replies))
    assert hub.replies == [(404, "")]
    again = hub.line.poll(poller)
    assert again.subscription is not None
    assert again.subscription.lease_until is None
    assert again.interval_seconds == pytest.approx(state.interval_seconds, rel=0.5)


def test_a_hub_that_does_not_answer_changes_nothing_for_polling(hub: Hub) -> None:
    hub.status = 500
    poller = hub.start()
    hub.line.poll(poller)
    poller.until(lambda: "500" in (getattr(hub.subscription(), "problem", "") or ""))
    show(hub.line, ("2", "दो"), ("1", "एक"))
    state = hub.line.poll(poller)
    assert hub.line.titles() == ["एक", "दो"]
    assert state.next_poll_at is not None
    assert state.next_poll_at - hub.line.clock.date < dt.timedelta(minutes=30)
    assert len(hub.asked) == 1
    hub.status = 202
    hub.later(poller, hours=2)
    poller.until(lambda: getattr(hub.subscription(), "lease_until", None) is not None)
    assert len(hub.asked) == 2


def test_a_lease_is_renewed(hub: Hub) -> None:
    poller = hub.start()
    state = hub.subscribe(poller)
    hub.later(poller, seconds=45_000)
    poller.until(lambda: len(hub.asked) == 2)
    assert hub.asked[0] == hub.asked[1]
    poller.until(
        lambda: (
            getattr(hub.subscription(), "lease_until", None)
            == hub.line.clock.date + dt.timedelta(seconds=50_000)
        )
    )
    assert state.subscription is not None


def test_a_hub_that_refuses_later_is_heard(hub: Hub) -> None:
    poller = hub.start()
    hub.subscribe(poller)
    query = urlencode(
        {
            "hub.mode": "denied",
            "hub.topic": "https://patra.example/f",
            "hub.reason": "closed",
        }
    )
    assert hub.call("GET", query)[0] == 200
    poller.until(
        lambda: getattr(hub.subscription(), "problem", "") == "the hub refuses: closed"
    )


def test_after_a_restart_the_subscription_holds(hub: Hub) -> None:
    poller = hub.start()
    hub.subscribe(poller)
    poller.close()
    hub.line.pollers.clear()
    show(hub.line, ("2", "दो"), ("1", "एक"))
    hub.line.clock.date += dt.timedelta(minutes=5)
    poller = hub.start()
    assert hub.deliver() == 202
    poller.until(lambda: hub.line.titles() == ["एक", "दो"])
    assert len(hub.asked) == 1


def test_a_delivery_to_any_poller_reaches_the_one_that_owns_the_feed(hub: Hub) -> None:
    pollers = [hub.start(), hub.start()]

    def wait_for(condition: Callable[[], bool]) -> None:
        def done() -> bool:
            for each in pollers:
                each.loop.step(each.handler)
            return condition()

        pollers[0].until(done)

    wait_for(lambda: getattr(hub.subscription(), "lease_until", None) is not None)
    items = [("1", "एक")]
    for at in (0, 1):
        items.insert(0, (f"at-{at}", f"खबर {at}"))
        show(hub.line, *items)
        hub.line.clock.date += dt.timedelta(minutes=5)
        for each in pollers:
            each.handler.handle([])
        assert hub.deliver(at=at) == 202
        wait_for(lambda: len(hub.line.titles()) == len(items))


def test_without_a_callback_no_hub_is_asked(line: Line) -> None:
    hub = Hub(line)
    line.define("/rss")
    show(line, ("1", "एक"))
    poller = line.start()
    state = line.poll(poller)
    assert state.profile.hub == f"{line.origin.url}/hub"
    line.poll(poller)
    assert not hub.asked


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (WebSubSettings(callback_url=PUBLIC), "KHABAR_WEBSUB_SECRET"),
        (WebSubSettings(callback_url="hubs", secret=Secret("x")), "CALLBACK_URL"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    line: Line, settings: WebSubSettings, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        line.start(replace(SETTINGS, websub=settings))


# --- the server -----------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[CallbackServer]:
    def answer(call: CallbackRequest) -> CallbackResponse:
        return CallbackResponse(200, f"{call.method} {call.target} {len(call.body)}")

    def is_known(target: str) -> bool:
        return target.startswith("/a")

    made = CallbackServer("127.0.0.1", 0, answer, is_known=is_known, max_body_bytes=10)
    yield made
    made.close()


def spoken(server: CallbackServer, sent: bytes) -> bytes:
    """Send *sent* and return all that comes back."""
    address = urlsplit(server.address)
    with socket.create_connection(
        (address.hostname, address.port), timeout=PATIENCE
    ) as connection:
        try:
            connection.sendall(sent)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        except ConnectionError:  # hung up on while sending
            return b""
    return received


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /a?b HTTP/1.1\r\n\r\n", b"200"),
        (b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"200"),
        (b"POST /a HTTP/1.1\r\n\r\n", b"411"),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST /a HTTP/1.1\r\nContent-Length: 11\r\n\r\n", b"413"),
        (b"PUT /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"501"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_calls_are_answered_or_refused(
    server: CallbackServer, sent: bytes, status: bytes
) -> None:
    received = spoken(server, sent)
    assert status in received.partition(b"\r\n")[0]


def test_of_what_strangers_post_nothing_is_read(server: CallbackServer) -> None:
    sent = b"POST /b HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n"
    assert b"POST /b 0" in spoken(server, sent)


def test_a_head_without_end_is_cut_off(server: CallbackServer) -> None:
    assert b"200" not in spoken(server, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 40_000)
    assert b"GET /a 0" in spoken(server, b"GET /a HTTP/1.1\r\n\r\n")


def test_a_taken_port_is_a_mistake_of_the_settings(server: CallbackServer) -> None:
    port = urlsplit(server.address).port
    assert port is not None
    with pytest.raises(ConfigurationError, match="callbacks"):
        CallbackServer(
            "127.0.0.1",
            port,
            lambda _: CallbackResponse(200),
            is_known=lambda _: True,
            max_body_bytes=1,
        )
