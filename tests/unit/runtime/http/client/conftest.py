"""A server on loopback, and clients that ask it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.fetches import HURRIED, SETTINGS
from tests.support.origin import CERTIFICATES, Origin
from workers.runtime.http.client import HttpClient


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


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the authority of the tests one that the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "ca.pem"))
