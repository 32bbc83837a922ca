"""How a worker process starts and ends."""

from pathlib import Path

import pytest

from tests.support.kafka.echo_line import Line, numbers
from tests.support.waiting import until
from tests.support.worker_processes import ended
from workers.devkit.loopback_ports import free_port
from workers.runtime import main

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("second", [False, True])
def test_signal_ends_a_slow_batch_in_time(
    broker: str, prefix: str, tmp_path: Path, *, second: bool
) -> None:
    with Line(broker, prefix, tmp_path) as line:
        line.write(numbers(4, 1))
        worker = line.start(
            "a",
            KHABAR_ECHO_SLOW_SECONDS="60",
            KHABAR_WORKER_STOP_SECONDS="200" if second else "2",
        )
        until(lambda: "slow_batch" in line.log("a"), "it is at work")
        worker.terminate()
        if second:
            until(lambda: "SIGTERM" in line.log("a"), "the first is seen")
            worker.terminate()
        code = ended(worker)
        assert code == (128 + 15 if second else main.EXIT_TRANSIENT)
        assert "the open batch is aborted" in line.log("a").splitlines()[-1]
        assert line.echoes() == []


def test_missing_topic_ends_with_one_clear_line(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    with Line(broker, prefix, tmp_path) as line:
        worker = line.start("a", KHABAR_KAFKA_TOPIC_PREFIX=f"{prefix}-other")
        assert ended(worker) == main.EXIT_CONFIGURATION
        last = line.log("a").splitlines()[-1]
        assert f"{prefix}-other.numbers.v1" in last
        assert "khabar topics apply" in last


def test_absent_broker_ends_after_some_tries(prefix: str, tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with Line(nowhere, prefix, tmp_path, create=False) as line:
        worker = line.start(
            "a",
            KHABAR_KAFKA_REQUEST_TIMEOUT_SECONDS="1",
            KHABAR_WORKER_ATTEMPTS="2",
            KHABAR_WORKER_BACKOFF_SECONDS="0.1",
        )
        assert ended(worker) == main.EXIT_TRANSIENT
        assert "no connection after 2 tries" in line.log("a").splitlines()[-1]


def test_two_processes_in_one_slot_are_told_so(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    with Line(broker, prefix, tmp_path) as line:
        workers = [line.start("a", KHABAR_ECHO_TICKING="true") for _ in range(2)]
        line.write(numbers(20))
        until(lambda: any(w.poll() is not None for w in workers), "one gives up")
        codes = {worker.poll() for worker in workers} - {None}
        assert codes == {main.EXIT_CONFIGURATION}
        assert "KHABAR_KAFKA_SLOT" in line.log("a")
        line.await_echoes(20)
