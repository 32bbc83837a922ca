"""Polls every feed of hostile servers once and tells what came of it as JSON.

A process of its own, so that its memory is the poll worker's and no test's:

    python -m tests.support.hostile_poll bomb=http://127.0.0.1:8000/bomb good=…
"""

import json
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec

from tests.unit.fleet.poll.test_worker import SETTINGS, Clock, Poller
from workers.domain.records import Feed, FeedState
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Message
from workers.runtime.service import logs

PATIENCE = 400.0
"""Seconds for all polls, one after the other: they are for one host."""
HURRIED = msgspec.structs.replace(
    SETTINGS,
    parse_seconds=30.0,  # ten thousand items take a second, on a busy machine more
    http=msgspec.structs.replace(SETTINGS.http, total_seconds=6.0),
)


def peak_mb() -> float:
    """Return the most memory that this process has held, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(*feeds: str) -> None:
    logs.configure("json", "error", "poll")
    topics = (FEEDS, FEED_STATES, HUB_NOTICES, ENTRIES)
    broker = MemoryBroker({topic.name(): topic.partitions for topic in topics})
    for each in feeds:
        name, _, url = each.partition("=")
        feed = Feed(feed_id=name, url=url, publisher="पत्र")
        key = feed.feed_id.encode()
        value = msgspec.json.encode(feed)
        broker.append(Message(FEEDS.name(), key, value, partition_key=key))
    with closing(Poller(broker, Clock(), HURRIED)) as poller:
        deadline = time.monotonic() + PATIENCE
        while len(broker.read(FEED_STATES.name())) < len(feeds):
            assert time.monotonic() < deadline, "not every feed has been polled"
            poller.loop.step(poller.handler)
        peak = peak_mb()
    read = broker.read(FEED_STATES.name())
    states = [msgspec.json.decode(each.value or b"", type=FeedState) for each in read]
    problems = {state.feed_id: state.problem for state in states}
    sys.stdout.write(json.dumps({"peak_mb": peak, "problems": problems}))


if __name__ == "__main__":
    main(*sys.argv[1:])
