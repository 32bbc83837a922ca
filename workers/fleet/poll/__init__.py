"""The poll worker: feeds in, new entries out.

Feeds are shared among pollers as partitions of their definitions. New entries and
the feed's new state go out in one transaction, so an entry is emitted once. What a
hub says of a feed goes over a topic to the poller that owns the feed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from workers.domain.records import EntryReason
from workers.domain.topics import ENTRIES, FEED_STATES, FEEDS, HUB_NOTICES
from workers.fleet.poll.hubs import HUB_CALLS, open_hubs
from workers.fleet.poll.poller import Poller
from workers.fleet.poll.reader import NEW_ENTRIES, POLLS, FeedReader
from workers.fleet.poll.settings import PollSettings, WebSubSettings
from workers.runtime.http.client import HttpClient
from workers.runtime.processing.worker import Context, Handler, Worker
from workers.runtime.service import logs
from workers.stages.feeds import websub
from workers.stages.feeds.polls import PollOutcome

__all__ = ["WORKER", "PollSettings", "WebSubSettings"]

_log = logs.get(__name__)


@contextmanager
def open_handler(settings: PollSettings, context: Context) -> Iterator[Handler]:
    """Open the HTTP client and the threads that poll."""
    if not settings.http.user_agent_contact:
        _log.warning(
            "no_contact",
            problem="publishers cannot reach whoever runs this poller",
            remedy="set KHABAR_HTTP_USER_AGENT_CONTACT to a page or mailbox",
        )
    for outcome in PollOutcome:
        POLLS.labels(outcome.value)
    for reason in EntryReason:
        NEW_ENTRIES.labels(reason.value)
    for call in websub.CallbackKind:
        HUB_CALLS.labels(call.value)
    client = HttpClient(settings.http)
    hubs = None
    if settings.websub.callback_url:
        hubs = open_hubs(settings, client, context.clock)
    reader = FeedReader(client, settings, context.clock)
    poller = Poller(settings, context, reader, hubs)
    try:
        yield Handler(handle=poller.handle, due=poller.due, next_due=poller.next_due)
    finally:
        client.close()  # ends the polls that run, for which the poller waits
        reader.close()
        poller.close()
        if hubs is not None:
            hubs.callbacks.close()


WORKER = Worker(
    name="poll",
    sources=(FEEDS, HUB_NOTICES),
    tables=(FEEDS, FEED_STATES),
    sinks=(ENTRIES, FEED_STATES, HUB_NOTICES),
    settings=PollSettings,
    open_handler=open_handler,
)
