"""What a worker knows after it starts again."""

import time
from pathlib import Path

import msgspec

from tests.support.kafka import echo_worker as echo
from tests.support.kafka.echo_line import Line, numbers, problems


def test_restart_reads_its_tables_back_and_repeats_nothing(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    sent = numbers(1000)
    with Line(broker, prefix, tmp_path) as line:
        worker = line.start("a")
        line.write(sent[:600])
        line.await_echoes(600)
        line.stop(worker)
        line.write(sent[600:])
        worker = line.start("a")
        line.await_echoes(1000)
        line.stop(worker)
        # the counts go on where they were: the tables came back whole
        assert problems(sent, line.echoes()) == {}


def test_delayed_records_wait_out_a_restart_and_come_once(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    # the slow one stands first on each partition and holds the offset back
    slow = [echo.Number(number=n, key=f"k{n}", delay_seconds=5) for n in range(12)]
    soon = [
        echo.Number(number=n, key=f"q{n % 12}", delay_seconds=0.5)
        for n in range(12, 60)
    ]
    sent = [*slow, *soon]
    with Line(broker, prefix, tmp_path) as line:
        begun = time.monotonic()
        line.write(sent)
        worker = line.start("a")
        line.await_echoes(len(soon))
        worker.kill()
        worker.wait()
        worker = line.start("a")
        line.await_echoes(len(sent))
        assert time.monotonic() - begun >= 5
        line.stop(worker)
        assert problems(sent, line.echoes()) == {}
        (delayed,) = {
            delivery.headers["not-before"][-1:] for delivery in line.read(echo.DELAYED)
        }
        assert delayed == b"Z"


def test_messages_carry_events_and_traces(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    with Line(broker, prefix, tmp_path) as line:
        line.write(numbers(3))
        worker = line.start("a")
        line.await_echoes(3)
        line.stop(worker)
        for delivery in line.read(echo.ECHOES):
            head = delivery.headers
            assert head["ce_specversion"] == b"1.0"
            assert head["ce_source"] == b"/khabar/echo"
            assert head["ce_type"] == b"khabar.echoes.v1"
            assert head["content-type"] == b"application/json"
            assert head["traceparent"].startswith(b"00-")
            made = msgspec.json.decode(delivery.value or b"", type=echo.Echo)
            assert delivery.key == made.key.encode()
