"""What is remembered of a feed's subscription, and how it changes.

Requests to the hub, its notices, and polls that found entries it had not told of each
make a new state of the feed. When the hub is asked again follows from the state.
"""

import datetime as dt

from msgspec.structs import replace

from workers.domain import printable
from workers.domain.ids import digest64
from workers.domain.records import FeedState, HubEvent, HubNotice, Subscription
from workers.domain.times import AT_ONCE

MISSES_BORNE = 3
"""Polls in a row with news that the hub kept to itself; then it is not relied upon."""
_LAST_RETRY = dt.timedelta(days=1)
_MIN_GAP = dt.timedelta(minutes=10)
_RENEWAL_SHARE = 0.2
"""Of a lease that is left when it is renewed."""
_DENIED_ATTEMPTS = 6
"""A denial counts as so many failed requests: the next is a day later."""
_SHORTEST_LEASE = 60.0
_LONGEST_LEASE = 30 * 86400.0


def is_active(state: FeedState, now: dt.datetime) -> bool:
    """Whether a hub tells of the feed's changes, and has kept to it."""
    subscription = state.subscription
    return (
        subscription is not None
        and subscription.lease_until is not None
        and subscription.lease_until > now
        and subscription.missed < MISSES_BORNE
    )


def subscribe_at(state: FeedState) -> dt.datetime | None:
    """Return when the hub is to be asked next; None where the feed names none."""
    profile, known = state.profile, state.subscription
    if profile.hub is None or profile.topic is None or state.retired:
        return None
    if known is None:
        return AT_ONCE
    earliest = known.asked_at + _MIN_GAP
    if (known.hub, known.topic) != (profile.hub, profile.topic):
        return earliest
    if known.attempts or known.lease_until is None:
        doublings = max(0, min(known.attempts, _DENIED_ATTEMPTS) - 1)
        retry = dt.timedelta(hours=float(2**doublings))
        return max(earliest, known.asked_at + min(retry, _LAST_RETRY))
    lease = known.lease_until - known.asked_at
    return max(earliest, known.lease_until - lease * _RENEWAL_SHARE)


def requested(state: FeedState, now: dt.datetime) -> FeedState:
    """Note that the hub is being asked: its answer may come before that to us."""
    profile, known = state.profile, state.subscription
    if profile.hub is None or profile.topic is None:
        return state
    if known is None or (known.hub, known.topic) != (profile.hub, profile.topic):
        known = Subscription(hub=profile.hub, topic=profile.topic, asked_at=now)
    return replace(
        state,
        subscription=replace(known, asked_at=now, attempts=known.attempts + 1),
    )


def with_problem(state: FeedState, problem: str) -> FeedState:
    """Note what went wrong when the hub was asked."""
    if state.subscription is None:
        return state
    known = replace(state.subscription, problem=printable.one_line(problem))
    return replace(state, subscription=known)


def with_notice(state: FeedState, notice: HubNotice) -> FeedState:
    """Take over what the hub said; what it says of another topic changes nothing."""
    known = state.subscription
    if known is None or digest64(known.topic) != notice.topic:
        return state
    match notice.event:
        case HubEvent.CONFIRMED:
            lease = min(max(notice.lease_seconds or 0, _SHORTEST_LEASE), _LONGEST_LEASE)
            until = notice.received_at + dt.timedelta(seconds=lease)
            known = replace(known, lease_until=until, attempts=0, problem=None)
        case HubEvent.DENIED:
            known = replace(
                known,
                lease_until=None,
                attempts=_DENIED_ATTEMPTS,
                problem="the hub refuses: "
                + printable.one_line(notice.reason or "it gives no reason"),
            )
        case HubEvent.CHANGED:
            known = replace(known, pinged_at=notice.received_at, missed=0)
    return replace(state, subscription=known)


def after_poll(
    before: FeedState | None, after: FeedState, *, found_news: bool
) -> Subscription | None:
    """Return what a poll tells of the hub: whether it had told of the news."""
    known = None if before is None else before.subscription
    if before is None or known is None or not found_news or before.polled_at is None:
        return known
    told = known.pinged_at is not None and known.pinged_at >= before.polled_at
    live = known.lease_until is not None and known.lease_until > (
        after.polled_at or before.polled_at
    )
    return replace(known, missed=0 if told else known.missed + 1) if live else known


def pinged_at(state: FeedState) -> dt.datetime | None:
    """Return when a change was told of that no poll has looked for yet."""
    known = state.subscription
    if known is None or known.pinged_at is None or state.failures:
        return None
    if state.polled_at is not None and state.polled_at > known.pinged_at:
        return None
    return known.pinged_at
