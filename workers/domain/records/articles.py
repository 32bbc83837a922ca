"""Records of entries and articles, and the state that the articles worker keeps."""

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
    """How far a date can be relied on, by the rule that read it."""

    HIGH = "high"
    """Day, time and zone are written, and can be read in only one way."""
    MEDIUM = "medium"
    """The time is written without a zone and is taken as Indian time."""
    LOW = "low"
    """Only the day is written, or the order of day and month had to be assumed."""
    NONE = "none"
    """Nothing could be read, or what was read is implausible."""


class Timestamp(Struct, frozen=True, kw_only=True):
    """A date as a publisher wrote it, and how it was read."""

    value: UtcTime | None
    """This is the time in UTC; null where the raw string could not be read."""
    raw: str
    """This is the date as it was written."""
    rule: str
    """The rule of this name read it, for example `rfc822-ist` or `hindi`."""
    doubt: str | None = None
    """Says why the value is implausible: `future`, `too-old` or `impossible`; null
    where it is plausible."""
    confidence: Confidence = Confidence.NONE
    """Says how far the value can be relied on, by what the rule had to assume; `none`
    where the value is implausible."""


class EntryReason(StrEnum):
    """The reasons for emitting an entry."""

    NEW = "new"
    """The feed shows the entry for the first time."""
    CHANGED = "changed"
    """The feed shows the entry with another title, summary or date."""
    RECHECK = "recheck"
    """A published article is fetched again, without a hint from any feed."""


class Entry(Record, frozen=True, kw_only=True):
    """One entry seen in a feed."""

    article_id: ArticleId
    """The entry announces the article with this id."""
    feed_id: FeedId
    """The feed with this id showed the entry."""
    publisher: str
    """This is the name of the outlet that the feed belongs to."""
    url: Url
    """The entry links to this address, as the feed has it."""
    canonical_url: Url
    """The article's id is made from this address."""
    title: str
    """This is the feed's title of the entry, as plain text."""
    discovered_at: UtcTime
    """A poll first found the entry, as it is, at this time."""
    guid: str | None = None
    """The feed identifies the entry by this guid or id."""
    summary: str | None = None
    """This is the feed's summary of the entry, as plain text."""
    content_html: str | None = None
    """This is the full content as HTML, where the feed carries it."""
    authors: tuple[str, ...] = ()
    """These are the authors as the feed names them."""
    sections: tuple[str, ...] = ()
    """The feed puts the entry into these categories."""
    published_at: Timestamp | None = None
    """The feed gives this date of publication."""
    updated_at: Timestamp | None = None
    """The feed gives this date of the last change."""
    reason: EntryReason = EntryReason.NEW
    """The entry was emitted for this reason."""
    attempt: int = 0
    """This is the number of times that fetching the article was put off."""
    check: Annotated[int, Meta(ge=0)] = 0
    """Rechecks of a published article are numbered from 1; 0 marks an entry that a feed
    showed."""
    etag: str | None = None
    """For a recheck, this is the ETag of the page as published (sent as
    If-None-Match)."""
    last_modified: str | None = None
    """For a recheck, this is the date of change of the page as published (sent as
    If-Modified-Since)."""


class ArticleState(Record, frozen=True, kw_only=True):
    """The state of an article that the articles worker keeps."""

    article_id: ArticleId
    """The state is that of the article with this id."""
    canonical_url: Url
    """The id is made from this address."""
    outcome: str
    """This is how the last fetch ended, as an `Outcome` of `domain/outcomes`."""
    fetched_at: UtcTime
    """The page was last requested at this time."""
    content_hash: str | None = None
    """This is the content hash of the last published revision; null while there is
    none."""
    revision: int = 0
    """This is the number of the last published revision; 0 while there is none."""
    delayed_offset: int = -1
    """The last entry of the article that was taken from entries-delayed had this
    offset; -1 while there is none."""
    title_hash: str | None = None
    """These are 64 bits of SHA-256 of the last revision's title, in hex."""
    sentences: tuple[str, ...] = ()
    """Each is 64 bits of SHA-256 of a sentence of the last revision, in order and in
    hex."""
    modified_at: str | None = None
    """This is the outlet's date of the last change of the last revision, as written."""
    checked_offset: int = -1
    """The last recheck of the article that was taken from entries-delayed had this
    offset; -1 while there is none."""
    gone: int = 0
    """This is the number of requests in a row for the page of a published article that
    were answered 404 or 410."""


