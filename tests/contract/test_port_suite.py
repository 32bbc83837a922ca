"""One suite for both brokers: what the loop relies on holds on memory and on Kafka."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import pytest
from kafka import KafkaProducer

from tests.support.waiting import until
from workers.domain.outcomes import ConfigurationError, TransientError
from workers.runtime.kafka import admin, readers
from workers.runtime.kafka.session import KafkaSession
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import (
    Delivery,
    Headers,
    Message,
    Partition,
    Session,
)
from workers.runtime.service.settings import Kafka

TOPICS = {"in": 2, "also-in": 2, "out": 3, "table": 2}
GROUP = "readers"
PAIRS = (("h", b"\x00\xff"), ("twice", b"1"), ("h", b""), ("twice", b"2"))


class Backend(Protocol):
    """A broker with the topics of this suite."""

    def name(self, topic: str) -> str:
        """Return the name of *topic* on the broker."""

    def session(self, slot: str, *sources: str) -> Session:
        """Return a member of the one group."""

    def write(self, messages: Sequence[Message]) -> None:
        """Write *messages* outside of any transaction."""

    def read(self, topic: str) -> Sequence[Delivery]:
        """Return what is committed on *topic*."""


class Memory:
    def __init__(self) -> None:
        self._broker = MemoryBroker(TOPICS)

    def name(self, topic: str) -> str:
        return topic

    def session(self, slot: str, *sources: str) -> Session:
        assert slot
        return self._broker.session(GROUP, sources or ("in",))

    def write(self, messages: Sequence[Message]) -> None:
        for each in messages:
            self._broker.append(each)

    def read(self, topic: str) -> Sequence[Delivery]:
        return self._broker.read(topic)


class OnKafka:
    def __init__(self, bootstrap: str, prefix: str) -> None:
        self._prefix = prefix
        self._sessions: list[KafkaSession] = []
        self._settings = Kafka(
            bootstrap_servers=(bootstrap,), topic_prefix=prefix, slot="test"
        )
        plans = [
            admin.TopicPlan(self.name(topic), count, {})
            for topic, count in TOPICS.items()
        ]
        admin.apply_topics(self._settings, plans)

    def name(self, topic: str) -> str:
        return f"{self._prefix}.{topic}"

    def session(self, slot: str, *sources: str) -> Session:
        settings = Kafka(
            bootstrap_servers=self._settings.bootstrap_servers,
            topic_prefix=self._prefix,
            slot=slot,
            session_timeout_seconds=2.0,
            # a member that does not poll is soon out, as one in memory is at once
            max_poll_interval_seconds=2.0,
        )
        names = [self.name(source) for source in sources or ("in",)]
        member = KafkaSession(f"{self._prefix}-{GROUP}", names, (), settings)
        self._sessions.append(member)
        return member

    def write(self, messages: Sequence[Message]) -> None:
        """Leave the choice of the partition to the library."""
        producer = KafkaProducer(
            bootstrap_servers=self._settings.bootstrap_servers, metrics_enabled=False
        )
        for each in messages:
            assert each.key == each.partition_key
            fields = list(each.headers.pairs)
            producer.send(each.topic, each.value, each.key, fields)
        producer.flush()
        producer.close()

    def read(self, topic: str) -> Sequence[Delivery]:
        name = self.name(topic)
        return list(readers.tail(self._settings, name, start="beginning", follow=False))

    def close(self) -> None:
        for member in self._sessions:
            member.close()


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.kafka)])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    if request.param == "memory":
        yield Memory()
        return
    bootstrap: str = request.getfixturevalue("broker")
    prefix: str = request.getfixturevalue("prefix")
    running = OnKafka(bootstrap, prefix)
    yield running
    running.close()


def joined(*sessions: Session) -> None:
    """Poll all *sessions* until they share one generation."""

    def together() -> bool:
        for session in sessions:
            assert list(session.poll(0.1, 1)) == []
        generations = {session.generation for session in sessions}
        owned = [partition for each in sessions for partition in each.assignment()]
        everybody = all(session.assignment() for session in sessions)
        return (
            len(generations) == 1
            and -1 not in generations
            and everybody
            and len(owned) == len(set(owned))
        )

    until(together, "one generation")


def taken(session: Session, count: int, limit: int = 100) -> Sequence[Delivery]:
    """Poll *count* deliveries."""
    got: list[Delivery] = []

    def enough() -> bool:
        polled = session.poll(0.2, limit)
        assert len(polled) <= limit
        got.extend(polled)
        return len(got) >= count

    until(enough, f"{count} deliveries")
    assert len(got) == count
    return got


def message(backend: Backend, topic: str, key: str, value: str = "x") -> Message:
    raw = key.encode()
    return Message(backend.name(topic), raw, value.encode(), raw, Headers(PAIRS))


def write(backend: Backend, topic: str, keys: Sequence[str]) -> None:
    """Write one message per key, outside of any transaction."""
    backend.write([message(backend, topic, key) for key in keys])


def ends(deliveries: Sequence[Delivery]) -> Mapping[Partition, int]:
    """Return the offsets that say that *deliveries* are done."""
    found: dict[Partition, int] = {}
    for each in deliveries:
        assert each.offset >= found.get(each.partition, 0)
        found[each.partition] = each.offset + 1
    return found


KEYS = [f"k{n}" for n in range(12)]


def test_everything_is_read_once_in_order_within_the_limit(backend: Backend) -> None:
    write(backend, "in", KEYS)
    session = backend.session("a")
    got = taken(session, len(KEYS), limit=5)
    assert sorted(each.key or b"" for each in got) == sorted(k.encode() for k in KEYS)
    assert all(each.headers.pairs == PAIRS for each in got)
    assert ends(got) == {
        Partition(backend.name("in"), number): sum(
            session.partition_of(backend.name("in"), key.encode()) == number
            for key in KEYS
        )
        for number in range(2)
    }
    assert session.lag() == {backend.name("in"): 0}


def test_messages_stand_where_their_key_says(backend: Backend) -> None:
    write(backend, "out", KEYS)
    session = backend.session("a")
    # Kafka's library placed them, not we
    placed = {each.key: each.partition.number for each in backend.read("out")}
    assert placed == {
        key.encode(): session.partition_of(backend.name("out"), key.encode())
        for key in KEYS
    }
    assert len(set(placed.values())) == TOPICS["out"]


def test_commit_shows_messages_and_moves_offsets(backend: Backend) -> None:
    write(backend, "in", KEYS)
    session = backend.session("a")
    got = taken(session, len(KEYS))
    session.begin()
    session.send(message(backend, "out", "made"))
    assert list(backend.read("out")) == []
    session.commit(ends(got))
    assert [each.key for each in backend.read("out")] == [b"made"]
    session.close()

    successor = backend.session("a")
    joined(successor)
    write(backend, "in", ["later"])
    assert [each.key for each in taken(successor, 1)] == [b"later"]


def test_commit_names_where_to_read_on(backend: Backend) -> None:
    """A record that is still held keeps the offset behind those after it."""
    write(backend, "in", ["k0"] * 5)
    session = backend.session("a")
    (partition,) = {each.partition for each in taken(session, 5)}
    session.begin()
    session.commit({partition: 2})
    session.close()
    assert [each.offset for each in taken(backend.session("a"), 3)] == [2, 3, 4]


def test_recover_drops_messages_and_reads_again(backend: Backend) -> None:
    write(backend, "in", KEYS)
    session = backend.session("a")
    first = taken(session, len(KEYS))
    session.begin()
    session.send(message(backend, "out", "lost"))
    assert session.recover() == {}
    again = taken(session, len(KEYS))
    assert sorted(again, key=repr) == sorted(first, key=repr)
    session.begin()
    session.send(message(backend, "out", "kept"))
    session.commit(ends(again))
    assert session.recover() == ends(again)
    assert [each.key for each in backend.read("out")] == [b"kept"]


def test_close_aborts_what_is_open(backend: Backend) -> None:
    write(backend, "in", KEYS)
    session = backend.session("a")
    taken(session, len(KEYS))
    session.begin()
    session.send(message(backend, "out", "lost"))
    session.close()
    assert len(taken(backend.session("a"), len(KEYS))) == len(KEYS)
    assert list(backend.read("out")) == []


def test_nothing_is_written_outside_the_group(backend: Backend) -> None:
    with pytest.raises(TransientError):
        backend.session("a").begin()


def test_members_share_and_partitions_of_a_number_stay_together(
    backend: Backend,
) -> None:
    one = backend.session("a", "in", "also-in")
    joined(one)
    before, generation = one.assignment(), one.generation
    two = backend.session("b", "in", "also-in")
    joined(one, two)
    assert one.generation == two.generation > generation
    for each in (one, two):
        (number,) = {partition.number for partition in each.assignment()}
        assert set(each.assignment()) == {
            Partition(backend.name("in"), number),
            Partition(backend.name("also-in"), number),
        }
    # what stayed was never anybody else's, what moved is new to its owner
    assert all(before[each] == tenure for each, tenure in one.assignment().items())
    two.close()
    until(
        lambda: not one.poll(0.1, 1) and len(one.assignment()) == len(before),
        "one has everything back",
    )
    kept = {each for each in before if one.assignment()[each] == before[each]}
    assert {each.number for each in kept} != {0, 1}


def test_rebalance_starts_over_from_the_committed_offsets(backend: Backend) -> None:
    write(backend, "in", KEYS)
    one = backend.session("a")
    got = taken(one, len(KEYS))
    two = backend.session("b")
    seen: list[Delivery] = []

    def all_again() -> bool:
        seen.extend(one.poll(0.1, 100))
        seen.extend(two.poll(0.1, 100))
        return len(seen) >= len(got)

    until(all_again, "everything once more")
    assert sorted(seen, key=repr) == sorted(got, key=repr)


def test_member_of_an_old_generation_cannot_commit(backend: Backend) -> None:
    """It stalled, others took over: its work must not appear."""
    write(backend, "in", KEYS)
    stalled = backend.session("a")
    got = taken(stalled, len(KEYS))
    other = backend.session("b")
    until(lambda: bool(other.poll(0.2, 100)), "the other reads")
    stalled.begin()
    stalled.send(message(backend, "out", "zombie"))
    with pytest.raises(TransientError):
        stalled.commit(ends(got))
    stalled.recover()
    assert list(backend.read("out")) == []


def test_member_that_lost_everything_cannot_commit_what_it_did_not_read(
    backend: Backend,
) -> None:
    """Work that time brings reads nothing; its offsets fence it all the same."""
    stalled = backend.session("a")
    joined(stalled)
    other = backend.session("b")
    until(lambda: not other.poll(0.2, 1) and bool(other.assignment()), "takes over")
    stalled.begin()
    stalled.send(message(backend, "out", "zombie"))
    with pytest.raises(TransientError):
        stalled.commit({})
    stalled.recover()
    assert list(backend.read("out")) == []


def test_paused_partitions_wait_and_lose_nothing(backend: Backend) -> None:
    write(backend, "in", KEYS)
    session = backend.session("a")
    joined(session)
    paused = Partition(backend.name("in"), 0)
    flowing = Partition(backend.name("in"), 1)
    session.pause([paused])
    number = session.partition_of
    there = [k for k in KEYS if number(backend.name("in"), k.encode()) == 1]
    got = taken(session, len(there))
    assert {each.partition for each in got} == {flowing}
    assert list(session.poll(0.3, 100)) == []
    session.resume([paused, flowing])
    rest = taken(session, len(KEYS) - len(there))
    assert {each.partition for each in rest} == {paused}


def test_partition_that_went_to_another_member_can_be_paused(backend: Backend) -> None:
    one = backend.session("a")
    joined(one)
    before = [*one.assignment()]
    two = backend.session("b")
    joined(one, two)
    one.pause(before)
    assert len(one.assignment()) < len(before)


def test_read_all_gives_every_committed_record_of_a_partition(
    backend: Backend,
) -> None:
    write(backend, "table", KEYS)
    session = backend.session("a")
    joined(session)
    session.begin()
    session.send(message(backend, "table", "open"))
    session.recover()
    number = session.partition_of
    for each in range(2):
        partition = Partition(backend.name("table"), each)
        there = [k for k in KEYS if number(partition.topic, k.encode()) == each]
        read = list(session.read_all(partition))
        assert [delivery.key for delivery in read] == [k.encode() for k in there]
    empty = Partition(backend.name("also-in"), 0)
    assert list(session.read_all(empty)) == []


def test_a_follower_gives_every_committed_record_of_all_partitions(
    backend: Backend,
) -> None:
    write(backend, "table", KEYS)
    session = backend.session("a")
    joined(session)
    session.begin()
    session.send(message(backend, "table", "open"))
    session.recover()
    follower = session.follow(backend.name("table"))
    got: list[bytes | None] = []

    def caught_up() -> bool:
        got.extend(each.key for each in follower.poll(3))
        return follower.caught_up

    until(caught_up, "the follower has caught up")
    assert sorted(got, key=repr) == sorted((k.encode() for k in KEYS), key=repr)
    session.begin()
    session.send(message(backend, "table", "new"))
    assert list(follower.poll(3)) == []
    session.commit({})
    got.clear()

    def arrived() -> bool:
        got.extend(each.key for each in follower.poll(3))
        return bool(got)

    until(arrived, "the new record has arrived")
    assert got == [b"new"]


def test_topic_that_does_not_exist_is_an_operators_business(backend: Backend) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        backend.session("a", "nowhere")
    session = backend.session("a")
    with pytest.raises(ConfigurationError, match="nowhere"):
        session.partition_of(backend.name("nowhere"), b"k")
