"""The consumers of docs/subscribing.md, run as they stand there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaProducer

from tests.support.waiting import PATIENCE, until
from tests.support.worker_processes import kafka_environment
from workers.devkit import jars
from workers.devkit.java import SetupError, find_java
from workers.domain import topics
from workers.domain.records import EnrichedArticle
from workers.fleet.registry import names
from workers.runtime.kafka import admin
from workers.runtime.kafka.producer import write_records
from workers.runtime.service.settings import Kafka
from workers.stages.enrichment.records import event_records_alone

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "subscribing.md"
EXAMPLES = ROOT / "schemas" / "examples" / "khabar.enriched.v1"
FORGOTTEN = "0" * 32


def block(language: str) -> str:
    (found,) = re.findall(
        rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    return str(found)


@dataclass(frozen=True)
class Stream:
    """What stands on the public topics."""

    kafka: Kafka
    articles: list[EnrichedArticle]
    """Of each article the revisions in order, without its withdrawal."""

    @property
    def topic(self) -> str:
        return topics.ENRICHED.name(self.kafka.topic_prefix)


@pytest.fixture(scope="module")
def stream(broker: str) -> Stream:
    """Two articles: one is revised, one withdrawn; a tombstone, one rolled back."""
    kafka = Kafka(bootstrap_servers=(broker,), topic_prefix="subscribing")
    admin.apply_topics(kafka, admin.plans(kafka, names()))
    first, second = (
        msgspec.json.decode(path.read_bytes(), type=EnrichedArticle)
        for path in sorted(EXAMPLES.glob("*.json"))
    )
    again = msgspec.structs.replace(second, revision=second.revision + 1)
    articles = [first, second, again]
    gone = msgspec.structs.replace(
        first, revision=2, withdrawn=True, text="", entities=(), events=()
    )
    write_records(kafka, topics.ENRICHED, [*articles, gone], source="test")
    events = [event for each in articles for event in event_records_alone(each)]
    write_records(kafka, topics.EVENTS, events, source="test")
    name = topics.ENRICHED.name(kafka.topic_prefix)
    producer = KafkaProducer(
        bootstrap_servers=broker, transactional_id="subscribing-test"
    )
    with closing(producer):
        producer.init_transactions()
        producer.begin_transaction()
        rolled_back = msgspec.structs.replace(first, revision=9, title="not for you")
        producer.send(name, msgspec.json.encode(rolled_back), first.article_id.encode())
        producer.flush()
        producer.abort_transaction()
        producer.begin_transaction()
        producer.send(name, None, FORGOTTEN.encode())
        producer.commit_transaction()
    return Stream(kafka, articles)


def said(
    command: list[str], stream: Stream, folder: Path, enough: Callable[[str], bool]
) -> list[str]:
    """Run a consumer until it has said enough; return its lines."""
    out, err = folder / "out", folder / "err"
    environment = {
        **os.environ,
        "BROKERS": ",".join(stream.kafka.bootstrap_servers),
        "TOPIC": stream.topic,
    }
    with out.open("wb") as output, err.open("wb") as errors:
        consumer = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=errors
        )
    try:
        until(
            lambda: enough(out.read_text("utf-8")) or consumer.poll() is not None,
            f"{command[0]} says enough",
            PATIENCE,
        )
        assert consumer.poll() is None, err.read_text("utf-8")
    finally:
        consumer.kill()
        consumer.wait()
    return out.read_text("utf-8").splitlines()


def all_of(stream: Stream) -> Callable[[str], bool]:
    lines = len(stream.articles) + 2
    return lambda text: text.count("\n") >= lines


def check(lines: list[str], stream: Stream, counts: list[int]) -> None:
    expected = {
        f"{each.article_id} {each.revision} {count} {each.title}"
        for each, count in zip(stream.articles, counts, strict=True)
    }
    withdrawn = {
        f"withdrawn {each}" for each in (FORGOTTEN, stream.articles[0].article_id)
    }
    assert set(lines) == expected | withdrawn
    assert len(lines) == len(set(lines))
    revised = [
        line.split()[1] for line in lines if line.split()[0] == revised_id(stream)
    ]
    assert revised == ["1", "2"]


def revised_id(stream: Stream) -> str:
    return stream.articles[-1].article_id


def test_consumer_in_python(stream: Stream, tmp_path: Path) -> None:
    (tmp_path / "subscriber.py").write_text(block("python"), "utf-8")
    command = [sys.executable, "subscriber.py"]
    lines = said(command, stream, tmp_path, all_of(stream))
    distinct = [
        len({entity.canonical_name for entity in each.entities})
        for each in stream.articles
    ]
    check(lines, stream, distinct)


def test_consumer_in_java(stream: Stream, tmp_path: Path) -> None:
    try:
        java = find_java()
    except SetupError as error:
        pytest.skip(str(error))
    modules = subprocess.run(
        [java.executable, "--list-modules"], capture_output=True, text=True, check=True
    )
    if "jdk.compiler@" not in modules.stdout:
        pytest.skip(f"{java.executable} is a Java without a compiler: no JDK")
    (tmp_path / "Subscriber.java").write_text(block("java"), "utf-8")
    classes = f"{jars.resolve(java)}/*"
    command = [str(java.executable), "-Xmx128m", "-cp", classes, "Subscriber.java"]
    lines = said(command, stream, tmp_path, all_of(stream))
    check(lines, stream, [len(each.entities) for each in stream.articles])


def test_commands_in_a_shell(stream: Stream, tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell
    done = subprocess.run(
        [shell, "-c", block("sh")],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **kafka_environment(stream.kafka),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    articles = (tmp_path / "articles.jsonl").read_text("utf-8").splitlines()
    found = {(a["article_id"], a["revision"]) for a in map(json.loads, articles)}
    gone = (stream.articles[0].article_id, 2)
    assert found == {(a.article_id, a.revision) for a in stream.articles} | {gone}
    assert len(articles) == len(found) == len(done.stdout.splitlines())
    events = (tmp_path / "events.csv").read_text("utf-8").splitlines()
    assert events[0].startswith("event_id,")
    assert len(events) > sum(len(a.events) for a in stream.articles)
