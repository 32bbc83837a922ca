"""Probes and metrics of a worker, asked over HTTP."""

import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import urllib3

from tests.support.set_clock import SetClock
from tests.support.waiting import until
from workers.domain.outcomes import ConfigurationError
from workers.runtime.service import metrics
from workers.runtime.service.health import MAX_CONNECTIONS, Health, HealthServer

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


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


def test_counters_have_no_series_of_their_beginning(
    served: tuple[SetClock, Health, HealthServer],
) -> None:
    metrics.announce("served")
    assert "_created" not in answer(served[2], "/metrics")[1]


def test_head_is_answered_as_get_without_a_body(
    served: tuple[SetClock, Health, HealthServer],
) -> None:
    for path in ("/metrics", "/healthz"):
        response = urllib3.request("HEAD", served[2].address + path, retries=False)
        assert (response.status, response.data) == (200, b"")
        assert int(response.headers["content-length"]) > 0


def test_calls_that_never_end_hold_neither_threads_nor_probes(
    served: tuple[SetClock, Health, HealthServer],
) -> None:
    server = served[2]
    port = int(server.address.rpartition(":")[2])
    with ExitStack() as opened:
        for _ in range(5 * MAX_CONNECTIONS):
            slow = socket.create_connection(("127.0.0.1", port))
            opened.enter_context(closing(slow))
            slow.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        assert answer(server, "/healthz")[0] == 200
        threads = [t for t in threading.enumerate() if "process_request" in t.name]
        until(lambda: sum(t.is_alive() for t in threads) <= MAX_CONNECTIONS, "few")


def test_port_that_is_taken_is_an_operators_business(
    served: tuple[SetClock, Health, HealthServer],
) -> None:
    port = int(served[2].address.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match="KHABAR_WORKER_METRICS_PORT"):
        HealthServer(served[1], "127.0.0.1", port)
