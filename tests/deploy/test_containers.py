"""The image at work: built, then every role as a container that can change nothing."""

import json
import os
import socket
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import yaml

from tests.support.deploy import containers
from tests.support.deploy.tools import CHART
from tests.support.recorded_site import (
    REVISIONS,
    make_topics,
    metrics,
    page_of,
    start,
    worked_off,
)
from workers import __version__
from workers.cli.demo.ledger import Ledger
from workers.cli.demo.pipeline import environments
from workers.cli.demo.worker_processes import WorkerProcess, WorkerProcesses
from workers.devkit import child_process
from workers.domain import topics
from workers.fleet.registry import names
from workers.runtime.kafka import readers
from workers.runtime.service.settings import Kafka

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.models]

MEGABYTE = 1_000_000
LARGEST = {"engine": 450, "bare": 400}
"""MB, unpacked, on a base image of 177 MB."""


@pytest.fixture(scope="module", params=LARGEST)
def image(request: pytest.FixtureRequest) -> str:
    containers.require()
    return containers.ours(request.param)


@pytest.fixture(scope="module")
def engine() -> str:
    containers.require()
    return containers.ours("engine")


def inspect(image: str) -> dict[str, Any]:
    (found,) = json.loads(containers.run("podman", "image", "inspect", image))
    return dict(found)


def health_check(image: str) -> list[str]:
    """Return the command of the image's HEALTHCHECK."""
    test: list[str] = inspect(image)["Healthcheck"]["Test"]
    word, *command = test
    assert word == "CMD"
    return command


def test_image_is_small_and_says_what_it_is(
    image: str, record_property: Callable[[str, object], None]
) -> None:
    found = inspect(image)
    base = inspect(containers.base())["Size"]
    size = found["Size"]
    record_property("MB", f"{size / MEGABYTE:.0f}, of them base {base / MEGABYTE:.0f}")
    assert size < LARGEST[image.partition(":")[2]] * MEGABYTE
    labels = found["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == "khabar"
    assert labels["org.opencontainers.image.version"] == __version__
    assert found["Config"]["User"] == "10001:10001"
    assert found["Config"]["StopSignal"] == "SIGTERM"
    assert health_check(image)[0] == "python"


def test_image_has_no_compiler_cache_or_torch(image: str) -> None:
    code = """
import importlib.util, os, shutil, sys
found = [name for name in ("cc", "gcc", "g++", "make", "uv", "hatchling")
         if shutil.which(name)]
found += [name for name in ("torch", "stanza") if importlib.util.find_spec(name)]
found += [path for path in ("/src", "/dist", "/build", "/root/.cache")
          if os.path.exists(path)]
writable = [folder for folder, _, _ in os.walk("/opt") if os.access(folder, os.W_OK)]
sys.exit(str(found + writable) if found + writable else 0)
"""
    hardened = containers.HARDENED
    python = ("--entrypoint=python", image, "-c", code)
    containers.run("podman", "run", "--rm", *hardened, "--network=none", *python)


class WorkerContainer(WorkerProcess):
    """`khabar run NAME` in a container, on this machine's network."""

    def __init__(
        self, name: str, environment: Mapping[str, str], logs: Path, image: str
    ) -> None:
        super().__init__(name, environment, logs)
        self.container = f"khabar-test-{name}-{uuid.uuid4().hex[:8]}"
        self._image = image

    def start(self) -> None:
        given = [f"--env={n}={value}" for n, value in self._environment.items()]
        command = [
            "podman",
            "run",
            "--rm",
            f"--name={self.container}",
            "--network=host",
            "--memory=768m",
            *containers.HARDENED,
            *given,
            self._image,
            "run",
            self.name,
        ]
        with self.log.open("ab") as output:
            self._process = child_process.spawn(
                command, output=output, environment=containers.environment()
            )

    def pids(self) -> list[int]:
        """Return its processes, first its own."""
        line = containers.run("podman", "top", self.container, "hpid")
        return [int(word) for word in line.split()[1:]]


class WorkerContainers(WorkerProcesses):
    """The four workers as containers."""

    def __init__(self, bootstrap: str, prefix: str, logs: Path, image: str) -> None:
        self.workers = [
            WorkerContainer(name, own, logs, image)
            for name, own in environments(bootstrap, prefix).items()
        ]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        for worker in self.workers:
            assert isinstance(worker, WorkerContainer)
            command = ("podman", "rm", "--force", "--ignore", worker.container)
            containers.run(*command, check=False)


@dataclass(frozen=True)
class Performance:
    """What is left of a run."""

    kafka: Kafka
    ledger: Ledger
    metrics: dict[str, str]
    healthy: dict[str, str]
    peak_mib: dict[str, float]
    statuses: dict[str, int]


def peak_mib(worker: WorkerContainer) -> float:
    """Return the most resident memory, its children's included."""
    total = 0
    for pid in worker.pids():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                total += int(line.split()[1])
    return total / 1024


@pytest.fixture(scope="module")
def performance(
    broker: str, engine: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Performance]:
    kafka = make_topics(broker)
    logs = tmp_path_factory.mktemp("logs")
    processes = WorkerContainers(broker, kafka.topic_prefix, logs, engine)
    with worked_off(processes, kafka) as (ledger, _):
        counted = metrics(processes)
        running = [w for w in processes.workers if isinstance(w, WorkerContainer)]
        healthy = {
            w.name: containers.run(
                "podman",
                "exec",
                w.container,
                *health_command(engine, w.metrics.split(":")[2].split("/")[0]),
            )
            for w in running
        }
        peaks = {w.name: peak_mib(w) for w in running}
        statuses = processes.stop()
        yield Performance(kafka, ledger, counted, healthy, peaks, statuses)


def health_command(image: str, port: str) -> list[str]:
    """Return the image's check, for a worker that listens on *port*."""
    return [word.replace("9100", port) for word in health_check(image)]


def test_every_article_comes_out_exactly_once(performance: Performance) -> None:
    found = [page_of(record) for record in performance.ledger.enriched.values()]
    assert sorted(found) == sorted(REVISIONS)
    assert performance.ledger.doubled == 0
    dead = [
        letter
        for name in names()
        for letter in readers.dead_letters(performance.kafka, name)
    ]
    assert dead == []


def test_they_are_scraped_and_healthy(performance: Performance) -> None:
    assert set(performance.metrics) == set(names())
    for name, text in performance.metrics.items():
        assert f'khabar_build_info{{version="{__version__}",worker="{name}"' in text
    assert set(performance.healthy) == set(names())


def test_memory_is_below_the_chart_s_limits(
    performance: Performance, record_property: Callable[[str, object], None]
) -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))["workers"]
    record_property("MiB", performance.peak_mib)
    for name, mib in performance.peak_mib.items():
        limit = values[name]["resources"]["limits"]["memory"]
        assert limit.endswith("Mi")
        assert mib < 0.8 * int(limit.removesuffix("Mi")), (name, mib)


