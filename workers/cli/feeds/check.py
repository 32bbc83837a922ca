"""`khabar feeds check`: whether the feeds of a list can be read, asked once each."""

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.table import Table

    from workers.domain.records import Feed, FeedState
    from workers.fleet.poll import PollSettings
    from workers.fleet.poll.reader import PollResult

GOOD = "ok"
POOR = "poor"
"""The feed can be read, and something about it is wrong all the same."""


class Finding(NamedTuple):
    """What one feed answered."""

    feed_id: str
    url: str
    status: str
    """`ok`, `poor`, or how the poll failed, as khabar_polls_total has it."""
    entries: int
    newest_at: dt.datetime | None
    problem: str | None
    """Why it is not good, in words."""
    remarks: tuple[str, ...]
    """What an operator may want to know, though the feed can be read."""
    seconds: float


def read_settings() -> "PollSettings":
    """Read what the poll worker would read; raises SettingsError."""
    from workers.fleet.poll import PollSettings
    from workers.runtime.service import settings

    return settings.read(PollSettings, "poll", os.environ)


def findings(feeds: "Sequence[Feed]", settings: "PollSettings") -> Iterator[Finding]:
    """Poll every feed once, each host one feed after the other; yield as they come.

    The settings of the poll worker hold: what it could not read is not read here.
    """
    from workers.fleet.poll.reader import FeedReader, PollResult
    from workers.fleet.poll.settings import bounds
    from workers.fleet.poll.tasks import PollTask, poll_task
    from workers.runtime.http.client import HttpClient
    from workers.runtime.http.fetch_pool import FetchPool
    from workers.runtime.http.host_queue import HostQueue
    from workers.runtime.service.clock import SystemClock
    from workers.stages.feeds.polls import Timing

    clock = SystemClock()
    client = HttpClient(settings.http)
    reader = FeedReader(client, settings, clock)
    hosts: HostQueue[PollTask] = HostQueue(clock)
    pool: FetchPool[PollTask, PollResult] = FetchPool(hosts, settings.connections)
    by_id = {feed.feed_id: feed for feed in feeds}
    for feed in feeds:
        hosts.add(poll_task(feed, None, settings.host_gap_seconds))

    def poll(task: PollTask) -> "Callable[[], PollResult]":
        timing = Timing(clock.now(), bounds(settings), 0.0)
        return partial(reader.poll, by_id[task.feed_id], None, timing)

    try:
        for finished in pool.run_all(poll):
            yield _finding(finished.result)
    finally:
        client.close()
        reader.close()
        pool.close()


def _finding(result: "PollResult") -> Finding:
    poll, state = result.poll, result.poll.state
    status = POOR if state.problem else GOOD
    return Finding(
        feed_id=state.feed_id,
        url=result.feed.url,
        status=poll.outcome.value if poll.failed else status,
        entries=state.profile.entries,
        newest_at=state.profile.newest_at,
        problem=state.problem,
        remarks=tuple(words for words in warnings(state) if words != state.problem),
        seconds=round(result.seconds, 3),
    )


def warnings(state: "FeedState") -> Iterator[str]:
    """Yield what an operator may want to know of a feed, the worst first."""
    from workers.stages.feeds.websub import MISSES_BORNE

    if state.problem:
        yield state.problem
    if state.failures > 1:
        yield f"failed {state.failures} times in a row"
    if state.moved_to:
        yield f"moved to {state.moved_to}"
    if state.profile.dates:
        yield f"dates: {state.profile.dates}"
    if state.profile.validators in {"stale", "restless"}:
        yield f"validators: {state.profile.validators}"
    if state.subscription is not None and state.subscription.problem:
        yield state.subscription.problem
    if state.subscription is not None and state.subscription.missed >= MISSES_BORNE:
        yield "the hub keeps news to itself"
    yield from state.profile.notes


def table(found: Sequence[Finding]) -> "Table":
    """Return the findings as a table for a person."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    shown.add_column("feed", overflow="fold")
    shown.add_column("status", no_wrap=True)
    shown.add_column("entries", no_wrap=True, justify="right")
    shown.add_column("newest", no_wrap=True)
    shown.add_column("what is wrong or odd", overflow="fold")
    for one in found:
        words = [one.problem, *one.remarks] if one.problem else one.remarks
        shown.add_row(
            Text(one.feed_id),
            Text(one.status, "green" if one.status == GOOD else "red"),
            str(one.entries),
            f"{one.newest_at:%Y-%m-%d %H:%M}" if one.newest_at else "",
            Text("; ".join(words)),
        )
    return shown
