"""`khabar demo` as a person runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from workers.cli.demo.worker_processes import WorkerProcesses, wait_until_ready
from workers.cli.terminal.console import Failure

DEMO = [sys.executable, "-m", "workers", "demo"]


def environment(folder: Path) -> dict[str, str]:
    """Let every temporary file, and so every process, bear the test's folder."""
    return {**os.environ, "TMPDIR": str(folder), "COLUMNS": "80"}


def processes(folder: Path) -> Iterator[str]:
    """Yield the command lines of processes that were started under *folder*."""
    mark = f"TMPDIR={folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                yield (process / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended meanwhile, or is not ours


def nothing_is_left(folder: Path) -> bool:
    """Wait a little for the kernel to clear away what was killed."""
    deadline = time.monotonic() + 60
    while [*processes(folder)] and time.monotonic() < deadline:
        time.sleep(0.05)
    return [*processes(folder)] == []


@pytest.mark.kafka
@pytest.mark.models
def test_the_demo_shows_the_line_and_ends_well(tmp_path: Path) -> None:
    done = subprocess.run(
        DEMO,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=environment(tmp_path),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert "feeds" in {line.split(" ")[0] for line in lines}
    for finding in (
        "PER व्लादिमीर पुतिन",
        "PER किम जोंग उन",
        "LOC प्योंगयांग",
        "AGREE हस्ताक्षर किए: व्लादिमीर पुतिन, किम जोंग उन",
    ):
        assert f"  ✓ {finding}" in lines
    assert not [line for line in lines if "✗" in line]
    revised = [line for line in lines if line.endswith("revision 2")]
    assert len(revised) == 1
    shown = [line for line in lines if "UTC · hi" in line]
    assert len(shown) > 25
    article_lines = lines[: lines.index(shown[-1])]
    assert max(cell_len(line) for line in article_lines) <= 80
    assert nothing_is_left(tmp_path)


@pytest.mark.kafka
def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    with subprocess.Popen(
        DEMO,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(tmp_path),
        cwd=tmp_path,
    ) as demo:
        assert demo.stdout
        for line in demo.stdout:
            if "starting the workers" in line:
                break
        assert any("kafka.Kafka" in command for command in processes(tmp_path))
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
        assert demo.wait(120) == 130
    assert "Traceback" not in rest
    assert "stopping" in rest
    assert nothing_is_left(tmp_path)


def test_a_worker_that_cannot_start_is_named_with_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    with WorkerProcesses(
        {"poll": {"KHABAR_POLL_THREADS": "many"}}, tmp_path
    ) as workers:
        workers.start()
        with pytest.raises(Failure) as caught:
            for _ in wait_until_ready(workers, 120):
                pass
    assert "worker poll ended with exit status 78" in str(caught.value)
    assert "KHABAR_POLL_THREADS='many': expected a whole number" in str(caught.value)
    assert str(tmp_path / "poll.log") in str(caught.value)
