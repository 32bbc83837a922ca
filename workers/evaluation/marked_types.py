"""Which types a gold set marks at all: only those can be scored.

A gold set of names without numbers says nothing of the numbers that were found.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict

from workers.domain.records import EntityType, EventType, Modality, Polarity, Role

Item = Mapping[str, Any]


class LeftOut(TypedDict):
    """How many were found of each type that the gold does not mark."""

    entities: dict[str, int]
    events: dict[str, int]


def unknown_value(item: Item) -> str | None:
    """Return what is wrong with the first type of *item* that is none of ours."""
    for what, value, kind in _values(item):
        known = [each.value for each in kind]
        if value not in known:
            return f"unknown {what} {value!r}; known are {', '.join(known)}"
    return None


def _values(
    item: Item,
) -> Iterator[
    tuple[str, str, type[EntityType | EventType | Polarity | Modality | Role]]
]:
    for entity in item["entities"]:
        yield "type of entity", entity["type"], EntityType
    for event in item["events"]:
        yield "type of event", event["type"], EventType
        yield "polarity", event["polarity"], Polarity
        yield "modality", event["modality"], Modality
        for argument in event["arguments"]:
            yield "role", argument["role"], Role


def only_marked(
    gold: Sequence[Item], found: Sequence[Item]
) -> tuple[list[dict[str, Any]], LeftOut]:
    """Return *found* without the types that no text of *gold* marks, and those."""
    left_out: LeftOut = {"entities": {}, "events": {}}
    kept = [dict(item) for item in found]
    for field, counts in (
        ("entities", left_out["entities"]),
        ("events", left_out["events"]),
    ):
        marked = {each["type"] for item in gold for each in item.get(field, ())}
        unmarked = Counter(
            str(each["type"])
            for item in found
            for each in item.get(field, ())
            if each["type"] not in marked
        )
        counts.update(sorted(unmarked.items()))
        for item in kept:
            item[field] = [x for x in item.get(field, ()) if x["type"] in marked]
    return kept, left_out
