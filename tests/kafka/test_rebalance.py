"""Members come, go, stall and come back; ownership is never split."""

import signal
from pathlib import Path

import msgspec

from tests.support.kafka import echo_worker as echo
from tests.support.kafka.echo_line import Line, numbers, problems
from tests.support.waiting import until

SHORT = {"KHABAR_KAFKA_TRANSACTION_TIMEOUT_SECONDS": "5"}
"""A frozen worker holds its successor up for so long."""


def test_two_workers_share_and_one_takes_over(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    sent = numbers(6000)
    with Line(broker, prefix, tmp_path) as line:
        first = line.start("a")
        line.write(sent[:2000])
        line.await_echoes(1)
        second = line.start("b")
        until(lambda: "partitions_assigned" in line.log("b"), "b has partitions")
        line.write(sent[2000:4000])
        line.await_echoes(4000)
        assert {each.slot for each in line.echoes()} == {"a", "b"}
        line.stop(first)
        line.write(sent[4000:])
        line.await_echoes(6000)
        line.stop(second)
        assert problems(sent, line.echoes()) == {}


def test_member_that_was_frozen_is_fenced(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    sent = numbers(3000)
    with Line(broker, prefix, tmp_path) as line:
        frozen = line.start("a", **SHORT)
        line.write(sent)
        line.await_echoes(1)
        # in the middle of its work, maybe of a transaction
        frozen.send_signal(signal.SIGSTOP)
        other = line.start("b", **SHORT)
        until(lambda: any(e.slot == "b" for e in line.echoes()), "b took over")
        frozen.send_signal(signal.SIGCONT)
        line.await_echoes(len(sent))
        line.stop(frozen, other)
        assert problems(sent, line.echoes()) == {}


def test_work_that_time_brings_is_done_by_one_member_at_a_time(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    """Its transactions read nothing, and are fenced by the partitions all the same."""
    keys = 8
    with Line(broker, prefix, tmp_path) as line:
        ticking = {"KHABAR_ECHO_TICKING": "true", **SHORT}
        frozen = line.start("a", **ticking)
        line.write(numbers(keys, keys))
        until(lambda: len(line.read(echo.TICKS)) > 3 * keys, "some ticks")
        frozen.send_signal(signal.SIGSTOP)
        other = line.start("b", **ticking)
        until(lambda: "tables_loaded" in line.log("b"), "b took over")
        frozen.send_signal(signal.SIGCONT)
        seen = len(line.read(echo.TICKS))
        until(lambda: len(line.read(echo.TICKS)) > seen + 5 * keys, "more ticks")
        line.stop(frozen, other)
        rounds: dict[str, list[int]] = {each.key: [1] for each in line.echoes()}
        assert len(rounds) == keys
        for delivery in line.read(echo.TICKS):
            tick = msgspec.json.decode(delivery.value or b"", type=echo.Tick)
            rounds[tick.key].append(tick.round)
        assert rounds == {
            key: list(range(1, len(seen) + 1)) for key, seen in rounds.items()
        }
