"""The recorded site: what must come of each page, and workers that work it off."""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from workers.cli.demo.ledger import Ledger
from workers.cli.demo.pipeline import Pipeline
from workers.cli.demo.worker_processes import WorkerProcesses, wait_until_ready
from workers.devkit.news_site import Site
from workers.domain import topics
from workers.domain.records import EnrichedArticle
from workers.fleet.registry import names
from workers.runtime.kafka import admin
from workers.runtime.kafka.producer import write_records
from workers.runtime.service.settings import Kafka
from workers.stages.feeds.lists import read_toml

SEEDS = Path(__file__).parents[2] / "seeds"
PAGES: list[dict[str, Any]] = [
    json.loads(path.read_text("utf-8"))
    for path in sorted(SEEDS.glob("expected/*.json"))
]
ANSWER_SECONDS = 120.0
READY_SECONDS = 300.0
END_SECONDS = 600.0
"""Most that a step of several processes takes, on a machine that is busy."""


def path_of(url: str) -> str:
    """Return the path as canonical URLs have it."""
    return unquote(urlsplit(url).path).rstrip("/")


PUBLISHED = {path_of(p["url_path"]) for p in PAGES if p["outcome"] == "published"}
CHANGED = {path_of(p["url_path"]) for p in PAGES if p.get("version") == 2}
REVISIONS = {(path, 1) for path in PUBLISHED} | {(path, 2) for path in CHANGED}
"""All that comes out, as `page_of` has it."""
MAIN = {
    path_of(p["url_path"]): path_of(p["canonical_path"])
    for p in PAGES
    if p["outcome"] == "duplicate"
}
"""The page of which an AMP page is the twin; the first one seen is published."""


def page_of(record: EnrichedArticle) -> tuple[str, int]:
    """Return which page, in which of its versions, a record was made from."""
    path = path_of(record.url)
    return MAIN.get(path, path), record.revision


def make_topics(bootstrap: str) -> Kafka:
    """Make all topics, with a prefix that nothing else has; return the way to them."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    kafka = Kafka(bootstrap_servers=(bootstrap,), topic_prefix=prefix)
    admin.apply_topics(kafka, admin.plans(kafka, names()))
    return kafka


def start(processes: WorkerProcesses) -> None:
    """Start all workers and wait until each takes records."""
    processes.start()
    for _ in wait_until_ready(processes, READY_SECONDS):
        pass


@contextmanager
def worked_off(
    processes: WorkerProcesses, kafka: Kafka
) -> Iterator[tuple[Ledger, Site]]:
    """Let the workers work off the site and its change; it still runs inside."""
    with Site(SEEDS / "site") as site, processes:
        start(processes)
        text = site.expand((SEEDS / "demo-feeds.toml").read_text("utf-8"))
        feeds = read_toml(text).feeds
        write_records(kafka, topics.FEEDS, feeds, source="test")
        ledger = Ledger(feeds=[feed.feed_id for feed in feeds])
        for _ in Pipeline(kafka, processes, site).follow(ledger, END_SECONDS):
            pass
        yield ledger, site


def get(url: str) -> tuple[int, str]:
    """Return status and body of a worker's page."""
    with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 loopback
        return answer.status, answer.read().decode()


def metrics(processes: WorkerProcesses) -> dict[str, str]:
    """Return what each worker has counted, as Prometheus gets it."""
    return {worker.name: get(worker.metrics)[1] for worker in processes.workers}
