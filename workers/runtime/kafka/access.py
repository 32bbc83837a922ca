"""What a worker needs on Kafka, and what of it is lacking: asked before it starts."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from kafka.errors import KafkaError

from workers.domain.outcomes import ConfigurationError
from workers.domain.topics import dead_letter_name
from workers.runtime.kafka.admin import admin
from workers.runtime.kafka.client import translated
from workers.runtime.processing.worker import Worker
from workers.runtime.service.settings import Kafka

_AGAIN_SECONDS = 0.2
_UNKNOWN_TOPIC = 3
_NOT_AUTHORIZED = 29
"""Error codes of Kafka's protocol."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Topics with the rights to them, as Kafka names operations, and groups to join."""

    topics: Mapping[str, frozenset[str]]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is not there, in words for an operator; all empty: nothing lacks."""

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


def lacking(settings: Kafka, needs: Needs) -> Lacking:
    """Compare *needs* with what the brokers grant this user.

    Rights to transactional ids cannot be asked for; a worker without them ends with
    exit status 78. Raises TransientError or ConfigurationError where the brokers do
    not answer or refuse the login.
    """
    topics: list[str] = []
    rights: list[str] = []
    with translated("looking at topics", settings), closing(admin(settings)) as asked:
        for topic in asked.describe_topics(sorted(needs.topics)):
            if topic["error_code"] in (_UNKNOWN_TOPIC, _NOT_AUTHORIZED):
                topics.append(topic["name"])
                continue
            granted = set(topic["authorized_operations"])
            wanted = sorted(needs.topics[topic["name"]] - granted)
            rights += [f"{each} on topic {topic['name']}" for each in wanted]
        rights += _lacking_groups(asked, needs.groups, settings)
    return Lacking(tuple(topics), tuple(rights))


def _lacking_groups(
    asked: Any, groups: Sequence[str], settings: Kafka
) -> Iterable[str]:
    deadline = time.monotonic() + settings.request_timeout_seconds
    for group in groups:
        try:
            with translated("looking at groups", settings):
                _ask_coordinator(asked, group, deadline)
        except ConfigurationError:
            yield f"READ on group {group}"


def _ask_coordinator(asked: Any, group: str, deadline: float) -> None:
    """Ask for *group*; a new cluster finds out who knows of it when it is asked."""
    while True:
        try:
            asked.list_group_offsets(group)
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return
