"""What is due: polls of feeds and requests to hubs, and what they leave in tables."""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace
from prometheus_client import Gauge

from workers.domain.outcomes import Outcome
from workers.domain.records import Feed, FeedState, HubNotice
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES
from workers.fleet.poll.hubs import Asked, Hubs
from workers.fleet.poll.reader import FeedReader, Polled, job
from workers.fleet.poll.settings import PollSettings, bounds
from workers.runtime.http.host_queue import Job
from workers.runtime.http.scheduler import AT_ONCE, Rounds, Standing
from workers.runtime.processing.worker import Context, Incoming, Output, Result
from workers.stages.feeds import websub
from workers.stages.feeds.notices import after_notice
from workers.stages.feeds.polls import FeedHealth, Timing, due_at, feed_health

FEED_COUNT = Gauge("khabar_feeds", "Feeds that this process owns.", ["status"])
_HUB = "hub of "


class Poller:
    """Polls what is due, and keeps the feeds subscribed at their hubs."""

    def __init__(
        self, settings: PollSettings, context: Context, hubs: Hubs | None
    ) -> None:
        self._reader = FeedReader(settings, context.clock)
        self._feeds = context.tables.of(FEEDS)
        self._states = context.tables.of(FEED_STATES)
        self._bounds = bounds(settings)
        self._clock = context.clock
        self._hubs = hubs
        self._rounds: Rounds[Polled | Asked] = Rounds(
            self,
            threads=settings.threads,
            gap_seconds=settings.host_gap_seconds,
            clock=context.clock,
        )

    def handle(self, incoming: Sequence[Incoming[Any]]) -> Sequence[Result]:
        """Take over notices of hubs and operators; tables hold the definitions."""
        for each in incoming:
            if isinstance(each.record, HubNotice):
                state = self._states.get(each.record.feed_id)
                if state is not None:
                    now = self._clock.now()
                    self._states.put(after_notice(state, each.record, now))
        self._rounds.replan()
        return [Result(Outcome.APPLIED)] * len(incoming)

    def next_due(self) -> dt.datetime | None:
        """Return when there is something to do."""
        return AT_ONCE if self._hubs else self._rounds.next_due()

    def due(self, now: dt.datetime) -> Sequence[Output[Any]]:
        """Start what may start, and write what has come back."""
        notices = self._hubs.notices() if self._hubs is not None else ()
        outputs: list[Output[Any]] = [Output(HUB_NOTICES, each) for each in notices]
        for result in self._rounds.go(now):
            outputs += self._written(result)
        return outputs

    def close(self) -> None:
        """Break off what is under way."""
        self._rounds.settle()
        self._reader.close()
        self._rounds.close()

    # --- duties, as runtime.rounds asks for them ---------------------------

    def look_up(self) -> Iterable[tuple[dt.datetime, Job]]:
        """Return the polls of all feeds, and the requests to hubs."""
        counts = dict.fromkeys(FeedHealth, 0)
        for feed in self._feeds.values():
            state = self._states.get(feed.feed_id)
            counts[feed_health(feed, state)] += 1
            due = due_at(feed, state, shortest=self._bounds.shortest)
            if due is None:
                continue
            yield due, job(feed, state)
            hub = None if state is None else state.profile.hub
            ask = None if state is None else websub.subscribe_at(state)
            if self._hubs is not None and ask is not None and hub is not None:
                yield ask, Job(_HUB + feed.feed_id, urlsplit(hub).hostname or "")
        for health, count in counts.items():
            FEED_COUNT.labels(health.value).set(count)

    def begin(self, job: Job, now: dt.datetime) -> Callable[[], Polled | Asked] | None:
        """Return a poll or a request to a hub, unless it is no longer due."""
        feed_id = job.key.removeprefix(_HUB)
        feed, state = self._feeds.get(feed_id), self._states.get(feed_id)
        if feed is None:
            return None
        if job.key != feed_id:
            return None if state is None else self._ask(feed, state, now)
        due = due_at(feed, state, shortest=self._bounds.shortest)
        if due is None or due > now:
            return None
        timing = Timing(now, self._bounds, random.random())  # noqa: S311 jitter is no secret
        return partial(self._reader.poll, feed, state, timing)

    def _ask(
        self, feed: Feed, state: FeedState, now: dt.datetime
    ) -> Callable[[], Asked] | None:
        hub, topic, due = (
            state.profile.hub,
            state.profile.topic,
            websub.subscribe_at(state),
        )
        if self._hubs is None or due is None or due > now or not hub or not topic:
            return None
        self._states.put(websub.requested(state, now))
        return partial(self._hubs.ask, self._reader.client, feed, hub, topic)

    def standing(self, result: Polled | Asked) -> Standing:
        """Compare *result* with what the tables hold."""
        state = self._states.get(result.feed.feed_id)
        if isinstance(result, Asked):
            known = None if state is None else state.subscription
            if known is None or known.problem == result.problem:
                return Standing.WRITTEN
            return Standing.OPEN if result.problem else Standing.WRITTEN
        polled_at = None if state is None else state.polled_at
        if polled_at == result.poll.state.polled_at:
            return Standing.WRITTEN
        before = result.before.polled_at if result.before else None
        ours = self._feeds.get(result.feed.feed_id) == result.feed
        return Standing.OPEN if ours and before == polled_at else Standing.OVERTAKEN

    def size(self, result: Polled | Asked) -> int:
        """Return how many entries were found."""
        return len(result.poll.entries) if isinstance(result, Polled) else 0

    def count(self, result: Polled | Asked) -> None:
        """Count what was written."""
        result.note()

    def _written(self, result: Polled | Asked) -> Sequence[Output[Any]]:
        """Put the new state into the table; return the entries."""
        state = self._states.get(result.feed.feed_id)
        if isinstance(result, Asked):
            if state is not None and result.problem:
                self._states.put(websub.with_problem(state, result.problem))
            return ()
        found = bool(result.poll.entries)
        # hubs may have spoken since the poll began
        subscription = websub.after_poll(state, result.poll.state, found_news=found)
        self._states.put(replace(result.poll.state, subscription=subscription))
        return [Output(ENTRIES, entry) for entry in result.poll.entries]
