"""Headers of messages: CloudEvents, W3C Trace Context, and our own few.

CloudEvents 1.0.2, Kafka protocol binding 1.0.2, binary mode: `content-type` and one
header `ce_<attribute>` each. Trace Context level 1: `traceparent` keeps its trace id
over all hops and gets a new span id in each.
"""

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from typing import Any

from workers import __version__
from workers.domain import printable
from workers.domain.topics import Topic
from workers.runtime.messaging.ports import Delivery, Headers

CONTENT_TYPE = b"application/json"
NOT_BEFORE = "not-before"
TRACEPARENT = "traceparent"

_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?"
)
_SAMPLED = "01"
_REASON_BYTES = 2000


def next_hop(headers: Mapping[str, bytes]) -> str:
    """Return the traceparent of what follows from a message with *headers*.

    The trace goes on where one came in well-formed, and begins where none did.
    """
    match = _TRACEPARENT.fullmatch(headers.get(TRACEPARENT, b""))
    trace, flags = (
        (match[1].decode(), match[2].decode())
        if match
        else (secrets.token_hex(16), _SAMPLED)
    )
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(headers: Mapping[str, bytes]) -> str | None:
    """Return the id of the trace that a message with *headers* belongs to."""
    match = _TRACEPARENT.fullmatch(headers.get(TRACEPARENT, b""))
    return match[1].decode() if match else None


def cloud_event(
    topic: Topic[Any], worker: str, event_id: str, now: dt.datetime
) -> dict[str, bytes]:
    """Return the CloudEvents headers of a record for *topic*."""
    return {
        "ce_specversion": b"1.0",
        "ce_id": event_id.encode(),
        "ce_source": f"/khabar/{worker}".encode(),
        "ce_type": topic.name().encode(),
        "ce_time": timestamp(now),
        "content-type": CONTENT_TYPE,
    }


def timestamp(moment: dt.datetime) -> bytes:
    """Return *moment* as RFC 3339 in UTC."""
    text = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z").encode()


def not_before(headers: Mapping[str, bytes]) -> dt.datetime | None:
    """Return when a delayed message may be handled; None: at once.

    A header that cannot be read counts as none, so that nothing waits for ever.
    """
    raw = headers.get(NOT_BEFORE)
    if raw is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(raw.decode())
    except ValueError:  # UnicodeDecodeError is one
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def dead_letter(
    delivery: Delivery, worker: str, kind: str, reason: str, now: dt.datetime
) -> Headers:
    """Return the headers that came, and those that say what went wrong where."""
    failure = {
        "error-worker": worker.encode(),
        "error-version": __version__.encode(),
        "error-topic": delivery.partition.topic.encode(),
        "error-partition": str(delivery.partition.number).encode(),
        "error-offset": str(delivery.offset).encode(),
        "error-kind": kind.encode(),
        "error-reason": printable.stripped(reason).encode()[:_REASON_BYTES],
        "error-time": timestamp(now),
    }
    return Headers((*delivery.headers.pairs, *failure.items()))
