"""From an entry and what its page answered to an article, or to why there is none."""

import dataclasses
import datetime as dt
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace

from workers.domain.ids import article_id, content_hash, digest64
from workers.domain.outcomes import Outcome
from workers.domain.records import (
    Article,
    ArticleState,
    Entry,
    EntryReason,
    Image,
    Language,
    Timestamp,
)
from workers.stages.articles import revisions
from workers.stages.articles.near_duplicates.signatures import Signature
from workers.stages.pages.page import Page
from workers.stages.text.normalisation import normalise_line
from workers.web.urls import absolute_url, canonical_url

MAX_TITLE = 500
_MIN_FEED_TEXT = 250
_WEAK_SOURCES = frozenset(("visible", "time"))
"""Of a date: it stands somewhere on the page, and nothing says what it is."""
_SLUG = re.compile(r"[^\W_]+")
_ARTICLE_NUMBER = re.compile(r"\d{5,}")

OK = range(200, 300)
_UNKNOWN = Language(code="und", confidence=0.0)
_GONE = frozenset((404, 410))
_FORBIDDEN = frozenset((401, 402, 403, 407, 451))
_FOR_NOW = frozenset((408, 421, 425, 429))
_SERVER_ERROR = 500

# a feed that carries the text itself helps where the page does not
_FEED_HELPS = frozenset(
    (
        Outcome.EMPTY,
        Outcome.NOT_HTML,
        Outcome.FORBIDDEN,
        Outcome.ROBOTS,
        Outcome.TOO_LARGE,
        Outcome.UNREACHABLE,
        Outcome.PAYWALL,
    )
)
# worth another try when another feed shows the article
_NOT_FINAL = frozenset((Outcome.UNREACHABLE, Outcome.EMPTY, Outcome.BLOCKED_ADDRESS))


# the page was there and is an article
_THERE = frozenset((Outcome.PUBLISHED, Outcome.UNCHANGED))


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """When a page that could not be had is asked for again."""

    max_attempts: Annotated[int, Meta(ge=1)] = 9
    first_seconds: Annotated[float, Meta(gt=0)] = 60.0
    """Before the second attempt; doubles with each."""
    max_seconds: Annotated[float, Meta(gt=0)] = 6 * 3600.0

    def seconds(self, entry: Entry, asked: float | None = None) -> float:
        """Return how long to wait before *entry* is tried again.

        Exponential, bounded, and spread by up to a half so that what failed together
        does not come back together; the spread follows from the entry, so a replay
        computes the same. *asked* is the least that the host wants.
        """
        doubled = min(
            self.first_seconds * 2.0 ** min(entry.attempt, 32), self.max_seconds
        )
        seed = f"{entry.article_id}{entry.attempt}".encode()
        spread = int.from_bytes(hashlib.sha256(seed).digest()[:4]) / 2**32
        seconds = doubled * (1.0 - spread / 2)
        return max(seconds, asked * (1.0 + spread / 10)) if asked else seconds


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an entry: its outcome, and what is to be written."""

    outcome: Outcome
    states: tuple[ArticleState, ...] = ()
    article: Article | None = None
    retry: Entry | None = None
    """The entry as it is to be tried again…"""
    retry_at: dt.datetime | None = None
    """…and when."""
    reason: str = ""
    signature: Signature | None = None
    """Of the text of *article*; None where it is too short to be compared."""


class Part(Struct, frozen=True, array_like=True):
    """A further page of a story."""

    body: bytes
    url: str
    content_type: str


class Request(Struct, frozen=True, array_like=True):
    """Something to extract, on its way to a process of its own."""

    body: bytes
    url: str
    content_type: str
    now: dt.datetime
    title: str | None = None
    """Of a feed's entry whose HTML *body* is; None: it is a page."""
    parts: tuple[Part, ...] = ()
    """The pages on which the story goes on, in order."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What would be published of a page, and why not where it would not."""

    page: Page | None
    outcome: Outcome
    reason: str = ""
    language: Language = _UNKNOWN
    published_at: Timestamp | None = None
    modified_at: Timestamp | None = None
    signature: Signature | None = None
    """Of what would be published, to find others like it."""


# --- before anything is fetched ------------------------------------------------


def skip_outcome(
    entry: Entry, state: ArticleState | None, delayed_offset: int | None
) -> Outcome | None:
    """Return the outcome of an entry that needs no fetch, or None.

    *delayed_offset* is the entry's offset if it came off entries-delayed.
    """
    if state is None:
        return None
    if delayed_offset is not None and delayed_offset <= state.delayed_offset:
        return Outcome.REPLAYED
    if entry.reason is EntryReason.CHANGED:
        return None
    if state.revision > 0:
        return Outcome.DUPLICATE
    if delayed_offset is None and state.outcome not in _NOT_FINAL:
        # delayed: another try is on its way; else it ended as it would end again
        return Outcome.DUPLICATE
    return None


