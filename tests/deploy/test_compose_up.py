"""compose.yaml brought up as a whole, until enriched records flow and are watched."""

import json
import os
import socket
import subprocess
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deploy import containers, hub
from tests.support.deploy.pages import LOCAL
from tests.support.deploy.tools import DEPLOY, python_tool
from tests.support.recorded_site import PUBLISHED, SEEDS
from workers.domain import topics
from workers.fleet.registry import names
from workers.runtime.kafka import readers
from workers.runtime.service.settings import Kafka

pytestmark = [pytest.mark.slow, pytest.mark.models, pytest.mark.usefixtures("project")]

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
WATCHERS = ("prometheus", "alertmanager", "grafana")
PORTS = (9092, 9090, 9093, 3000, 9180)
KEY = b"a key of the test"


def get(port: int, path: str) -> Any:
    with LOCAL.open(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return json.load(answer)


def until(condition: Callable[[], bool], what: str, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:
            pass  # it does not listen yet
        assert time.monotonic() < deadline, f"after {seconds} s still not: {what}"
        time.sleep(0.5)


class Project:
    """One `podman-compose` project."""

    def __init__(self, feeds: Path) -> None:
        self.name = f"khabar-test-{uuid.uuid4().hex[:8]}"
        self._feeds = feeds

    def __call__(self, *arguments: str) -> str:
        command: list[str | Path] = [
            python_tool("podman-compose"),
            f"--project-name={self.name}",
            f"--file={DEPLOY / 'compose.yaml'}",
            f"--file={DEPLOY / 'compose.websub.yaml'}",
            f"--file={Path(__file__).with_name('compose.test.yaml')}",
            *arguments,
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
            env={
                **containers.environment(),
                "CONTACT": "https://khabar.example/",
                "CALLBACK_URL": hub.CALLBACK,
                "WEBSUB_SECRET": KEY.decode(),
                "FEEDS": str(self._feeds),
            },
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def up(self, *services: str) -> None:
        """Start services; what they wait for has been waited for already.

        podman 4.3 has no way to wait for a healthy container.
        """
        self("up", "--detach", "--no-deps", "--no-build", *services)

    def end(self) -> None:
        """Remove all of it; `down` leaves what was started by --scale."""
        label = f"label=io.podman.compose.project={self.name}"
        left = containers.run("podman", "ps", "--all", "--quiet", f"--filter={label}")
        containers.run("podman", "rm", "--force", "--ignore", *left.split())
        self("down", "--volumes", "--timeout=30")

    def container(self, service: str) -> str:
        return f"{self.name}_{service}_1"

    def run_job(self, service: str) -> None:
        """As `compose run --rm SERVICE` does; it fails where the job fails."""
        self("--profile=jobs", "run", "--rm", "--no-deps", "-T", service)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    containers.require()
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                pytest.skip(f"something else listens on port {port}")
    images = {name: service["image"] for name, service in COMPOSE["services"].items()}
    containers.ours("engine")
    containers.kafka(images["broker"])
    containers.watcher(
        images["prometheus"],
        "prometheus",
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus",
        data="/prometheus",
    )
    containers.watcher(
        images["alertmanager"],
        "prometheus-alertmanager",
        "--config.file=/etc/alertmanager/alertmanager.yml",
        "--storage.path=/alertmanager",
        data="/alertmanager",
        beside=Path("/usr/share/prometheus/alertmanager"),  # as Debian builds it
    )
    containers.grafana(images["grafana"])
    folder = tmp_path_factory.mktemp("feeds")
    folder.chmod(0o755)
    text = (SEEDS / "demo-feeds.toml").read_text("utf-8")
    (folder / "feeds.toml").write_text(text.replace("{{base}}", "http://site:8000"))
    for parent in [folder, *folder.parents]:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    project = Project(folder)
    try:
        project.up("broker")
        check = ("podman", "healthcheck", "run", project.container("broker"))
        until(
            lambda: (
                subprocess.run(
                    check,
                    check=False,
                    env=containers.environment(),
                    capture_output=True,
                ).returncode
                == 0
            ),
            "the broker is healthy",
        )
        project.run_job("topics")
        project.up(*names(), "site", *WATCHERS)
        project.run_job("feeds")
        yield project
    finally:
        project.end()


def enriched() -> int:
    kafka = Kafka(bootstrap_servers=("127.0.0.1:9092",))
    name = topics.ENRICHED.name()
    found = readers.tail(kafka, name, start="beginning", follow=False)
    return len({delivery.key for delivery in found})


def test_articles_come_out() -> None:
    until(lambda: enriched() == len(PUBLISHED), "all articles are enriched", 600)


def test_prometheus_scrapes_all_and_knows_the_alerts() -> None:
    def healthy() -> bool:
        targets = get(9090, "/api/v1/targets")["data"]["activeTargets"]
        up = {t["labels"]["component"] for t in targets if t["health"] == "up"}
        return up == set(names())

    until(healthy, "all workers are scraped")
    groups = get(9090, "/api/v1/rules")["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
    assert "KhabarWorkerMissing" in {rule["name"] for rule in rules}
    until(
        lambda: bool(get(9090, "/api/v1/alertmanagers")["data"]["activeAlertmanagers"]),
        "Prometheus has found Alertmanager",
    )
    until(
        lambda: "people" in get(9093, "/api/v2/status")["config"]["original"],
        "Alertmanager has its settings",
    )


def test_a_hub_that_calls_is_answered() -> None:
    assert hub.verify("http://127.0.0.1:9180", KEY) == (200, "word")
    assert hub.verify("http://127.0.0.1:9180", b"another key") == (404, "")


def test_dashboard_shows_it() -> None:
    asked: dict[str, list[object]] = {}

    def lively() -> bool:
        asked.update(get(3000, "/api/dashboards"))
        return all(
            asked[title][0]
            for title in ("Workers that answer", "Records handled", "Feeds", "Entities")
        )

    until(lively, "the dashboard has data")
    wrong = {t: n for t, n in asked.items() if not all(isinstance(x, int) for x in n)}
    assert wrong == {}


def test_a_second_replica_shares_the_work(project: Project) -> None:
    project("up", "--detach", "--no-deps", "--no-build", "--scale=events=2", "events")
    query = "sum(khabar_assigned_partitions{worker='events'}) by (instance)"
    path = f"/api/v1/query?query={urllib.parse.quote(query)}"

    def shared() -> bool:
        found = get(9090, path)["data"]["result"]
        return sorted(int(each["value"][1]) for each in found) == [2, 2]

    until(shared, "two replicas have two partitions each")


def test_it_ends_in_good_order(project: Project) -> None:
    for name in names():
        container = project.container(name)
        containers.run("podman", "stop", "--time=30", container)
        status = ("podman", "inspect", "--format={{.State.ExitCode}}", container)
        assert containers.run(*status).strip() == "0", name
