"""What the command line does on Kafka: topics, feed definitions, reading along."""

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import msgspec
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from workers.domain import topics
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.kafka.client import connection, ms, translated
from workers.runtime.kafka.readers import delivery, partitions_of, reader
from workers.runtime.messaging import headers
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.messaging.ports import MAX_MESSAGE_BYTES, Delivery
from workers.runtime.service.settings import Kafka
from workers.runtime.service.watchdog import Watchdog

DEAD_LETTER_PARTITIONS = 1
_ROOM_BYTES = 128 * 1024
_DEAD_LETTER_BYTES = 2 * (MAX_MESSAGE_BYTES + _ROOM_BYTES)
"""What a source could take, and what is added when it goes aside."""
_POLL_SECONDS = 0.5

# Only closed segments are compacted: with Kafka's defaults (1 GiB or a week) a worker
# would read every old version back when it starts.
_STATE = {
    "segment.bytes": str(16 * 1024 * 1024),
    "segment.ms": str(60 * 60 * 1000),
    "min.cleanable.dirty.ratio": "0.2",
}


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """How a topic is to be."""

    name: str
    partitions: int
    config: Mapping[str, str]


class TopicState(StrEnum):
    """How a topic on the broker compares with its plan."""

    CREATED = "created"
    PRESENT = "present"
    DIFFERENT = "different"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What was found or done about one topic."""

    name: str
    state: TopicState
    partitions: int
    differences: tuple[str, ...] = ()
    """In words, for an operator; empty unless the state is DIFFERENT."""


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """What a probe found."""

    version: str
    brokers: int
    seconds: float
    """To connect and get an answer."""


def plans(settings: Kafka, workers: Iterable[str]) -> Sequence[TopicPlan]:
    """Return every topic that the product needs, dead letters of *workers* included."""
    prefix = settings.topic_prefix
    size = {"max.message.bytes": str(MAX_MESSAGE_BYTES + _ROOM_BYTES)}
    return [
        *(
            TopicPlan(
                topic.name(prefix),
                topic.partitions,
                topic.config() | size | (_STATE if _is_state(topic) else {}),
            )
            for topic in topics.ALL
        ),
        *(
            TopicPlan(
                topics.dead_letter_name(worker, prefix),
                DEAD_LETTER_PARTITIONS,
                topics.dead_letter_config()
                | {"max.message.bytes": str(_DEAD_LETTER_BYTES)},
            )
            for worker in workers
        ),
    ]


def _is_state(topic: Topic[Any]) -> bool:
    """Whether a worker reads it back whole: then it should be short."""
    return "compact" in topic.cleanup and not topic.public


def apply_topics(
    settings: Kafka, planned: Sequence[TopicPlan], *, replication: int | None = None
) -> Sequence[TopicReport]:
    """Create the topics that are missing; change none that exist.

    What differs is reported and left alone: more partitions would send keys to other
    ones than their history, fewer are not possible. *replication* is the number of
    copies, None for the broker's default.
    """
    with translated("creating topics", settings), closing(admin(settings)) as asked:
        existing = set(asked.list_topics())
        missing = [plan for plan in planned if plan.name not in existing]
        if missing:
            asked.create_topics(
                {
                    plan.name: {
                        "num_partitions": plan.partitions,
                        "replication_factor": replication or -1,
                        "configs": dict(plan.config),
                    }
                    for plan in missing
                },
                wait_for_metadata=True,
            )
        created = {plan.name for plan in missing}
        return [
            TopicReport(plan.name, TopicState.CREATED, plan.partitions)
            if plan.name in created
            else _compared(asked, plan)
            for plan in planned
        ]


def list_topics(settings: Kafka, planned: Sequence[TopicPlan]) -> Sequence[TopicReport]:
    """Compare the topics on the broker with what is planned; change nothing."""
    with translated("listing topics", settings), closing(admin(settings)) as asked:
        existing = set(asked.list_topics())
        return [
            _compared(asked, plan)
            if plan.name in existing
            else TopicReport(plan.name, TopicState.MISSING, 0)
            for plan in planned
        ]


def _compared(asked: Any, plan: TopicPlan) -> TopicReport:
    (found,) = asked.describe_topics([plan.name])
    partitions = len(found["partitions"])
    resource = ConfigResource(
        ConfigResourceType.TOPIC, plan.name, configs=dict.fromkeys(plan.config)
    )
    described = asked.describe_configs([resource], config_filter="all")
    values = described["topic"][plan.name]
    differences = []
    if partitions != plan.partitions:
        differences.append(f"{partitions} partitions, planned {plan.partitions}")
    for name, wanted in plan.config.items():
        value = values.get(name, {}).get("value")
        if _normal(value) != _normal(wanted):
            differences.append(f"{name}={value}, planned {wanted}")
    state = TopicState.DIFFERENT if differences else TopicState.PRESENT
    return TopicReport(plan.name, state, partitions, tuple(differences))


def _normal(value: str | None) -> str:
    """Make lists comparable, whose order says nothing."""
    return ",".join(sorted((value or "").split(",")))


def probe(settings: Kafka) -> BrokerReport:
    """Connect to the broker and ask who is there; raises TransientError quickly."""
    started = time.monotonic()
    with translated("connecting", settings), closing(admin(settings)) as asked:
        cluster = asked.describe_cluster()
        version = ".".join(str(part) for part in asked._manager.broker_version)  # noqa: SLF001 nothing public says it
        seconds = time.monotonic() - started
        return BrokerReport(version, len(cluster["brokers"]), seconds)


def group_offsets(settings: Kafka, worker: str) -> Mapping[tuple[str, int], int]:
    """Return the committed offsets of *worker*'s group by topic and partition."""
    group = f"{settings.topic_prefix}-{worker}"
    with translated("reading offsets", settings), closing(admin(settings)) as asked:
        found = asked.list_group_offsets(group)
        return {tuple(each): at.offset for each, at in found.get(group, {}).items()}


