"""The health of feeds, as operators and metrics are told it."""

from enum import StrEnum

from workers.domain.records import Feed, FeedState, FeedStatus


class FeedHealth(StrEnum):
    """The health of a feed; closed, so safe as a metric label."""

    GOOD = "good"
    FAILING = "failing"
    WAITING = "waiting"
    """Not polled yet."""
    GONE = "gone"
    PAUSED = "paused"
    RETIRED = "retired"


def feed_health(feed: Feed, state: FeedState | None) -> FeedHealth:
    """Return the health of *feed*: what its definition says, else its last poll."""
    if feed.status is not FeedStatus.ACTIVE:
        return FeedHealth(feed.status.value)
    if state is None or state.polled_at is None:
        return FeedHealth.WAITING
    if state.retired:
        return FeedHealth.GONE
    return FeedHealth.FAILING if state.failures else FeedHealth.GOOD
