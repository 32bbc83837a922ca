"""Replicas of one worker as processes: how a test starts, stops and reads them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.waiting import PATIENCE
from workers.runtime.service.settings import Kafka

ROOT = Path(__file__).parents[2]
_TRACEBACK_SECONDS = 1.0


def kafka_environment(kafka: Kafka) -> dict[str, str]:
    """Return the variables that lead a process to the broker and the topics."""
    return {
        "KHABAR_KAFKA_BOOTSTRAP_SERVERS": ",".join(kafka.bootstrap_servers),
        "KHABAR_KAFKA_TOPIC_PREFIX": kafka.topic_prefix,
    }


def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of *process*; return its exit status."""
    return process.wait(PATIENCE)


class WorkerProcesses:
    """Replicas of a worker, each in its slot; leaving the context kills the rest."""

    module: tuple[str, ...] = ("workers", "run", "events")
    """What `python -m` runs, and its arguments."""
    show_threads: signal.Signals | None = None
    """Has a process write what its threads are doing to its log."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = dict(environment)
        self._logs = logs
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        running = [each for each in self.processes if each.poll() is None]
        for process in running:
            process.send_signal(signal.SIGCONT)
            if error is not None and self.show_threads is not None:
                process.send_signal(self.show_threads)
        if error is not None and self.show_threads is not None and running:
            # what hangs tells where, in its log
            time.sleep(_TRACEBACK_SECONDS)
        for process in running:
            process.kill()
            process.wait()

    def start(self, slot: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start a replica; its log goes to a file."""
        environment = {
            **os.environ,
            "KHABAR_KAFKA_SLOT": slot,
            **self._environment,
            **settings,
        }
        with self._log_file(slot).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *self.module],
                cwd=ROOT,
                env=environment,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def stop(self, *processes: subprocess.Popen[bytes]) -> None:
        """Ask *processes* to end, all at once; each must do so in good order."""
        for process in processes:
            process.terminate()
        assert [ended(process) for process in processes] == [0] * len(processes)

    def log(self, slot: str) -> str:
        """Return what the replicas of a slot have logged so far."""
        file = self._log_file(slot)
        return file.read_text("utf-8") if file.exists() else ""

    def _log_file(self, slot: str) -> Path:
        return self._logs / f"{slot}.log"
