"""Records of events, and the two public records that carry them."""

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
    """The types of events: the sixteen of PLOVER, and ten for the rest of the news."""

    AGREE = "AGREE"
    """Someone agrees to something, signs it or promises it."""
    CONSULT = "CONSULT"
    """Parties meet, visit, talk or negotiate."""
    SUPPORT = "SUPPORT"
    """Someone praises, backs or sympathises with another."""
    CONCEDE = "CONCEDE"
    """Someone yields to a demand or eases a measure."""
    COOPERATE = "COOPERATE"
    """Parties work together."""
    AID = "AID"
    """Someone gives money, goods, rescue or other help."""
    RETREAT = "RETREAT"
    """Someone withdraws, surrenders or stops fighting."""
    REQUEST = "REQUEST"
    """Someone asks for something, demands it or orders it."""
    ACCUSE = "ACCUSE"
    """Someone accuses, criticises or blames another."""
    REJECT = "REJECT"
    """Someone refuses or denies something."""
    THREATEN = "THREATEN"
    """Someone threatens another."""
    PROTEST = "PROTEST"
    """People demonstrate or strike."""
    SANCTION = "SANCTION"
    """Someone penalises, bans, suspends or expels another."""
    MOBILIZE = "MOBILIZE"
    """Forces are deployed or made ready."""
    COERCE = "COERCE"
    """Authorities arrest, seize, search or suppress."""
    ASSAULT = "ASSAULT"
    """Someone attacks another with force."""
    CRIME = "CRIME"
    """A crime is committed that is not an assault."""
    JUDGE = "JUDGE"
    """A court or authority decides a case."""
    ELECT = "ELECT"
    """An election is held, contested, won or lost."""
    OFFICE = "OFFICE"
    """Someone takes, leaves or loses an office."""
    POLICY = "POLICY"
    """A law, scheme or decision is made or changed."""
    ECONOMY = "ECONOMY"
    """Prices, markets, companies or budgets move."""
    ACCIDENT = "ACCIDENT"
    """An accident happens."""
    DISASTER = "DISASTER"
    """Nature causes damage, or weather turns dangerous."""
    HARM = "HARM"
    """People die, are hurt or fall ill."""
    CONTEST = "CONTEST"
    """A match, contest or prize is won, lost or held."""


class Role(StrEnum):
    """The roles that an argument can have in its event."""

    ACTOR = "actor"
    """Who did it."""
    TARGET = "target"
    """To whom or against whom it was done."""
    THEME = "theme"
    """What it was about, or what was done, given or said."""
    PLACE = "place"
    """Where it happened."""
    TIME = "time"
    """When it happened."""


class Polarity(StrEnum):
    """Whether the sentence affirms or denies the event."""

    POSITIVE = "positive"
    """The sentence affirms the event."""
    NEGATIVE = "negative"
    """The sentence says that the event did not happen or will not happen."""


class Modality(StrEnum):
    """Whether the event is told as a fact, a plan or a possibility."""

    ASSERTED = "asserted"
    """The event is told as a fact."""
    PLANNED = "planned"
    """The event is planned, promised or ordered."""
    POSSIBLE = "possible"
    """The event may happen or may have happened."""


class Trigger(Struct, frozen=True, kw_only=True):
    """The shortest text that names the event."""

    text: str
    """This is the trigger, exactly as the text has it."""
    start: Offset
    """The trigger begins at this offset (code points)."""
    end: Offset
    """The trigger ends before this offset (code points)."""
    lemma: str
    """The event lexicon lists the trigger in this form."""


class Argument(Struct, frozen=True, kw_only=True):
    """A participant or circumstance of an event."""

    role: Role
    """The argument has this role in the event."""
    text: str
    """This is the argument, exactly as the text has it."""
    start: Offset
    """The argument begins at this offset (code points)."""
    end: Offset
    """The argument ends before this offset (code points)."""
    entity_id: str | None = None
    """The argument contains the entity with this id; null where it contains none."""


class EventTime(Struct, frozen=True, kw_only=True):
    """The time of an event, as far as the text says it."""

    text: str
    """This is the expression of time, exactly as the text has it."""
    value: str | None
    """This is the date in ISO 8601, or a prefix of it (2026, 2026-11); null where it
    could not be resolved."""


class CountKind(StrEnum):
    """The kinds of people that a count is of."""

    DEAD = "dead"
    """People who died."""
    INJURED = "injured"
    """People who were injured."""
    MISSING = "missing"
    """People who are missing."""
    ARRESTED = "arrested"
    """People who were arrested or detained."""
    ABDUCTED = "abducted"
    """People who were abducted."""
    AFFECTED = "affected"
    """People who fell ill, were driven out, became homeless or were drowning."""
    PARTICIPANTS = "participants"
    """People who took part in a protest."""


class Count(Struct, frozen=True, kw_only=True):
    """The number of people that the text gives, as a lower and an upper bound."""

    kind: CountKind
    """The number is of people of this kind."""
    low: Annotated[int, Meta(ge=0)]
    """This is the lower bound; सैकड़ों gives 100, दर्जनों gives 12."""
    high: int | None
    """This is the upper bound; null where the text sets none (से अधिक)."""
    text: str
    """This is the number with the words that bound it, exactly as the text has them."""
    start: Offset
    """The number begins at this offset (code points)."""
    end: Offset
    """The number ends before this offset (code points)."""
    approximate: bool = False
    """The text calls the number approximate (करीब)."""


