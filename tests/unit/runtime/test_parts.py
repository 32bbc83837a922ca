"""Small parts of the runtime, each by itself."""

import datetime as dt
import json
import logging
import threading
from collections.abc import Iterator
from typing import Literal

import pytest
import urllib3
from kafka.partitioner import murmur2 as librarys_murmur2

from tests.support.set_clock import SetClock
from workers.domain.outcomes import ConfigurationError, PoisonRecordError
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.messaging import partitioning
from workers.runtime.messaging.ports import Delivery, Partition
from workers.runtime.processing.batch_size import Pace
from workers.runtime.processing.delay_queue import Held
from workers.runtime.processing.tables import Tables
from workers.runtime.service import logs, metrics
from workers.runtime.service.health import Health, HealthServer
from workers.runtime.service.watchdog import Watchdog

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
HERE = Partition("t", 0)


# --- partitioning ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # from the test of org.apache.kafka.common.utils.Utils.murmur2
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_kafkas(key: bytes, expected: int) -> None:
    assert partitioning.murmur2(key) == expected % 2**32


@pytest.mark.parametrize("length", range(9))
def test_murmur2_is_the_librarys_at_every_length(length: int) -> None:
    key = bytes(range(250, 250 + 6))[:length].ljust(length, b"\xe0")
    assert partitioning.murmur2(key) == librarys_murmur2(key)


# --- pace --------------------------------------------------------------------------


def test_pace_grows_slowly_and_shrinks_at_once() -> None:
    pace = Pace(100, 1.0)
    limits = []
    for _ in range(6):
        pace.note(pace.limit, 0.001 * pace.limit)
        limits.append(pace.limit)
    assert limits == [8, 16, 32, 64, 100, 100]
    pace.note(10, 100.0)
    assert pace.limit == 1
    pace.note(0, 5.0)
    assert pace.limit == 1


def test_pace_never_goes_beyond_its_limit() -> None:
    pace = Pace(2, 1.0)
    pace.note(2, 0.0)
    assert pace.limit == 2


# --- held --------------------------------------------------------------------------


def held(offset: int) -> Delivery:
    return Delivery(HERE, offset, b"k", b"v" * 100)


def test_held_come_in_the_order_of_their_time() -> None:
    kept = Held()
    for offset, seconds in ((0, 30), (1, 10), (2, 20)):
        kept.add(held(offset), NOW + dt.timedelta(seconds=seconds))
    assert kept.next_due() == NOW + dt.timedelta(seconds=10)
    assert list(kept.due(NOW, 10)) == []
    later = NOW + dt.timedelta(seconds=25)
    assert [each.offset for each in kept.due(later, 10)] == [1, 2]
    assert kept.watermark(HERE) == 0
    assert len(kept) == 1


def test_held_twice_is_kept_once() -> None:
    kept = Held()
    for _ in range(2):
        kept.add(held(5), NOW)
    size = kept.bytes
    assert [each.offset for each in kept.due(NOW, 10)] == [5]
    assert (size > 0, kept.bytes, kept.watermark(HERE)) == (True, 0, None)


def test_held_gives_no_more_than_asked_for() -> None:
    kept = Held()
    for offset in range(3):
        kept.add(held(offset), NOW)
    assert len(list(kept.due(NOW, 2))) == 2
    kept.clear()
    assert (len(kept), kept.bytes, kept.next_due()) == (0, 0, None)


# --- tables ------------------------------------------------------------------------


class Row(Record, frozen=True, kw_only=True):
    key: str
    value: int = 0


def _key(record: Row) -> str:
    return record.key


ROWS = Topic("rows", Row, _key, _key, "Rows.")


def test_staged_changes_are_seen_and_settle() -> None:
    table = Tables((ROWS,)).of(ROWS)
    table.load(0, "a", Row(key="a", value=1))
    table.put(Row(key="a", value=2))
    table.put(Row(key="b", value=3))
    assert table.get("a") == Row(key="a", value=2)
    assert sorted(row.value for row in table.values()) == [2, 3]
    assert len(table) == 1
    table.forget()
    assert table.get("a") == Row(key="a", value=1)
    table.put(Row(key="b", value=3))
    table.settle({"b": 1})
    assert len(table) == 2
    table.drop(1)
    assert table.get("b") is None
    table.load(0, "a", None)
    assert len(table) == 0


