"""The order of the demo: broker, topics, site, workers, feeds, records, figures."""

import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

import workers
from workers.cli import rendering
from workers.cli.console import CONFIGURATION, Failure, console
from workers.cli.demo import report, seed
from workers.cli.demo.crew import Crew, wait_until_ready
from workers.cli.demo.interrupts import Interrupts
from workers.cli.demo.ledger import Ledger
from workers.cli.demo.line import environments, follow_to_the_end
from workers.cli.feeds.commands import read_toml
from workers.cli.progress import Progress
from workers.devkit.java import SetupError
from workers.devkit.kafka_broker import Broker
from workers.devkit.news_site import Site
from workers.domain import topics
from workers.domain.records import EnrichedArticle
from workers.fleet.registry import names
from workers.runtime.kafka import admin
from workers.runtime.service import settings

SEEDS = Path(workers.__file__).parents[1] / "seeds"
READY_SECONDS = 180.0
_EVENTS_SHOWN = 6


class Show:
    """One performance of the demo."""

    def __init__(self, *, keep: bool, as_json: bool, seconds: float) -> None:
        self._keep = keep
        self._as_json = as_json
        self._seconds = seconds
        self._out = console(stderr=as_json)
        """For everything but JSON records, which have standard output alone."""
        self._interrupts = Interrupts()
        self._seed: EnrichedArticle | None = None

    def run(self) -> None:
        """Perform; raises Failure, with the end of the culprit's log, if it fails."""
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
                    self._perform(logs, stack, progress)
                except KeyboardInterrupt:
                    progress.step("stopping")
                    raise
        except SetupError as error:
            raise Failure(str(error), CONFIGURATION) from error
        finally:
            self._out.print(f"Logs of the workers: {logs}", style="dim")

    def _perform(self, logs: Path, stack: ExitStack, progress: Progress) -> None:
        progress.step("starting Kafka")
        with self._interrupts.held():
            broker = stack.enter_context(Broker())
        kafka = settings.Kafka(bootstrap_servers=(broker.bootstrap,))
        progress.step("creating topics")
        admin.apply_topics(kafka, admin.plans(kafka, names()))
        site = stack.enter_context(Site(SEEDS / "site"))
        crew = stack.enter_context(Crew(environments(broker.bootstrap), logs))
        progress.step("starting the workers")
        with self._interrupts.held():
            crew.start()
        for waiting in wait_until_ready(crew, READY_SECONDS):
            progress.note("; ".join(f"{name}: {why}" for name, why in waiting.items()))
        feeds = read_toml(SEEDS / "demo-feeds.toml", site.expand).feeds
        started = time.monotonic()
        admin.write(kafka, topics.FEEDS, feeds, source="demo")
        progress.step("following the news")
        ledger = Ledger(feeds=[feed.feed_id for feed in feeds])
        follow_to_the_end(
            ledger,
            kafka,
            crew,
            site,
            seconds=self._seconds,
            show=self._show,
            note=progress.note,
        )
        seconds = time.monotonic() - started
        figures = report.summary(ledger, crew.counts(), seconds)
        passed = self._close(figures, crew, progress)
        if self._keep:
            self._stay(broker, site, crew, progress)
        progress.step("stopping")
        statuses = crew.stop()
        if statuses:
            name, status = next(iter(statuses.items()))
            message = f"worker {name} ended with exit status {status} when stopped"
            raise Failure(message)
        if not passed:
            message = "the seed article lacks what is marked ✗ above"
            raise Failure(message)

    def _show(self, record: EnrichedArticle) -> None:
        if seed.is_seed(record, SEEDS / "article"):
            self._seed = record
        if self._as_json:
            sys.stdout.write(msgspec.json.encode(record).decode() + "\n")
            sys.stdout.flush()
        else:
            self._out.print(rendering.enriched(record, most=_EVENTS_SHOWN))

    # --- closing -----------------------------------------------------------

    def _close(
        self, figures: Mapping[str, object], crew: Crew, progress: Progress
    ) -> bool:
        """Print the figures and the seed article; tell whether that is as expected."""
        progress.clear()
        report.print_summary(self._out, figures, crew.workers)
        expected = seed.read(SEEDS / "article")
        found = [*seed.check(self._seed, expected)] if self._seed else []
        report.print_seed(self._out, self._seed, found)
        return bool(found) and all(finding.found for finding in found)

    def _stay(self, broker: Broker, site: Site, crew: Crew, progress: Progress) -> None:
        self._out.print(
            f"\nEverything keeps running until Ctrl-C. Look around with\n"
            f"  export KHABAR_KAFKA_BOOTSTRAP_SERVERS={broker.bootstrap}\n"
            f"  khabar tail events --from-beginning --max 5\n"
            f"  khabar feeds list\n"
            f"The site is at {site.base}."
        )
        try:
            while True:
                crew.check()
                time.sleep(1.0)
        except KeyboardInterrupt:
            progress.clear()
