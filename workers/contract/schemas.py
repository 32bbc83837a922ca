"""The machine-readable contract: JSON Schemas and an AsyncAPI document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import fields

from workers import __version__
from workers.domain import records, topics
from workers.domain.field_docs import field_texts
from workers.domain.topics import Topic
from workers.runtime.processing.worker import Worker

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]


def schema_file(topic: Topic[Any]) -> str:
    """Return the name of the file that holds the schema of *topic*."""
    return f"{topic.name()}.schema.json"


def json_schema(topic: Topic[Any]) -> Json:
    """Return the JSON Schema (2020-12) of the values of *topic*."""
    generated = msgspec.json.schema(topic.record)
    definitions = generated["$defs"]
    for name, definition in definitions.items():
        _describe(name, definition)
    return {
        "$schema": DIALECT,
        "$id": f"urn:khabar:schema:{topic.name()}",
        "title": topic.name(),
        "description": f"{topic.summary} {topic.record.__doc__}",
        **generated,
    }


def _describe(name: str, definition: Json) -> None:
    """Put the documentation of the fields of struct *name* into its schema."""
    struct = getattr(records, name)
    if "properties" in definition:
        by_name = definition["properties"]
    elif "prefixItems" in definition:  # a struct that is an array on the wire
        names = [field.encode_name for field in fields(struct)]
        by_name = dict(zip(names, definition["prefixItems"], strict=True))
        for field_name, schema in by_name.items():
            schema["title"] = field_name
    else:
        return
    documentation = field_documentation(struct)
    for field_name, schema in by_name.items():
        if field_name in documentation:
            schema["description"] = documentation[field_name]


def field_documentation(struct: type[Any]) -> Mapping[str, str]:
    """Return what stands under each field of *struct*, by its name on the wire.

    Inherited fields are included.
    """
    found: dict[str, str] = {}
    for ancestor in reversed(struct.__mro__):
        found |= field_texts(ancestor)
    return {
        field.encode_name: found[field.name]
        for field in fields(struct)
        if field.name in found
    }


# --- AsyncAPI ------------------------------------------------------------------

_STRING = {"type": "string"}
_WORDS: Mapping[Any, str] = {
    topics.FEEDS.key: "feed's id",
    topics.ARTICLES.key: "article's id",
    topics.ENTRIES.partition_by: "article's host",
}
"""What the functions say by which topics are keyed and partitioned."""

_TRACE_HEADERS: Json = {
    "content-type": {"const": "application/json"},
    "traceparent": {
        **_STRING,
        "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        "description": "W3C Trace Context, one trace from the feed to the record.",
    },
}
_CLOUD_EVENT_HEADERS: Json = {
    "ce_specversion": {"const": "1.0"},
    "ce_id": {**_STRING, "description": "The same for a record made again."},
    "ce_source": {**_STRING, "description": "`/khabar/<worker>`."},
    "ce_type": {**_STRING, "description": "The topic's name with prefix khabar."},
    "ce_time": {**_STRING, "format": "date-time"},
}
_NOT_BEFORE: Json = {
    "not-before": {
        **_STRING,
        "format": "date-time",
        "description": "UTC; the record waits until then.",
    }
}
_DEAD_LETTER_HEADERS: Json = {
    "error-worker": {**_STRING, "description": "Who could not process it."},
    "error-version": {**_STRING, "description": "Of Khabar, at that time."},
    "error-topic": {**_STRING, "description": "Where it stood."},
    "error-partition": {**_STRING, "pattern": "^[0-9]+$"},
    "error-offset": {**_STRING, "pattern": "^[0-9]+$"},
    "error-kind": {**_STRING, "description": "Class of the error."},
    "error-reason": {**_STRING, "description": "What is wrong with it, in words."},
    "error-time": {**_STRING, "format": "date-time"},
}


def asyncapi() -> Json:
    """Return the AsyncAPI 3 document of all topics."""
    channels: Json = {}
    operations: Json = {}
    messages: Json = {}
    for topic in topics.ALL:
        name = topic.noun
        channels[name] = _channel(topic)
        reference = f"#/channels/{name}"
        operations[f"write-{name}"] = {
            "action": "send",
            "channel": {"$ref": reference},
            "messages": [{"$ref": f"{reference}/messages/{name}"}],
        }
        messages[name] = _message(topic)
    channels["dead-letters"] = _dead_letter_channel()
    messages["dead-letters"] = _dead_letter()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Khabar",
            "version": __version__,
            "description": (
                "Hindi news as a stream: feeds in, articles with entities and"
                " events out. Consumers should read `enriched` and `events`, with"
                " isolation level read_committed, and ignore fields and enum"
                " values that they do not know."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "messageTraits": {
                "cloudEvent": {
                    "headers": {
                        "type": "object",
                        "properties": {**_CLOUD_EVENT_HEADERS, **_TRACE_HEADERS},
                        "required": [*_CLOUD_EVENT_HEADERS, "content-type"],
                    },
                }
            },
        },
    }


def _channel(topic: Topic[Any]) -> Json:
    configuration: Json = {"cleanup.policy": topic.cleanup.split(",")}
    if topic.retention_days is not None:
        configuration["retention.ms"] = topic.retention_days * topics.DAY_MS
    return {
        "address": topic.name(),
        "title": topic.noun.capitalize().replace("-", " "),
        "description": (
            f"{topic.summary} {'Public contract.' if topic.public else 'Internal.'}"
        ),
        "messages": {topic.noun: {"$ref": f"#/components/messages/{topic.noun}"}},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(topic: Topic[Any]) -> Json:
    message: Json = {
        "name": topic.record.__name__,
        "title": topic.record.__doc__,
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./{schema_file(topic)}"},
        },
        "bindings": _key(f"The {_WORDS[topic.key]}."),
    }
    if topic is topics.ENTRIES_DELAYED:
        message["headers"] = {"type": "object", "properties": _NOT_BEFORE}
    return message


def _key(description: str) -> Json:
    return {
        "kafka": {
            "key": {**_STRING, "description": description},
            "bindingVersion": "0.5.0",
        }
    }


def _dead_letter_channel() -> Json:
    return {
        "address": topics.dead_letter_name("{worker}"),
        "title": "Dead letters",
        "description": (
            "Records that a worker could not process, byte for byte as they came,"
            " with headers that say where from and why. Internal."
        ),
        "parameters": {"worker": {"description": "Name of the worker."}},
        "messages": {"dead-letters": {"$ref": "#/components/messages/dead-letters"}},
    }


def _dead_letter() -> Json:
    return {
        "name": "DeadLetter",
        "title": "What a worker could not process.",
        "headers": {"type": "object", "properties": _DEAD_LETTER_HEADERS},
        "bindings": _key("As it came."),
    }


# --- for people ----------------------------------------------------------------


def topics_page(workers: Sequence[Worker[Any]]) -> str:
    """Return the topics, and which worker does what with each, in Markdown."""
    return "\n".join(_topics_page(workers))


def _topics_page(workers: Sequence[Worker[Any]]) -> Iterator[str]:
    yield "# Topics"
    yield ""
    yield (
        "Written by `khabar topics describe`. Names begin with a prefix that can be set"
        " (`khabar`). Values are JSON in UTF-8, compressed with lz4, with CloudEvents"
        " headers and a W3C `traceparent`; their schemas are in [schemas/](../schemas),"
        " with examples and an AsyncAPI document. Read with isolation level"
        " read_committed; ignore fields and enum values that you do not know."
    )
    yield ""
    yield "| topic | for | key | partitioned by | kept | written by | read by |"
    yield "|---|---|---|---|---|---|---|"
    for topic in topics.ALL:
        writers = [
            worker.name
            for worker in workers
            if topic in worker.sinks
            or (topic in worker.tables and topic not in worker.sources)
            or topic in worker.global_tables
        ]
        readers = [
            worker.name
            for worker in workers
            if topic in (*worker.sources, *worker.tables, *worker.global_tables)
        ]
        cells = (
            f"`{topic.name()}`",
            "**everybody**" if topic.public else "the workers",
            _WORDS[topic.key],
            _WORDS[topic.partition_by],
            _kept(topic),
            ", ".join(writers) or "`khabar feeds apply`",
            ", ".join(readers) or "you",
        )
        yield f"| {' | '.join(cells)} |"
    yield (
        f"| `{topics.dead_letter_name('<worker>')}` | operators | as it came |"
        f" as it came | {topics.DEAD_LETTER_DAYS} days | each worker |"
        " `khabar dlq` |"
    )
    for topic in topics.ALL:
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


def _kept(topic: Topic[Any]) -> str:
    parts = []
    if "compact" in topic.cleanup:
        parts.append("the last of each key")
    if topic.retention_days is not None:
        parts.append(f"{topic.retention_days} days")
    return ", ".join(parts)
