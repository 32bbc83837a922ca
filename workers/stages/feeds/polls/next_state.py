"""The state of a feed after a poll, and when the next poll is due."""

import datetime as dt
from dataclasses import dataclass

from msgspec.structs import replace

from workers.domain import printable
from workers.domain.records import Entry, FeedState
from workers.stages.feeds.polls.outcomes import PollOutcome
from workers.stages.feeds.polls.profile import content_problem
from workers.stages.feeds.schedule import Bounds, Hints, History, next_poll
from workers.stages.feeds.websub import is_active


@dataclass(frozen=True, slots=True)
class Timing:
    """When a poll took place, and how the next one is chosen."""

    now: dt.datetime
    bounds: Bounds
    fraction: float
    """From 0 to 1, at random: spreads the polls of many feeds."""


@dataclass(frozen=True, slots=True)
class Poll:
    """The result of one poll."""

    outcome: PollOutcome
    state: FeedState
    entries: tuple[Entry, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the feed could not be read."""
        return self.state.failures > 0 or self.state.retired


def succeeded(
    outcome: PollOutcome,
    state: FeedState,
    entries: tuple[Entry, ...],
    hints: Hints,
    timing: Timing,
) -> Poll:
    """Return the result of a poll that found a feed; *hints* are those of headers."""
    now, profile = timing.now, state.profile
    silent = None
    if profile.newest_at is not None:
        silent = max(0.0, (now - profile.newest_at).total_seconds())
    history = History(
        interval_seconds=state.interval_seconds,
        new_entries=len(entries),
        gap_seconds=profile.gap_seconds,
        silent_seconds=silent,
        pushed=is_active(state, now),
    )
    # a document's hints hold until another document comes: a 304 has none
    hints = replace(
        hints,
        ttl_seconds=profile.ttl_seconds,
        update_seconds=profile.update_seconds,
        skip_hours=frozenset(profile.skip_hours),
        skip_days=frozenset(profile.skip_days),
    )
    schedule = next_poll(
        history, hints, now, bounds=timing.bounds, fraction=timing.fraction
    )
    after = replace(
        state,
        polled_at=now,
        succeeded_at=now,
        next_poll_at=schedule.next_poll_at,
        interval_seconds=schedule.interval_seconds,
        failures=0,
        problem=content_problem(profile, now),
    )
    return Poll(outcome, after, entries)


def failed(
    outcome: PollOutcome, state: FeedState, problem: str, hints: Hints, timing: Timing
) -> Poll:
    """Return the result of a poll that found none; what is known of entries stays."""
    failures = state.failures + 1
    history = History(interval_seconds=state.interval_seconds, failures=failures)
    schedule = next_poll(
        history, hints, timing.now, bounds=timing.bounds, fraction=timing.fraction
    )
    after = replace(
        state,
        redirect_count=0,  # if a new address was asked, the old one is tried again
        polled_at=timing.now,
        next_poll_at=schedule.next_poll_at,
        interval_seconds=state.interval_seconds or timing.bounds.shortest,
        failures=failures,
        problem=printable.one_line(problem),
    )
    return Poll(outcome, after)
