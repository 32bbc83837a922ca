from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from workers.devkit.kafka_broker import Broker

_LINES_SHOWN = 200
_BROKER_LOG = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def broker(pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of one real broker for the whole session, started on first use.

    Share it, and never stop it: a test that must kill a broker starts its own
    `workers.devkit.kafka_broker.Broker`.
    """
    with Broker() as running:
        pytestconfig.stash[_BROKER_LOG] = running.log
        yield running.bootstrap


@pytest.fixture
def prefix() -> str:
    """A topic prefix that no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "broker" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.kafka)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs of all processes with the failure of a test on a broker.

    Such a failure may not come again; what it leaves must explain it.
    """
    report = yield
    if report.failed and item.get_closest_marker("kafka"):
        report.sections += [(f"end of {log}", _end(log)) for log in _logs(item)]
    return report


def _logs(item: pytest.Function) -> Iterator[Path]:
    folder = item.funcargs.get("tmp_path")
    if isinstance(folder, Path):
        yield from sorted([*folder.glob("*.log"), *folder.glob("*/broker.log")])
    if "broker" in item.fixturenames and _BROKER_LOG in item.config.stash:
        yield item.config.stash[_BROKER_LOG]


def _end(log: Path) -> str:
    try:
        lines = log.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        return str(error)
    return "\n".join(lines[-_LINES_SHOWN:])
