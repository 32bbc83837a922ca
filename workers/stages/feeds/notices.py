"""What a notice about a feed makes of its state: of a hub, or of an operator."""

import datetime as dt

from msgspec.structs import replace

from workers.domain.records import FeedState, HubEvent, HubNotice
from workers.stages.feeds import websub


def after_notice(state: FeedState, notice: HubNotice, now: dt.datetime) -> FeedState:
    """Return *state* after *notice*, which is taken in at *now*.

    Applied twice it is as if applied once, but for the time of the next poll.
    """
    match notice.event:
        case HubEvent.POLL:
            return replace(state, next_poll_at=now)
        case HubEvent.RESET:
            # without an address: a state that is made anew, at once
            return FeedState(feed_id=state.feed_id, seen=state.seen)
        case HubEvent.FORGET:
            return FeedState(feed_id=state.feed_id)
    return websub.with_notice(state, notice)
