"""Polls per second of processor time: the poll worker against a plain loop.

A server on loopback holds feeds of 50 entries; of ten, seven answer 304 to a request
with their ETag, two send the same body again, one sends a body that changed. The
worker runs on the memory broker, so what is measured is polling and not Kafka; the
processes that parse are counted in. The loop is feedparser over a keep-alive session
of `requests`, as most pollers begin. Both poll all feeds in turn; the server's own
time is not counted.

    python -m benchmarks.polling --feeds 10000 --runs 5
"""

import argparse
import asyncio
import datetime as dt
import json
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import feedparser
import msgspec
import requests

from workers.domain.records import Feed
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES
from workers.fleet.poll import WORKER, PollSettings
from workers.runtime import logs
from workers.runtime.clock import SystemClock
from workers.runtime.health import Health
from workers.runtime.http import HttpSettings
from workers.runtime.loop import Loop
from workers.runtime.memory import MemoryBroker
from workers.runtime.ports import Message
from workers.runtime.settings import Process

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


def worker(urls: list[str], runs: int) -> list[float]:
    """Return polls per second of processor time, run by run."""
    logs.configure("json", "error", "poll")
    topics = (FEEDS, FEED_STATES, HUB_NOTICES, ENTRIES)
    broker = MemoryBroker({topic.name(): topic.partitions for topic in topics})
    for number, url in enumerate(urls):
        key = f"feed-{number}"
        feed = msgspec.json.encode(Feed(feed_id=key, url=url, publisher="पत्र"))
        broker.append(Message(FEEDS.name(), key.encode(), feed, key.encode()))
    clock = _Clock()
    session = broker.session("poll", [FEEDS.name(), HUB_NOTICES.name()])
    loop = Loop(
        WORKER,
        session,
        Process(),
        prefix="khabar",
        clock=clock,
        health=Health(clock, 60.0),
        stopping=lambda: False,
    )
    settings = PollSettings(
        threads=32,
        host_gap_seconds=0.0,
        http=HttpSettings(allowed_networks=("127.0.0.0/8",)),
    )
    rates = []
    with WORKER.open_handler(settings, loop.context) as handler:
        for run in range(runs + 1):
            before = processor_seconds() + _children_seconds()
            wanted = len(urls) * (run + 1)
            while sum(len(log) for log in broker._logs[FEED_STATES.name()]) < wanted:  # noqa: SLF001 counting is not in the port
                loop.step(handler)
            spent = processor_seconds() + _children_seconds() - before
            if run:  # the first fills the states
                rates.append(len(urls) / spent)
            clock.ahead += dt.timedelta(hours=7)
    return rates


class _Clock(SystemClock):
    ahead = dt.timedelta(0)

    def now(self) -> dt.datetime:
        """Return the time, moved ahead."""
        return super().now() + self.ahead

    def monotonic(self) -> float:
        """Return seconds, moved ahead as far: nobody waits for the old plan."""
        return super().monotonic() + self.ahead.total_seconds()


def plain_loop(urls: list[str], runs: int) -> list[float]:
    """Return polls per second of processor time, run by run."""
    rates = []
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(runs):
            before = processor_seconds()
            for url in urls:
                feedparser.parse(session.get(url, timeout=20).content)
            rates.append(len(urls) / (processor_seconds() - before))
    return rates


def _apart(
    compare: Callable[[list[str], int], list[float]], urls: list[str], runs: int
) -> tuple[list[float], float]:
    """Run *compare* in a fresh process; return its rates and its peak in MB."""
    ours, theirs = multiprocessing.Pipe()

    def work() -> None:
        started = time.monotonic()
        rates = compare(urls, runs)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs.send((rates, peak, time.monotonic() - started))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    rates, peak, _ = ours.recv()
    process.join()
    return rates, peak


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
    ours, our_peak = _apart(worker, urls, arguments.runs)
    loop, loop_peak = _apart(plain_loop, urls[: arguments.loop_feeds], arguments.runs)
    server.terminate()
    result = {
        "feeds": arguments.feeds,
        "runs": arguments.runs,
        "worker_polls_per_cpu_second": round(statistics.median(ours), 1),
        "loop_polls_per_cpu_second": round(statistics.median(loop), 1),
        "ratio": round(statistics.median(ours) / statistics.median(loop), 1),
        "worker_peak_mb": round(our_peak),
        "loop_peak_mb": round(loop_peak),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
