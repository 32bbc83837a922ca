"""A server on loopback, and clients that ask it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.unit.http_client.fetches import HURRIED, SETTINGS
from tests.unit.origin import Origin
from workers.runtime.http import HttpClient


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as served:
        yield served


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with closing(HttpClient(SETTINGS)) as made:
        yield made


@pytest.fixture
def hurried() -> Iterator[HttpClient]:
    with closing(HttpClient(HURRIED)) as made:
        yield made
