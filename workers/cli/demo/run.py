"""The demo from start to end: broker, topics, site, workers, feeds, records, figures.

How the pipeline is followed is in `pipeline`, what is counted in `ledger`, the closing
tables in `report`.
"""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec

import workers
from workers.cli.demo import report, seed
from workers.cli.demo.interrupts import Interrupts
from workers.cli.demo.ledger import Ledger
from workers.cli.demo.pipeline import Pipeline, environments
from workers.cli.demo.worker_processes import WorkerProcesses, wait_until_ready
from workers.cli.feeds.files import read_feeds
from workers.cli.terminal import rendering
from workers.cli.terminal.console import CONFIGURATION, Failure, console, say_json
from workers.cli.terminal.progress import Progress
from workers.devkit.java import SetupError
from workers.devkit.kafka_broker import Broker
from workers.devkit.news_site import Site
from workers.domain import topics
from workers.domain.records import EnrichedArticle
from workers.fleet.registry import names
from workers.runtime.kafka import admin
from workers.runtime.kafka.producer import write_records
from workers.runtime.service import settings

SEEDS = Path(workers.__file__).parents[1] / "seeds"
READY_SECONDS = 180.0
_EVENTS_SHOWN = 6


class Demo:
    """One run of the demo."""

    def __init__(self, *, keep: bool, as_json: bool, seconds: float) -> None:
        self._keep = keep
        self._as_json = as_json
        self._seconds = seconds
        self._out = console(stderr=as_json)
        """For everything but JSON records, which have standard output alone."""
        self._interrupts = Interrupts()
        self._seed: EnrichedArticle | None = None

    def run(self) -> None:
        """Run it; raises Failure, with the end of a worker's log where one failed."""
        if not (SEEDS / "site").is_dir():
            message = (
                f"the demo needs {SEEDS}: run it from a checkout of the repository"
            )
            raise Failure(message, CONFIGURATION)
        self._interrupts.install()
        logs = Path(tempfile.mkdtemp(prefix="khabar-demo-"))
        try:
            with Progress(self._out) as progress, ExitStack() as stack:
                try:
                    self._run(logs, stack, progress)
                except KeyboardInterrupt:
                    progress.step("stopping")
                    raise
        except SetupError as error:
            raise Failure(str(error), CONFIGURATION) from error
        finally:
            self._out.print(f"Logs of the workers: {logs}", style="dim")

    def _run(self, logs: Path, stack: ExitStack, progress: Progress) -> None:
        pipeline = self._start(logs, stack, progress)
        feeds = read_feeds(SEEDS / "demo-feeds.toml", pipeline.site.expand).feeds
        started = time.monotonic()
        write_records(pipeline.kafka, topics.FEEDS, feeds, source="demo")
        progress.step("following the news")
        ledger = Ledger(feeds=[feed.feed_id for feed in feeds])
        for update in pipeline.follow(ledger, self._seconds):
            for article in update.articles:
                self._show(article)
            if update.remaining:
                count = len(ledger.enriched)
                progress.note(f"{count} articles enriched, {update.remaining}")
        seconds = time.monotonic() - started
        passed = self._close(pipeline, ledger, seconds, progress)
        if self._keep:
            self._stay(pipeline, progress)
        progress.step("stopping")
        _stop(pipeline.processes)
        if not passed:
            message = "the seed article lacks what is marked ✗ above"
            raise Failure(message)

    def _start(self, logs: Path, stack: ExitStack, progress: Progress) -> Pipeline:
        """Start broker, site and workers, and wait until the workers are ready."""
        progress.step("starting Kafka")
        with self._interrupts.held():
            broker = stack.enter_context(Broker())
        kafka = settings.Kafka(bootstrap_servers=(broker.bootstrap,))
        progress.step("creating topics")
        admin.apply_topics(kafka, admin.plans(kafka, names()))
        site = stack.enter_context(Site(SEEDS / "site"))
        processes = stack.enter_context(
            WorkerProcesses(environments(broker.bootstrap), logs)
        )
        progress.step("starting the workers")
        with self._interrupts.held():
            processes.start()
        for waiting in wait_until_ready(processes, READY_SECONDS):
            progress.note("; ".join(f"{name}: {why}" for name, why in waiting.items()))
        return Pipeline(kafka, processes, site)

    def _show(self, record: EnrichedArticle) -> None:
        if seed.is_seed(record, SEEDS / "article"):
            self._seed = record
        if self._as_json:
            say_json(msgspec.json.encode(record).decode())
        else:
            self._out.print(rendering.enriched(record, most=_EVENTS_SHOWN))

    # --- closing -----------------------------------------------------------

    def _close(
        self, pipeline: Pipeline, ledger: Ledger, seconds: float, progress: Progress
    ) -> bool:
        """Print the figures; return whether the seed article is as expected."""
        figures = report.summary(ledger, pipeline.processes.counts(), seconds)
        progress.clear()
        report.print_summary(self._out, figures, pipeline.processes.workers)
        expected = seed.read(SEEDS / "article")
        found = [*seed.check(self._seed, expected)] if self._seed else []
        report.print_seed(self._out, self._seed, found)
        return bool(found) and all(finding.found for finding in found)

    def _stay(self, pipeline: Pipeline, progress: Progress) -> None:
        """Keep everything running until Ctrl-C; raises Failure if a worker ends."""
        (bootstrap,) = pipeline.kafka.bootstrap_servers
        self._out.print(
            f"\nEverything keeps running until Ctrl-C. Look around with\n"
            f"  export KHABAR_KAFKA_BOOTSTRAP_SERVERS={bootstrap}\n"
            f"  khabar tail events --from-beginning --max 5\n"
            f"  khabar feeds list\n"
            f"The site is at {pipeline.site.base}."
        )
        try:
            while True:
                pipeline.processes.check()
                time.sleep(1.0)
        except KeyboardInterrupt:
            progress.clear()


def _stop(processes: WorkerProcesses) -> None:
    """Stop the workers; raises Failure if one does not end well."""
    statuses = processes.stop()
    if statuses:
        name, status = next(iter(statuses.items()))
        message = f"worker {name} ended with exit status {status} when stopped"
        raise Failure(message)
