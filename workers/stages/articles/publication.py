"""The article that is published of an entry and its page, or its withdrawal."""

from msgspec.structs import replace

from workers.domain.ids import content_hash
from workers.domain.outcomes import Outcome
from workers.domain.records import (
    Article,
    Change,
    Image,
    Revision,
    Timestamp,
)
from workers.stages.articles import revisions
from workers.stages.articles.context import Decision, EntryContext
from workers.stages.articles.extracted import UNKNOWN_LANGUAGE, Extraction
from workers.stages.pages.page import Page
from workers.stages.text.normalisation import normalise_line
from workers.web.urls import absolute_url

MAX_TITLE = 500
"""Characters of a title that are published."""
_WEAK_SOURCES = frozenset(("visible", "time"))
"""Of a date: it stands somewhere on the page, and nothing says what it is."""


def title_of(context: EntryContext, page: Page) -> str:
    """Return the title of the page, or of the entry where the page has none."""
    return (page.title or normalise_line(context.entry.title))[:MAX_TITLE]


def publish(
    context: EntryContext, extraction: Extraction, page: Page, url: str
) -> Decision:
    """Return the decision to publish *page*, which was read at *url*."""
    entry, state = context.entry, context.state
    title = title_of(context, page)
    published_at, source = _published_at(
        page, extraction.published_at, entry.published_at
    )
    sources = {**page.sources, "published_at": source} if source else dict(page.sources)
    article = Article(
        article_id=entry.article_id,
        revision=_next_revision(context),
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
        truncated=page.truncated,
    )
    if state is not None and context.is_published:
        article = replace(article, changed=revisions.revision_of(article, state))
    return Decision(
        Outcome.PUBLISHED,
        (context.published_state(article),),
        article,
        signature=extraction.signature,
    )


def withdrawal(context: EntryContext) -> Article:
    """Return the revision that withdraws a published article: its text is empty."""
    entry, state = context.entry, context.state
    title = normalise_line(entry.title)[:MAX_TITLE]
    removed = len(state.sentences) if state else 0
    return Article(
        article_id=entry.article_id,
        revision=_next_revision(context),
        url=entry.url,
        canonical_url=entry.canonical_url,
        feed_id=entry.feed_id,
        publisher=entry.publisher,
        title=title,
        text="",
        language=UNKNOWN_LANGUAGE,
        discovered_at=entry.discovered_at,
        fetched_at=context.now,
        content_hash=content_hash(title, ""),
        changed=Revision(changes=(Change.WITHDRAWN,), removed=removed),
        withdrawn=True,
    )


def _next_revision(context: EntryContext) -> int:
    return (context.state.revision if context.state else 0) + 1


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
