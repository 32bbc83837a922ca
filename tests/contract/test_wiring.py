"""How the workers hang together, as a whole."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from workers.domain import topics
from workers.domain.topics import Topic
from workers.fleet.registry import load, names
from workers.runtime.processing.worker import Worker
from workers.runtime.service.settings import (
    SHARED_GROUPS,
    Kafka,
    Process,
    known_settings,
)

WORKERS: list[Worker[Any]] = [load(name) for name in names()]
every_worker = pytest.mark.parametrize("worker", WORKERS, ids=lambda w: w.name)


def declared(worker: Worker[Any]) -> Iterator[Topic[Any]]:
    yield from worker.sources
    yield from worker.sinks
    yield from worker.tables
    yield from worker.global_tables


def test_the_line_has_its_four_workers() -> None:
    assert {"poll", "articles", "entities", "events"} <= set(names())


def test_a_worker_bears_the_name_of_its_file() -> None:
    assert [worker.name for worker in WORKERS] == names()
    assert not {worker.name for worker in WORKERS} & set(SHARED_GROUPS)


@every_worker
def test_topics_of_a_worker_are_declared(worker: Worker[Any]) -> None:
    for topic in declared(worker):
        assert any(topic is one for one in topics.ALL), topic


@every_worker
def test_what_is_delayed_is_read(worker: Worker[Any]) -> None:
    if worker.delayed is not None:
        assert worker.delayed in worker.sources
        assert worker.delayed in worker.sinks


@every_worker
def test_tables_are_compacted_and_partitioned_as_the_sources(
    worker: Worker[Any],
) -> None:
    for table in worker.tables:
        assert "compact" in table.cleanup
        assert {table.partitions} == {source.partitions for source in worker.sources}


@every_worker
def test_a_worker_does_not_feed_itself(worker: Worker[Any]) -> None:
    own = set(worker.sources) & set(worker.sinks)
    # any poller is called by hubs, and tells the one that owns the feed
    assert own <= {worker.delayed, topics.HUB_NOTICES}


@every_worker
def test_global_tables_are_compacted(worker: Worker[Any]) -> None:
    assert all("compact" in table.cleanup for table in worker.global_tables)


def test_every_topic_is_written_and_read_by_somebody() -> None:
    operators = {topics.FEEDS}
    tables = {t for w in WORKERS for t in (*w.tables, *w.global_tables)}
    written = {t for w in WORKERS for t in w.sinks} | tables | operators
    read = {t for w in WORKERS for t in w.sources} | tables
    public = {topic for topic in topics.ALL if topic.public}
    assert written == set(topics.ALL)
    assert read | public == set(topics.ALL)
    assert not read & public


def test_a_topic_has_one_writer() -> None:
    for topic in topics.ALL:
        writers = [w.name for w in WORKERS if topic in w.sinks]
        assert len(writers) <= 1, (topic.noun, writers)


@every_worker
def test_every_setting_is_described(worker: Worker[Any]) -> None:
    assert inspect.getdoc(worker.settings)
    bare = [
        setting.variable
        for setting in known_settings(worker.settings, worker.name)
        if not setting.summary
    ]
    assert bare == []


def test_every_shared_setting_is_described() -> None:
    shared = [*known_settings(Kafka, "kafka"), *known_settings(Process, "worker")]
    assert len(shared) > 20
    assert [one.variable for one in shared if not one.summary] == []


def test_variables_of_all_workers_differ() -> None:
    """Were two the same, one environment could not serve all workers."""
    own = [
        setting.variable
        for worker in WORKERS
        for setting in known_settings(worker.settings, worker.name)
        if setting.variable.startswith(f"KHABAR_{worker.name.upper()}_")
    ]
    assert len(own) == len(set(own))


def test_partitions_follow_hosts_up_to_the_article() -> None:
    """Entries of one host meet its state and its place in the queue."""
    hosts = (topics.ENTRIES, topics.ENTRIES_DELAYED, topics.ARTICLE_STATES)
    assert len({topic.partition_by for topic in hosts}) == 1
    assert len({topic.partitions for topic in hosts}) == 1
