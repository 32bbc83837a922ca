"""`khabar feeds`: check, apply and list the feeds that the pollers read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.feeds import discover, opml
from workers.cli.feeds.files import FeedListFile, read_feeds
from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import PROBLEMS, console, print_error, say, say_json
from workers.cli.topics.records import latest

if TYPE_CHECKING:
    from rich.table import Table

    from workers.domain.records import Feed, FeedState

_MINUTE = 60.0
_HOUR = 3600.0
app = typer.Typer(no_args_is_help=True)


@app.command(
    epilog="Examples:\n\nkhabar feeds check seeds/feeds.toml --offline"
    "\n\nkhabar feeds check seeds/feeds.toml"
)
def check(
    file: FeedListFile,
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only read the list; ask no feed.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="A line for each feed, as they answer.")
    ] = False,
) -> None:
    """Check a list of feeds, and ask each feed of it once whether it can be read.

    Feeds of one host are asked one after the other, retired ones not at all.
    The settings of the poll worker hold. Exit status 1 names every bad line,
    or every feed that is not in order.
    """
    from workers.domain.records import FeedStatus

    feeds = read_feeds(file).feeds
    publishers = {feed.publisher for feed in feeds}
    summary = (
        f"{file}: {len(feeds)} feeds of {len(publishers)} publishers, all well-formed"
    )
    if offline:
        say(summary)
        return
    print_error(summary)
    asked = [feed for feed in feeds if feed.status is not FeedStatus.RETIRED]
    if _check_live(asked, json=json):
        raise typer.Exit(PROBLEMS)


def _check_live(feeds: "Sequence[Feed]", *, json: bool) -> int:
    """Ask the feeds, show what came of it, return how many are not in order."""
    import msgspec

    from workers.cli.feeds import check
    from workers.cli.terminal.progress import Progress
    from workers.runtime.service import logs

    settings = check.read_settings()
    logs.configure("console", "error", "feeds-check")
    found: dict[str, check.Finding] = {}
    with Progress(console(stderr=True)) as progress:
        progress.step(f"asking {len(feeds)} feeds")
        for one in check.findings(feeds, settings):
            found[one.feed_id] = one
            progress.note(f"{len(found)} have answered")
            if json:
                say_json(msgspec.json.encode(one._asdict()).decode())
    in_order = [found[feed.feed_id] for feed in feeds]
    bad = sum(one.status != check.GOOD for one in in_order)
    if not json:
        console().print(check.table(in_order))
    print_error(f"{len(feeds) - bad} of {len(feeds)} feeds are in order")
    return bad


@app.command(epilog="Example:\n\nkhabar feeds apply seeds/feeds.toml")
def apply(
    file: FeedListFile,
    *,
    retire_others: Annotated[
        bool,
        typer.Option("--retire-others", help="Retire feeds that the list lacks."),
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Make a list of feeds known to the pollers, at once and as a whole.

    A list with a bad line is not applied at all: exit status 1 names every one.
    """
    from msgspec.structs import replace

    from workers.domain.records import FeedStatus
    from workers.domain.topics import FEEDS
    from workers.runtime.kafka.producer import write_records

    feeds = read_feeds(file).feeds
    settings = kafka_settings(bootstrap_servers)
    known = latest(settings, FEEDS)
    changed = [feed for feed in feeds if known.get(feed.feed_id) != feed]
    listed = {feed.feed_id for feed in feeds}
    retired = [
        replace(feed, status=FeedStatus.RETIRED)
        for feed_id, feed in known.items()
        if feed_id not in listed and feed.status is not FeedStatus.RETIRED
    ]
    written = [*changed, *(retired if retire_others else ())]
    if written:
        write_records(settings, FEEDS, written, source="feeds-apply")
    new = sum(feed.feed_id not in known for feed in changed)
    say(
        f"{new} feeds new, {len(changed) - new} changed,"
        f" {len(feeds) - len(changed)} as before"
    )
    if retired and not retire_others:
        say(
            f"{len(retired)} feeds are not in {file}; --retire-others would retire them"
        )
    elif retired:
        say(f"{len(retired)} feeds retired")


@app.command(
    "list", epilog="Examples:\n\nkhabar feeds list --json\n\nkhabar feeds list"
)
def list_(
    *,
    json: Annotated[
        bool, typer.Option("--json", help="All that is known of each, a line each.")
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """List the feeds that the pollers know, and how each is doing."""
    from workers.domain.topics import FEED_STATES, FEEDS

    settings = kafka_settings(bootstrap_servers)
    feeds, states = latest(settings, FEEDS), latest(settings, FEED_STATES)
    rows = [(feed, states.get(feed_id)) for feed_id, feed in sorted(feeds.items())]
    if json:
        for feed, state in rows:
            say_json(_as_json(feed, state))
    elif rows:
        console().print(_table(rows))
    else:
        say("No feeds yet: khabar feeds apply FILE")


def _as_json(feed: "Feed", state: "FeedState | None") -> str:
    import msgspec

    known = msgspec.to_builtins(state) if state else {}
    known.pop("seen", None)
    together = {**msgspec.to_builtins(feed), "state": known or None}
    return msgspec.json.encode(together).decode()


def _table(rows: "Sequence[tuple[Feed, FeedState | None]]") -> "Table":
    from rich.table import Table

    from workers.cli.feeds.check import warnings

    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("feed", overflow="fold")
    table.add_column("status", no_wrap=True)
    table.add_column("polled", no_wrap=True)
    table.add_column("every", no_wrap=True, justify="right")
    table.add_column("what is odd", overflow="fold")
    for feed, state in rows:
        polled = state.polled_at if state else None
        table.add_row(
            feed.feed_id,
            "gone" if state and state.retired else feed.status,
            f"{polled:%m-%d %H:%M:%S}" if polled else "not yet",
            _duration(state.interval_seconds) if state else "",
            "; ".join(warnings(state)) if state else "",
        )
    return table


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


app.command(
    "import-opml",
    epilog="Example:\n\nkhabar feeds import-opml reader.opml --output feeds.toml",
)(opml.import_opml)
app.command(
    "export-opml",
    epilog="Example:\n\nkhabar feeds export-opml seeds/feeds.toml --output hindi.opml",
)(opml.export_opml)
app.command(
    epilog="Examples:\n\nkhabar feeds discover https://example.com --toml"
    "\n\nkhabar feeds discover example.com"
)(discover.discover)
