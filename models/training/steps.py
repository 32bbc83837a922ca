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
    """Tell whether a step need not run again."""
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
    logs, stamps = work / "log", work / "stamps"
    for folder in (logs, stamps):
        folder.mkdir(parents=True, exist_ok=True)
    variables = {**os.environ, **(environment or {})}
    waiting = list(steps)
    done = {step.name for step in waiting if is_done(step, stamps)}
    waiting = [step for step in waiting if step.name not in done]
    log.info("done before: %s", ", ".join(sorted(done)) or "nothing")
    running: list[Running] = []
    failure: StepFailed | None = None
    while running or (waiting and failure is None):
        if failure is None:
            for step in _ready(waiting, done)[: at_once - len(running)]:
                waiting.remove(step)
                running.append(_begin(step, logs, variables))
        if not running:
            names = ", ".join(step.name for step in waiting)
            message = f"these steps wait for steps that do not exist: {names}"
            raise ValueError(message)
        for entry in _ended(running):
            running.remove(entry)
            step, process, began = entry
            if process.returncode == 0:
                _stamp(step, stamps, time.monotonic() - began)
                done.add(step.name)
            elif failure is None:
                failure = StepFailed(step, process.returncode, logs)
    if failure:
        raise failure


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