def skip(state: ArticleState, outcome: Outcome, delayed_offset: int | None) -> Decision:
    """Return the decision for an entry that `skip_outcome` answered."""
    if outcome is Outcome.REPLAYED or delayed_offset is None:
        return Decision(outcome)
    seen = replace(state, delayed_offset=max(delayed_offset, state.delayed_offset))
    return Decision(outcome, (seen,), reason=f"known as revision {state.revision}")


# --- after the fetch -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryContext:
    """An entry with what is known of its article and of the moment."""

    entry: Entry
    state: ArticleState | None
    delayed_offset: int | None
    now: dt.datetime

    def next_state(
        self,
        outcome: Outcome,
        *,
        digest: str | None = None,
    ) -> ArticleState:
        """Return the state of the article after this entry, which published nothing."""
        before = self.state
        seen = before.delayed_offset if before else -1
        checked = before.checked_offset if before else -1
        offset = -1 if self.delayed_offset is None else self.delayed_offset
        if self.entry.check:
            checked = max(checked, offset)
        else:
            seen = max(seen, offset)
        there = outcome in _THERE
        return ArticleState(
            article_id=self.entry.article_id,
            canonical_url=self.entry.canonical_url,
            outcome=outcome.value,
            fetched_at=self.now,
            content_hash=digest or (before.content_hash if before else None),
            revision=before.revision if before else 0,
            delayed_offset=seen,
            checked_offset=checked,
            gone=before.gone if before and not there else 0,
            title_hash=before.title_hash if before else None,
            sentences=before.sentences if before else (),
            modified_at=before.modified_at if before else None,
        )

    def published_state(self, article: Article) -> ArticleState:
        """Return the state of the article after *article* was published."""
        return replace(
            self.next_state(Outcome.PUBLISHED, digest=article.content_hash),
            revision=article.revision,
            title_hash=digest64(article.title),
            sentences=revisions.marks(article.text),
            modified_at=revisions.modified(article),
        )


def terminal(context: EntryContext, outcome: Outcome, reason: str) -> Decision:
    """Return the decision for a page that will not be had."""
    return Decision(outcome, (context.next_state(outcome),), reason=reason)


def wants_feed_text(context: EntryContext, outcome: Outcome) -> bool:
    """Say whether the text that the feed carries may stand in for the page."""
    published = context.state is not None and context.state.revision > 0
    return outcome in _FEED_HELPS and bool(context.entry.content_html) and not published


def for_feed_text(
    context: EntryContext, decision: Decision, feed: Extraction
) -> Decision:
    """Return *decision*, or one to publish what the *feed* has, if that is enough."""
    page = feed.page
    usable = feed.outcome is Outcome.PUBLISHED and page is not None
    if not usable or page is None or len(page.text) < _MIN_FEED_TEXT:
        return decision
    return _publish(context, feed, page, context.entry.url)


def defer(context: EntryContext, seconds: float, *, counts: bool) -> Decision:
    """Return the decision to try again in *seconds*; *counts* if it was an attempt."""
    entry = context.entry
    again = replace(entry, attempt=entry.attempt + counts)
    return Decision(
        Outcome.DELAYED,
        (context.next_state(Outcome.DELAYED),),
        retry=again,
        retry_at=context.now + dt.timedelta(seconds=seconds),
    )


def retry_or_give_up(
    context: EntryContext, policy: RetryPolicy, reason: str, asked: float | None = None
) -> Decision:
    """Return the decision after an attempt that failed but may succeed later.

    A look at what is published is not repeated for that: the next one is planned.
    """
    if context.entry.check:
        return terminal(context, Outcome.UNREACHABLE, reason)
    if context.entry.attempt + 1 >= policy.max_attempts:
        tries = context.entry.attempt + 1
        return terminal(context, Outcome.UNREACHABLE, f"{reason}, {tries} times")
    return defer(context, policy.seconds(context.entry, asked), counts=True)


def for_status(
    context: EntryContext, status: int, policy: RetryPolicy, asked: float | None
) -> Decision:
    """Return the decision for an answer that is no page: any status but 2xx."""
    reason = f"HTTP status {status}"
    if status in _GONE:
        return terminal(context, Outcome.GONE, reason)
    if status in _FORBIDDEN:
        return terminal(context, Outcome.FORBIDDEN, reason)
    if status in _FOR_NOW or status >= _SERVER_ERROR:
        return retry_or_give_up(context, policy, reason, asked)
    return terminal(context, Outcome.UNREACHABLE, reason)


def next_page_url(extraction: Extraction, read: Collection[str]) -> str | None:
    """Return the address of the story's next page, if it has one not *read* yet."""
    page = extraction.page
    if page is None or extraction.outcome is not Outcome.PUBLISHED:
        return None
    address = absolute_url(page.next_page) if page.next_page else None
    return address if address not in read else None


def retry_incomplete(context: EntryContext) -> bool:
    """Say whether a story of which pages are missing is rather tried again.

    Once if it is new; always if more of it may be published already.
    """
    published = context.state is not None and context.state.revision > 0
    return published or not context.entry.attempt


