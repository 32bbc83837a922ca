"""What the logs of a worker look like, and what they never show."""

import datetime as dt
import json
import logging
from typing import Literal

import pytest

from tests.support.set_clock import SetClock
from workers.runtime.service import logs

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


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
