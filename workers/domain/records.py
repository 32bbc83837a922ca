"""The records that travel on Kafka; `schemas/` is generated from this module.

Offsets are Unicode code points into `Article.text`, end exclusive. Times are UTC.
Every field added after a release has a default, so that older records are read.
"""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

ArticleId = Annotated[
    str,
    Meta(
        pattern="^[0-9a-f]{32}$",
        description="First 128 bits of SHA-256 over the canonical URL, in hex.",
    ),
]
FeedId = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9._-]{0,99}$")]
Url = Annotated[str, Meta(pattern="^https?://", max_length=4096)]
UtcTime = Annotated[dt.datetime, Meta(tz=True, description="UTC.")]
Offset = Annotated[int, Meta(ge=0, description="Code points into the article's text.")]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Record(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What a topic carries."""


# --- feeds ---------------------------------------------------------------------


class FeedStatus(StrEnum):
    """What is to be done with a feed."""

    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"


class Feed(Record, frozen=True, kw_only=True):
    """The definition of a feed, as an operator wrote it."""

    feed_id: FeedId
    """Chosen by the operator; never changes."""
    url: Url
    """Where the feed is."""
    publisher: str
    """Name of the outlet, as readers know it."""
    section: str = ""
    """Part of the outlet that the feed covers, in the operator's words."""
    language: str = "hi"
    """ISO 639-1; what articles are expected to be in."""
    status: FeedStatus = FeedStatus.ACTIVE
    """What the pollers do with it."""


class FeedPassport(Struct, frozen=True, kw_only=True):
    """What kind of feed it has shown itself to be."""

    gap_seconds: float | None = None
    """Mean time between two publications, by its dates."""
    newest_at: UtcTime | None = None
    """Date of its newest entry that can be believed."""
    entries: int = 0
    """Shown at the last poll."""
    validators: str | None = None
    """`none`, `honest`, `stale` (they stay when the body changes) or `restless`."""
    dates: str | None = None
    """The trouble with most of its dates: `undated`, `unread`, `future`, …"""
    notes: tuple[str, ...] = ()
    """What else is odd, in words for an operator."""
    ttl_seconds: float | None = None
    """The document asks to be left alone for so long (ttl)."""
    update_seconds: float | None = None
    """It says that it changes so often (sy:updatePeriod and sy:updateFrequency)."""
    skip_hours: tuple[int, ...] = ()
    """Hours of UTC in which it asks not to be polled (skipHours)."""
    skip_days: tuple[int, ...] = ()
    """Days of the week, Monday is 0, on which it asks not to be polled (skipDays)."""
    hub: Url | None = None
    """WebSub hub that it names: who subscribes there is told of its changes."""
    topic: Url | None = None
    """Address under which the hub knows it (link of rel self)."""


class Subscription(Struct, frozen=True, kw_only=True):
    """What is agreed with a feed's hub (WebSub, W3C Recommendation of 2018)."""

    hub: Url
    """That was asked."""
    topic: Url
    """Address under which the hub knows the feed."""
    asked_at: UtcTime
    """When it was asked last, to subscribe or to go on."""
    attempts: int = 0
    """Requests since the hub last confirmed; they come less and less often."""
    lease_until: UtcTime | None = None
    """The hub has confirmed that it tells of changes until then."""
    pinged_at: UtcTime | None = None
    """When it last told of one: the feed is polled after that."""
    missed: int = 0
    """Polls in a row that found news of which the hub had said nothing."""
    problem: str | None = None
    """What is wrong with the hub, in words for an operator."""


class HubEvent(StrEnum):
    """What came from a hub."""

    CONFIRMED = "confirmed"
    """It wants to know whether the subscription is meant; it was told so."""
    DENIED = "denied"
    """It does not take the subscription, or ends it."""
    CHANGED = "changed"
    """It delivered a change, with a signature that is right."""


class HubNotice(Record, frozen=True, kw_only=True):
    """What a hub said of a feed, for the poller that owns the feed."""

    feed_id: FeedId
    """Of the definition."""
    topic: str
    """Digest of the address under which the hub knows it."""
    event: HubEvent
    """What it said."""
    received_at: UtcTime
    """When it came in."""
    lease_seconds: float | None = None
    """For how long a confirmed subscription holds."""
    reason: str | None = None
    """Why it was denied, in the hub's words."""


class FeedState(Record, frozen=True, kw_only=True):
    """What the poller must remember of a feed between two polls."""

    feed_id: FeedId
    """Of the definition."""
    url: Url | None = None
    """Address that this speaks of; when the definition has another, all is anew."""
    moved_to: Url | None = None
    """Where permanent redirects lead."""
    moves: int = 0
    """How often in a row they led there; after some it is asked directly."""
    retired: bool = False
    """The publisher said that it is gone (410): not polled again."""
    etag: str | None = None
    """Validator of the last answer, sent back as If-None-Match."""
    last_modified: str | None = None
    """Validator of the last answer, sent back as If-Modified-Since."""
    body_hash: str | None = None
    """Digest of the last body; the same body is not parsed again."""
    not_modified: int = 0
    """Answers 304 in a row; after some it is asked without validators once."""
    polled_at: UtcTime | None = None
    """When it was asked last."""
    succeeded_at: UtcTime | None = None
    """When it last answered with a feed, or that nothing is new."""
    next_poll_at: UtcTime | None = None
    """When it is due."""
    interval_seconds: float = 0.0
    """Between the last poll and the next, before jitter."""
    failures: int = 0
    """Failed polls since the last success."""
    problem: str | None = None
    """What is wrong with the feed, in words for an operator."""
    passport: FeedPassport = FeedPassport()
    """What kind of feed it has shown itself to be."""
    subscription: Subscription | None = None
    """At the hub that it names; written by what hubs say, not by polls."""
    seen: bytes = b""
    """Entries that it has shown, newest first, bounded: for each 8 bytes of its guid's
    or its canonical URL's digest, and 8 of what would make it a changed entry."""


# --- articles ------------------------------------------------------------------


class Confidence(StrEnum):
    """How sure a date is, by the rule that read it."""

    HIGH = "high"
    """Day, time and zone are written, and can be read in one way only."""
    MEDIUM = "medium"
    """The time has no zone, so it is taken for India's."""
    LOW = "low"
    """Only the day is written, or day and month could be told apart by custom only."""
    NONE = "none"
    """Nothing could be read, or what was read is not to be believed."""


class Timestamp(Struct, frozen=True, kw_only=True):
    """A date as a publisher wrote it, and what was made of it."""

    value: UtcTime | None
    """None where the raw string could not be read."""
    raw: str
    """As it was written."""
    rule: str
    """Name of the rule that read it, for example `rfc822-ist` or `hindi`."""
    doubt: str | None = None
    """`future`, `too-old` or `impossible`: then the value is not to be believed."""
    confidence: Confidence = Confidence.NONE
    """How sure the value is: what the rule had to assume, and `none` in doubt."""


class EntryReason(StrEnum):
    """Why an entry was emitted."""

    NEW = "new"
    CHANGED = "changed"
    RECHECK = "recheck"
    """No feed says anything: a published article is looked at again."""


class Entry(Record, frozen=True, kw_only=True):
    """One entry seen in a feed."""

    article_id: ArticleId
    """Of the article that it announces."""
    feed_id: FeedId
    """Of the feed that showed it."""
    publisher: str
    """Of the feed."""
    url: Url
    """Where it leads, as the feed has it."""
    canonical_url: Url
    """The address that the article's id is made of."""
    title: str
    """In the feed's words, as plain text."""
    discovered_at: UtcTime
    """When a poll first saw it so."""
    guid: str | None = None
    """The feed's own id of it."""
    summary: str | None = None
    """In the feed's words, as plain text."""
    content_html: str | None = None
    """Full content, where the feed carries it."""
    authors: tuple[str, ...] = ()
    """As the feed names them."""
    sections: tuple[str, ...] = ()
    """Categories that the feed gives it."""
    published_at: Timestamp | None = None
    """The feed's date of it."""
    updated_at: Timestamp | None = None
    """The feed's date of its last change."""
    reason: EntryReason = EntryReason.NEW
    """Why it was emitted."""
    attempt: int = 0
    """How often fetching it has been put off."""
    check: Annotated[int, Meta(ge=0)] = 0
    """Which look at a published article it is, from 1 on; 0 of a feed's entry."""
    etag: str | None = None
    """For a check: validator of the page as it was published (If-None-Match)."""
    last_modified: str | None = None
    """For a check: the same for If-Modified-Since."""


class ArticleState(Record, frozen=True, kw_only=True):
    """What the articles worker must remember of an article."""

    article_id: ArticleId
    """Of the article."""
    canonical_url: Url
    """The address that the id is made of."""
    outcome: str
    """How its last fetch ended, in the words of `outcomes.Outcome`."""
    fetched_at: UtcTime
    """When it was last asked for."""
    content_hash: str | None = None
    """Of the last published revision."""
    revision: int = 0
    """0 while nothing was published."""
    delayed_offset: int = -1
    """Offset of the last entry of it that was taken from entries-delayed."""
    title_hash: str | None = None
    """64 bits of SHA-256 of the last revision's title, in hex."""
    sentences: tuple[str, ...] = ()
    """The same of each sentence of the last revision, in order."""
    modified_at: str | None = None
    """When the outlet said the last revision was changed, as written."""
    checked_offset: int = -1
    """Offset of the last check of it that was taken from entries-delayed."""
    gone: int = 0
    """How often in a row the page of a published article was answered 404 or 410."""


class Fingerprint(Record, frozen=True, kw_only=True):
    """What finds articles that say the same as this one in nearly the same words."""

    article_id: ArticleId
    """Of the article."""
    revision: Annotated[int, Meta(ge=1)]
    """That it was made of."""
    seen_at: UtcTime
    """When a feed first showed the article; articles of one window are compared."""
    came_at: UtcTime
    """When it was published, where that can be believed, else as `seen_at`."""
    shingles: Annotated[int, Meta(ge=1)]
    """Different sequences of three words in its text."""
    minima: str
    """MinHash signature: 120 numbers of 16 bits, little-endian, in base64."""
    method: str
    """How it was made; only those of one method can be compared."""


class Language(Struct, frozen=True, kw_only=True):
    """Language of a text."""

    code: str
    """ISO 639-1."""
    confidence: Fraction
    """Of the classifier, 0 to 1."""


class Image(Struct, frozen=True, kw_only=True):
    """The picture that leads an article."""

    url: str
    """Absolute address."""
    caption: str | None = None
    """As plain text."""


class Change(StrEnum):
    """What differs between one revision of an article and the next."""

    TITLE = "title"
    TEXT = "text"
    TIME = "time"
    """When the outlet says it was last changed; never alone."""
    WITHDRAWN = "withdrawn"
    """The outlet has taken the page down."""


class Span(Struct, frozen=True, kw_only=True):
    """A piece of the article's text."""

    text: str
    """Letter by letter."""
    start: Offset
    end: Offset


class Revision(Struct, frozen=True, kw_only=True):
    """What a revision changes of the one before."""

    changes: tuple[Change, ...]
    """What differs."""
    added: tuple[Span, ...] = ()
    """Sentences of the text that are new or reworded."""
    removed: Annotated[int, Meta(ge=0)] = 0
    """Sentences of the revision before that are gone or reworded."""


class Article(Record, frozen=True, kw_only=True):
    """Clean text of one news page, revision by revision."""

    article_id: ArticleId
    """The same in every revision."""
    revision: Annotated[int, Meta(ge=1)]
    """1 for the first publication, one more for each that differs."""
    url: Url
    """Where the page was read, redirects followed."""
    canonical_url: Url
    """The address that the id is made of, fixed when first seen."""
    feed_id: FeedId
    """Of the feed that led to it."""
    publisher: str
    """Name of the outlet."""
    title: str
    """As the page has it, normalised like the text."""
    text: str
    """Normalised; every offset of entities and events points into it."""
    language: Language
    """Of the text."""
    discovered_at: UtcTime
    """When a feed first showed it."""
    fetched_at: UtcTime
    """When the page was read."""
    content_hash: str
    """SHA-256 of title and text, in hex."""
    authors: tuple[str, ...] = ()
    """People or desks named as such."""
    sections: tuple[str, ...] = ()
    """Of the outlet, most general first."""
    published_at: Timestamp | None = None
    """When the outlet says it was published."""
    modified_at: Timestamp | None = None
    """When the outlet says it was last changed."""
    lead_image: Image | None = None
    """The picture that leads it."""
    tags: tuple[str, ...] = ()
    """Keywords that the outlet gives it."""
    agency: str | None = None
    """News agency that is credited for it."""
    dateline: str | None = None
    """Place that it is reported from, as written."""
    sources: dict[str, str] = {}
    """By field, what said so: `json-ld`, `opengraph`, `headline`, `blocks`, `feed`."""
    changed: Revision | None = None
    """What differs from the revision before; null in the first."""
    withdrawn: bool = False
    """The outlet has taken the page down (404 or 410, twice): the text is empty, and
    what earlier revisions said should no longer be shown."""
    duplicate_of: ArticleId | None = None
    """Of the articles published on this topic before and alike (of this outlet or
    another, first seen within a week), the one that came first; null where none is."""
    similarity: Fraction | None = None
    """To that article: estimated share of the shorter text's sequences of three words
    that stand in the other."""
    came_first: ArticleId | None = None
    """Which of the two was published first by the outlets' own times, where they can
    be believed, else as feeds showed them: `duplicate_of`, or this article itself."""


# --- annotation ----------------------------------------------------------------


class Token(Struct, frozen=True, array_like=True):
    """A word with its syntax; an array on the wire, in the order of the fields."""

    start: Offset
    end: Offset
    lemma: str
    """Dictionary form."""
    upos: str
    """Universal part of speech."""
    xpos: str
    """Tag of the Hindi Dependency Treebank."""
    features: str
    """`Name=Value|Name=Value` or empty."""
    head: Annotated[int, Meta(ge=0, description="1-based in the sentence; 0: root.")]
    relation: str
    """Relation of the Hindi Dependency Treebank: k1, k2, k7p, pof, …"""


class Sentence(Struct, frozen=True, kw_only=True):
    """A sentence of the text with its words."""

    start: Offset
    end: Offset
    tokens: tuple[Token, ...]
    """Its words, in order."""


class EntityType(StrEnum):
    """Kinds of names and expressions."""

    PER = "PER"
    LOC = "LOC"
    ORG = "ORG"
    TIME = "TIME"
    NUM = "NUM"
    MISC = "MISC"


class Entity(Struct, frozen=True, kw_only=True):
    """One mention of a name or expression."""

    id: str
    """Unique within the article: e1, e2, …"""
    type: EntityType
    """What kind of thing the name means."""
    text: str
    """The mention, letter by letter."""
    start: Offset
    end: Offset
    sentence: Annotated[int, Meta(ge=0)]
    """Index of the sentence it stands in."""
    canonical_name: str
    """The fullest form of the name in this article."""
    link: str | None = None
    """Wikidata id, where it is known."""


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


class Versions(Struct, frozen=True, kw_only=True):
    """What made a record."""

    khabar: str
    """Release of the code."""
    models: str = ""
    """Name and digest of the model package."""
    lexicon: str = ""
    """Digest of the event lexicon."""


class AnnotatedArticle(Article, frozen=True, kw_only=True):
    """An article with the syntax of its sentences and its entities; internal."""

    sentences: tuple[Sentence, ...]
    """In order, with every word."""
    entities: tuple[Entity, ...]
    """In order of their places."""
    versions: Versions
    """What made the record."""


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
