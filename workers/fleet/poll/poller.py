"""The poll worker's handler: records in, and what time and hubs bring."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from workers.domain.outcomes import Outcome
from workers.domain.records import HubNotice
from workers.domain.times import AT_ONCE
from workers.domain.topics import FEED_STATES, HUB_NOTICES
from workers.fleet.poll.hubs import Hubs
from workers.fleet.poll.reader import FeedReader
from workers.fleet.poll.settings import PollSettings
from workers.fleet.poll.tasks import FeedResult, FeedTask, FeedTasks
from workers.runtime.http.scheduler import Scheduler
from workers.runtime.processing.worker import Context, Incoming, Output, Result
from workers.stages.feeds.notices import after_notice


class Poller:
    """Writes the results of polls, and the notices of hubs."""

    def __init__(
        self,
        settings: PollSettings,
        context: Context,
        reader: FeedReader,
        hubs: Hubs | None,
    ) -> None:
        """Poll with *reader*; without *hubs* feeds are only polled."""
        self._states = context.tables.of(FEED_STATES)
        self._clock = context.clock
        self._callbacks = None if hubs is None else hubs.callbacks
        hub_client = None if hubs is None else hubs.client
        self._tasks = FeedTasks(
            settings, context.tables, reader, hub_client, context.clock
        )
        self._scheduler: Scheduler[FeedTask, FeedResult] = Scheduler(
            self._tasks, threads=settings.connections, clock=context.clock
        )

    def handle(self, incoming: Sequence[Incoming[Any]]) -> Sequence[Result]:
        """Apply notices of hubs and operators; tables hold the definitions."""
        for each in incoming:
            if isinstance(each.record, HubNotice):
                state = self._states.get(each.record.feed_id)
                if state is not None:
                    now = self._clock.now()
                    self._states.put(after_notice(state, each.record, now))
        self._scheduler.replan()
        return [Result(Outcome.APPLIED)] * len(incoming)

    def next_due(self) -> dt.datetime | None:
        """Return when there is something to do."""
        if self._callbacks is not None and self._callbacks.has_notices:
            return AT_ONCE
        return self._scheduler.next_due()

    def due(self, now: dt.datetime) -> Sequence[Output[Any]]:
        """Start what may start; return what is to be written."""
        notices = () if self._callbacks is None else self._callbacks.take_notices()
        outputs: list[Output[Any]] = [Output(HUB_NOTICES, each) for each in notices]
        for result in self._scheduler.run_due(now):
            outputs += self._tasks.write(result)
        return outputs

    def close(self) -> None:
        """Count what is committed, and wait for what runs."""
        self._scheduler.confirm_commits()
        self._scheduler.close()
