"""What the workers remember, dumped and loaded on another cluster."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from tests.support.worker_processes import kafka_environment
from workers.cli import app
from workers.cli.terminal import console
from workers.cli.topics.records import latest
from workers.domain import topics
from workers.domain.records import ArticleState
from workers.fleet.registry import names
from workers.runtime.kafka import admin
from workers.runtime.kafka.producer import write_records
from workers.runtime.service.settings import Kafka

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
MEMORIES = [t for t in topics.ALL if "compact" in t.cleanup and not t.public]
STATES = topics.ARTICLE_STATES


def khabar(kafka: Kafka, *words: str) -> Result:
    return CliRunner(env=kafka_environment(kafka)).invoke(app, [*words])


@pytest.mark.parametrize("word", ["dump", "load"])
def test_page_names_every_memory(word: str) -> None:
    page = (EXAMPLES.parents[1] / "docs" / "operating.md").read_text("utf-8")
    named = re.findall(rf"^ +khabar topics {word} (\S+)", page, re.MULTILINE)
    assert sorted(named) == sorted(topic.noun for topic in MEMORIES)


@pytest.fixture
def clusters(broker: str, prefix: str) -> tuple[Kafka, Kafka]:
    """Return two sets of topics, as if of two clusters."""
    here, there = (
        Kafka(bootstrap_servers=(broker,), topic_prefix=f"{prefix}-{name}")
        for name in ("here", "there")
    )
    for each in (here, there):
        admin.apply_topics(each, admin.plans(each, names()))
    return here, there


def test_every_memory_goes_elsewhere_whole(
    clusters: tuple[Kafka, Kafka], tmp_path: Path
) -> None:
    here, there = clusters
    assert len(MEMORIES) >= 3
    for topic in MEMORIES:
        examples = sorted((EXAMPLES / topic.name()).glob("*.json"))
        records = [
            msgspec.json.decode(path.read_bytes(), type=topic.record)
            for path in examples
        ]
        write_records(here, topic, [*records, *records], source="test")
        dumped = khabar(here, "topics", "dump", topic.noun)
        assert dumped.exit_code == console.OK, dumped.output
        assert len(dumped.stdout.splitlines()) == len({*map(topic.key, records)})
        file = tmp_path / f"{topic.noun}.jsonl"
        file.write_text(dumped.stdout, "utf-8")
        loaded = khabar(there, "topics", "load", topic.noun, str(file))
        assert loaded.exit_code == console.OK, loaded.output
        expected = latest(here, topic)
        if topic is STATES:
            expected = {
                key: msgspec.structs.replace(state, delayed_offset=-1)
                for key, state in expected.items()
            }
        assert latest(there, topic) == expected


def test_offsets_of_one_cluster_do_not_hide_work_on_another(
    clusters: tuple[Kafka, Kafka], tmp_path: Path
) -> None:
    here, there = clusters
    path = EXAMPLES / STATES.name() / "published.json"
    state = msgspec.json.decode(path.read_bytes(), type=ArticleState)
    delayed = msgspec.structs.replace(state, delayed_offset=12)
    write_records(here, STATES, [delayed], source="test")
    file = tmp_path / "states.jsonl"
    file.write_text(khabar(here, "topics", "dump", STATES.noun).stdout, "utf-8")
    assert json.loads(file.read_text("utf-8"))["delayed_offset"] == 12
    khabar(there, "topics", "load", STATES.noun, str(file))
    (restored,) = latest(there, STATES).values()
    assert restored.delayed_offset == -1
    assert restored.revision == state.revision


def test_what_is_no_dump_is_not_loaded(
    clusters: tuple[Kafka, Kafka], tmp_path: Path
) -> None:
    here, _ = clusters
    file = tmp_path / "feeds.jsonl"
    good = (EXAMPLES / topics.FEEDS.name() / "active.json").read_text("utf-8")
    file.write_text(json.dumps(json.loads(good)) + "\n{}\n", "utf-8")
    refused = khabar(here, "topics", "load", "feeds", str(file))
    assert refused.exit_code != console.OK
    assert f"{file}:2" in str(refused.exception or refused.output)
    assert latest(here, topics.FEEDS) == {}


def test_topic_that_nobody_remembers_is_refused(clusters: tuple[Kafka, Kafka]) -> None:
    refused = khabar(clusters[0], "topics", "dump", "enriched")
    assert "no memory of the workers" in str(refused.exception)
