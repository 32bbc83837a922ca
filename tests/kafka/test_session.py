"""What only a real broker can show of a session."""

import queue
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaProducer

from tests.support.waiting import PATIENCE, until
from workers.devkit.kafka_broker import Broker
from workers.domain.outcomes import TransientError
from workers.runtime.kafka import admin
from workers.runtime.kafka.session import KafkaSession
from workers.runtime.messaging.ports import Delivery, Headers, Message, Partition
from workers.runtime.service.settings import Kafka

pytestmark = pytest.mark.kafka

TOPICS = {"in": 3, "table": 1}


def session(bootstrap: str, prefix: str, **more: float) -> KafkaSession:
    settings = Kafka(bootstrap_servers=(bootstrap,), topic_prefix=prefix, slot="a")
    settings = msgspec.structs.replace(settings, **more)
    plans = [
        admin.TopicPlan(f"{prefix}.{topic}", count, {})
        for topic, count in TOPICS.items()
    ]
    admin.apply_topics(settings, plans)
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


def test_commit_that_no_broker_answers_is_given_up_and_made_good(
    prefix: str, tmp_path: Path
) -> None:
    """The library waits for ever; a broker that comes back finds all as it was."""
    with Broker(tmp_path / "broker") as own:
        writing = session(own.bootstrap, prefix, transaction_timeout_seconds=3.0)
        until(lambda: not writing.poll(0.1, 1) and bool(writing.assignment()), "joined")
        writing.begin()
        writing.commit({})  # it knows its coordinators and its positions
        writing.begin()
        own.kill()
        with pytest.raises(TransientError, match="no answer for 18 s"):
            writing.commit({})
        own.start()
        written = 0

        def is_written() -> bool:
            nonlocal written
            try:
                writing.recover()
                while not writing.poll(0.1, 1) and not writing.assignment():
                    pass
                writing.begin()
                writing.send(Message(f"{prefix}.table", b"k", b"v", b"k", Headers(())))
                writing.commit({})
            except TransientError:
                return False
            written += 1
            return True

        until(is_written, "a commit")
        assert len([*writing.read_all(Partition(f"{prefix}.table", 0))]) == written == 1
        writing.close()


def test_member_that_cannot_join_is_made_anew(broker: str, prefix: str) -> None:
    """Whatever the library has lost: an answer, its heartbeats, its metadata."""
    reading = session(broker, prefix)
    until(lambda: not reading.poll(0.1, 1) and bool(reading.assignment()), "joined")
    lost = reading._member._consumer
    lost._coordinator.ensure_active_group = lambda **_: False
    lost._coordinator.reset_generation()
    until(lambda: not reading.poll(0.1, 1) and reading.generation < 0, "it is out")
    assert list(reading.poll(0.1, 1)) == []
    reading._member._outside_since -= reading._member._settings.stuck_seconds
    with pytest.raises(TransientError, match="joining anew"):
        reading.poll(0.1, 1)
    reading.recover()
    until(lambda: not reading.poll(0.1, 1) and bool(reading.assignment()), "joined")
    assert reading._member._consumer is not lost
    reading.begin()
    reading.commit({})
    reading.close()


def test_member_is_made_anew_when_recovering_is_not_enough(
    broker: str, prefix: str
) -> None:
    reading = session(broker, prefix)
    until(lambda: not reading.poll(0.1, 1) and bool(reading.assignment()), "joined")
    first = reading._member._consumer
    for _ in range(2):
        reading.recover()
        assert reading._member._consumer is first
        assert reading.assignment()
    reading.recover()
    assert reading._member._consumer is not first
    assert not reading.assignment()
    until(lambda: not reading.poll(0.1, 1) and bool(reading.assignment()), "joined")
    reading.begin()
    reading.commit({})
    second = reading._member._consumer
    reading.recover()
    assert reading._member._consumer is second
    reading.close()
