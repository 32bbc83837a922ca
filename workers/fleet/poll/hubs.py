"""WebSub hubs: requests for subscriptions, and the server that hubs call back.

What a call means is decided in `stages.feeds.websub`.
"""

import queue
from collections.abc import Sequence
from typing import NamedTuple

from prometheus_client import Counter

from workers.domain.outcomes import ConfigurationError
from workers.domain.records import Entry, Feed, FeedState, HubNotice
from workers.fleet.poll.settings import PollSettings
from workers.runtime.http.callback_server import (
    CallbackRequest,
    CallbackResponse,
    CallbackServer,
)
from workers.runtime.http.client import HttpClient
from workers.runtime.http.response import FetchError
from workers.runtime.http.scheduler import WriteStatus
from workers.runtime.service import logs
from workers.runtime.service.clock import Clock
from workers.stages.feeds import websub
from workers.web.urls import absolute_url

HUB_CALLS = Counter(
    "khabar_hub_calls_total", "Calls of WebSub hubs, by what they were.", ["call"]
)
HUB_REQUESTS = Counter(
    "khabar_hub_requests_total",
    "Subscriptions that were asked for, by whether the hub took the request.",
    ["result"],
)

_log = logs.get(__name__)

_MAX_NOTICES = 10_000
_ACCEPTED = range(200, 300)


class SubscriptionResult(NamedTuple):
    """A request to a hub for a subscription, not yet known to be committed."""

    feed: Feed
    problem: str | None
    """Why the hub did not take the request; None if it did."""
    entries: tuple[Entry, ...] = ()
    """None: a hub that takes a request says nothing of the feed."""

    @property
    def record_count(self) -> int:
        """No records but the state."""
        return 0

    def write_status(self, feed: Feed | None, state: FeedState | None) -> WriteStatus:  # noqa: ARG002 as of a poll
        """Return whether the tables, which hold *state*, know of the problem."""
        known = None if state is None else state.subscription
        if known is None or not self.problem or known.problem == self.problem:
            return WriteStatus.WRITTEN
        return WriteStatus.PENDING

    def next_state(self, state: FeedState | None) -> FeedState | None:
        """Return *state* with the problem noted, None if there is nothing to note."""
        if state is None or not self.problem:
            return None
        return websub.with_problem(state, self.problem)

    def record_metrics(self) -> None:
        """Count and log the result; called once, when it is committed."""
        HUB_REQUESTS.labels("refused" if self.problem else "taken").inc()
        if self.problem:
            _log.warning("hub_failed", feed_id=self.feed.feed_id, problem=self.problem)


class HubClient:
    """Asks hubs for subscriptions."""

    def __init__(self, client: HttpClient, subscriber: websub.Subscriber) -> None:
        self._client = client
        self._subscriber = subscriber

    def subscribe(self, feed: Feed, hub: str, topic: str) -> SubscriptionResult:
        """Ask *hub* to call back for *topic*; it confirms by a call of its own."""
        problem = None
        try:
            form = self._subscriber.form(feed, topic)
            response = self._client.post(hub, form, websub.FORM_TYPE)
            if response.status not in _ACCEPTED:
                problem = f"the hub answers with HTTP status {response.status}"
        except FetchError as error:
            problem = f"the hub cannot be asked: {error.description}"
        return SubscriptionResult(feed, problem)


class HubCallbacks:
    """The server that hubs call; their notices wait here to be written."""

    def __init__(
        self,
        settings: PollSettings,
        subscriber: websub.Subscriber,
        clock: Clock,
    ) -> None:
        """Listen; raises ConfigurationError."""
        self._subscriber = subscriber
        self._clock = clock
        self._notices: queue.Queue[HubNotice] = queue.Queue(_MAX_NOTICES)
        self._server = CallbackServer(
            settings.websub.host,
            settings.websub.port,
            self._respond,
            is_known=subscriber.is_known,
            max_body_bytes=settings.max_feed_bytes,
        )
        self.close = self._server.close
        _log.info(
            "hubs_may_call", address=self._server.address, public=subscriber.callback
        )

    @property
    def has_notices(self) -> bool:
        """Whether notices wait to be taken."""
        return not self._notices.empty()

    def take_notices(self) -> Sequence[HubNotice]:
        """Remove and return the notices that have come in."""
        return [self._notices.get_nowait() for _ in range(self._notices.qsize())]

    def _respond(self, request: CallbackRequest) -> CallbackResponse:
        result = self._subscriber.receive(*request, self._clock.now())
        HUB_CALLS.labels(result.kind.value).inc()
        if result.notice is not None:
            try:
                self._notices.put_nowait(result.notice)
            except queue.Full:
                return CallbackResponse(503)
        return CallbackResponse(result.status, result.body)


class Hubs(NamedTuple):
    """Both directions in which the poller and hubs talk."""

    client: HubClient
    callbacks: HubCallbacks


def open_hubs(settings: PollSettings, client: HttpClient, clock: Clock) -> Hubs:
    """Listen for hubs, and ask them with *client*; raises ConfigurationError."""
    own = settings.websub
    callback = own.callback_url.rstrip("/")
    if absolute_url(callback) is None:
        msg = "KHABAR_WEBSUB_CALLBACK_URL is no http or https address"
        raise ConfigurationError(msg)
    if not own.secret.reveal():
        msg = "KHABAR_WEBSUB_CALLBACK_URL needs KHABAR_WEBSUB_SECRET beside it"
        raise ConfigurationError(msg)
    subscriber = websub.Subscriber(
        callback, own.secret.reveal().encode(), own.lease_seconds
    )
    callbacks = HubCallbacks(settings, subscriber, clock)
    return Hubs(HubClient(client, subscriber), callbacks)
