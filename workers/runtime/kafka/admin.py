"""Administration of the cluster: topics, committed offsets, a probe.

Records are read by `readers` and written by `producer`; what access rules must grant
is in `access`.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from workers.domain import topics
from workers.domain.topics import Topic
from workers.runtime.kafka.client import connection
from workers.runtime.kafka.errors import translated
from workers.runtime.messaging.ports import MAX_MESSAGE_BYTES
from workers.runtime.service.settings import Kafka

DEAD_LETTER_PARTITIONS = 1
_HEADROOM_BYTES = 128 * 1024
"""For key, headers and the record batch around the largest value."""
_DEAD_LETTER_BYTES = 2 * (MAX_MESSAGE_BYTES + _HEADROOM_BYTES)
"""Room for the record as its source takes it, and for the headers that say why."""

# Only closed segments are compacted: with Kafka's defaults (1 GiB or a week) a worker
# would read every old version back when it starts.
_TABLE_CONFIG = {
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
    return [
        *(_plan(topic, prefix) for topic in topics.ALL),
        *(_dead_letter_plan(worker, prefix) for worker in workers),
    ]


def _plan(topic: Topic[Any], prefix: str) -> TopicPlan:
    # read back whole by a worker that starts, so it should be short
    is_table = "compact" in topic.cleanup and not topic.public
    config = {
        **topic.config(),
        "max.message.bytes": str(MAX_MESSAGE_BYTES + _HEADROOM_BYTES),
        **(_TABLE_CONFIG if is_table else {}),
    }
    return TopicPlan(topic.name(prefix), topic.partitions, config)


def _dead_letter_plan(worker: str, prefix: str) -> TopicPlan:
    config = {
        **topics.dead_letter_config(),
        "max.message.bytes": str(_DEAD_LETTER_BYTES),
    }
    name = topics.dead_letter_name(worker, prefix)
    return TopicPlan(name, DEAD_LETTER_PARTITIONS, config)


def apply_topics(
    settings: Kafka, planned: Sequence[TopicPlan], *, replication: int | None = None
) -> Sequence[TopicReport]:
    """Create the topics that are missing; change none that exist.

    What differs is reported and left alone: more partitions would send keys to other
    ones than their history, fewer are not possible. *replication* is the number of
    copies, None for the broker's default.
    """
    with translated("creating topics", settings), closing(connect(settings)) as client:
        existing = set(client.list_topics())
        missing = [plan for plan in planned if plan.name not in existing]
        if missing:
            client.create_topics(
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
            else _compared(client, plan)
            for plan in planned
        ]


def list_topics(settings: Kafka, planned: Sequence[TopicPlan]) -> Sequence[TopicReport]:
    """Compare the topics on the broker with what is planned; change nothing."""
    with translated("listing topics", settings), closing(connect(settings)) as client:
        existing = set(client.list_topics())
        return [
            _compared(client, plan)
            if plan.name in existing
            else TopicReport(plan.name, TopicState.MISSING, 0)
            for plan in planned
        ]


def _compared(client: Any, plan: TopicPlan) -> TopicReport:
    (found,) = client.describe_topics([plan.name])
    partitions = len(found["partitions"])
    differences = []
    if partitions != plan.partitions:
        differences.append(f"{partitions} partitions, planned {plan.partitions}")
    values = _config_values(client, plan)
    for name, wanted in plan.config.items():
        if _normalised(values[name]) != _normalised(wanted):
            differences.append(f"{name}={values[name]}, planned {wanted}")
    state = TopicState.DIFFERENT if differences else TopicState.PRESENT
    return TopicReport(plan.name, state, partitions, tuple(differences))


def _config_values(client: Any, plan: TopicPlan) -> Mapping[str, str | None]:
    """Return what the topic has for each name that its plan sets."""
    resource = ConfigResource(
        ConfigResourceType.TOPIC, plan.name, configs=dict.fromkeys(plan.config)
    )
    described = client.describe_configs([resource], config_filter="all")
    values = described["topic"][plan.name]
    return {name: values.get(name, {}).get("value") for name in plan.config}


def _normalised(value: str | None) -> str:
    """Sort lists, whose order means nothing (`cleanup.policy`)."""
    return ",".join(sorted((value or "").split(",")))


def probe(settings: Kafka) -> BrokerReport:
    """Connect to the broker and ask who is there; raises TransientError quickly."""
    started = time.monotonic()
    with translated("connecting", settings), closing(connect(settings)) as client:
        cluster = client.describe_cluster()
        version = ".".join(str(part) for part in client._manager.broker_version)  # noqa: SLF001 nothing public says it
        seconds = time.monotonic() - started
        return BrokerReport(version, len(cluster["brokers"]), seconds)


def group_offsets(settings: Kafka, worker: str) -> Mapping[tuple[str, int], int]:
    """Return the committed offsets of *worker*'s group by topic and partition."""
    group = f"{settings.topic_prefix}-{worker}"
    with translated("reading offsets", settings), closing(connect(settings)) as client:
        found = client.list_group_offsets(group)
        return {tuple(each): at.offset for each, at in found.get(group, {}).items()}


def connect(settings: Kafka) -> Any:
    """Return an administrator's client of the library, to be closed."""
    return KafkaAdminClient(**connection(settings))
