"""Several topics read along from their beginning, for the demo and the tests."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from workers.runtime.kafka.client import ms, translated
from workers.runtime.kafka.readers import deliveries, partitions_of, reader
from workers.runtime.messaging.ports import Delivery
from workers.runtime.service.settings import Kafka


def follow(
    settings: Kafka, topics: Sequence[str], *, poll_seconds: float = 0.2
) -> Iterator[Sequence[Delivery]]:
    """Yield the committed records of *topics* poll by poll, without end.

    A poll that found nothing yields an empty sequence, so that the caller gets to do
    something else. Raises ConfigurationError where a topic does not exist.
    """
    with translated("reading", settings), closing(reader(settings)) as source:
        partitions = [each for topic in topics for each in partitions_of(source, topic)]
        source.assign(partitions)
        source.seek_to_beginning(*partitions)
        while True:
            yield deliveries(source.poll(ms(poll_seconds)))
