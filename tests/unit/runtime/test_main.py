"""Starting and ending a worker, on a broker in memory."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from msgspec import Struct

from workers.domain.outcomes import ConfigurationError, TransientError
from workers.domain.topics import FEEDS
from workers.runtime import main
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Session
from workers.runtime.processing.worker import Context, Handler, Worker
from workers.runtime.service import settings

QUICK = {"KHABAR_WORKER_BACKOFF_SECONDS": "0.001", "KHABAR_WORKER_ATTEMPTS": "3"}


class Settings(Struct, frozen=True):
    fault: str = ""


@contextmanager
def open_handler(own: Settings, _: Context) -> Iterator[Handler]:
    match own.fault:
        case "configuration":
            msg = "no models at /nowhere"
            raise ConfigurationError(msg)
        case "transient":
            msg = "disk full"
            raise TransientError(msg)
        case "mistake":
            msg = "oops"
            raise KeyError(msg)
    yield Handler(lambda _: ())


WORKER = Worker("test", (FEEDS,), (), Settings, open_handler)


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Give the logging of the test session back as it was."""
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def connect(_: Worker[Any], kafka: settings.Kafka) -> Session:
    name = FEEDS.name(kafka.topic_prefix)
    return MemoryBroker({name: 1}).session("test", [name])


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("configuration", main.EXIT_CONFIGURATION, "no models at /nowhere"),
        ("transient", main.EXIT_TRANSIENT, "disk full"),
        ("mistake", main.EXIT_FATAL, "KeyError: 'oops'"),
    ],
)
def test_exit_code_and_last_line_say_why(
    fault: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"KHABAR_TEST_FAULT": fault}
    assert main.run(WORKER, environ, connect=connect) == code
    assert words in last_line(capsys)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KHABAR_TEST_FALUT", "x"),
        ("KHABAR_KAFKA_STUCK_SECONDS", "long"),
        ("KHABAR_WORKER_LOG_FORMAT", "xml"),
        ("KHABAR_OTHERS_NAME", "x"),
    ],
)
def test_bad_setting_ends_the_start_with_its_name(
    variable: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main.run(WORKER, {variable: value}, worker_names=["test", "poll"])
    assert code == main.EXIT_CONFIGURATION
    assert last_line(capsys).startswith(f"khabar test: {variable}")


def test_settings_of_other_workers_may_stand_beside() -> None:
    environ = {"KHABAR_POLL_THREADS": "3", "KHABAR_TEST_FAULT": "transient"}
    code = main.run(WORKER, environ, worker_names=["test", "poll"], connect=connect)
    assert code == main.EXIT_TRANSIENT


def test_connection_is_tried_again_while_the_broker_is_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tries: list[int] = []

    def away(worker: Worker[Any], kafka: settings.Kafka) -> Session:
        tries.append(1)
        if len(tries) < 3:
            msg = "refused"
            raise TransientError(msg)
        return connect(worker, kafka)

    environ = {**QUICK, "KHABAR_TEST_FAULT": "mistake"}
    assert main.run(WORKER, environ, connect=away) == main.EXIT_FATAL
    assert len(tries) == 3

    def gone(_: Worker[Any], __: settings.Kafka) -> Session:
        msg = "refused"
        raise TransientError(msg)

    assert main.run(WORKER, QUICK, connect=gone) == main.EXIT_TRANSIENT
    assert "no connection after 3 tries: refused" in last_line(capsys)