def test_savepoint_takes_back_later_changes_only() -> None:
    tables = Tables((ROWS,))
    table = tables.of(ROWS)
    table.put(Row(key="a", value=1))
    undo = tables.savepoint()
    table.put(Row(key="a", value=2))
    table.put(Row(key="b"))
    undo()
    assert dict(table.staged) == {"a": Row(key="a", value=1)}
    assert tables.staged


def test_row_of_a_partition_that_is_not_owned_is_refused() -> None:
    table = Tables((ROWS,), lambda _, __: None).of(ROWS)
    with pytest.raises(PoisonRecordError, match="rows"):
        table.put(Row(key="a"))
    assert not table.staged


# --- health ------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[tuple[SetClock, Health, HealthServer]]:
    clock = SetClock(NOW)
    health = Health(clock, 60)
    server = HealthServer(health, "127.0.0.1", 0)
    yield clock, health, server
    server.close()


def answer(server: HealthServer, path: str) -> tuple[int, str]:
    response = urllib3.request("GET", server.address + path, retries=False)
    return response.status, response.data.decode()


def test_probes_follow_the_loop(served: tuple[SetClock, Health, HealthServer]) -> None:
    clock, health, server = served
    assert answer(server, "/healthz")[0] == 200
    health.wait_for("reading tables")
    status, body = answer(server, "/readyz")
    assert (status, json.loads(body)["status"]) == (503, "reading tables")
    health.ready()
    assert answer(server, "/readyz?x=1")[0] == 200
    clock.seconds = 61
    status, body = answer(server, "/healthz")
    assert (status, json.loads(body)["status"]) == (503, "no progress for 61 s")
    health.beat()
    assert answer(server, "/healthz")[0] == 200
    assert answer(server, "/elsewhere")[0] == 404


def test_metrics_are_served(served: tuple[SetClock, Health, HealthServer]) -> None:
    metrics.announce("served")
    status, body = answer(served[2], "/metrics")
    assert status == 200
    assert 'khabar_transactions_total{result="committed",worker="served"} 0.0' in body


def test_port_that_is_taken_is_an_operators_business(
    served: tuple[SetClock, Health, HealthServer],
) -> None:
    port = int(served[2].address.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match="KHABAR_WORKER_METRICS_PORT"):
        HealthServer(served[1], "127.0.0.1", port)


# --- watchdog ----------------------------------------------------------------------


def test_watchdog_ends_what_does_not_return() -> None:
    ended = threading.Event()
    why: list[str] = []

    def end(reason: str) -> None:
        why.append(reason)
        ended.set()

    watchdog = Watchdog(0.05, end)
    with watchdog.over("committing"):
        assert ended.wait(60)
    assert why == ["committing made no progress for 0 s"]


def test_watchdog_lets_be_what_returns() -> None:
    ended = threading.Event()
    watchdog = Watchdog(60.0, lambda _: ended.set())
    for _ in range(3):
        with watchdog.over("outer"), watchdog.over("inner"):
            assert len(watchdog._calls) == 2
    assert watchdog._calls == []
    assert not ended.is_set()
    watchdog.close()


# --- logs --------------------------------------------------------------------------


def record(name: str, text: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "f", 1, text, (), None)


def test_library_that_floods_says_one_thing_in_ten_seconds() -> None:
    clock = SetClock(NOW)
    sparse = logs._Sparse(clock.monotonic)
    passed = [sparse.filter(record("kafka.net", "gone")) for _ in range(5)]
    assert passed == [True, False, False, False, False]
    assert sparse.filter(record("workers.loop", "ours")) is True
    clock.seconds = 10
    last = record("kafka.net", "gone")
    assert sparse.filter(last)
    assert last.getMessage() == "gone (and 4 lines before)"


def test_lines_are_json_with_the_workers_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers])
    monkeypatch.setattr(root, "level", root.level)
    logs.configure("json", "info", "poll")
    logs.get("x").info("feed_polled", feed_id="f", title="ख़बर")
    logging.getLogger("kafka.x").warning("library %s", "speaks")
    logging.getLogger("kafka.x").info("not heard")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["feed_polled", "library speaks"]
    assert lines[0]["title"] == "ख़बर"
    assert {line["worker"] for line in lines} == {"poll"}
    assert lines[0]["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", ["json", "console"])
def test_tracebacks_do_not_show_what_variables_hold(
    form: Literal["json", "console"],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers])
    monkeypatch.setattr(root, "level", root.level)
    logs.configure(form, "info", "poll")
    body = {"title": "the article's body"}
    try:
        str(body["text"])
    except KeyError:
        logs.get("x").exception("failed")
    written = capsys.readouterr().err
    assert "KeyError" in written
    assert "article's body" not in written
