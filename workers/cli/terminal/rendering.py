"""Records as a person reads them; widths are cells, as Devanagari needs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import (
    Console,
    ConsoleOptions,
    Group,
    RenderableType,
    RenderResult,
)
from rich.style import Style
from rich.text import Text

from workers.domain.records import (
    Count,
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
    counts: Sequence[Count]


def enriched(record: EnrichedArticle, most: int | None = None) -> RenderableType:
    """Return an article with its names by type and its events.

    Of more than *most* events those are shown that say most.
    """
    shown = record.events if most is None else _telling(record.events, most)
    lines = [*_lines(record.entities, shown)]
    left = len(record.events) - len(shown)
    if left:
        lines.append(_Labelled(Text(), Text(f"and {left} more events", "dim")))
    return Group(
        Text(record.title, Style(bold=True, link=record.url)),
        Text(_origin(record), "dim"),
        *lines,
        Text(),
    )


def _telling(events: Sequence[Event], most: int) -> Sequence[Event]:
    """Return the *most* events with the most roles filled, in their order."""
    by_worth = sorted(
        events,
        key=lambda one: (len({arg.role for arg in one.arguments}), one.confidence),
        reverse=True,
    )
    kept = {one.id for one in by_worth[:most]}
    return [one for one in events if one.id in kept]


def annotation(record: EnrichedArticle, *, every_name: bool = False) -> RenderableType:
    """Return the names and events of a text, with dates and confidence."""
    most = None if every_name else _NAMES_SHOWN
    return Group(*_lines(record.entities, record.events, most, detailed=True))


def event(record: EventRecord) -> RenderableType:
    """Return one flat event, with the title that it was read under."""
    statement = _Statement(
        actors=record.actors,
        trigger=record.trigger,
        objects=(*record.targets, *record.themes),
        places=record.places,
        times=record.times,
        polarity=record.polarity,
        modality=record.modality,
        attribution=record.attribution,
        counts=record.counts,
    )
    source = f"{record.publisher}: {record.title}"
    return Group(
        _Labelled(Text(record.event_type, "yellow"), _line(statement)),
        _Labelled(Text(), Text(source, "dim", no_wrap=True, overflow="ellipsis")),
    )


def _lines(
    entities: Sequence[Entity],
    events: Sequence[Event],
    most: int | None = _NAMES_SHOWN,
    *,
    detailed: bool = False,
) -> Iterator["_Labelled"]:
    for kind in EntityType:
        of_kind = (entity for entity in entities if entity.type is kind)
        names = _names(of_kind, most)
        if names:
            yield _Labelled(Text(kind, _TYPE_STYLE.get(kind, "dim")), names)
    for event in events:
        line = _line(_statement(event))
        if detailed:
            line.append(f"  {_details(event)}", "dim")
        yield _Labelled(Text(event.type, "yellow"), line)


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A label, and beside it a text that wraps under itself.

    Not a table: that fills its lines with blanks, and a terminal that finds Devanagari
    wider than it was counted would break them.
    """

    label: Text
    text: Text

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        """Yield the lines."""
        room = max(1, options.max_width - _LABEL_CELLS - 1)
        wrapped = self.text.wrap(
            console, room, overflow=self.text.overflow, no_wrap=self.text.no_wrap
        )
        label = self.label.copy()
        label.set_length(_LABEL_CELLS)
        for line in wrapped:
            line.rstrip()
            yield Text.assemble(label, " ", line)
            label = Text(" " * _LABEL_CELLS)


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


def _details(event: Event) -> str:
    """Return the date of an event, where it is known, and how sure the event is."""
    date = event.time.value if event.time else None
    return f"{date}, {event.confidence:.2f}" if date else f"{event.confidence:.2f}"


def _names(entities: Iterable[Entity], most: int | None) -> Text:
    """Return each name once, in order of appearance, with its number of mentions."""
    mentions = Counter(entity.canonical_name for entity in entities)
    shown = list(mentions.items())[:most]
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
        counts=event.counts,
    )


def _line(statement: _Statement) -> Text:
    text = Text()
    if statement.actors:
        text.append(", ".join(statement.actors)).append(" — ", "dim")
    text.append(statement.trigger, "bold")
    if statement.objects:
        text.append(" — ", "dim").append(", ".join(statement.objects))
    asides = [
        *(_counted(count) for count in statement.counts),
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


def _counted(count: Count) -> str:
    """Return a number of people: about 20 to 25 injured."""
    about = "about " if count.approximate else ""
    if count.high is None:
        return f"{about}{count.low:,} or more {count.kind}"
    if count.high > count.low:
        return f"{about}{count.low:,} to {count.high:,} {count.kind}"
    return f"{about}{count.low:,} {count.kind}"
