"""The subscriber: what hubs are asked, and what their calls are answered.

Section numbers are those of WebSub. Nothing is stored of secrets: the part of the
callback that nobody can guess, and the secret that deliveries are signed with, are both
derived from one key by HMAC, for each feed and topic. So any poller can answer for any
feed, and a challenge is answered for the topic that was asked for and no other.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, quote, unquote, urlencode

from workers.domain.ids import digest64
from workers.domain.records import Feed, HubEvent, HubNotice

FORM_TYPE = "application/x-www-form-urlencoded"
_LONGEST_CHALLENGE = 4096
_LONGEST_REASON = 200
_MOST_FIELDS = 20
_TOKEN_HEX = 32
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


class CallbackKind(StrEnum):
    """What a call was; closed, so safe as a metric label."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    CHANGED = "changed"
    UNSIGNED = "unsigned"
    """A delivery without the right signature; ignored."""
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
        """Return whether a call goes to an address that was given to a hub."""
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
                # WebSub 7.1: success also where the signature is wrong, so that answers
                # do not help to guess it
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
