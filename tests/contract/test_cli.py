import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from rich.cells import cell_len
from typer.testing import CliRunner

from workers.cli import app

KHABAR = [sys.executable, "-m", "workers"]
HEAVY = {"torch", "stanza", "trafilatura", "kafka", "urllib3", "rich", "numpy", "lxml"}


def commands() -> Iterator[tuple[str, ...]]:
    """Every command and group, as the words that call it."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for name, one in getattr(command, "commands", {}).items():
            yield from below(one, (*words, name))

    yield from below(typer.main.get_command(app), ())


def khabar(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KHABAR_")}
    return subprocess.run(
        [*KHABAR, *words],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**clean, "COLUMNS": "80", **environment},
    )


@pytest.mark.parametrize(
    "words", list(commands()), ids=lambda words: " ".join(words) or "khabar"
)
def test_help_fits_and_has_an_example(words: tuple[str, ...]) -> None:
    runner = CliRunner(env={"COLUMNS": "80"})
    shown = runner.invoke(app, [*words, "--help"], prog_name="khabar")
    assert shown.exit_code == 0
    assert max(cell_len(line) for line in shown.stdout.splitlines()) <= 80
    usage, *_, example = [line for line in shown.stdout.splitlines() if line.strip()]
    assert " ".join(("khabar", *words)) in usage
    is_group = "COMMAND" in usage
    assert is_group or " ".join(("khabar", *words)) in example


def test_importing_the_command_line_is_cheap() -> None:
    """In processor time, which other tests beside this one do not stretch."""
    program = (
        "import time, sys; start = time.process_time(); import workers.cli;"
        "print(time.process_time() - start, *sys.modules)"
    )
    best = 9.0
    for _ in range(3):
        out = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout.split()
        best = min(best, float(out[0]))
        assert HEAVY.isdisjoint(out[1:])
    assert best < 0.3


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["nonsense"], 2, "No such command"),
        (["run", "nobody"], 2, "there is no worker 'nobody'; there are articles,"),
        (["feeds", "check", "nowhere.toml"], 1, "cannot read nowhere.toml"),
        (["topics", "list", "--bootstrap-servers", "127.0.0.1:9"], 75, "127.0.0.1:9"),
        (["extract", "x.html", "--url", "example.com/a"], 2, "no http or https"),
        (["schemas", "check", "--folder", "nowhere"], 1, "nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_trouble_is_a_line_and_a_status(
    words: list[str], status: int, message: str
) -> None:
    ended = khabar(*words, KHABAR_KAFKA_REQUEST_TIMEOUT_SECONDS="2")
    assert ended.returncode == status, ended.stderr
    assert message in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_mistake_of_ours_is_a_line_and_a_status_and_on_demand_a_traceback() -> None:
    program = (
        "import workers.cli as cli\n"
        "def broken(*_, **__): raise KeyError('x')\n"
        "cli.run.registry.load = broken\n"
        "cli.main()"
    )

    def ended(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *words, "run", "poll"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    short, long = ended(), ended("--debug")
    assert short.returncode == long.returncode == 70
    (line,) = short.stderr.splitlines()
    assert line.startswith("khabar: internal error: KeyError: 'x' (in broken, ")
    assert "khabar --debug" in line
    assert "Traceback" in long.stderr
    assert long.stderr.splitlines()[-1].startswith("khabar: internal error: KeyError")


def test_an_unknown_setting_ends_a_worker_with_its_name() -> None:
    ended = khabar("run", "poll", KHABAR_KAFKA_BOOTSTRAP="x:1")
    assert ended.returncode == 78
    assert "KHABAR_KAFKA_BOOTSTRAP is not a setting" in ended.stderr
    assert "KHABAR_KAFKA_BOOTSTRAP_SERVERS" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_reader_of_a_pipe_may_leave() -> None:
    """`khabar settings | head -1` ends without a traceback."""
    with subprocess.Popen(
        [*KHABAR, "settings", "--markdown"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
