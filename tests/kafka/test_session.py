"""What only a real broker can show of a session."""

import queue
import threading
from collections.abc import Sequence

from kafka import KafkaProducer

from tests.kafka.line import PATIENCE, until
from workers.runtime import kafka_admin
from workers.runtime.kafka import KafkaSession
from workers.runtime.ports import Delivery, Partition
from workers.runtime.settings import Kafka

TOPICS = {"in": 3, "table": 1}


def session(bootstrap: str, prefix: str) -> KafkaSession:
    settings = Kafka(bootstrap_servers=(bootstrap,), topic_prefix=prefix, slot="a")
    plans = [
        kafka_admin.TopicPlan(f"{prefix}.{topic}", count, {})
        for topic, count in TOPICS.items()
    ]
    kafka_admin.apply_topics(settings, plans)
    return KafkaSession(
        f"{prefix}-readers", [f"{prefix}.in"], [f"{prefix}.table"], settings
    )


def test_table_is_read_to_the_end_of_a_transaction_that_is_open(
    broker: str, prefix: str
) -> None:
    """A killed owner's transaction may yet be committed or not: that is waited for."""
    topic = f"{prefix}.table"
    reading = session(broker, prefix)
    owner = KafkaProducer(bootstrap_servers=broker, transactional_id=f"{prefix}-owner")
    owner.init_transactions()
    owner.begin_transaction()
    owner.send(topic, b"settled", b"k")
    owner.commit_transaction()
    owner.begin_transaction()
    owner.send(topic, b"open", b"k")
    owner.flush()

    read: queue.Queue[Sequence[Delivery]] = queue.Queue()
    seen: list[Delivery] = []

    def read_all() -> None:
        seen.extend(reading.read_all(Partition(topic, 0)))
        read.put(seen)

    threading.Thread(target=read_all, daemon=True).start()
    until(lambda: len(seen) == 1, "what is settled is read")
    assert read.empty()
    owner.commit_transaction()
    values = [each.value for each in read.get(timeout=PATIENCE)]
    assert values == [b"settled", b"open"]
    owner.close()
    reading.close()


def test_partition_that_was_fetched_before_its_pause_flows_after_it(
    broker: str, prefix: str
) -> None:
    """The client library parks such records, and can forget them for good."""
    topic = f"{prefix}.in"
    reading = session(broker, prefix)
    producer = KafkaProducer(bootstrap_servers=broker)
    for partition in range(TOPICS["in"]):
        for _ in range(10):
            producer.send(topic, b"v", partition=partition)
    producer.flush()
    producer.close()
    until(lambda: not reading.poll(0.1, 1) and bool(reading.assignment()), "joined")
    seen = list(reading.poll(5.0, 2))  # all are fetched, one is being handed out
    paused = seen[0].partition
    reading.pause([paused])
    drain(reading, seen, 2 + 20)
    assert list(reading.poll(0.5, 100)) == []
    reading.resume([paused])
    drain(reading, seen, 30)
    offsets = [each.offset for each in seen if each.partition == paused]
    assert offsets == list(range(10))
    reading.close()


def drain(reading: KafkaSession, seen: list[Delivery], count: int) -> None:
    """Poll in small bites until there are *count* in *seen*."""

    def enough() -> bool:
        seen.extend(reading.poll(0.2, 3))
        return len(seen) >= count

    until(enough, f"{count} deliveries")
    assert len(seen) == count
