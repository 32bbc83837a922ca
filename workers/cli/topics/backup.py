"""`khabar topics dump` and `load`: what the workers remember, kept elsewhere."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.connection import BootstrapServers, kafka_settings
from workers.cli.console import USAGE, Failure, complain, say

if TYPE_CHECKING:
    from workers.domain.records import Record
    from workers.domain.topics import Topic

_TRANSACTION_RECORDS = 5_000
"""So that none is open for longer than the brokers allow."""

Noun = Annotated[
    str,
    typer.Argument(metavar="TOPIC", help="A compacted one: feeds, article-states, …"),
]


def dump(noun: Noun, *, bootstrap_servers: BootstrapServers = None) -> None:
    """Write the last record of each key as JSON lines.

    Only committed records are read. Workers may run meanwhile; each record is then as
    it was at some moment of the dump.
    """
    import msgspec

    from workers.cli.feeds.commands import latest

    topic = _remembered(noun)
    records = latest(kafka_settings(bootstrap_servers), topic)
    for _, record in sorted(records.items()):
        say(msgspec.json.encode(record).decode())
    complain(f"{len(records)} records of {topic.noun}")


def load(
    noun: Noun,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="What dump wrote.", exists=True, dir_okay=False
        ),
    ],
    *,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Write the records of a dump, each in place of the one that its key has.

    The workers that remember them must be stopped: they would not notice. A file with
    a bad line is not loaded at all.
    """
    from workers.runtime.kafka import admin

    topic = _remembered(noun)
    settings = kafka_settings(bootstrap_servers)
    records = iter([*_records(topic, file)])
    count = 0
    while part := [*islice(records, _TRANSACTION_RECORDS)]:
        count += admin.write(settings, topic, part, source="topics-load")
    say(f"{count} records of {topic.noun} written")


def _remembered(noun: str) -> "Topic[Any]":
    """Return the topic of that noun; raises Failure unless it is a memory."""
    from workers.domain import topics

    known = {
        topic.noun: topic
        for topic in topics.ALL
        if "compact" in topic.cleanup and not topic.public
    }
    if noun not in known:
        message = f"{noun!r} is no memory of the workers; those are {', '.join(known)}"
        raise Failure(message, USAGE)
    return known[noun]


def _records(topic: "Topic[Any]", file: Path) -> Iterator["Record"]:
    import msgspec

    decoder = msgspec.json.Decoder(topic.record)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _elsewhere(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                message = f"{file}:{number}: no record of {topic.noun}: {error}"
                raise Failure(message) from error


def _elsewhere(record: "Record") -> "Record":
    """Forget offsets: on another cluster they would hide what is still to be done.

    Without it, an entry that was put off is asked for once more, and found unchanged.
    """
    import msgspec

    from workers.domain.records import ArticleState

    if isinstance(record, ArticleState):
        return msgspec.structs.replace(record, delayed_offset=-1)
    return record
