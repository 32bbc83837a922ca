from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from workers.runtime.broker import Broker


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of one real broker for the whole session, started on first use.

    Share it, and never stop it: a test that must kill a broker starts its own
    `workers.runtime.broker.Broker`.
    """
    with Broker() as running:
        yield running.bootstrap


@pytest.fixture
def prefix() -> str:
    """A topic prefix that no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "broker" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.kafka)
