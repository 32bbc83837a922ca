"""Polls per second of processor time: the poll worker, a plain loop, and `reader`.

A server on loopback holds feeds of 50 entries; of ten, seven answer 304 to a request
with their ETag, two send the same body again, one sends a body that changed. The
worker runs on the memory broker, so what is measured is polling and not Kafka; the
processes that parse are counted in. The loop is feedparser over a keep-alive session
of `requests`, as most pollers begin; reader (PyPI) keeps feeds in SQLite, in memory
here. Each polls all its feeds in turn, in a process of its own; the server's own time
is not counted. How often a host is asked is seen by the server in a run of its own,
with the gap that the worker leaves by default.

    .venv/bin/uv pip install -r requirements/benchmark.txt
    python -m benchmarks.polling --feeds 10000 --runs 5
"""

import argparse
import asyncio
import datetime as dt
import itertools
import json
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import feedparser
import msgspec
import requests
from prometheus_client import REGISTRY

from workers.domain.records import Feed
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES, Topic
from workers.fleet.poll import WORKER, PollSettings
from workers.runtime.http.client import HttpSettings
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Delivery, Message, Partition
from workers.runtime.processing.loop import Loop
from workers.runtime.service import logs
from workers.runtime.service.clock import SystemClock
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process

HOSTS = tuple(f"127.0.0.{number}" for number in range(2, 34))
ENTRIES_PER_FEED = 50
_TEXT = "राज्य सरकार ने बुधवार को कहा कि योजना का लाभ सभी जिलों तक पहुंचाया जाएगा। " * 3


# --- the server ----------------------------------------------------------------


def body(feed: int, version: int) -> bytes:
    """Return a feed whose entries move on by one with each version."""
    items = "".join(
        f"<item><title>खबर {number} की पूरी जानकारी यहां पढ़ें</title>"
        f"<link>https://example.in/{feed}/news-{number}.html?utm_source=rss</link>"
        f"<guid isPermaLink='false'>{feed}-{number}</guid>"
        f"<pubDate>Tue, 24 Nov 2026 {number // 60 % 24:02}:{number % 60:02}:00 IST"
        f"</pubDate><description><![CDATA[<p>{_TEXT}</p>]]></description>"
        "<category>देश</category></item>"
        for number in range(version + ENTRIES_PER_FEED, version, -1)
    )
    head = f"<title>पत्र {feed}</title><link>https://example.in/{feed}</link>"
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<rss version="2.0"><channel>{head}{items}</channel></rss>'
    ).encode()


def _serve(ready: Connection) -> None:
    versions: dict[int, int] = {}
    asked_at: dict[str, list[float]] = {}
    kept: dict[tuple[int, int], bytes] = {}

    def answer(feed: int, *, conditional: bool) -> bytes:
        kind = feed % 10
        if kind < 7 and conditional:  # noqa: PLR2004 seven of ten
            return b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
        version = 0
        if kind == 9:  # noqa: PLR2004 the last of ten
            version = versions[feed] = versions.get(feed, -1) + 1
        key = (feed % 100, version) if kind == 9 else (feed % 100, 0)  # noqa: PLR2004
        if key not in kept:
            kept[key] = body(feed % 100, version)
        validator = b'ETag: "a"\r\n' if kind < 7 else b""  # noqa: PLR2004
        length = len(kept[key])
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {length}"
        return head.encode() + b"\r\n" + validator + b"\r\n" + kept[key]

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"GET /times"):
                    told = json.dumps(asked_at).encode()
                    length = f"HTTP/1.1 200 OK\r\nContent-Length: {len(told)}\r\n\r\n"
                    writer.write(length.encode() + told)
                    asked_at.clear()
                    continue
                host = writer.get_extra_info("sockname")[0]
                asked_at.setdefault(host, []).append(time.monotonic())
                feed = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
                conditional = b"if-none-match" in head.lower()
                writer.write(answer(feed, conditional=conditional))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(connected, HOSTS[0], 0)
        port = server.sockets[0].getsockname()[1]
        others = [
            await asyncio.start_server(connected, host, port) for host in HOSTS[1:]
        ]
        ready.send(port)
        await asyncio.gather(*(each.serve_forever() for each in (server, *others)))

    asyncio.run(main())


# --- what is compared ------------------------------------------------------------


