"""Probes and metrics of a worker, asked over HTTP."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
import urllib3

from tests.support.set_clock import SetClock
from workers.domain.outcomes import ConfigurationError
from workers.runtime.service import metrics
from workers.runtime.service.health import Health, HealthServer

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


def test_port_that_is_taken_is_an_operators_business(
    served: tuple[SetClock, Health, HealthServer],
) -> None:
    port = int(served[2].address.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match="KHABAR_WORKER_METRICS_PORT"):
        HealthServer(served[1], "127.0.0.1", port)
