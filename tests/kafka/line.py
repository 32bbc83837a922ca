"""Drives the echo worker on a real broker: topics, processes, what came out."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.kafka import echo_worker as echo
from workers.domain.topics import Topic, dead_letter_name
from workers.runtime.kafka import admin, readers
from workers.runtime.kafka.producer import write_records
from workers.runtime.messaging.ports import Delivery
from workers.runtime.service.settings import Kafka

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds for what several processes must do together, on a machine that is busy."""
_TRACEBACK_SECONDS = 1.0
TOPICS = (echo.NUMBERS, echo.DELAYED, echo.COUNTS, echo.ECHOES, echo.TICKS)


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for *condition*; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(0.02)


def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of *process*; return its exit status."""
    return process.wait(PATIENCE)


class Line:
    """The topics of the echo worker under one prefix, and its processes."""

    def __init__(
        self, bootstrap: str, prefix: str, logs: Path, *, create: bool = True
    ) -> None:
        self.kafka = Kafka(bootstrap_servers=(bootstrap,), topic_prefix=prefix)
        self.prefix = prefix
        self._logs = logs
        self._processes: list[subprocess.Popen[bytes]] = []
        if not create:
            return
        plans = [
            admin.TopicPlan(topic.name(prefix), topic.partitions, topic.config())
            for topic in TOPICS
        ]
        plans.append(admin.TopicPlan(dead_letter_name("echo", prefix), 1, {}))
        admin.apply_topics(self.kafka, plans)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        running = [each for each in self._processes if each.poll() is None]
        for process in running:
            process.send_signal(signal.SIGCONT)
            if error is not None:
                process.send_signal(echo.SHOW_THREADS)
        if error is not None and running:
            # what hangs tells where, in its log
            time.sleep(_TRACEBACK_SECONDS)
        for process in running:
            process.kill()
            process.wait()

    def start(self, slot: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start a worker process; its log goes to a file."""
        environ = {
            **os.environ,
            "KHABAR_KAFKA_BOOTSTRAP_SERVERS": ",".join(self.kafka.bootstrap_servers),
            "KHABAR_KAFKA_TOPIC_PREFIX": self.prefix,
            "KHABAR_KAFKA_SLOT": slot,
            "KHABAR_KAFKA_SESSION_TIMEOUT_SECONDS": "2",
            "KHABAR_WORKER_STOP_SECONDS": f"{PATIENCE / 2}",
            **settings,
        }
        with (self._logs / f"{self.prefix}-{slot}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.kafka.echo_worker"],
                cwd=ROOT,
                env=environ,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def stop(self, *processes: subprocess.Popen[bytes]) -> None:
        """Ask *processes* to end, all at once; each must do so in good order."""
        for process in processes:
            process.terminate()
        assert [ended(process) for process in processes] == [0] * len(processes)

    def log(self, slot: str) -> str:
        return (self._logs / f"{self.prefix}-{slot}.log").read_text("utf-8")

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
        before = {each.pid for each in self._processes if each.poll() is None}

        def enough() -> bool:
            for process in self._processes:
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