def processor_seconds() -> float:
    """Return the processor time of this process and of the children that ended."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    usages = [resource.getrusage(who) for who in both]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _children_seconds() -> float:
    """Return the processor time of the children that still run."""
    total = 0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


class _Broker(MemoryBroker):
    """Forgets what is written to it, as a broker of its own would not be here."""

    def __init__(self, *topics: Topic[Any]) -> None:
        super().__init__({topic.name(): topic.partitions for topic in topics})
        self.states = 0

    def _write(self, message: Message) -> Delivery:
        if message.topic == FEEDS.name():
            return super()._write(message)
        self.states += message.topic == FEED_STATES.name()
        return Delivery(Partition(message.topic, 0), 0, message.key, None)


class Measured(NamedTuple):
    """What became of the runs of one way to poll."""

    rates: list[float]
    """Polls per second of processor time, run by run."""
    bytes_per_poll: float
    peak_mb: float = 0.0


def worker(urls: list[str], runs: int, gap_seconds: float = 0.0) -> Measured:
    """Let the poll worker poll all feeds, and again."""
    logs.configure("json", "error", "poll")
    broker = _Broker(FEEDS, FEED_STATES, HUB_NOTICES, ENTRIES)
    for number, url in enumerate(urls):
        key = f"feed-{number}"
        feed = msgspec.json.encode(Feed(feed_id=key, url=url, publisher="पत्र"))
        broker.append(Message(FEEDS.name(), key.encode(), feed, key.encode()))
    clock = _Clock()
    loop = Loop(
        WORKER,
        broker.session("poll", [FEEDS.name(), HUB_NOTICES.name()]),
        Process(),
        prefix="khabar",
        clock=clock,
        health=Health(clock, 60.0),
        stopping=lambda: False,
    )
    settings = PollSettings(
        connections=32,
        host_gap_seconds=gap_seconds,
        http=HttpSettings(allowed_networks=("127.0.0.0/8",)),
    )
    rates = []
    received = 0.0
    with WORKER.open_handler(settings, loop.context) as handler:
        for run in range(runs + 1):
            before = processor_seconds() + _children_seconds()
            bytes_before = _received()
            while broker.states < len(urls) * (run + 1):
                loop.step(handler)
            spent = processor_seconds() + _children_seconds() - before
            if run:  # the first fills the states
                rates.append(len(urls) / spent)
                received += _received() - bytes_before
            clock.ahead += dt.timedelta(hours=7)
        per_poll = received / len(urls) / max(runs, 1)
        return Measured(rates, per_poll, _children_peak_mb())


def _received() -> float:
    return REGISTRY.get_sample_value("khabar_poll_bytes_total") or 0.0


def _children_peak_mb() -> float:
    """Return the most memory of each child that still runs, all together."""
    total = 0
    for children in Path("/proc/self/task").glob("*/children"):
        for child in children.read_text().split():
            status = Path(f"/proc/{child}/status").read_text()
            total += int(status.partition("VmHWM:")[2].split()[0])
    return total / 1024


class _Clock(SystemClock):
    ahead = dt.timedelta(0)

    def now(self) -> dt.datetime:
        """Return the time, moved ahead."""
        return super().now() + self.ahead

    def monotonic(self) -> float:
        """Return seconds, moved ahead as far: nobody waits for the old plan."""
        return super().monotonic() + self.ahead.total_seconds()


def plain_loop(urls: list[str], runs: int) -> Measured:
    """Poll as most pollers begin."""
    rates = []
    received = 0
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(runs):
            before = processor_seconds()
            for url in urls:
                content = session.get(url, timeout=20).content
                received += len(content)
                feedparser.parse(content)
            rates.append(len(urls) / (processor_seconds() - before))
    return Measured(rates, received / len(urls) / runs)


def by_reader(urls: list[str], runs: int) -> Measured:
    """Poll with reader, whose first update only fills its store."""
    from reader import make_reader  # type: ignore[import-not-found]  # optional

    rates = []
    with make_reader(":memory:") as reader:
        for url in urls:
            reader.add_feed(url)
        reader.update_feeds(scheduled=False)
        for _ in range(runs):
            before, entries = processor_seconds(), reader.get_entry_counts().total
            reader.update_feeds(scheduled=False)
            assert reader.get_entry_counts().total > entries, "it has not polled"  # noqa: S101 a benchmark
            rates.append(len(urls) / (processor_seconds() - before))
    return Measured(rates, 0.0)


def _apart(
    compare: Callable[[list[str], int], Measured], urls: list[str], runs: int
) -> Measured:
    """Run *compare* in a fresh process, whose peak is added to that of its children."""
    ours, theirs = multiprocessing.Pipe()

    def work() -> None:
        try:
            told = compare(urls, runs)
        except ImportError as error:
            print(f"{error}: left out", file=sys.stderr)
            told = Measured([], 0.0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs.send(told._replace(peak_mb=told.peak_mb + peak))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    measured: Measured = ours.recv()
    process.join()
    return measured


def requests_a_minute(urls: list[str], port: int) -> dict[str, float]:
    """Return how often hosts are asked with the default gap, at the quickest."""
    gap = PollSettings().host_gap_seconds
    times = f"http://{HOSTS[0]}:{port}/times"
    with requests.Session() as session:
        session.trust_env = False
        session.get(times, timeout=20)
        _apart(lambda asked, runs: worker(asked, runs, gap), urls, 0)
        asked_at = session.get(times, timeout=20).json()
    gaps = [
        later - earlier
        for moments in asked_at.values()
        for earlier, later in itertools.pairwise(moments)
    ]
    return {"limit": 60 / gap, "most": round(60 / min(gaps), 1)}


def main() -> None:
    """Compare, and print medians as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--loop-feeds", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    ready, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("fork").Process(
        target=_serve, args=(theirs,), daemon=True
    )
    server.start()
    with closing(ready):
        port = ready.recv()
    urls = [
        f"http://{HOSTS[number % len(HOSTS)]}:{port}/{number}"
        for number in range(arguments.feeds)
    ]
    few = urls[: arguments.loop_feeds]
    ours = _apart(worker, urls, arguments.runs)
    loop = _apart(plain_loop, few, arguments.runs)
    reader = _apart(by_reader, few, arguments.runs)
    a_minute = requests_a_minute(urls[: 10 * len(HOSTS)], port)
    server.terminate()
    rate = statistics.median(ours.rates)
    result = {
        "feeds": arguments.feeds,
        "feeds_of_the_others": arguments.loop_feeds,
        "runs": arguments.runs,
        "polls_per_cpu_second": {
            "worker": round(rate, 1),
            "loop": round(statistics.median(loop.rates), 1),
            "reader": round(statistics.median(reader.rates), 1) if reader.rates else 0,
        },
        "times_the_loop": round(rate / statistics.median(loop.rates), 1),
        "times_reader": round(rate / statistics.median(reader.rates), 1)
        if reader.rates
        else 0,
        "peak_mb_with_parsers": round(ours.peak_mb),
        "bytes_saved": round(1 - ours.bytes_per_poll / loop.bytes_per_poll, 3),
        "requests_per_host_and_minute": a_minute,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
