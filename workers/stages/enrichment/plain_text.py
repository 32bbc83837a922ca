"""Entities and events of texts without Kafka, in the form that gold sets have.

Gold sets have some fields of the records only; records for topics are made in
`records`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from workers.domain.records import Entity, Event
from workers.stages.entities import entities
from workers.stages.events import find_events
from workers.stages.events.explain import explain as explain_events
from workers.stages.events.lexicon import shipped
from workers.stages.nlp.document import Engine

BATCH = 64
"""So many texts go to the engine at once."""
_ENTITY_FIELDS = ("id", "type", "text", "start", "end", "canonical_name", "link")
_EVENT_FIELDS = (
    *("id", "type", "subtype", "trigger", "polarity", "modality", "confidence"),
    *("method", "arguments", "counts"),
)


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
    return _selected(entity, _ENTITY_FIELDS)


def _event(event: Event) -> dict[str, Any]:
    fields = _selected(event, _EVENT_FIELDS)
    return fields | {"arguments": [*fields["arguments"]]}


def _selected(record: Struct, names: Sequence[str]) -> dict[str, Any]:
    plain = to_builtins(record)
    return {name: plain[name] for name in names}
