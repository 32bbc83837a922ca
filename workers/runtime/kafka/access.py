"""What access a worker needs on Kafka, and what of it is missing.

`khabar doctor` asks before a worker starts; the rules are in docs/deploying.md.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from kafka.errors import KafkaError

from workers.domain.outcomes import ConfigurationError
from workers.domain.topics import dead_letter_name
from workers.runtime.kafka.admin import connect
from workers.runtime.kafka.errors import translated
from workers.runtime.processing.worker import Worker
from workers.runtime.service.settings import Kafka

_RETRY_SECONDS = 0.2
_HIDDEN = {3, 29}
"""UNKNOWN_TOPIC_OR_PARTITION and TOPIC_AUTHORIZATION_FAILED of Kafka's protocol."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Operations on topics, by the names that Kafka gives them, and groups to join."""

    topics: Mapping[str, frozenset[str]]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingAccess:
    """What is not there, in words for an operator; empty where nothing is missing."""

    topics: tuple[str, ...] = ()
    """Names; absent, or hidden from this user."""
    rights: tuple[str, ...] = ()


def needs_of(workers: Iterable[Worker[Any]], prefix: str) -> Needs:
    """Return what *workers* need together."""
    wanted: dict[str, frozenset[str]] = {}
    groups = []
    for worker in workers:
        groups.append(f"{prefix}-{worker.name}")
        remembered = (*worker.tables, *worker.global_tables)
        for operation, names in (
            ("READ", [t.name(prefix) for t in (*worker.sources, *remembered)]),
            ("WRITE", [t.name(prefix) for t in (*worker.sinks, *remembered)]),
            ("WRITE", [dead_letter_name(worker.name, prefix)]),
        ):
            for name in names:
                wanted[name] = wanted.get(name, frozenset()) | {operation}
    return Needs(wanted, tuple(groups))


def missing_access(settings: Kafka, needs: Needs) -> MissingAccess:
    """Compare *needs* with what the brokers grant this user.

    Rights to transactional ids cannot be asked for; a worker without them ends with
    exit status 78. Raises TransientError or ConfigurationError where the brokers do
    not answer or refuse the login.
    """
    topics: list[str] = []
    rights: list[str] = []
    with (
        translated("looking at topics", settings),
        closing(connect(settings)) as client,
    ):
        for topic in client.describe_topics(sorted(needs.topics)):
            if topic["error_code"] in _HIDDEN:
                topics.append(topic["name"])
                continue
            granted = set(topic["authorized_operations"])
            wanted = sorted(needs.topics[topic["name"]] - granted)
            rights += [f"{each} on topic {topic['name']}" for each in wanted]
        rights += _missing_groups(client, needs.groups, settings)
    return MissingAccess(tuple(topics), tuple(rights))


def _missing_groups(
    client: Any, groups: Sequence[str], settings: Kafka
) -> Iterable[str]:
    deadline = time.monotonic() + settings.request_timeout_seconds
    for group in groups:
        try:
            with translated("looking at groups", settings):
                _ask_coordinator(client, group, deadline)
        except ConfigurationError:
            yield f"READ on group {group}"


def _ask_coordinator(client: Any, group: str, deadline: float) -> None:
    """Ask the coordinator of *group* for its offsets, which needs the right to read.

    A new cluster makes the topic of offsets, and so finds a coordinator, only when
    it is asked for one: until then its answers are errors that pass.
    """
    while True:
        try:
            client.list_group_offsets(group)
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return
