"""Deliveries decoded by the schemas of their topics; what breaks one is set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from workers.domain.json_errors import UNREADABLE
from workers.domain.outcomes import Outcome
from workers.domain.topics import Topic
from workers.runtime.messaging.ports import Delivery
from workers.runtime.processing.table_loader import TableLoader
from workers.runtime.processing.worker import Incoming, Result


@dataclass(frozen=True, slots=True)
class Decoded:
    """A delivery with the record in it, or with its result where there is none."""

    delivery: Delivery
    topic: Topic[Any]
    incoming: Incoming[Any] | None = None
    result: Result | None = None
    """Known without the handler: a record that breaks its schema, a tombstone."""
    error_kind: str = ""
    """Name of the error, for a dead letter."""


class RecordDecoder:
    """Decodes the deliveries of a worker's sources."""

    def __init__(
        self, sources: Mapping[str, Topic[Any]], table_loader: TableLoader
    ) -> None:
        """Decode deliveries of *sources*, topics by their names on the broker."""
        self._sources = sources
        self._table_loader = table_loader
        self._decoders = {
            topic.noun: msgspec.json.Decoder(topic.record) for topic in sources.values()
        }

    def decode(self, delivery: Delivery) -> Decoded:
        """Decode *delivery*, and apply it to the table where its topic is one too."""
        topic = self._sources[delivery.partition.topic]
        is_table = topic in self._table_loader.tables
        if is_table:
            self._table_loader.apply_source(topic, delivery)
        if delivery.value is None:
            if is_table:  # a tombstone: the row is deleted, and that was all of it
                return Decoded(delivery, topic, result=Result(Outcome.APPLIED))
            return _rejected(delivery, topic, "EmptyRecord", "the record has no value")
        try:
            record = self._decoders[topic.noun].decode(delivery.value)
        except UNREADABLE as error:
            return _rejected(delivery, topic, type(error).__name__, str(error))
        return Decoded(delivery, topic, Incoming(topic, record, delivery))


def _rejected(delivery: Delivery, topic: Topic[Any], kind: str, reason: str) -> Decoded:
    result = Result(Outcome.DEAD_LETTER, reason=reason)
    return Decoded(delivery, topic, result=result, error_kind=kind)
