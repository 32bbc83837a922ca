"""Records as a person reads them; widths are cells, as Devanagari needs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from workers.domain.records import (
    EnrichedArticle,
    Entity,
    EntityType,
    Event,
    EventRecord,
    Modality,
    Polarity,
    Role,
)

_NAMES_SHOWN = 10
_LABEL_CELLS = 9
_TYPE_STYLE = {
    EntityType.PER: "cyan",
    EntityType.LOC: "green",
    EntityType.ORG: "magenta",
}


@dataclass(frozen=True, slots=True)
class _Statement:
    """Who did what to whom, where and when: what one line says of an event."""

    actors: Sequence[str]
    trigger: str
    objects: Sequence[str]
    places: Sequence[str]
    times: Sequence[str]
    polarity: Polarity
    modality: Modality
    attribution: str | None


def enriched(record: EnrichedArticle) -> RenderableType:
    """Return an article with its names by type and its events."""
    table = _labelled_lines()
    for kind in EntityType:
        names = _names(entity for entity in record.entities if entity.type is kind)
        if names:
            table.add_row(Text(kind, _TYPE_STYLE.get(kind, "dim")), names)
    for event in record.events:
        table.add_row(Text(event.type, "yellow"), _line(_statement(event)))
    return Padding(
        Group(
            Text(record.title, Style(bold=True, link=record.url)),
            Text(_origin(record), "dim"),
            table,
        ),
        (0, 0, 1, 0),
    )


def event(record: EventRecord) -> RenderableType:
    """Return one flat event, with the title that it was read under."""
    table = _labelled_lines()
    statement = _Statement(
        actors=record.actors,
        trigger=record.trigger,
        objects=(*record.targets, *record.themes),
        places=record.places,
        times=record.times,
        polarity=record.polarity,
        modality=record.modality,
        attribution=record.attribution,
    )
    table.add_row(Text(record.event_type, "yellow"), _line(statement))
    source = f"{record.publisher}: {record.title}"
    table.add_row("", Text(source, "dim", no_wrap=True, overflow="ellipsis"))
    return table


def _labelled_lines() -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=_LABEL_CELLS, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _origin(record: EnrichedArticle) -> str:
    published = record.published_at.value if record.published_at else None
    parts = [
        record.publisher,
        f"{published:%Y-%m-%d %H:%M} UTC" if published else "undated",
        f"{record.language.code} {record.language.confidence:.2f}",
    ]
    if record.revision > 1:
        parts.append(f"revision {record.revision}")
    return " · ".join(parts)


def _names(entities: Iterable[Entity]) -> Text:
    """Return each name once, in order of appearance, with its number of mentions."""
    mentions = Counter(entity.canonical_name for entity in entities)
    shown = list(mentions.items())[:_NAMES_SHOWN]
    text = Text(", ").join(
        Text.assemble(name, (f" ×{count}", "dim") if count > 1 else "")
        for name, count in shown
    )
    if len(mentions) > len(shown):
        text.append(f", and {len(mentions) - len(shown)} more", "dim")
    return text


def _statement(event: Event) -> _Statement:
    def texts(*roles: Role) -> list[str]:
        return [arg.text for arg in event.arguments if arg.role in roles]

    return _Statement(
        actors=texts(Role.ACTOR),
        trigger=event.trigger.text,
        objects=texts(Role.TARGET) + texts(Role.THEME),
        places=texts(Role.PLACE),
        times=texts(Role.TIME),
        polarity=event.polarity,
        modality=event.modality,
        attribution=event.attribution.text if event.attribution else None,
    )


def _line(statement: _Statement) -> Text:
    text = Text()
    if statement.actors:
        text.append(", ".join(statement.actors)).append(" — ", "dim")
    text.append(statement.trigger, "bold")
    if statement.objects:
        text.append(" — ", "dim").append(", ".join(statement.objects))
    asides = [
        *(f"at {place}" for place in statement.places),
        *(f"time {time}" for time in statement.times),
    ]
    if statement.polarity is Polarity.NEGATIVE:
        asides.append("not so")
    if statement.modality is not Modality.ASSERTED:
        asides.append(statement.modality)
    if statement.attribution:
        asides.append(f"says {statement.attribution}")
    if asides:
        text.append(f"  ({'; '.join(asides)})", "dim")
    return text
