"""Entities and events of texts without Kafka, in the form that gold sets have."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from workers.domain.records import Entity, Event
from workers.stages.entities import entities
from workers.stages.events import find_events
from workers.stages.events.explain import explain as explain_events
from workers.stages.events.lexicon import shipped
from workers.stages.nlp.document import Engine

BATCH = 64
"""So many texts go to the engine at once."""


def annotate(
    engine: Engine,
    items: Sequence[Mapping[str, Any]],
    published: dt.datetime | None = None,
) -> list[dict[str, Any]]:
    """Return the objects with `entities` and `events` added; each must have `text`.

    Offsets are code points into `text` as given, end exclusive.
    """
    return [
        annotated
        for start in range(0, len(items), BATCH)
        for annotated in _annotated(engine, items[start : start + BATCH], published)
    ]


def _annotated(
    engine: Engine, items: Sequence[Mapping[str, Any]], published: dt.datetime | None
) -> Iterator[dict[str, Any]]:
    lexicon = shipped()
    documents = engine.annotate([item["text"] for item in items])
    for item, document in zip(items, documents, strict=True):
        found = entities(document)
        events = find_events(
            document.text, document.sentences, found, lexicon, published
        )
        yield {
            **item,
            "entities": [_entity(entity) for entity in found],
            "events": [_event(event) for event in events],
        }


def explain(engine: Engine, text: str) -> list[str]:
    """Return lines: the parse, the matched entries, each argument's path."""
    (document,) = engine.annotate([text])
    found = entities(document)
    return explain_events(text, document.sentences, found, shipped())


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "id": entity.id,
        "type": entity.type.value,
        "text": entity.text,
        "start": entity.start,
        "end": entity.end,
        "canonical_name": entity.canonical_name,
        "link": entity.link,
    }


def _event(event: Event) -> dict[str, Any]:
    trigger = event.trigger
    return {
        "id": event.id,
        "type": event.type.value,
        "subtype": event.subtype,
        "trigger": {
            "text": trigger.text,
            "start": trigger.start,
            "end": trigger.end,
            "lemma": trigger.lemma,
        },
        "polarity": event.polarity.value,
        "modality": event.modality.value,
        "confidence": event.confidence,
        "method": event.method,
        "arguments": [
            {
                "role": argument.role.value,
                "text": argument.text,
                "start": argument.start,
                "end": argument.end,
                "entity_id": argument.entity_id,
            }
            for argument in event.arguments
        ],
        "counts": to_builtins(event.counts),
    }