class Fingerprint(Record, frozen=True, kw_only=True):
    """The signature of an article, by which near duplicates of it are found."""

    article_id: ArticleId
    """The signature is that of the article with this id."""
    revision: Annotated[int, Meta(ge=1)]
    """The signature was made from this revision."""
    seen_at: UtcTime
    """A feed first showed the article at this time; articles of one window of time are
    compared."""
    came_at: UtcTime
    """The article was published at this time by its own date where that is plausible;
    otherwise this is `seen_at`."""
    shingles: Annotated[int, Meta(ge=1)]
    """This is the number of different sequences of three words in the text."""
    minima: str
    """The MinHash signature is 120 numbers of 16 bits, little-endian, in base64."""
    method: str
    """The signature was made by this method; only signatures of one method can be
    compared."""
    particulars: str = ""
    """These are hashes of the numbers, a full stop, and hashes of the names of a short
    text, 16 bits each, little-endian, in base64; empty for a long text."""


class Language(Struct, frozen=True, kw_only=True):
    """The language of a text, as a classifier found it."""

    code: str
    """This is the code of the language in ISO 639-1."""
    confidence: Fraction
    """The classifier gives the language this probability, 0 to 1."""


class Image(Struct, frozen=True, kw_only=True):
    """The picture that leads an article."""

    url: str
    """The picture is at this absolute address."""
    caption: str | None = None
    """This is the caption as plain text; null where there is none."""


class Change(StrEnum):
    """What can differ between one revision of an article and the next."""

    TITLE = "title"
    """The title differs."""
    TEXT = "text"
    """The text differs."""
    TIME = "time"
    """The outlet's date of the last change differs; never the only difference."""
    WITHDRAWN = "withdrawn"
    """The outlet has taken the page down."""


class Span(Struct, frozen=True, kw_only=True):
    """A piece of the article's text."""

    text: str
    """This is the piece, exactly as the text has it."""
    start: Offset
    """The piece begins at this offset (code points)."""
    end: Offset
    """The piece ends before this offset (code points)."""


class Revision(Struct, frozen=True, kw_only=True):
    """The difference between a revision and the one before it."""

    changes: tuple[Change, ...]
    """These parts of the article differ."""
    added: tuple[Span, ...] = ()
    """These sentences of the text are new or reworded."""
    removed: Annotated[int, Meta(ge=0)] = 0
    """This is the number of sentences of the revision before that are gone or
    reworded."""


class Article(Record, frozen=True, kw_only=True):
    """The clean text of one news page, revision by revision."""

    article_id: ArticleId
    """The id is the same in every revision."""
    revision: Annotated[int, Meta(ge=1)]
    """Revisions are numbered from 1; each one that differs gets the next number."""
    url: Url
    """The page was read at this address, after redirects."""
    canonical_url: Url
    """The id is made from this address, which is fixed when a feed first shows it."""
    feed_id: FeedId
    """The feed with this id led to the article."""
    publisher: str
    """This is the name of the outlet."""
    title: str
    """This is the title of the page, normalised like the text."""
    text: str
    """Normalised text of the article: every offset of entities and events points into
    it."""
    language: Language
    """This is the language of the text."""
    discovered_at: UtcTime
    """A feed first showed the article at this time."""
    fetched_at: UtcTime
    """The page was read at this time."""
    content_hash: str
    """This is SHA-256 of title and text, in hex."""
    authors: tuple[str, ...] = ()
    """The page names these people or desks as authors."""
    sections: tuple[str, ...] = ()
    """The outlet puts the article into these sections, most general first."""
    published_at: Timestamp | None = None
    """The outlet gives this date of publication."""
    modified_at: Timestamp | None = None
    """The outlet gives this date of the last change."""
    lead_image: Image | None = None
    """This is the picture that leads the article; null where there is none."""
    tags: tuple[str, ...] = ()
    """The outlet gives the article these keywords."""
    agency: str | None = None
    """This news agency is credited; null where none is."""
    dateline: str | None = None
    """The article is reported from this place, as written; null where none is named."""
    sources: dict[str, str] = {}  # noqa: RUF012 msgspec copies it
    """Says for each field where it was found: `json-ld`, `opengraph`, `headline`,
    `blocks`, `feed`, …"""
    changed: Revision | None = None
    """This is the difference from the revision before; null in the first."""
    truncated: bool = False
    """The page has more than 80,000 characters of text; it was cut after them, at the
    end of a paragraph or sentence."""
    withdrawn: bool = False
    """The outlet has taken the page down (404 or 410, twice), so the text is empty and
    earlier revisions should no longer be shown."""
    duplicate_of: ArticleId | None = None
    """An article with nearly the same text was published on this topic before, by this
    outlet or another, within a week; this is the id of the first such article, null
    where there is none."""
    similarity: Fraction | None = None
    """This is the similarity to that article: the estimated share of the shorter text's
    sequences of three words that stand in the other."""
    came_first: ArticleId | None = None
    """The article with this id, `duplicate_of` or the article itself, was published
    first by the outlets' own dates where they are plausible, and otherwise by the
    times at which feeds showed the two."""
