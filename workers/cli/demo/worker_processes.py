"""The four workers as processes, with their ports, logs and counts."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from workers.cli.terminal.console import Failure
from workers.devkit import child_process
from workers.devkit.loopback_ports import free_port

STOP_SECONDS = 10.0
_ANSWER_SECONDS = 10.0
_LINES_SHOWN = 8
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy: what it asks listens on loopback."""


class Count(NamedTuple):
    """Labels of `khabar_records_total`."""

    worker: str
    topic: str
    outcome: str


class WorkerProcess:
    """One `khabar run NAME`."""

    def __init__(self, name: str, environment: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self._port = free_port()
        self._environment = {
            **environment,
            "KHABAR_WORKER_METRICS_HOST": "127.0.0.1",
            "KHABAR_WORKER_METRICS_PORT": str(self._port),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def metrics(self) -> str:
        """Address of its metrics."""
        return f"http://127.0.0.1:{self._port}/metrics"

    @property
    def pid(self) -> int:
        """Id of its process; raises RuntimeError before it is started."""
        if self._process is None:
            raise RuntimeError(self.name)
        return self._process.pid

    def start(self) -> None:
        """Start the process; its log goes to the file `log`."""
        with self.log.open("ab") as output:
            self._process = child_process.spawn(
                [sys.executable, "-m", "workers", "run", self.name],
                output=output,
                environment=self._environment,
            )

    def waits_for(self) -> str:
        """Return what it waits for before it takes records; empty: nothing."""
        try:
            with self._open("readyz"):
                return ""
        except urllib.error.HTTPError as error:
            with error:
                return str(json.load(error).get("status", error.reason))
        except OSError:
            return "it starts"

    def counts(self) -> Iterator[tuple[Count, int]]:
        """Yield the records that it has handled, by topic and outcome."""
        from prometheus_client.parser import text_string_to_metric_families

        with self._open("metrics") as answer:
            text = answer.read().decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "khabar_records_total":
                    yield Count(**sample.labels), int(sample.value)

    def check(self) -> None:
        """Raise Failure, with the end of its log, if it has ended."""
        status = self._process.poll() if self._process else None
        if status is not None:
            message = f"worker {self.name} ended with exit status {status}"
            raise Failure(f"{message}; its log ends:\n{self.last_lines()}")

    def last_lines(self) -> str:
        """Return the end of its log."""
        lines = self.log.read_text("utf-8", "replace").splitlines()[-_LINES_SHOWN:]
        return "\n".join(f"  {line}" for line in [*lines, f"(all of it: {self.log})"])

    def terminate(self) -> None:
        """Send SIGTERM, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait_or_kill(self, seconds: float) -> int | None:
        """Return its exit status, None if it never ran; kill it after *seconds*."""
        if self._process is None:
            return None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _open(self, page: str) -> "urllib.request._UrlopenRet":
        url = f"http://127.0.0.1:{self._port}/{page}"
        return _LOCAL.open(url, timeout=_ANSWER_SECONDS)


class WorkerProcesses:
    """All workers; leaving the context stops them."""

    def __init__(
        self, environments: Mapping[str, Mapping[str, str]], logs: Path
    ) -> None:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KHABAR_KAFKA_", "KHABAR_WORKER_", "KHABAR_HTTP_"))
        }
        self.workers = [
            WorkerProcess(name, {**inherited, **own}, logs)
            for name, own in environments.items()
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start all."""
        for worker in self.workers:
            worker.start()

    def waiting(self) -> dict[str, str]:
        """Return what those that are not ready wait for; raises Failure if one died."""
        self.check()
        found = {worker.name: worker.waits_for() for worker in self.workers}
        return {name: words for name, words in found.items() if words}

    def check(self) -> None:
        """Raise Failure if one of them has ended."""
        for worker in self.workers:
            worker.check()

    def counts(self) -> Counter[Count]:
        """Return what all have handled; raises Failure if one does not answer."""
        total: Counter[Count] = Counter()
        for worker in self.workers:
            worker.check()
            try:
                total.update(dict(worker.counts()))
            except OSError as error:
                message = f"worker {worker.name} does not answer at {worker.metrics}"
                raise Failure(f"{message}: {error}\n{worker.last_lines()}") from error
        return total

    def stop(self, seconds: float = STOP_SECONDS) -> dict[str, int]:
        """Stop all at once; return the exit statuses that are not 0.

        What still runs after *seconds* is killed.
        """
        for worker in self.workers:
            worker.terminate()  # once: a second signal would cut it short
        deadline = time.monotonic() + seconds
        statuses = {
            worker.name: worker.wait_or_kill(max(0.0, deadline - time.monotonic()))
            for worker in self.workers
        }
        return {name: status for name, status in statuses.items() if status}


def wait_until_ready(
    processes: WorkerProcesses, seconds: float
) -> Iterator[dict[str, str]]:
    """Yield what is waited for, about twice a second, until nothing is.

    Raises Failure after *seconds*.
    """
    deadline = time.monotonic() + seconds
    while waiting := processes.waiting():
        yield waiting
        if time.monotonic() > deadline:
            name, words = next(iter(waiting.items()))
            culprit = next(w for w in processes.workers if w.name == name)
            message = f"worker {name} is not ready after {seconds:.0f} s ({words})"
            raise Failure(f"{message}; its log ends:\n{culprit.last_lines()}")
        time.sleep(0.4)
