"""Drives the echo worker on a real broker: topics, processes, what came out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.support.kafka import echo_worker as echo
from tests.support.waiting import PATIENCE, until
from tests.support.worker_processes import WorkerProcesses, kafka_environment
from workers.domain.topics import Topic, dead_letter_name
from workers.runtime.kafka import admin, readers
from workers.runtime.kafka.producer import write_records
from workers.runtime.messaging.ports import Delivery
from workers.runtime.service.settings import Kafka

TOPICS = (echo.NUMBERS, echo.DELAYED, echo.COUNTS, echo.ECHOES, echo.TICKS)


class Line(WorkerProcesses):
    """The topics of the echo worker under one prefix, and its processes."""

    module = ("tests.support.kafka.echo_worker",)
    show_threads = echo.SHOW_THREADS

    def __init__(
        self, bootstrap: str, prefix: str, logs: Path, *, create: bool = True
    ) -> None:
        self.kafka = Kafka(bootstrap_servers=(bootstrap,), topic_prefix=prefix)
        self.prefix = prefix
        environment = {
            **kafka_environment(self.kafka),
            "KHABAR_KAFKA_SESSION_TIMEOUT_SECONDS": "2",
            "KHABAR_WORKER_STOP_SECONDS": f"{PATIENCE / 2}",
        }
        super().__init__(environment, logs)
        if not create:
            return
        plans = [
            admin.TopicPlan(topic.name(prefix), topic.partitions, topic.config())
            for topic in TOPICS
        ]
        plans.append(admin.TopicPlan(dead_letter_name("echo", prefix), 1, {}))
        admin.apply_topics(self.kafka, plans)

    def write(self, numbers: Iterable[echo.Number]) -> int:
        return write_records(self.kafka, echo.NUMBERS, numbers, source="test")

    def read(self, topic: Topic[Any]) -> Sequence[Delivery]:
        """Return all committed records of *topic*, partition by partition."""
        name = topic.name(self.prefix)
        found = readers.tail(self.kafka, name, start="beginning", follow=False)
        return sorted(found, key=lambda each: (each.partition, each.offset))

    def echoes(self) -> Sequence[echo.Echo]:
        decode = msgspec.json.Decoder(echo.Echo).decode
        return [decode(each.value or b"") for each in self.read(echo.ECHOES)]

    def await_echoes(self, count: int) -> None:
        """Wait for *count* echoes; fail at once when a worker ends meanwhile."""
        before = {each.pid for each in self.processes if each.poll() is None}

        def enough() -> bool:
            for process in self.processes:
                if process.pid in before:
                    assert process.poll() is None, f"a worker ended, {process.poll()}"
            return len(self.echoes()) >= count

        until(enough, f"{count} echoes")

    def dead_letters(self) -> Sequence[Delivery]:
        return list(readers.dead_letters(self.kafka, "echo"))


def numbers(count: int, keys: int = 40, start: int = 0) -> Sequence[echo.Number]:
    return [
        echo.Number(number=n, key=f"k{n % keys}") for n in range(start, start + count)
    ]


def problems(
    sent: Sequence[echo.Number], echoes: Sequence[echo.Echo]
) -> Mapping[str, object]:
    """Compare what went in with what came out; empty means exactly once."""
    expected = [each.number for each in sent]
    got = [each.number for each in echoes]
    counts: dict[str, list[int]] = defaultdict(list)
    for each in echoes:
        counts[each.key].append(each.count)
    found = {
        "lost": sorted(set(expected) - set(got)),
        "doubled": len(got) - len(set(got)),
        "strange": sorted(set(got) - set(expected)),
        "wrong counts": {
            key: seen
            for key, seen in counts.items()
            if seen != list(range(1, len(seen) + 1))
        },
    }
    return {name: value for name, value in found.items() if value}
