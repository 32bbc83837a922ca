"""The AsyncAPI 3 document: channels, messages and headers of all topics.

The schemas of the values stand in files of their own, which `schemas` makes.
"""

from typing import Any

from workers import __version__
from workers.contract.keys import meaning
from workers.contract.schemas import Json, schema_file
from workers.domain import topics
from workers.domain.topics import Topic

_STRING = {"type": "string"}
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
    "ce_id": {**_STRING, "description": "Stays the same when a record is made again."},
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
    "error-worker": {
        **_STRING,
        "description": "Name of the worker that could not process it.",
    },
    "error-version": {**_STRING, "description": "Release of Khabar that it ran."},
    "error-topic": {**_STRING, "description": "Topic that the record stood on."},
    "error-partition": {
        **_STRING,
        "pattern": "^[0-9]+$",
        "description": "Partition that the record stood on.",
    },
    "error-offset": {
        **_STRING,
        "pattern": "^[0-9]+$",
        "description": "Offset of the record on that partition.",
    },
    "error-kind": {**_STRING, "description": "Class of the error."},
    "error-reason": {**_STRING, "description": "What is wrong with it, in words."},
    "error-time": {
        **_STRING,
        "format": "date-time",
        "description": "UTC; when the worker gave the record up.",
    },
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
        "bindings": _key(f"The {meaning(topic.key)}."),
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
