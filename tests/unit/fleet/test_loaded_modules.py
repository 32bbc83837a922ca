"""A worker's process loads what it runs, and nothing else.

Memory and start-up time of every replica depend on it, and a parser that is not
loaded cannot be reached by bytes from strangers.
"""

import json
import subprocess
import sys

import pytest

from tests.support import open_worker
from workers.fleet import registry

HARNESS = (
    "workers.evaluation",
    "workers.ednil",
    "workers.devkit",
    "workers.contract",
)
"""What no worker runs."""
COMMANDS = "workers.cli"
FOREIGN = {
    "poll": ("feedparser", "trafilatura", "numpy", "onnxruntime"),
    "articles": ("feedparser", "trafilatura", "py3langid", "onnxruntime"),
    "entities": ("feedparser", "trafilatura", "stanza", "workers.stages.events"),
    "events": ("feedparser", "trafilatura", "onnxruntime", "numpy"),
}
"""What each worker leaves to others: the parsers to its sandbox, the rest to other
workers."""


def loaded_by(worker: str) -> set[str]:
    """Return the modules of a fresh process that has loaded and opened *worker*."""
    process = subprocess.run(
        [sys.executable, "-m", open_worker.__name__, worker],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(json.loads(process.stdout))


def within(modules: set[str], package: str) -> list[str]:
    """Return the *modules* that are *package* or a part of it."""
    return sorted(
        name for name in modules if name == package or name.startswith(f"{package}.")
    )


def test_every_worker_is_looked_at() -> None:
    assert sorted(FOREIGN) == registry.names()


@pytest.mark.parametrize("worker", FOREIGN)
def test_a_worker_loads_what_it_runs_and_nothing_else(worker: str) -> None:
    modules = loaded_by(worker)
    assert f"workers.fleet.{worker}" in modules
    assert "workers.runtime.kafka.session" in modules
    for package in (*HARNESS, COMMANDS, *FOREIGN[worker]):
        assert within(modules, package) == [], package
    others = {each for each in registry.names() if each != worker}
    assert not {f"workers.fleet.{each}" for each in others} & modules
