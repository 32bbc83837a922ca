"""Messages made of records, with everything that travels beside the value.

The headers themselves stand in `messaging.headers`.
"""

import datetime as dt
from typing import Any

import msgspec

from workers.domain.outcomes import PoisonRecordError
from workers.domain.topics import dead_letter_name
from workers.runtime.messaging import headers
from workers.runtime.messaging.ports import (
    MAX_MESSAGE_BYTES,
    Delivery,
    Headers,
    Message,
)
from workers.runtime.processing.worker import Output


class MessageBuilder:
    """Makes the messages of one worker."""

    def __init__(self, worker: str, prefix: str) -> None:
        self._worker = worker
        self._prefix = prefix
        self._encoder = msgspec.json.Encoder()

    def record(
        self,
        output: Output[Any],
        event_id: str,
        now: dt.datetime,
        trace: str | None = None,
    ) -> Message:
        """Make the message that carries *output*.

        *trace* is its traceparent. Raises PoisonRecordError where the value is
        larger than a message may be.
        """
        topic, record = output.topic, output.record
        value = self._encoder.encode(record)
        if len(value) > MAX_MESSAGE_BYTES:
            msg = f"it makes a record for {topic.noun} of {len(value)} bytes"
            raise PoisonRecordError(msg)
        fields = headers.cloud_event(topic, self._worker, event_id, now)
        if trace is not None:
            fields[headers.TRACEPARENT] = trace.encode()
        if output.not_before is not None:
            fields[headers.NOT_BEFORE] = headers.timestamp(output.not_before)
        return Message(
            topic=topic.name(self._prefix),
            key=topic.key(record).encode(),
            value=value,
            partition_key=topic.partition_by(record).encode(),
            headers=Headers(fields.items()),
        )

    def dead_letter(
        self, delivery: Delivery, kind: str, reason: str, now: dt.datetime
    ) -> Message:
        """Make the message that puts *delivery* aside, as it came."""
        return Message(
            topic=dead_letter_name(self._worker, self._prefix),
            key=delivery.key,
            value=delivery.value,
            partition_key=delivery.key or b"",
            headers=headers.dead_letter(delivery, self._worker, kind, reason, now),
        )