def for_page(
    context: EntryContext, extraction: Extraction, url: str, twin: ArticleState | None
) -> Decision:
    """Return the decision for a page that was fetched from *url*.

    *twin* is the state of the article that the page says it is, if that is another
    one and known (see `declared_canonical`).
    """
    page = extraction.page
    if page is None or extraction.outcome is not Outcome.PUBLISHED:
        return terminal(context, extraction.outcome, extraction.reason)
    revision = context.state.revision if context.state else 0
    digest = content_hash(_title(context, page), page.text)
    if twin is not None and twin.revision > 0 and not revision:
        state = context.next_state(Outcome.DUPLICATE, digest=digest)
        return Decision(
            Outcome.DUPLICATE, (state,), reason=f"the page is {twin.canonical_url}"
        )
    if context.state and revision and context.state.content_hash == digest:
        state = context.next_state(Outcome.UNCHANGED)
        return Decision(
            Outcome.UNCHANGED, (state,), reason="title and text are the same"
        )
    decision = _publish(context, extraction, page, url)
    named = declared_canonical(context.entry, page)
    if twin is None and named is not None:
        # under that name it will not be published a second time
        alias = replace(
            decision.states[0], article_id=article_id(named), canonical_url=named
        )
        decision = dataclasses.replace(decision, states=(*decision.states, alias))
    return decision


def declared_canonical(entry: Entry, page: Page | None) -> str | None:
    """Return the canonical URL that a page names, if it is another than its entry's.

    AMP and mobile pages name their desktop form. A canonical link that shares neither
    number nor words of the address with it is a template's mistake and not believed;
    one to another host is not followed, because that host's articles may be another
    process's to remember.
    """
    named = canonical_url(page.canonical_url) if page and page.canonical_url else None
    if named is None or named == entry.canonical_url:
        return None
    mine, its = urlsplit(entry.canonical_url), urlsplit(named)
    if mine.netloc != its.netloc:
        return None
    numbers = set(_ARTICLE_NUMBER.findall(mine.path))
    if numbers & set(_ARTICLE_NUMBER.findall(its.path)):
        return named
    words = _last_words(its.path)
    return named if words and words == _last_words(mine.path) else None


def _last_words(path: str) -> frozenset[str]:
    last = path.rstrip("/").rpartition("/")[2]
    words = _SLUG.findall(last.rpartition(".")[0] or last)
    return frozenset(word.lower() for word in words) - {"amp"}


def _title(context: EntryContext, page: Page) -> str:
    return (page.title or normalise_line(context.entry.title))[:MAX_TITLE]


def _publish(
    context: EntryContext, extraction: Extraction, page: Page, url: str
) -> Decision:
    entry, state = context.entry, context.state
    title = _title(context, page)
    published_at, source = _published_at(
        page, extraction.published_at, entry.published_at
    )
    sources = {**page.sources, "published_at": source} if source else dict(page.sources)
    article = Article(
        article_id=entry.article_id,
        revision=(state.revision if state else 0) + 1,
        url=absolute_url(url) or entry.url,
        canonical_url=entry.canonical_url,
        feed_id=entry.feed_id,
        publisher=entry.publisher,
        title=title,
        text=page.text,
        language=extraction.language,
        discovered_at=entry.discovered_at,
        fetched_at=context.now,
        content_hash=content_hash(title, page.text),
        authors=page.authors or _lines(entry.authors),
        sections=page.sections or _lines(entry.sections),
        published_at=published_at,
        modified_at=extraction.modified_at,
        lead_image=_image(page, url),
        tags=page.tags,
        agency=page.agency,
        dateline=page.dateline,
        sources=sources,
    )
    if state is not None and state.revision:
        article = replace(article, changed=revisions.revision_of(article, state))
    return Decision(
        Outcome.PUBLISHED,
        (context.published_state(article),),
        article,
        signature=extraction.signature,
    )


def _published_at(
    page: Page, of_page: Timestamp | None, of_feed: Timestamp | None
) -> tuple[Timestamp | None, str]:
    """Return the date to believe and where it comes from: the page, or `feed`.

    What the page states comes first, then the feed; a date that merely stands on the
    page is weak evidence: it counts where the feed has none as good.
    """
    source = page.sources.get("published_at", "")
    candidates = [(of_page, source), (of_feed, "feed")]
    if source in _WEAK_SOURCES:
        candidates.reverse()
    for stamp, where in candidates:
        if stamp is not None and stamp.value is not None and stamp.doubt is None:
            return stamp, where
    return (of_page, source) if of_page else (of_feed, "feed" if of_feed else "")


def _lines(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for value in values if (line := normalise_line(value)))


def _image(page: Page, url: str) -> Image | None:
    address = absolute_url(page.lead_image, url) if page.lead_image else None
    return Image(url=address, caption=page.lead_image_caption) if address else None
