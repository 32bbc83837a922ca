import io
import time

import pytest
from rich.console import Console

from workers.cli.terminal.progress import Progress


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock: set its only element."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    return clock


def test_a_pipe_gets_a_line_per_step_and_one_every_ten_seconds(
    seconds: list[float],
) -> None:
    out = io.StringIO()
    with Progress(Console(file=out, width=40)) as shown:
        shown.step("starting Kafka")
        for second in range(25):
            seconds[0] = float(second)
            shown.note(f"{second} of 25")
        shown.step("stopping")
    assert out.getvalue().splitlines() == [
        "[  0 s] starting Kafka …",
        "[ 10 s] starting Kafka: 10 of 25 …",
        "[ 20 s] starting Kafka: 20 of 25 …",
        "[ 24 s] stopping …",
    ]


def test_a_long_line_is_cut_and_not_broken(seconds: list[float]) -> None:
    out = io.StringIO()
    with Progress(Console(file=out, width=40)) as shown:
        shown.step("starting")
        seconds[0] = 60.0
        shown.note("word " * 40)
    first, second = out.getvalue().splitlines()
    assert first == "[  0 s] starting …"
    assert len(second) == 40


def test_a_terminal_gets_one_line_that_changes(seconds: list[float]) -> None:
    out = io.StringIO()
    terminal = Console(file=out, width=40, force_terminal=True)
    with Progress(terminal) as shown:
        shown.step("starting")
        seconds[0] = 7.0
        shown.note("half")
        shown.clear()
    assert "starting, 7 s: half" in out.getvalue()
    assert "[  0 s]" not in out.getvalue()
