"""Run training steps as processes: two at a time, each once, each with its log.

A step that ended well leaves a stamp with its command and its seconds; a later run
skips it while the command stays the same and its outputs are there.
"""

import json
import logging
import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """One process: what it runs, what must be done before, what it leaves behind."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()


class StepFailed(RuntimeError):  # noqa: N818  reads as what happened
    """A step ended with an error; its log says why."""

    def __init__(self, step: Step, status: int, logs: Path) -> None:
        """Say which step failed and where to look."""
        super().__init__(
            f"training step {step.name!r} ended with status {status}: "
            f"read {logs / step.name}.log, mend the cause and run the same command "
            "again; finished steps are kept"
        )


def is_done(step: Step, stamps: Path) -> bool:
    """Return whether a step need not run again."""
    stamp = stamps / f"{step.name}.json"
    if not stamp.exists() or not all(path.exists() for path in step.outputs):
        return False
    recorded = json.loads(stamp.read_text(encoding="utf-8"))
    return bool(recorded["command"] == list(step.command))


Running = tuple[Step, "subprocess.Popen[bytes]", float]  # and when it began


def run(
    steps: Iterable[Step],
    work: Path,
    *,
    at_once: int = 2,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run steps in the order given, each when its needs are done.

    Raises StepFailed for the first that fails, once those running have ended.
    """
    runner = _Runner(steps, work, at_once, {**os.environ, **(environment or {})})
    while runner.goes_on():
        runner.begin_ready()
        runner.collect_ended()
    if runner.failure:
        raise runner.failure


class _Runner:
    """The steps that wait and run, and where logs and stamps of both are kept."""

    def __init__(
        self, steps: Iterable[Step], work: Path, at_once: int, variables: dict[str, str]
    ) -> None:
        self._logs, self._stamps = work / "log", work / "stamps"
        for folder in (self._logs, self._stamps):
            folder.mkdir(parents=True, exist_ok=True)
        self._at_once = at_once
        self._variables = variables
        steps = list(steps)
        self._done = {step.name for step in steps if is_done(step, self._stamps)}
        self._waiting = [step for step in steps if step.name not in self._done]
        self._running: list[Running] = []
        self.failure: StepFailed | None = None
        """The first; nothing begins after it."""
        log.info("done before: %s", ", ".join(sorted(self._done)) or "nothing")

    def goes_on(self) -> bool:
        """Return whether a process runs or may begin."""
        return bool(self._running or (self._waiting and self.failure is None))

    def begin_ready(self) -> None:
        """Begin what is ready; raises ValueError where nothing ever will be."""
        if self.failure is None:
            free = self._at_once - len(self._running)
            for step in _ready(self._waiting, self._done)[:free]:
                self._waiting.remove(step)
                self._running.append(_begin(step, self._logs, self._variables))
        if not self._running:
            names = ", ".join(step.name for step in self._waiting)
            message = f"these steps wait for steps that do not exist: {names}"
            raise ValueError(message)

    def collect_ended(self) -> None:
        """Wait until a process has ended, and note how."""
        for entry in _ended(self._running):
            self._running.remove(entry)
            step, process, began = entry
            if process.returncode == 0:
                _stamp(step, self._stamps, time.monotonic() - began)
                self._done.add(step.name)
            elif self.failure is None:
                self.failure = StepFailed(step, process.returncode, self._logs)


def _begin(step: Step, logs: Path, variables: Mapping[str, str]) -> Running:
    log.info("%-14s begins", step.name)
    with (logs / f"{step.name}.log").open("wb") as out:
        process = subprocess.Popen(
            step.command, stdout=out, stderr=subprocess.STDOUT, env=variables
        )
    return step, process, time.monotonic()


def _stamp(step: Step, stamps: Path, seconds: float) -> None:
    stamp = {"command": list(step.command), "seconds": round(seconds, 1)}
    (stamps / f"{step.name}.json").write_text(
        json.dumps(stamp, indent=1) + "\n", encoding="utf-8"
    )
    log.info("%-14s done in %.0f s", step.name, seconds)


def _ready(waiting: Sequence[Step], done: set[str]) -> list[Step]:
    return [step for step in waiting if done.issuperset(step.needs)]


def _ended(running: Sequence[Running]) -> list[Running]:
    """Wait until a process has ended; return those that have."""
    while True:
        ended = [entry for entry in running if entry[1].poll() is not None]
        if ended:
            return ended
        time.sleep(0.2)
