"""`khabar feeds list`: the feeds that the pollers know, and how each is doing."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from workers.cli.feeds.known_feeds import KnownFeed, duration, known_feeds
from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import print_error, say, say_json


class Status(StrEnum):
    """What a feed can be asked for by: its definition's status, or its health."""

    ACTIVE = "active"
    GOOD = "good"
    FAILING = "failing"
    WAITING = "waiting"
    GONE = "gone"
    PAUSED = "paused"
    RETIRED = "retired"


def list_(
    *,
    status: Annotated[
        Status | None,
        typer.Option(
            "--status",
            help="Only those: active (all that are polled), good, failing, waiting, "
            "gone, paused or retired.",
            metavar="STATUS",
        ),
    ] = None,
    publisher: Annotated[
        str,
        typer.Option(metavar="NAME", help="Only of publishers with this in the name."),
    ] = "",
    problems: Annotated[
        bool, typer.Option("--problems", help="Only those that are not in order.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="All that is known of each, a line each.")
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """List the feeds that the pollers know, and how each is doing.

    Feeds that are not in order come first, retired ones last and apart. Times are
    UTC. Into a pipe or file each feed is one line.
    """
    known = known_feeds(kafka_settings(bootstrap_servers))
    found = [
        one
        for one in known.values()
        if _has_status(one, status)
        and publisher.casefold() in one.feed.publisher.casefold()
        and (one.has_problem or not problems)
    ]
    if json:
        for one in found:
            say_json(one.as_json())
    elif found:
        _show(found)
    elif known:
        print_error(f"None of the {len(known)} feeds is such a one.")
    else:
        say("No feeds yet: khabar feeds apply FILE")


def _has_status(one: KnownFeed, status: Status | None) -> bool:
    return status is None or status.value in {one.feed.status.value, one.health.value}


def _show(found: Sequence[KnownFeed]) -> None:
    from workers.domain.records import FeedStatus

    retired = [one for one in found if one.feed.status is FeedStatus.RETIRED]
    polled = [one for one in found if one.feed.status is not FeedStatus.RETIRED]
    if polled:
        _print(sorted(polled, key=lambda one: not one.has_problem))
    if retired:
        if polled:
            say()
        say("Retired:")
        _print(retired)


def _print(rows: Sequence[KnownFeed]) -> None:
    from rich.text import Text

    from workers.cli.terminal.tables import plain_table, print_table

    table = plain_table()
    table.add_column("feed", overflow="fold")
    for name in ("status", "polled", "next poll", "every"):
        table.add_column(name, no_wrap=True)
    table.add_column("what is odd", overflow="fold")
    for one in rows:
        state = one.state
        polled = state.polled_at if state else None
        table.add_row(
            Text(one.feed.feed_id),
            Text(one.health.value, "red" if one.has_problem else ""),
            f"{polled:%m-%d %H:%M:%S}" if polled else "not yet",
            one.next_poll(),
            duration(state.interval_seconds) if state and one.next_poll_at else "",
            Text("; ".join(one.remarks())),
        )
    print_table(table)
