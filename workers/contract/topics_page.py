"""The page docs/topics.md: every topic, who writes and reads it, field by field."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import fields

from workers.contract.keys import meaning
from workers.contract.schemas import field_documentation
from workers.domain import topics
from workers.domain.topics import Topic
from workers.runtime.processing.worker import Worker

_INTRODUCTION = (
    "Written by `khabar topics describe`. Names begin with a prefix that can be set"
    " (`khabar`). Values are JSON in UTF-8, compressed with lz4, with CloudEvents"
    " headers and a W3C `traceparent`; their schemas are in [schemas/](../schemas),"
    " with examples and an AsyncAPI document. Read with isolation level"
    " read_committed; ignore fields and enum values that you do not know."
)


def topics_page(workers: Sequence[Worker[Any]]) -> str:
    """Return the topics, and which worker does what with each, in Markdown."""
    return "\n".join(_page(workers))


def _page(workers: Sequence[Worker[Any]]) -> Iterator[str]:
    yield "# Topics"
    yield ""
    yield _INTRODUCTION
    yield ""
    yield "| topic | for | key | partitioned by | kept | written by | read by |"
    yield "|---|---|---|---|---|---|---|"
    for topic in topics.ALL:
        cells = (
            f"`{topic.name()}`",
            "**everybody**" if topic.public else "the workers",
            meaning(topic.key),
            meaning(topic.partition_by),
            _kept(topic),
            ", ".join(_writers(topic, workers)) or "`khabar feeds apply`",
            ", ".join(_readers(topic, workers)) or "you",
        )
        yield f"| {' | '.join(cells)} |"
    yield (
        f"| `{topics.dead_letter_name('<worker>')}` | operators | as it came |"
        f" as it came | {topics.DEAD_LETTER_DAYS} days | each worker |"
        " `khabar dlq` |"
    )
    for topic in topics.ALL:
        yield from _section(topic)


def _section(topic: Topic[Any]) -> Iterator[str]:
    yield ""
    yield f"## {topic.noun}"
    yield ""
    yield f"{topic.summary} `{topic.record.__name__}`: {topic.record.__doc__}"
    yield ""
    yield "| field | meaning |"
    yield "|---|---|"
    documentation = field_documentation(topic.record)
    for field in fields(topic.record):
        words = " ".join(documentation.get(field.encode_name, "").split())
        yield f"| `{field.encode_name}` | {words} |"


def _writers(topic: Topic[Any], workers: Sequence[Worker[Any]]) -> list[str]:
    return [
        worker.name
        for worker in workers
        if topic in worker.sinks
        or (topic in worker.tables and topic not in worker.sources)
        or topic in worker.global_tables
    ]


def _readers(topic: Topic[Any], workers: Sequence[Worker[Any]]) -> list[str]:
    return [
        worker.name
        for worker in workers
        if topic in (*worker.sources, *worker.tables, *worker.global_tables)
    ]


def _kept(topic: Topic[Any]) -> str:
    parts = []
    if "compact" in topic.cleanup:
        parts.append("the last of each key")
    if topic.retention_days is not None:
        parts.append(f"{topic.retention_days} days")
    return ", ".join(parts)