def test_sigterm_ends_them_in_good_order(performance: Performance) -> None:
    """Status 0 means: within `process.STOP_SECONDS`, with nothing left open."""
    assert performance.statuses == {}


def test_second_start_goes_on_where_the_first_ended(
    performance: Performance, broker: str, engine: str, tmp_path: Path
) -> None:
    before = performance.ledger.seen["enriched"]
    processes = WorkerContainers(
        broker, performance.kafka.topic_prefix, tmp_path, engine
    )
    with processes:
        start(processes)
        assert processes.stop() == {}
    name = topics.ENRICHED.name(performance.kafka.topic_prefix)
    records = readers.tail(performance.kafka, name, start="beginning", follow=False)
    assert len([*records]) == before


def test_health_check_of_podman_itself(broker: str, engine: str) -> None:
    """With the port that the image names, as nothing but the image says."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 9100)) == 0:
            pytest.skip("something else listens on port 9100")
    prefix = make_topics(broker).topic_prefix
    name = f"khabar-test-{uuid.uuid4().hex[:8]}"
    started = (
        *("podman", "run", "--detach", f"--name={name}", "--network=host"),
        *containers.HARDENED,
        f"--env=KHABAR_KAFKA_BOOTSTRAP_SERVERS={broker}",
        f"--env=KHABAR_KAFKA_TOPIC_PREFIX={prefix}",
        *(engine, "run", "events"),
    )
    containers.run(*started)
    try:
        script = f"until podman healthcheck run {name}; do sleep 1; done"
        subprocess.run(
            ["timeout", "120", "sh", "-c", script],  # noqa: S607
            check=True,
            env=containers.environment(),
            stdout=subprocess.DEVNULL,
        )
        containers.run("podman", "stop", "--time=30", name)
        status = ("podman", "inspect", "--format={{.State.ExitCode}}", name)
        assert containers.run(*status).strip() == "0"
    finally:
        containers.run("podman", "rm", "--force", name, check=False)


def test_models_of_every_command_are_there(engine: str) -> None:
    """What no worker reads, too: the taggers of EDNIL's events."""
    text = "कानपुर में सोमवार को भीषण सड़क हादसे में सात लोगों की मौत हो गई।"
    script = 'khabar models verify && echo "$TEXT" | khabar annotate --ednil'
    given = ("--network=none", f"--env=TEXT={text}", "--entrypoint=sh", engine)
    command = ("podman", "run", "--rm", *containers.HARDENED, *given, "-c", script)
    verified, found = containers.run(*command).splitlines()
    assert verified.startswith("/opt/khabar/models: whole")
    subtypes = {span["subtype"] for span in json.loads(found)["spans"]}
    assert "VEHICULAR_COLLISION" in subtypes


def test_a_wrong_setting_ends_it_with_one_line(engine: str) -> None:
    command = ("podman", "run", "--rm", *containers.HARDENED, "--network=none")
    done = subprocess.run(
        [*command, "--env=KHABAR_KAFKA_TOPIC=x", engine, "run", "events"],
        capture_output=True,
        text=True,
        check=False,
        env=containers.environment(),
        timeout=300,
    )
    assert done.returncode == os.EX_CONFIG
    assert "KHABAR_KAFKA_TOPIC is not a setting" in done.stderr
