"""What is due for the feeds in the tables: polls, and requests to hubs."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from prometheus_client import Gauge

from workers.domain.records import Feed, FeedState
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS
from workers.fleet.poll.hubs import HubClient, SubscriptionResult
from workers.fleet.poll.reader import FeedReader, PollResult
from workers.fleet.poll.settings import PollSettings, bounds
from workers.runtime.http.scheduler import WriteStatus
from workers.runtime.processing.tables import Tables
from workers.runtime.processing.worker import Output
from workers.runtime.service.clock import Clock
from workers.stages.feeds import websub
from workers.stages.feeds.polls import (
    FeedHealth,
    Timing,
    due_at,
    feed_health,
    request_url,
)
from workers.web.urls import host_of

FEED_COUNT = Gauge("khabar_feeds", "Feeds that this process owns.", ["status"])


class PollTask(NamedTuple):
    """A feed to be polled."""

    feed_id: str
    host: str
    gap_seconds: float

    @property
    def key(self) -> str:
        """What tells the task from all others."""
        return self.feed_id


class SubscribeTask(NamedTuple):
    """A hub to be asked for a subscription to a feed."""

    feed_id: str
    host: str
    gap_seconds: float

    @property
    def key(self) -> tuple[str, str]:
        """What tells the task from all others, the poll of the feed included."""
        return "hub", self.feed_id


FeedTask = PollTask | SubscribeTask
FeedResult = PollResult | SubscriptionResult


def poll_task(feed: Feed, state: FeedState | None, gap_seconds: float) -> PollTask:
    """Return the task to poll *feed*, after which its host rests *gap_seconds*."""
    return PollTask(feed.feed_id, host_of(request_url(feed, state)), gap_seconds)


class FeedTasks:
    """The scheduler's source of tasks, over the tables of feeds and their states."""

    def __init__(
        self,
        settings: PollSettings,
        tables: Tables,
        reader: FeedReader,
        hub_client: HubClient | None,
        clock: Clock,
    ) -> None:
        """Ask no hubs without a *hub_client*."""
        self._feeds = tables.of(FEEDS)
        self._states = tables.of(FEED_STATES)
        self._bounds = bounds(settings)
        self._gap_seconds = settings.host_gap_seconds
        self._reader = reader
        self._hub_client = hub_client
        self._clock = clock

    def due_tasks(self) -> Iterable[tuple[dt.datetime, FeedTask]]:
        """Yield the tasks of all feeds with their times; set the gauge of feeds."""
        counts = dict.fromkeys(FeedHealth, 0)
        now = self._clock.now()
        for feed in self._feeds.values():
            state = self._states.get(feed.feed_id)
            counts[feed_health(feed, state)] += 1
            due = self._due_at(feed, state, now)
            if due is None:
                continue
            yield due, poll_task(feed, state, self._gap_seconds)
            hub = None if state is None else state.profile.hub
            ask_at = None if state is None else websub.subscribe_at(state)
            if self._hub_client is not None and ask_at is not None and hub is not None:
                host = host_of(hub)
                yield ask_at, SubscribeTask(feed.feed_id, host, self._gap_seconds)
        for health, count in counts.items():
            FEED_COUNT.labels(health.value).set(count)

    def begin(
        self, task: FeedTask, now: dt.datetime
    ) -> Callable[[], FeedResult] | None:
        """Return the work of *task*, unless it is no longer due."""
        feed, state = self._feeds.get(task.feed_id), self._states.get(task.feed_id)
        if feed is None:
            return None
        if isinstance(task, SubscribeTask):
            return None if state is None else self._subscription(feed, state, now)
        due = self._due_at(feed, state, now)
        if due is None or due > now:
            return None
        timing = Timing(now, self._bounds, random.random())  # noqa: S311 jitter is no secret
        return partial(self._reader.poll, feed, state, timing)

    def _due_at(
        self, feed: Feed, state: FeedState | None, now: dt.datetime
    ) -> dt.datetime | None:
        latest = now + dt.timedelta(seconds=self._bounds.furthest)
        shortest = self._bounds.shortest
        return due_at(feed, state, shortest=shortest, latest=latest)

    def write_status(self, result: FeedResult) -> WriteStatus:
        """Return whether *result* is written, by what the tables hold."""
        feed_id = result.feed.feed_id
        return result.write_status(self._feeds.get(feed_id), self._states.get(feed_id))

    def write(self, result: FeedResult) -> Sequence[Output[Any]]:
        """Put the state after *result* into the table; return its entries."""
        state = result.next_state(self._states.get(result.feed.feed_id))
        if state is not None:
            self._states.put(state)
        return [Output(ENTRIES, entry) for entry in result.entries]

    def _subscription(
        self, feed: Feed, state: FeedState, now: dt.datetime
    ) -> Callable[[], SubscriptionResult] | None:
        hub, topic = state.profile.hub, state.profile.topic
        due = websub.subscribe_at(state)
        if self._hub_client is None or due is None or due > now or not hub or not topic:
            return None
        # noted before the request: the hub may verify before it responds
        self._states.put(websub.requested(state, now))
        return partial(self._hub_client.subscribe, feed, hub, topic)
