"""What operators do by day: restart, upgrade, scale out and in, while records flow."""

import json
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from tests.support.kafka.echo_line import Line, numbers, problems
from tests.support.waiting import PATIENCE, until
from tests.support.worker_processes import WorkerProcesses, kafka_environment
from workers.domain import topics
from workers.fleet.registry import names
from workers.runtime import main
from workers.runtime.kafka import admin, readers
from workers.runtime.messaging.partitioning import partition_of
from workers.runtime.service.settings import Kafka

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]
EARLIER = ROOT / "tests/contract/earlier"
ARTICLES = 2000
SLOTS = ("a", "b")


def start(workers: WorkerProcesses, slot: str) -> subprocess.Popen[bytes]:
    """Start a replica and wait until it has partitions, as a probe would."""
    before = workers.log(slot).count("partitions_assigned")
    process = workers.start(slot)
    until(
        lambda: workers.log(slot).count("partitions_assigned") > before,
        f"{slot} has partitions",
    )
    return process


def earlier_article() -> dict[str, Any]:
    """Return an annotated article as the first release wrote it, its first sentence."""
    (path,) = EARLIER.glob("khabar.annotated.v1/seed-article.json")
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    end = value["sentences"][0]["end"]
    kept = [each for each in value["entities"] if each["end"] <= end]
    return value | {
        "text": value["text"][:end],
        "sentences": value["sentences"][:1],
        "entities": kept,
    }


def write_articles(kafka: Kafka, ids: Sequence[str]) -> None:
    """Write one stored article under each id, byte by byte as it was."""
    article = earlier_article()
    topic = topics.ANNOTATED
    producer = KafkaProducer(
        bootstrap_servers=list(kafka.bootstrap_servers), compression_type="lz4"
    )
    for each in ids:
        key = each.encode()
        producer.send(
            topic.name(kafka.topic_prefix),
            json.dumps(article | {"article_id": each}, ensure_ascii=False).encode(),
            key=key,
            partition=partition_of(key, topic.partitions),
        )
    producer.flush()
    producer.close()


def keys_of(kafka: Kafka, topic: topics.Topic[Any]) -> Counter[str]:
    """Count the committed records of each article."""
    name = topic.name(kafka.topic_prefix)
    found = readers.tail(kafka, name, start="beginning", follow=False)
    return Counter((each.key or b"").decode() for each in found)


def handled(kafka: Kafka) -> int:
    """Count the articles whose handling is committed."""
    return sum(admin.group_offsets(kafka, "events").values())


def test_replicas_restarted_in_turn_lose_and_double_nothing(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    """An upgrade: what flows was stored by the release before."""
    kafka = Kafka(bootstrap_servers=(broker,), topic_prefix=prefix)
    admin.apply_topics(kafka, admin.plans(kafka, names()))
    ids = [f"{number:032x}" for number in range(ARTICLES)]
    share = ARTICLES // (2 * len(SLOTS))
    with WorkerProcesses(kafka_environment(kafka), tmp_path) as workers:
        running = {slot: start(workers, slot) for slot in SLOTS}
        for turn, slot in enumerate(SLOTS * 2):
            write_articles(kafka, ids[turn * share : (turn + 1) * share])
            # in the middle of them, unless they were quicker
            some = turn * share + 1
            until(lambda some=some: handled(kafka) >= some, "they flow", PATIENCE)  # type: ignore[misc] # bound to this turn
            workers.stop(running[slot])
            running[slot] = start(workers, slot)
        until(lambda: handled(kafka) == ARTICLES, "every article", PATIENCE)
        workers.stop(*running.values())
    assert keys_of(kafka, topics.ENRICHED) == Counter(ids)
    # the same article under each id, so the same number of events
    events = keys_of(kafka, topics.EVENTS)
    assert set(events) == set(ids)
    assert len(set(events.values())) == 1
    assert [*readers.dead_letters(kafka, "events")] == []


def test_batch_under_way_is_finished_before_the_end(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    sent = numbers(8, 1)
    with Line(broker, prefix, tmp_path) as line:
        line.write(sent)
        worker = line.start("a", KHABAR_ECHO_SLOW_SECONDS="0.2")
        until(lambda: "slow_batch" in line.log("a"), "it is at work")
        worker.terminate()
        assert worker.wait(PATIENCE) == main.EXIT_CLEAN, line.log("a")
        done = len(line.echoes())
        assert done > 0
        committed = admin.group_offsets(line.kafka, "echo")
        assert sum(committed.values()) == done  # one partition has all numbers
        line.start("a")
        line.await_echoes(len(sent))
        assert problems(sent, line.echoes()) == {}


def test_replicas_come_and_go_while_records_flow(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    """Out to more replicas than there are partitions, and in again."""
    sent = numbers(4000)
    slots = ("b", "c", "d", "e")
    with Line(broker, prefix, tmp_path) as line:
        first = line.start("a")
        line.write(sent[:1000])
        line.await_echoes(1)
        others = [line.start(slot) for slot in slots]
        line.write(sent[1000:2000])
        for slot in slots:
            until(lambda slot=slot: is_ready(line, slot), slot, PATIENCE)  # type: ignore[misc] # bound to this turn
        line.write(sent[2000:3000])
        line.await_echoes(2001)
        for worker in others:
            worker.terminate()
        line.write(sent[3000:])
        assert [worker.wait(PATIENCE) for worker in others] == [0] * 4
        line.await_echoes(len(sent))
        first.terminate()
        assert first.wait(PATIENCE) == 0
        assert problems(sent, line.echoes()) == {}
        assert len({each.slot for each in line.echoes()}) > 1


def is_ready(line: Line, slot: str) -> bool:
    """Ask a replica's probe; the one that no partition is left for is ready too."""
    for entry in line.log(slot).splitlines():
        if '"event": "started"' in entry:
            url = json.loads(entry)["health"]
            try:
                with urllib.request.urlopen(f"{url}/readyz", timeout=30) as answer:  # noqa: S310 loopback
                    return bool(answer.status == 200)
            except OSError:
                return False
    return False
