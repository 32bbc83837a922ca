"""`khabar feeds show`: one feed, and what became of what it brought."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.feeds.known_feeds import KnownFeed, chosen, duration, known_feeds
from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import say, say_json
from workers.cli.topics.records import read

if TYPE_CHECKING:
    from workers.domain.records import ArticleState, Entry
    from workers.runtime.service.settings import Kafka

_NOT_YET = "not-fetched"
_NOT_YET_WORDS = "The articles worker has not come to it, or has put it off."


@dataclass(frozen=True, slots=True)
class _Brought:
    """An entry that the feed showed, and what became of its article."""

    entry: "Entry"
    state: "ArticleState | None"

    @property
    def outcome(self) -> str:
        return self.state.outcome if self.state else _NOT_YET


def show(
    feed_id: Annotated[
        str, typer.Argument(metavar="ID", help="A feed, as feeds list shows it.")
    ],
    *,
    entries: Annotated[
        int, typer.Option(min=0, metavar="N", help="Newest entries that are listed.")
    ] = 20,
    json: Annotated[
        bool, typer.Option("--json", help="One object, with all entries.")
    ] = False,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Show a feed: how it does, what it brought, and what became of its articles.

    Entries are kept for three days, so older ones are not shown. Times are UTC.
    """
    settings = kafka_settings(bootstrap_servers)
    (one,) = chosen(known_feeds(settings), [feed_id])
    brought = _brought(settings, feed_id)
    if json:
        say_json(_as_json(one, brought))
        return
    _show_feed(one)
    _show_outcomes(brought)
    _show_entries(brought[:entries])


def _brought(settings: "Kafka", feed_id: str) -> list[_Brought]:
    """Return the entries of a feed with the states of their articles, newest first."""
    from workers.domain.topics import ARTICLE_STATES, ENTRIES

    entries: dict[str, Entry] = {}
    for entry, _ in read(settings, ENTRIES, start="beginning", follow=False):
        if entry.feed_id == feed_id:
            entries[entry.article_id] = entry
    states: dict[str, ArticleState] = {}
    if entries:
        for state, _ in read(settings, ARTICLE_STATES, start="beginning", follow=False):
            if state.article_id in entries:
                states[state.article_id] = state
    newest = sorted(entries.values(), key=lambda one: one.discovered_at, reverse=True)
    return [_Brought(entry, states.get(entry.article_id)) for entry in newest]


def _as_json(one: KnownFeed, brought: Sequence[_Brought]) -> str:
    import msgspec

    due = one.next_poll_at
    together = {
        **one.as_builtins(),
        "next_poll_at": None if due is None or due.year == 1 else due,
        "outcomes": Counter(each.outcome for each in brought),
        "entries": [
            {
                "article_id": each.entry.article_id,
                "title": each.entry.title,
                "url": each.entry.url,
                "discovered_at": each.entry.discovered_at,
                "outcome": each.outcome,
                "reason": _reasons().get(each.outcome),
                "fetched_at": each.state.fetched_at if each.state else None,
                "revision": each.state.revision if each.state else 0,
            }
            for each in brought
        ],
    }
    return msgspec.json.encode(together).decode()


def _reasons() -> dict[str, str]:
    """Return what each outcome means, in a sentence."""
    from workers.domain.field_docs import field_texts
    from workers.domain.outcomes import Outcome

    texts = field_texts(Outcome)
    reasons = {one.value: texts[one.name] for one in Outcome if one.name in texts}
    return {**reasons, _NOT_YET: _NOT_YET_WORDS}


def _show_feed(one: KnownFeed) -> None:
    feed, state = one.feed, one.state
    say(f"{feed.feed_id}: {feed.publisher} {feed.section}".rstrip())
    say(f"  address    {feed.url}")
    say(f"  status     {one.health.value}")
    if state is not None and state.polled_at is not None:
        say(f"  polled     {state.polled_at:%Y-%m-%d %H:%M:%S}")
    if state is not None and state.succeeded_at is not None:
        say(f"  read       {state.succeeded_at:%Y-%m-%d %H:%M:%S}")
    if next_poll := one.next_poll():
        every = duration(state.interval_seconds) if state else ""
        say(f"  next poll  {next_poll}{f', every {every}' if every else ''}")
    for remark in one.remarks():
        say(f"  odd        {remark}")


def _show_outcomes(brought: Sequence[_Brought]) -> None:
    if not brought:
        say("It brought no entries in the last three days.")
        return
    counts = Counter(each.outcome for each in brought)
    reasons = _reasons()
    say(f"It brought {len(brought)} articles in the last three days:")
    for outcome, count in counts.most_common():
        say(f"  {count:>5}  {outcome:<15}  {reasons.get(outcome, '')}".rstrip())


def _show_entries(brought: Sequence[_Brought]) -> None:
    from rich.text import Text

    from workers.cli.terminal.tables import plain_table, print_table

    if not brought:
        return
    table = plain_table()
    table.add_column("found", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    table.add_column("title", overflow="fold")
    for each in brought:
        table.add_row(
            f"{each.entry.discovered_at:%m-%d %H:%M}",
            each.outcome,
            Text(each.entry.title),
        )
    say()
    print_table(table)