def tail(
    settings: Kafka,
    topic: str,
    *,
    start: Literal["beginning", "end"] = "end",
    follow: bool = True,
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Delivery]:
    """Yield the committed records of *topic*, in no group.

    Without *follow* it ends where the topic ended when this began. Raises
    ConfigurationError where the topic does not exist.
    """
    with translated(f"reading {topic}", settings), closing(reader(settings)) as source:
        partitions = partitions_of(source, topic)
        source.assign(partitions)
        ends = source.end_offsets(partitions)
        for partition in partitions:
            if start == "beginning":
                source.seek_to_beginning(partition)
            else:
                source.seek(partition, ends[partition])
        while not stopping():
            if not follow and all(
                (source.position(each) or 0) >= end for each, end in ends.items()
            ):
                return
            polled = source.poll(ms(_POLL_SECONDS))
            found = [record for records in polled.values() for record in records]
            for record in sorted(found, key=lambda each: int(each.timestamp)):
                end = ends[TopicPartition(topic, record.partition)]
                if follow or record.offset < end:
                    yield delivery(record)


def dead_letters(settings: Kafka, worker: str) -> Iterator[Delivery]:
    """Yield the dead letters of *worker*, oldest first in each partition."""
    name = topics.dead_letter_name(worker, settings.topic_prefix)
    return tail(settings, name, start="beginning", follow=False)


def dead_letter(settings: Kafka, worker: str, partition: int, offset: int) -> Delivery:
    """Return one dead letter; raises LookupError where there is none."""
    for each in dead_letters(settings, worker):
        if (each.partition.number, each.offset) == (partition, offset):
            return each
    msg = f"no dead letter of {worker} at partition {partition}, offset {offset}"
    raise LookupError(msg)


def write(
    settings: Kafka, topic: Topic[Any], records: Iterable[Record], *, source: str
) -> int:
    """Write *records* in one transaction and return how many; all or none.

    *source* names the writer in their CloudEvents headers. A commit that makes no
    progress ends the process, as in a worker: it has no time limit of its own.
    """
    name = topic.name(settings.topic_prefix)
    now = dt.datetime.now(dt.UTC)
    count = 0
    what = f"writing to {name}"
    with (
        translated(what, settings),
        closing(Watchdog(settings.stuck_seconds)) as watchdog,
        watchdog.over(what),
    ):
        with closing(reader(settings)) as looking:
            partitions = len(partitions_of(looking, name))
        with closing(_writer(settings, source)) as producer:
            producer.init_transactions()
            producer.begin_transaction()
            for record in records:
                fields = headers.cloud_event(topic, source, uuid.uuid4().hex, now)
                key = topic.partition_by(record).encode()
                producer.send(
                    name,
                    key=topic.key(record).encode(),
                    value=msgspec.json.encode(record),
                    partition=partition_of(key, partitions),
                    headers=list(fields.items()),
                )
                count += 1
            producer.commit_transaction()
    return count


def _writer(settings: Kafka, source: str) -> Any:
    return KafkaProducer(
        **connection(settings),
        transactional_id=f"{settings.topic_prefix}-{source}-{uuid.uuid4().hex}",
        transaction_timeout_ms=ms(settings.transaction_timeout_seconds),
        compression_type="lz4",
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def admin(settings: Kafka) -> Any:
    """Return an administrator's client of the library, to be closed."""
    return KafkaAdminClient(**connection(settings))
