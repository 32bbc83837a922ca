"""`khabar topics dump` and `load`: what the workers remember, kept elsewhere."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import USAGE, Failure, print_error, say, say_json
from workers.cli.topics.records import latest, write

if TYPE_CHECKING:
    from workers.domain.records import Record
    from workers.domain.topics import Topic

_TRANSACTION_RECORDS = 5_000
"""Per transaction, so that none stays open longer than the brokers allow."""

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

    topic = _remembered(noun)
    records = latest(kafka_settings(bootstrap_servers), topic)
    for _, record in sorted(records.items()):
        say_json(msgspec.json.encode(record).decode())
    print_error(f"{len(records)} records of {topic.noun}")


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
    topic = _remembered(noun)
    settings = kafka_settings(bootstrap_servers)
    records = iter([*_records(topic, file)])
    count = 0
    while part := [*islice(records, _TRANSACTION_RECORDS)]:
        count += write(settings, topic, part, source="topics-load")
    say(f"{count} records of {topic.noun} written")


def _remembered(noun: str) -> "Topic[Any]":
    """Return the topic of that noun; raises Failure unless workers keep state there."""
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

    from workers.domain.json_errors import UNREADABLE

    decoder = msgspec.json.Decoder(topic.record)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield _without_offsets(decoder.decode(line))
            except UNREADABLE as error:
                message = f"{file}:{number}: no record of {topic.noun}: {error}"
                raise Failure(message) from error


def _without_offsets(record: "Record") -> "Record":
    """Return the record without offsets, which mean nothing on another cluster.

    Kept, they would mark entries there as handled that nobody has handled. Without
    them a delayed entry is at worst fetched once more, and found unchanged.
    """
    import msgspec

    from workers.domain.records import ArticleState

    if isinstance(record, ArticleState):
        return msgspec.structs.replace(record, delayed_offset=-1)
    return record
