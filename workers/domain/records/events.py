"""Events, and the two public records that carry them."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from workers.domain.records.annotation import Entity, Versions
from workers.domain.records.articles import Article, Span
from workers.domain.records.primitives import (
    ArticleId,
    Fraction,
    Offset,
    Record,
    Url,
    UtcTime,
)


class EventType(StrEnum):
    """PLOVER's sixteen types, and ten for the rest of the news."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    CONCEDE = "CONCEDE"
    COOPERATE = "COOPERATE"
    AID = "AID"
    RETREAT = "RETREAT"
    REQUEST = "REQUEST"
    ACCUSE = "ACCUSE"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    SANCTION = "SANCTION"
    MOBILIZE = "MOBILIZE"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"
    CRIME = "CRIME"
    JUDGE = "JUDGE"
    ELECT = "ELECT"
    OFFICE = "OFFICE"
    POLICY = "POLICY"
    ECONOMY = "ECONOMY"
    ACCIDENT = "ACCIDENT"
    DISASTER = "DISASTER"
    HARM = "HARM"
    CONTEST = "CONTEST"


class Role(StrEnum):
    """What an argument is to its event."""

    ACTOR = "actor"
    TARGET = "target"
    THEME = "theme"
    PLACE = "place"
    TIME = "time"


class Polarity(StrEnum):
    """Whether the sentence says that it happened or that it did not."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Modality(StrEnum):
    """Whether it happened, is intended, or may be."""

    ASSERTED = "asserted"
    PLANNED = "planned"
    POSSIBLE = "possible"


class Trigger(Struct, frozen=True, kw_only=True):
    """The shortest text that names the event."""

    text: str
    """Letter by letter."""
    start: Offset
    end: Offset
    lemma: str
    """The lexicon's form of it."""


class Argument(Struct, frozen=True, kw_only=True):
    """A participant or circumstance of an event."""

    role: Role
    """What it is to the event."""
    text: str
    """Letter by letter."""
    start: Offset
    end: Offset
    entity_id: str | None = None
    """The entity inside it, where there is one."""


class EventTime(Struct, frozen=True, kw_only=True):
    """When the event happens, as far as the text says."""

    text: str
    """The expression in the text."""
    value: str | None
    """ISO 8601 date, or a prefix of it (2026, 2026-11); None where unresolved."""


class CountKind(StrEnum):
    """Whom a count is of."""

    DEAD = "dead"
    INJURED = "injured"
    MISSING = "missing"
    ARRESTED = "arrested"
    ABDUCTED = "abducted"
    AFFECTED = "affected"
    """Fallen ill, driven out, made homeless or drowning."""
    PARTICIPANTS = "participants"
    """Of a protest."""


class Count(Struct, frozen=True, kw_only=True):
    """How many people the text says; the bounds are as it names them."""

    kind: CountKind
    """Whom it counts."""
    low: Annotated[int, Meta(ge=0)]
    """So many at least; of सैकड़ों 100, of दर्जनों 12."""
    high: int | None
    """So many at most; None where the text leaves it open (से अधिक)."""
    text: str
    """The number in the text, with what bounds it."""
    start: Offset
    end: Offset
    approximate: bool = False
    """The text says about (करीब)."""


class Event(Struct, frozen=True, kw_only=True):
    """One mention of something that happened, is planned, or did not happen."""

    id: str
    """Unique within the article: v1, v2, …"""
    type: EventType
    """What happened."""
    trigger: Trigger
    """The words that say so."""
    sentence: Annotated[int, Meta(ge=0)]
    polarity: Polarity
    """Whether it happened at all."""
    modality: Modality
    """Whether it is a fact, a plan or a possibility."""
    confidence: Fraction
    """How far to trust it, 0 to 1."""
    method: str
    """What found it: `frames` for the lexicon over the parse."""
    subtype: str | None = None
    """A finer type of ours."""
    arguments: tuple[Argument, ...] = ()
    """Who did it, to whom, and the rest."""
    time: EventTime | None = None
    """When."""
    place: Span | None = None
    """Where."""
    attribution: Span | None = None
    """Who says so."""
    counts: tuple[Count, ...] = ()
    """How many people suffered or did it; several add up."""


class QuadCategory(StrEnum):
    """The four kinds of event that political event data are summed by."""

    VERBAL_COOPERATION = "verbal-cooperation"
    MATERIAL_COOPERATION = "material-cooperation"
    VERBAL_CONFLICT = "verbal-conflict"
    MATERIAL_CONFLICT = "material-conflict"


class EnrichedArticle(Article, frozen=True, kw_only=True):
    """An article with entities and events: the public contract."""

    entities: tuple[Entity, ...]
    """In order of their places."""
    events: tuple[Event, ...]
    """In order of their triggers."""
    versions: Versions
    """What made the record."""


class EventRecord(Record, frozen=True, kw_only=True):
    """One event by itself, flat, for those who read events and not articles."""

    event_id: str
    """`<article id>-<revision>-<event id>`."""
    article_id: ArticleId
    """Of the article that says so."""
    revision: int
    """Of the article."""
    event_type: EventType
    """What happened."""
    event_subtype: str | None
    """A finer type of ours."""
    polarity: Polarity
    """Whether it happened at all."""
    modality: Modality
    """Whether it is a fact, a plan or a possibility."""
    trigger: str
    """The words that say so."""
    trigger_lemma: str
    """The lexicon's form of them."""
    actors: tuple[str, ...]
    """Who did it."""
    targets: tuple[str, ...]
    """To whom it was done."""
    themes: tuple[str, ...]
    """What it was about."""
    places: tuple[str, ...]
    """Where."""
    times: tuple[str, ...]
    """When, in the text's words."""
    event_date: str | None
    """ISO 8601 date, or a prefix of it; None where unresolved."""
    attribution: str | None
    """Who says so."""
    confidence: Fraction
    """How far to trust it, 0 to 1."""
    method: str
    """What found it: `frames` for the lexicon over the parse."""
    sentence_text: str
    """The sentence that the trigger stands in."""
    url: Url
    """Where the article was read."""
    publisher: str
    """Name of the outlet."""
    title: str
    """Of the article."""
    published_at: UtcTime | None
    """Of the article, where it can be believed."""
    versions: Versions
    """What made the record."""
    counts: tuple[Count, ...] = ()
    """How many people suffered or did it; several add up."""
    quad_category: QuadCategory | None = None
    """Of PLOVER's sixteen types; None for the other ten."""
    cameo_root: Annotated[str, Meta(pattern="^[0-9]{2}$")] | None = None
    """CAMEO's two-digit code nearest to the type; None for the other ten."""
