"""Whatever dies, every number comes out once and is counted right."""

import random
import signal
from pathlib import Path

import pytest

from tests.support.kafka.echo_line import Line, numbers, problems
from workers.devkit.kafka_broker import Broker

pytestmark = pytest.mark.kafka

KILLS = 4
SLOTS = ("a", "b")


def test_killed_workers_lose_and_double_nothing(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    dice = random.Random(7)
    sent = numbers(8000)
    with Line(broker, prefix, tmp_path) as line:
        workers = {slot: line.start(slot) for slot in SLOTS}
        for round_ in range(KILLS):
            share = sent[round_ * 1500 : (round_ + 1) * 1500]
            before = len(line.echoes())
            line.write(share)
            # in the middle of the work, at no point that could be chosen well
            some = before + dice.randint(1, 1200)
            line.await_echoes(some)
            victim = dice.choice(SLOTS)
            workers[victim].send_signal(signal.SIGKILL)
            workers[victim].wait()
            workers[victim] = line.start(victim)
        line.write(sent[KILLS * 1500 :])
        line.await_echoes(len(sent))
        line.stop(*workers.values())
        assert problems(sent, line.echoes()) == {}


def test_killed_broker_loses_and_doubles_nothing(prefix: str, tmp_path: Path) -> None:
    sent = numbers(5000)
    with (
        Broker(tmp_path / "broker") as own,
        Line(own.bootstrap, prefix, tmp_path) as line,
    ):
        line.write(sent)
        # as long as the broker may take to come back
        patient = {"KHABAR_WORKER_ATTEMPTS": "50"}
        workers = [line.start(slot, **patient) for slot in SLOTS]
        for some in (300, 2000):
            line.await_echoes(some)
            own.kill()
            own.start()
        line.await_echoes(len(sent))
        line.stop(*workers)
        assert problems(sent, line.echoes()) == {}