class Event(Struct, frozen=True, kw_only=True):
    """One mention of something that happened, is planned, or did not happen."""

    id: str
    """The id is unique within the article: v1, v2, …"""
    type: EventType
    """The event is of this type."""
    trigger: Trigger
    """These words name the event."""
    sentence: Annotated[int, Meta(ge=0)]
    """The trigger stands in the sentence with this index, counted from 0."""
    polarity: Polarity
    """Says whether the sentence affirms or denies the event."""
    modality: Modality
    """Says whether the event is told as a fact, a plan or a possibility."""
    confidence: Fraction
    """This is the estimated probability that type and trigger are right, 0 to 1."""
    method: str
    """The event was found by this method: `frames` is the lexicon over the parse."""
    subtype: str | None = None
    """This is a finer type of Khabar's own; null where there is none."""
    arguments: tuple[Argument, ...] = ()
    """These are the participants and circumstances that were found."""
    time: EventTime | None = None
    """The event happens at this time; null where the text says none."""
    place: Span | None = None
    """The event happens at this place; null where the text says none."""
    attribution: Span | None = None
    """The text attributes the report to this source; null where it names none."""
    counts: tuple[Count, ...] = ()
    """These are the numbers of people who suffered or did it; several counts of one
    kind add up."""


class QuadCategory(StrEnum):
    """The four categories by which political event data are summed."""

    VERBAL_COOPERATION = "verbal-cooperation"
    """Words that favour another side."""
    MATERIAL_COOPERATION = "material-cooperation"
    """Deeds that favour another side."""
    VERBAL_CONFLICT = "verbal-conflict"
    """Words against another side."""
    MATERIAL_CONFLICT = "material-conflict"
    """Deeds against another side."""


class EnrichedArticle(Article, frozen=True, kw_only=True):
    """An article with its entities and events, for subscribers."""

    entities: tuple[Entity, ...]
    """These are the mentions of entities, in the order of the text."""
    events: tuple[Event, ...]
    """These are the events, in the order of their triggers."""
    versions: Versions
    """These versions of code, models and lexicon made the record."""


class EventRecord(Record, frozen=True, kw_only=True):
    """One event as a flat record, for subscribers who read events and not articles."""

    event_id: str
    """The id is `<article id>-<revision>-<event id>`."""
    article_id: ArticleId
    """The event stands in the article with this id."""
    revision: int
    """The event stands in this revision of the article."""
    event_type: EventType
    """The event is of this type."""
    event_subtype: str | None
    """This is a finer type of Khabar's own; null where there is none."""
    polarity: Polarity
    """Says whether the sentence affirms or denies the event."""
    modality: Modality
    """Says whether the event is told as a fact, a plan or a possibility."""
    trigger: str
    """These words name the event."""
    trigger_lemma: str
    """The event lexicon lists the trigger in this form."""
    actors: tuple[str, ...]
    """These people or bodies did it."""
    targets: tuple[str, ...]
    """It was done to these people or bodies, or against them."""
    themes: tuple[str, ...]
    """The event was about these things."""
    places: tuple[str, ...]
    """The event happened at these places."""
    times: tuple[str, ...]
    """The event happened at these times, in the words of the text."""
    event_date: str | None
    """This is the date in ISO 8601, or a prefix of it (2026, 2026-11); null where it
    could not be resolved."""
    attribution: str | None
    """The text attributes the report to this source; null where it names none."""
    confidence: Fraction
    """This is the estimated probability that type and trigger are right, 0 to 1."""
    method: str
    """The event was found by this method: `frames` is the lexicon over the parse."""
    sentence_text: str
    """The trigger stands in this sentence."""
    url: Url
    """The article was read at this address."""
    publisher: str
    """This is the name of the outlet."""
    title: str
    """This is the title of the article."""
    published_at: UtcTime | None
    """The article was published at this time; null where its date is not plausible."""
    versions: Versions
    """These versions of code, models and lexicon made the record."""
    counts: tuple[Count, ...] = ()
    """These are the numbers of people who suffered or did it; several counts of one
    kind add up."""
    quad_category: QuadCategory | None = None
    """Each of PLOVER's sixteen types belongs to one of these categories; null for the
    other ten types."""
    cameo_root: Annotated[str, Meta(pattern="^[0-9]{2}$")] | None = None
    """This is the two-digit root code of CAMEO nearest to the type; null for the ten
    types that are not PLOVER's."""
    duplicate_of: ArticleId | None = None
    """An article with nearly the same text as the event's was published before, and
    this is its id; null where there is none. Whoever counts stories leaves out the
    events that have one."""
    article_date: str | None = None
    """This is the day (ISO 8601, in India) on which the article was published by its
    own date where that is plausible, and otherwise on which a feed first showed it."""
    withdrawn: bool = False
    """The outlet has taken the article down, so the event should no longer be
    counted."""
