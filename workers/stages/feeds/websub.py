"""WebSub, the subscriber's part: what is asked of hubs and what they say.

W3C Recommendation of 23 January 2018. A hub calls a feed changed, and the feed is
polled at once; what the hub delivers besides is not read, so that whatever comes over
the callback, entries come from the publisher alone, and each is emitted once.

Nothing is kept of secrets: the part of the callback that nobody can guess, and the
secret that deliveries are signed with, both follow from one key, for each feed and
topic. So any poller can answer for any feed, and a challenge is answered for the topic
that was asked for and no other.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, quote, unquote, urlencode

from msgspec.structs import replace

from workers.domain.ids import digest64
from workers.domain.records import (
    Feed,
    FeedState,
    HubEvent,
    HubNotice,
    Subscription,
)
from workers.web.urls import absolute_url

FORM_TYPE = "application/x-www-form-urlencoded"
MISSES_BORNE = 3
"""Polls in a row with news that the hub kept to itself; then it is not relied upon."""
_LAST_RETRY = dt.timedelta(days=1)
_MIN_GAP = dt.timedelta(minutes=10)
_RENEWAL_SHARE = 0.2
_DENIED_ATTEMPTS = 6
_SHORTEST_LEASE = 60.0
_LONGEST_LEASE = 30 * 86400.0
_LONGEST_CHALLENGE = 4096
_LONGEST_REASON = 200
_MOST_FIELDS = 20
_TOKEN_HEX = 32
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


# --- what a feed says of its hub ----------------------------------------------

_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))""", re.IGNORECASE)


def header_links(value: str, url: str) -> tuple[str | None, str | None]:
    """Return hub and topic that a Link header (RFC 8288) names; the first of each."""
    found: dict[str, str | None] = {}
    for target, parameters in _LINK.findall(value):
        rel = _REL.search(parameters)
        for name in (rel[1] or rel[2] or "").lower().split() if rel else ():
            found.setdefault(name, absolute_url(target.strip(), url))
    return found.get("hub"), found.get("self")


# --- the subscription ---------------------------------------------------------


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
        return _AT_ONCE
    earliest = known.asked_at + _MIN_GAP
    if (known.hub, known.topic) != (profile.hub, profile.topic):
        return earliest
    if known.attempts or known.lease_until is None:
        doublings = max(0, min(known.attempts, _DENIED_ATTEMPTS) - 1)
        retry = dt.timedelta(hours=float(2**doublings))
        return max(earliest, known.asked_at + min(retry, _LAST_RETRY))
    lease = known.lease_until - known.asked_at
    return max(earliest, known.lease_until - lease * _RENEWAL_SHARE)


_AT_ONCE = dt.datetime.min.replace(tzinfo=dt.UTC)


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
    return replace(state, subscription=replace(state.subscription, problem=problem))


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
                problem=f"the hub refuses: {notice.reason or 'it gives no reason'}",
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


# --- at the callback ----------------------------------------------------------


class CallbackKind(StrEnum):
    """What a call was; closed, so safe as a metric label."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    CHANGED = "changed"
    UNSIGNED = "unsigned"
    """A delivery without the right signature; not believed."""
    UNKNOWN = "unknown"
    """Of no subscription of ours."""


@dataclass(frozen=True, slots=True)
class CallbackResult:
    """What a call is answered, and what follows from it."""

    kind: CallbackKind
    status: int
    body: str = ""
    notice: HubNotice | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Our side of every subscription."""

    callback: str
    """Public address that hubs call, without a slash at its end."""
    key: bytes
    """All secrets follow from it."""
    lease_seconds: float
    """Asked for; the hub decides."""

    def form(self, feed: Feed, topic: str) -> bytes:
        """Return what a hub is asked with, to be posted as FORM_TYPE (5.1)."""
        digest = digest64(topic)
        fields = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": f"{self.callback}{self._path(feed.feed_id, digest)}",
            "hub.lease_seconds": str(int(self.lease_seconds)),
            "hub.secret": self._derived("secret", feed.feed_id, digest),
        }
        return urlencode(fields).encode()

    def is_known(self, target: str) -> bool:
        """Tell whether a call goes to an address that was given to a hub."""
        return self._subscription(target) is not None

    def receive(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        now: dt.datetime,
    ) -> CallbackResult:
        """Return what to answer to a call of a hub; header names are in lower case."""
        known = self._subscription(target)
        if known is None:
            return _UNKNOWN
        feed_id, digest = known
        if method == "POST":
            secret = self._derived("secret", feed_id, digest)
            if not is_signed(headers.get("x-hub-signature", ""), secret, body):
                # told nothing, as the Recommendation has it (7.1)
                return CallbackResult(CallbackKind.UNSIGNED, 202)
            notice = HubNotice(
                feed_id=feed_id, topic=digest, event=HubEvent.CHANGED, received_at=now
            )
            return CallbackResult(CallbackKind.CHANGED, 202, notice=notice)
        return self._verified(feed_id, digest, _fields(target.partition("?")[2]), now)

    def _verified(
        self, feed_id: str, digest: str, fields: Mapping[str, str], now: dt.datetime
    ) -> CallbackResult:
        """Verify intent (5.3) or take note of a denial (5.2)."""
        if digest64(fields.get("hub.topic", "")) != digest:
            return _UNKNOWN
        mode = fields.get("hub.mode")
        if mode == "denied":
            notice = HubNotice(
                feed_id=feed_id,
                topic=digest,
                event=HubEvent.DENIED,
                received_at=now,
                reason=fields.get("hub.reason", "")[:_LONGEST_REASON] or None,
            )
            return CallbackResult(CallbackKind.DENIED, 200, notice=notice)
        challenge = fields.get("hub.challenge", "")
        if mode != "subscribe" or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            return _UNKNOWN  # nor is a subscription ever ended by us
        lease = re.fullmatch(r"\d{1,9}", fields.get("hub.lease_seconds", ""))
        notice = HubNotice(
            feed_id=feed_id,
            topic=digest,
            event=HubEvent.CONFIRMED,
            received_at=now,
            lease_seconds=float(lease[0]) if lease else self.lease_seconds,
        )
        return CallbackResult(CallbackKind.CONFIRMED, 200, challenge, notice)

    def _subscription(self, target: str) -> tuple[str, str] | None:
        """Return feed and digest of the topic that a callback was made for."""
        path = target.partition("?")[0]
        *_, quoted, digest, _token = ("", "", "", *path.split("/"))
        feed_id = unquote(quoted)
        known = self._path(feed_id, digest).encode()
        right = hmac.compare_digest(path.encode()[-len(known) :], known)
        return (feed_id, digest) if right else None

    def _path(self, feed_id: str, digest: str) -> str:
        token = self._derived("callback", feed_id, digest)[:_TOKEN_HEX]
        return f"/{quote(feed_id, safe='')}/{digest}/{token}"

    def _derived(self, *parts: str) -> str:
        message = "\x1f".join(parts).encode()
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()


_UNKNOWN = CallbackResult(CallbackKind.UNKNOWN, 404)


def is_signed(signature: str, secret: str, body: bytes) -> bool:
    """Check X-Hub-Signature, `method=hex` (7.1), in constant time."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    right = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(given.strip().lower().encode(), right.encode())


def _fields(query: str) -> Mapping[str, str]:
    try:
        given = parse_qs(query, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:
        return {}
    return {name: values[0] for name, values in given.items()}
