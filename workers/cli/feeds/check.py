"""`khabar feeds check`: whether the feeds of a list can be read, asked once each."""

import datetime as dt
import os
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.table import Table

    from workers.domain.records import Feed, FeedState
    from workers.fleet.poll import PollSettings
    from workers.fleet.poll.reader import Polled

_WAIT_SECONDS = 0.1
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
    """Ask every feed once, each host one feed after the other, and tell as they come.

    The settings of the poll worker hold: what it could not read is not read here.
    """
    from workers.fleet.poll.reader import FeedReader, Polled, job
    from workers.fleet.poll.settings import bounds
    from workers.runtime.http.host_queue import Agenda, Fetches
    from workers.runtime.service.clock import SystemClock
    from workers.stages.feeds.polls import Timing

    clock = SystemClock()
    reader = FeedReader(settings, clock)
    fetches: Fetches[Polled] = Fetches(
        settings.threads, settings.host_gap_seconds, clock.monotonic
    )
    by_id = {feed.feed_id: feed for feed in feeds}
    agenda = Agenda()
    agenda.plan(job(feed, None) for feed in feeds)
    try:
        while agenda or fetches:
            while fetches.room and (turn := agenda.take(fetches.is_free)):
                timing = Timing(clock.now(), bounds(settings), 0.0)
                ask = partial(reader.poll, by_id[turn.key], None, timing)
                fetches.start(turn, ask)
            if not fetches:  # every host that is left has just been asked
                time.sleep(min(fetches.wait(host) for host in agenda.hosts()))
            for polled in fetches.finished(_WAIT_SECONDS, len(feeds)):
                yield _finding(polled)
    finally:
        reader.close()
        fetches.close()


def _finding(polled: "Polled") -> Finding:
    poll, state = polled.poll, polled.poll.state
    status = POOR if state.problem else GOOD
    return Finding(
        feed_id=state.feed_id,
        url=polled.feed.url,
        status=poll.outcome.value if poll.failed else status,
        entries=state.profile.entries,
        newest_at=state.profile.newest_at,
        problem=state.problem,
        remarks=tuple(words for words in warnings(state) if words != state.problem),
        seconds=round(polled.seconds, 3),
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
