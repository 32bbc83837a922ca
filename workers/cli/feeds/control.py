"""`khabar feeds poll|pause|resume|reset|remove`: an operator's word on single feeds.

What a definition says is written to the topic of definitions. What concerns the state
that a poller keeps goes as a notice to the poller that owns the feed, for it would not
see a change of its own table.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.feeds.known_feeds import KnownFeed, chosen, known_feeds
from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import PROBLEMS, print_error, say, say_json
from workers.cli.topics.records import write

if TYPE_CHECKING:
    from workers.domain.records import FeedStatus, HubEvent
    from workers.runtime.service.settings import Kafka

_SOURCE = "feeds-control"

FeedIds = Annotated[
    list[str], typer.Argument(metavar="ID…", help="Feeds, as feeds list shows them.")
]
Json = Annotated[bool, typer.Option("--json", help="A line of JSON for each feed.")]


def poll(
    feed_ids: FeedIds, *, json: Json = False, bootstrap_servers: BootstrapServers = None
) -> None:
    """Have feeds polled now, whenever they are due.

    Exit status 1 if one of them cannot be: it is paused, retired or gone.
    """
    from workers.domain.records import HubEvent

    settings, feeds = _known(feed_ids, bootstrap_servers)
    able = [one for one in feeds if _obstacle(one) is None]
    _notify(settings, able, HubEvent.POLL)
    for one in able:
        _tell(one, "poll", "is polled by the next free poller", json=json)
    refused = [one for one in feeds if one not in able]
    for one in refused:
        _tell(one, "refused", _obstacle(one) or "", json=json, bad=True)
    if refused:
        raise typer.Exit(PROBLEMS)


def pause(
    feed_ids: FeedIds, *, json: Json = False, bootstrap_servers: BootstrapServers = None
) -> None:
    """Poll feeds no more until they are resumed; what is known of them is kept.

    A list that says otherwise undoes it when it is applied.
    """
    from workers.domain.records import FeedStatus

    _set_status(feed_ids, FeedStatus.PAUSED, json=json, servers=bootstrap_servers)


def resume(
    feed_ids: FeedIds, *, json: Json = False, bootstrap_servers: BootstrapServers = None
) -> None:
    """Poll paused or retired feeds again.

    A list that says otherwise undoes it when it is applied.
    """
    from workers.domain.records import FeedStatus

    _set_status(feed_ids, FeedStatus.ACTIVE, json=json, servers=bootstrap_servers)


def reset(
    feed_ids: FeedIds,
    *,
    entries: Annotated[
        bool,
        typer.Option(
            "--entries",
            help="Forget the entries too: those that the feed shows are sent again.",
        ),
    ] = False,
    json: Json = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Forget failures, validators, rhythm and new addresses; poll feeds anew.

    A feed that was given up as gone is asked again. Articles that are published
    already stay as they are.
    """
    from workers.domain.records import HubEvent

    settings, feeds = _known(feed_ids, bootstrap_servers)
    _notify(settings, feeds, HubEvent.FORGET if entries else HubEvent.RESET)
    for one in feeds:
        _tell(one, "reset", "is polled as if for the first time", json=json)


def remove(
    feed_ids: FeedIds, *, json: Json = False, bootstrap_servers: BootstrapServers = None
) -> None:
    """Delete feeds: their definitions, and what is known of them.

    Articles stay. A list that names a feed brings it back when it is applied.
    """
    from workers.domain.records import FeedState, HubEvent
    from workers.domain.topics import FEED_STATES, FEEDS

    settings, feeds = _known(feed_ids, bootstrap_servers)
    gone = [one.feed for one in feeds]
    states = [FeedState(feed_id=feed.feed_id) for feed in gone]
    # the notice first: a poller that still has the state must not write it again
    _notify(settings, feeds, HubEvent.FORGET)
    write(settings, FEEDS, (), source=_SOURCE, removed=gone)
    write(settings, FEED_STATES, (), source=_SOURCE, removed=states)
    for one in feeds:
        _tell(one, "removed", "is removed", json=json)


def _known(
    feed_ids: Sequence[str], servers: str | None
) -> tuple["Kafka", list[KnownFeed]]:
    settings = kafka_settings(servers)
    return settings, chosen(known_feeds(settings), feed_ids)


def _obstacle(one: KnownFeed) -> str | None:
    """Return why the feed cannot be polled, and what helps."""
    from workers.stages.feeds.polls import FeedHealth

    match one.health:
        case FeedHealth.PAUSED | FeedHealth.RETIRED:
            return f"is {one.health.value}: khabar feeds resume {one.feed.feed_id}"
        case FeedHealth.GONE:
            return f"is gone (410): khabar feeds reset {one.feed.feed_id} asks again"
    return None


def _notify(settings: "Kafka", feeds: Sequence[KnownFeed], event: "HubEvent") -> None:
    from workers.domain.records import HubNotice
    from workers.domain.topics import HUB_NOTICES
    from workers.runtime.service.clock import SystemClock

    now = SystemClock().now()
    notices = [
        HubNotice(feed_id=one.feed.feed_id, topic="", event=event, received_at=now)
        for one in feeds
    ]
    if notices:
        write(settings, HUB_NOTICES, notices, source=_SOURCE)


def _set_status(
    feed_ids: Sequence[str], status: "FeedStatus", *, json: bool, servers: str | None
) -> None:
    from msgspec.structs import replace

    from workers.domain.topics import FEEDS

    settings, feeds = _known(feed_ids, servers)
    changed = [
        replace(one.feed, status=status)
        for one in feeds
        if one.feed.status is not status
    ]
    if changed:
        write(settings, FEEDS, changed, source=_SOURCE)
    changed_ids = {feed.feed_id for feed in changed}
    for one in feeds:
        as_before = "" if one.feed.feed_id in changed_ids else ", as before"
        _tell(one, status.value, f"is {status.value}{as_before}", json=json)


def _tell(
    one: KnownFeed, result: str, words: str, *, json: bool, bad: bool = False
) -> None:
    feed_id = one.feed.feed_id
    if json:
        import msgspec

        line = {"feed_id": feed_id, "result": result, "reason": words if bad else None}
        say_json(msgspec.json.encode(line).decode())
    elif bad:
        print_error(f"{feed_id} {words}")
    else:
        say(f"{feed_id} {words}")
