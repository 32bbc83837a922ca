"""`khabar feeds`: check and apply lists of feeds; look at feeds, and steer them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.feeds import control, discover, listing, opml, show
from workers.cli.feeds.files import FeedListFile, read_feeds
from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import PROBLEMS, console, print_error, say, say_json
from workers.cli.topics.records import latest, write

if TYPE_CHECKING:
    from workers.domain.records import Feed

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
    from workers.cli.terminal.tables import print_table
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
        print_table(check.table(in_order))
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
    json: Annotated[
        bool, typer.Option("--json", help="The numbers as an object of JSON.")
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Make a list of feeds known to the pollers, at once and as a whole.

    A list with a bad line is not applied at all: exit status 1 names every one.
    """
    import msgspec
    from msgspec.structs import replace

    from workers.domain.records import FeedStatus
    from workers.domain.topics import FEEDS

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
        write(settings, FEEDS, written, source="feeds-apply")
    new = sum(feed.feed_id not in known for feed in changed)
    if json:
        numbers = {
            "new": new,
            "changed": len(changed) - new,
            "unchanged": len(feeds) - len(changed),
            "unlisted": len(retired),
            "retired": len(retired) if retire_others else 0,
        }
        say_json(msgspec.json.encode(numbers).decode())
        return
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


app.command(
    "list",
    epilog="Examples:\n\nkhabar feeds list --problems\n\nkhabar feeds list --json",
)(listing.list_)
app.command(epilog="Example:\n\nkhabar feeds show aaj-tak-top")(show.show)
app.command(epilog="Example:\n\nkhabar feeds poll aaj-tak-top")(control.poll)
app.command(epilog="Example:\n\nkhabar feeds pause aaj-tak-top")(control.pause)
app.command(epilog="Example:\n\nkhabar feeds resume aaj-tak-top")(control.resume)
app.command(epilog="Example:\n\nkhabar feeds reset aaj-tak-top --entries")(
    control.reset
)
app.command(epilog="Example:\n\nkhabar feeds remove aaj-tak-top")(control.remove)
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
