"""Before a poll: when it is due, which address is asked, with which headers."""

import datetime as dt
from collections.abc import Mapping

from msgspec.structs import replace

from workers.domain.records import Feed, FeedProfile, FeedState, FeedStatus
from workers.domain.times import AT_ONCE
from workers.stages.feeds.polls.redirects import is_believed
from workers.stages.feeds.polls.validators import are_trusted
from workers.stages.feeds.websub import pinged_at
from workers.web.validators import conditional_headers

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)


def due_at(
    feed: Feed,
    state: FeedState | None,
    *,
    shortest: float = 0.0,
    latest: dt.datetime | None = None,
) -> dt.datetime | None:
    """Return when *feed* is to be polled, AT_ONCE for now, None for never.

    When its hub has notified of a change, that is at once, but at least *shortest*
    seconds after the last poll. A time after *latest* was set by a clock that ran
    ahead, and is not waited for.
    """
    if feed.status is not FeedStatus.ACTIVE:
        return None
    if state is None or state.url != feed.url:
        return AT_ONCE
    if state.retired:
        return None
    due = state.next_poll_at or AT_ONCE
    if latest is not None and due > latest:
        return AT_ONCE
    pinged = pinged_at(state)
    if pinged is None or state.polled_at is None:
        return due
    return min(due, max(pinged, state.polled_at + dt.timedelta(seconds=shortest)))


def known_state(feed: Feed, state: FeedState | None) -> FeedState:
    """Return what still holds of *state* if *feed* has another address now.

    That is which entries were seen, and by which keys they are told apart.
    """
    if state is not None and state.url == feed.url:
        return state
    blank = FeedState(feed_id=feed.feed_id, url=feed.url)
    if state is None:
        return blank
    keys = FeedProfile(key_parameters=state.profile.key_parameters)
    return replace(blank, seen=state.seen, profile=keys)


def request_url(feed: Feed, state: FeedState | None) -> str:
    """Return the address to ask: where permanent redirects led again and again."""
    known = known_state(feed, state)
    moved_to = known.moved_to
    return moved_to if moved_to is not None and is_believed(known) else feed.url


def request_headers(feed: Feed, state: FeedState | None) -> Mapping[str, str]:
    """Return the headers to ask with: conditional where validators are trusted."""
    known = known_state(feed, state)
    headers = {"accept": ACCEPT}
    if are_trusted(known):
        headers |= conditional_headers(known.etag, known.last_modified)
    return headers
