"""Records that cannot be handled go aside whole, and hold nothing up."""

from pathlib import Path

from kafka import KafkaProducer

from tests.support.kafka import echo_worker as echo
from tests.support.kafka.echo_line import Line, numbers, problems
from tests.support.waiting import PATIENCE, until
from tests.support.worker_processes import ended
from workers.runtime import main

ODD = [
    b"{",
    b'{"number": "x", "key": "k1"}',
    b"\xff\xfe\x00",
    b"",
]
HEADERS = [
    ("x-odd", b"\x00\xff"),
    ("x-odd", b"again"),
    ("traceparent", b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01"),
]


def write_raw(line: Line, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=line.kafka.bootstrap_servers)
    for value in values:
        producer.send(
            echo.NUMBERS.name(line.prefix), value, key=b"k\x80", headers=HEADERS
        )
    producer.flush()
    producer.close()


def test_odd_records_are_dead_letters_byte_for_byte(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    sent = numbers(60)
    poison = echo.Number(number=1000, key="k1", poison=True)
    with Line(broker, prefix, tmp_path) as line:
        line.write(sent[:30])
        write_raw(line, ODD)
        line.write([poison, *sent[30:]])
        worker = line.start("a")
        line.await_echoes(len(sent))
        until(lambda: len(line.dead_letters()) >= len(ODD) + 1, "the dead letters")
        line.stop(worker)
        assert problems(sent, line.echoes()) == {}
        dead = line.dead_letters()
        raw = [each for each in dead if each.key == b"k\x80"]
        assert sorted(each.value or b"" for each in raw) == sorted(ODD)
        for each in raw:
            assert list(each.headers.pairs[: len(HEADERS)]) == HEADERS
            assert each.headers["error-worker"] == b"echo"
            assert each.headers["error-topic"] == echo.NUMBERS.name(prefix).encode()
            assert int(each.headers["error-offset"]) >= 0
            assert each.headers["error-reason"]
        (refused,) = [each for each in dead if each.key == b"k1"]
        assert refused.headers["error-kind"] == b"PoisonRecordError"
        assert refused.headers["error-reason"] == b"1000 is poison"


def test_odd_record_larger_than_any_of_ours_is_a_dead_letter(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    """Topics limit what is compressed: a stranger's record may be far larger."""
    value = b"{" * (12 * 1024 * 1024)
    with Line(broker, prefix, tmp_path) as line:
        producer = KafkaProducer(
            bootstrap_servers=broker,
            compression_type="lz4",
            max_request_size=2 * len(value),
        )
        producer.send(echo.NUMBERS.name(prefix), value, key=b"k1").get(timeout=PATIENCE)
        producer.close()
        line.write(numbers(10))
        line.start("a")
        line.await_echoes(10)
        until(lambda: len(line.dead_letters()) == 1, "the dead letter")
        assert line.dead_letters()[0].value == value


def test_nothing_but_poison_stops_the_worker_uncommitted(
    broker: str, prefix: str, tmp_path: Path
) -> None:
    with Line(broker, prefix, tmp_path) as line:
        write_raw(line, [b"{"] * 30)
        worker = line.start("a", KHABAR_WORKER_POISON_LIMIT="20")
        assert ended(worker) == main.EXIT_FATAL
        assert "records in a row cannot be handled" in line.log("a").splitlines()[-1]
        assert len(line.dead_letters()) < 20
