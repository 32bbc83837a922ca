"""The order of the demo: broker, topics, site, workers, feeds, records, figures."""

import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import msgspec

import workers
from workers.cli import rendering
from workers.cli.console import CONFIGURATION, Failure, console
from workers.cli.demo import report, seed
from workers.cli.demo.crew import Crew, wait_until_ready
from workers.cli.demo.ledger import FOLLOWED, Ledger
from workers.cli.demo.progress import Progress
from workers.cli.feeds import read_toml
from workers.cli.run import names
from workers.domain import topics
from workers.domain.records import EnrichedArticle, Feed
from workers.runtime import kafka_admin, settings
from workers.runtime.broker import Broker
from workers.runtime.java import SetupError
from workers.runtime.kafka_follow import follow
from workers.runtime.ports import Delivery
from workers.runtime.site import Site

SEEDS = Path(workers.__file__).parents[1] / "seeds"
READY_SECONDS = 180.0
_COUNTING_SECONDS = 0.5
_TOPIC_OF = {topic.name(): topic for topic in FOLLOWED}


class Show:
    """One performance of the demo."""

    def __init__(self, *, keep: bool, as_json: bool, seconds: float) -> None:
        self._keep = keep
        self._as_json = as_json
        self._seconds = seconds
        self._out = console(stderr=as_json)
        """For everything but JSON records, which have standard output alone."""
        self._expected = seed.read(SEEDS / "article")
        self._seed: EnrichedArticle | None = None

    def run(self) -> None:
        """Perform; raises Failure, with the end of the culprit's log, if it fails."""
        signal.signal(signal.SIGTERM, _interrupt)
        logs = Path(tempfile.mkdtemp(prefix="khabar-demo-"))
        try:
            with ExitStack() as stack:
                self._perform(logs, stack)
        except SetupError as error:
            raise Failure(str(error), CONFIGURATION) from error
        finally:
            self._out.print(f"Logs of the workers: {logs}", style="dim")

    def _perform(self, logs: Path, stack: ExitStack) -> None:
        progress = stack.enter_context(Progress(self._out))
        progress.step("starting Kafka")
        broker = stack.enter_context(Broker())
        kafka = settings.Kafka(bootstrap_servers=(broker.bootstrap,))
        progress.step("creating topics")
        kafka_admin.apply_topics(kafka, kafka_admin.plans(kafka, names()))
        site = stack.enter_context(Site(SEEDS / "site"))
        crew = stack.enter_context(Crew(environments(broker.bootstrap), logs))
        progress.step("starting the workers")
        crew.start()
        for waiting in wait_until_ready(crew, READY_SECONDS):
            progress.note("; ".join(f"{name}: {why}" for name, why in waiting.items()))
        feeds = read_toml(SEEDS / "demo-feeds.toml", site.expand).feeds
        started = time.monotonic()
        kafka_admin.write(kafka, topics.FEEDS, feeds, source="demo")
        progress.step("following the news")
        ledger = self._follow(kafka, crew, site, feeds, progress)
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

    # --- following ---------------------------------------------------------

    def _follow(
        self,
        kafka: settings.Kafka,
        crew: Crew,
        site: Site,
        feeds: Sequence[Feed],
        progress: Progress,
    ) -> Ledger:
        """Print records as they come, until nothing is left to come."""
        ledger = Ledger(feeds=[feed.feed_id for feed in feeds])
        deadline = time.monotonic() + self._seconds
        counted_at = float("-inf")
        advanced = False
        followed = [topic.name() for topic in FOLLOWED]
        for deliveries in follow(kafka, followed):
            for record in _enter(ledger, deliveries):
                self._show(record)
            if time.monotonic() - counted_at < _COUNTING_SECONDS:
                continue
            left = ledger.unfinished(crew.counts())
            counted_at = time.monotonic()
            if not left and not advanced:
                site.advance()  # an article is changed, and its feed says so
                advanced = True
            if not left and not ledger.revised():
                left = "the changed article to come again"
            if not left:
                break
            progress.note(f"{len(ledger.enriched)} articles enriched, {left}")
            if time.monotonic() > deadline:
                message = (
                    f"not finished after {self._seconds:.0f} s: {left};"
                    " see the logs, or give it more --seconds"
                )
                raise Failure(message)
        return ledger

    def _show(self, record: EnrichedArticle) -> None:
        if seed.is_seed(record, SEEDS / "article"):
            self._seed = record
        if self._as_json:
            sys.stdout.write(msgspec.json.encode(record).decode() + "\n")
            sys.stdout.flush()
        else:
            self._out.print(rendering.enriched(record))

    # --- closing -----------------------------------------------------------

    def _close(
        self, figures: Mapping[str, object], crew: Crew, progress: Progress
    ) -> bool:
        """Print the figures and the seed article; tell whether that is as expected."""
        progress.clear()
        report.print_summary(self._out, figures, crew.workers)
        found = [*seed.check(self._seed, self._expected)] if self._seed else []
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


def _enter(ledger: Ledger, deliveries: Sequence[Delivery]) -> Iterator[EnrichedArticle]:
    """Enter what came into the ledger; yield what is to be shown."""
    for delivery in deliveries:
        if delivery.value is None:
            continue
        topic = _TOPIC_OF[delivery.partition.topic]
        record = msgspec.json.decode(delivery.value, type=topic.record)
        ledger.add(topic, record)
        if isinstance(record, EnrichedArticle):
            yield record


def environments(
    bootstrap: str, prefix: str = topics.DEFAULT_PREFIX
) -> Mapping[str, Mapping[str, str]]:
    """Return the settings of each worker: quick, and allowed to ask loopback."""
    shared = {
        "KHABAR_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KHABAR_KAFKA_TOPIC_PREFIX": prefix,
        "KHABAR_WORKER_LOG_FORMAT": "console",
    }
    loopback = {
        "KHABAR_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8",
        "KHABAR_HTTP_USER_AGENT_CONTACT": "https://khabar.example/",
    }
    poll = {
        "KHABAR_POLL_MIN_INTERVAL_SECONDS": "2",
        "KHABAR_POLL_FIRST_INTERVAL_SECONDS": "2",
        "KHABAR_POLL_MAX_INTERVAL_SECONDS": "3",
        "KHABAR_POLL_HOST_GAP_SECONDS": "0",
    }
    articles = {
        "KHABAR_ARTICLES_GAP_SECONDS": "0",
        "KHABAR_ARTICLES_RETRY_SECONDS": "0.5",
        "KHABAR_ARTICLES_MAX_ATTEMPTS": "3",
    }
    return {
        "poll": {**shared, **loopback, **poll},
        "articles": {**shared, **loopback, **articles},
        "entities": shared,
        "events": shared,
    }


def _interrupt(number: int, _: object) -> NoReturn:
    """End on SIGTERM as on Ctrl-C: in good order."""
    raise KeyboardInterrupt(number)
