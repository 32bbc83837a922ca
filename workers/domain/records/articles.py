"""Records of entries and articles, and what the articles worker remembers."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from workers.domain.records.primitives import (
    ArticleId,
    FeedId,
    Fraction,
    Offset,
    Record,
    Url,
    UtcTime,
)


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
    sources: dict[str, str] = {}  # noqa: RUF012 msgspec copies it
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
