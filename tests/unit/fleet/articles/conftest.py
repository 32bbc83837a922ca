"""The articles worker without a process of its own, and a server that it asks."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.articles_line import InProcess, Line, Server
from workers.fleet import articles


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(
            target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        yield running
        running.shutdown()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(articles, "Sandbox", InProcess)
    return Line()
