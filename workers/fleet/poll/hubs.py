"""WebSub hubs: asked for subscriptions, and answered when they call."""

import queue
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from prometheus_client import Counter

from workers.domain.outcomes import ConfigurationError
from workers.domain.records import Feed, HubNotice
from workers.fleet.poll.settings import PollSettings
from workers.runtime.http.callback_server import Call, CallbackServer, Reply
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchError
from workers.runtime.service import logs
from workers.runtime.service.clock import Clock
from workers.stages.feeds import websub

HUB_CALLS = Counter(
    "khabar_hub_calls_total", "Calls of WebSub hubs, by what they were.", ["call"]
)
HUB_REQUESTS = Counter(
    "khabar_hub_requests_total",
    "Subscriptions that were asked for, by whether the hub took the request.",
    ["result"],
)

_log = logs.get(__name__)

_MOST_NOTICES = 10_000
_TAKEN = range(200, 300)


class Asked(NamedTuple):
    """A hub that was asked for a subscription."""

    feed: Feed
    problem: str | None

    def note(self) -> None:
        """Count and log it, now that it is committed."""
        HUB_REQUESTS.labels("refused" if self.problem else "taken").inc()
        if self.problem:
            _log.warning("hub_failed", feed_id=self.feed.feed_id, problem=self.problem)


class Hubs:
    """Asks hubs, and is where they call; what they say waits here to be written."""

    def __init__(self, settings: PollSettings, clock: Clock) -> None:
        """Listen; raises ConfigurationError."""
        own = settings.websub
        callback = own.callback_url.rstrip("/")
        if urlsplit(callback).scheme not in ("http", "https"):
            msg = "KHABAR_WEBSUB_CALLBACK_URL is no http or https address"
            raise ConfigurationError(msg)
        if not own.secret.reveal():
            msg = "KHABAR_WEBSUB_CALLBACK_URL needs KHABAR_WEBSUB_SECRET beside it"
            raise ConfigurationError(msg)
        self._subscriber = websub.Subscriber(
            callback, own.secret.reveal().encode(), own.lease_seconds
        )
        self._clock = clock
        self._notices: queue.Queue[HubNotice] = queue.Queue(_MOST_NOTICES)
        self._server = CallbackServer(
            own.host,
            own.port,
            self._answer,
            is_known=self._subscriber.is_known,
            max_body_bytes=settings.max_feed_bytes,
        )
        self.close = self._server.close
        _log.info("hubs_may_call", address=self._server.address, public=callback)

    def ask(self, client: HttpClient, feed: Feed, hub: str, topic: str) -> Asked:
        """Ask *hub*; whether it means it shows when it calls back."""
        problem = None
        try:
            form = self._subscriber.form(feed, topic)
            response = client.post(hub, form, websub.FORM_TYPE)
            if response.status not in _TAKEN:
                problem = f"the hub answers with HTTP status {response.status}"
        except FetchError as error:
            problem = f"the hub cannot be asked: {error.description}"
        return Asked(feed, problem)

    def notices(self) -> Sequence[HubNotice]:
        """Take what has come in."""
        return [self._notices.get_nowait() for _ in range(self._notices.qsize())]

    def __bool__(self) -> bool:
        return not self._notices.empty()

    def _answer(self, call: Call) -> Reply:
        answer = self._subscriber.receive(*call, self._clock.now())
        HUB_CALLS.labels(answer.kind.value).inc()
        if answer.notice is not None:
            try:
                self._notices.put_nowait(answer.notice)
            except queue.Full:
                return Reply(503)
        return Reply(answer.status, answer.body)
