"""The seed article: which entities and events must be found in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from workers.domain.records import (
    Argument,
    EnrichedArticle,
    Event,
    EventType,
    Role,
    Trigger,
)


class _Span(Struct, frozen=True):
    start: int
    end: int


class _ExpectedEntity(Struct, frozen=True):
    type: str
    text: str
    spans: tuple[tuple[int, int], ...]


class _ExpectedEvent(Struct, frozen=True):
    type: EventType
    trigger: _Span
    actors: tuple[_Span, ...]


class Expected(Struct, frozen=True):
    """The content of `seeds/article/expected.json`."""

    entities: tuple[_ExpectedEntity, ...]
    events: tuple[_ExpectedEvent, ...]


class Finding(NamedTuple):
    """One expected entity or event, and whether it is there."""

    found: bool
    kind: str
    text: str


def read(folder: Path) -> Expected:
    """Read what is expected of the article in *folder*."""
    content = (folder / "expected.json").read_bytes()
    return msgspec.json.decode(content, type=Expected)


def is_seed(record: EnrichedArticle, folder: Path) -> bool:
    """Return whether *record* is the article in *folder*, spaces aside."""
    article = (folder / "article.txt").read_text("utf-8")
    return record.text.split() == article.split()


def check(record: EnrichedArticle, expected: Expected) -> Iterator[Finding]:
    """Yield every entity and event that is expected, and whether it is there.

    An entity is there when one of its places bears its type, to the letter. An event
    is there when its trigger is covered and each of its actors lies in an argument.
    """
    found = {(e.type.value, e.start, e.end) for e in record.entities}
    for entity in expected.entities:
        there = any((entity.type, *span) in found for span in entity.spans)
        yield Finding(there, entity.type, entity.text)
    for event in expected.events:
        text = record.text[event.trigger.start : event.trigger.end]
        actors = [record.text[actor.start : actor.end] for actor in event.actors]
        there = any(_fits(one, event) for one in record.events)
        yield Finding(there, event.type, f"{text}: {', '.join(actors)}")


def _fits(event: Event, expected: _ExpectedEvent) -> bool:
    return (
        event.type is expected.type
        and _covers(event.trigger, expected.trigger)
        and all(
            any(
                argument.role is Role.ACTOR and _covers(argument, actor)
                for argument in event.arguments
            )
            for actor in expected.actors
        )
    )


def _covers(outer: Trigger | Argument, inner: _Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
