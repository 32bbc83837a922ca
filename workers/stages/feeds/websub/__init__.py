"""WebSub, the subscriber's part (W3C Recommendation of 23 January 2018).

A hub notifies of a feed's change, and the feed is polled at once. The content that the
hub delivers is not read, so that whatever comes over the callback, entries come from
the publisher alone, and each is emitted once.
"""

from workers.stages.feeds.websub.links import header_links
from workers.stages.feeds.websub.subscriber import (
    FORM_TYPE,
    CallbackKind,
    CallbackResult,
    Subscriber,
    is_signed,
)
from workers.stages.feeds.websub.subscription import (
    MISSES_BORNE,
    after_poll,
    is_active,
    pinged_at,
    requested,
    subscribe_at,
    with_notice,
    with_problem,
)

__all__ = [
    "FORM_TYPE",
    "MISSES_BORNE",
    "CallbackKind",
    "CallbackResult",
    "Subscriber",
    "after_poll",
    "header_links",
    "is_active",
    "is_signed",
    "pinged_at",
    "requested",
    "subscribe_at",
    "with_notice",
    "with_problem",
]
