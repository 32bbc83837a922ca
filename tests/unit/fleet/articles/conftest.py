"""The articles worker without a process of its own, and a server that it asks."""

from collections.abc import Iterator

import pytest

from tests.support.articles_line import InProcess, Line, Server
from workers.fleet import articles


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(articles, "Sandbox", InProcess)
    return Line()
