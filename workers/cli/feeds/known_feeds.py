"""The feeds that the pollers know, each with its state, read for a command."""

import datetime as dt
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.cli.terminal.console import Failure
from workers.cli.topics.records import latest

if TYPE_CHECKING:
    from workers.domain.records import Feed, FeedState
    from workers.runtime.service.settings import Kafka
    from workers.stages.feeds.polls import FeedHealth

_MINUTE = 60.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed as it is defined, and what polls have made of it."""

    feed: "Feed"
    state: "FeedState | None"

    @property
    def health(self) -> "FeedHealth":
        """How the feed is doing."""
        from workers.stages.feeds.polls import feed_health

        return feed_health(self.feed, self.state)

    @property
    def has_problem(self) -> bool:
        """Whether somebody should look at the feed."""
        from workers.stages.feeds.polls import FeedHealth

        if self.health in {FeedHealth.PAUSED, FeedHealth.RETIRED}:
            return False
        bad = self.health in {FeedHealth.FAILING, FeedHealth.GONE}
        return bad or bool(self.state and self.state.problem)

    @property
    def next_poll_at(self) -> dt.datetime | None:
        """When the pollers are to fetch the feed; None where they are not to."""
        from workers.stages.feeds.polls import due_at

        return due_at(self.feed, self.state)

    def next_poll(self) -> str:
        """Return the time of the next poll in words."""
        due = self.next_poll_at
        if due is None:
            return ""
        return "at once" if due.year == 1 else f"{due:%m-%d %H:%M:%S}"

    def remarks(self) -> list[str]:
        """Return what is wrong with the feed or odd about it, the worst first."""
        from workers.cli.feeds.check import warnings

        return [*warnings(self.state)] if self.state else []

    def as_json(self) -> str:
        """Return what `as_builtins` returns as a line of JSON."""
        import msgspec

        return msgspec.json.encode(self.as_builtins()).decode()

    def as_builtins(self) -> dict[str, object]:
        """Return all that is known, but for the digests of entries."""
        import msgspec

        known = msgspec.to_builtins(self.state) if self.state else {}
        known.pop("seen", None)
        return {
            **msgspec.to_builtins(self.feed),
            "health": self.health.value,
            "has_problem": self.has_problem,
            "state": known or None,
        }


def known_feeds(settings: "Kafka") -> dict[str, KnownFeed]:
    """Return the feeds by id, in the order of their ids."""
    from workers.domain.topics import FEED_STATES, FEEDS

    feeds, states = latest(settings, FEEDS), latest(settings, FEED_STATES)
    return {
        feed_id: KnownFeed(feed, states.get(feed_id))
        for feed_id, feed in sorted(feeds.items())
    }


def chosen(known: dict[str, KnownFeed], feed_ids: Sequence[str]) -> list[KnownFeed]:
    """Return the feeds of those ids; raises Failure that names the unknown ones."""
    unknown = [feed_id for feed_id in feed_ids if feed_id not in known]
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=3)
        hint = (
            f"; there is {', '.join(near)}" if near else "; khabar feeds list has all"
        )
        raise Failure(f"there is no feed {', '.join(unknown)}{hint}")
    return [known[feed_id] for feed_id in dict.fromkeys(feed_ids)]


def duration(seconds: float) -> str:
    """Return a length of time in the unit that suits it."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
