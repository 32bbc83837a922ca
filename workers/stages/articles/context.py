"""An entry with what is known of it, and the decision on it."""

import datetime as dt
from dataclasses import dataclass

from msgspec.structs import replace

from workers.domain.ids import digest64
from workers.domain.outcomes import Outcome
from workers.domain.records import Article, ArticleState, Entry
from workers.stages.articles import revisions
from workers.stages.articles.near_duplicates.signatures import Signature

# the page was there and is an article
_FOUND = frozenset((Outcome.PUBLISHED, Outcome.UNCHANGED))


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an entry: its outcome, and what is to be written."""

    outcome: Outcome
    states: tuple[ArticleState, ...] = ()
    article: Article | None = None
    retry: Entry | None = None
    """The entry to be tried again…"""
    retry_at: dt.datetime | None = None
    """…and when."""
    reason: str = ""
    page_fault: bool = False
    """Whether the page itself, not the record, is why nothing came of it."""
    signature: Signature | None = None
    """Of the text of *article*; None where it is too short to be compared."""


@dataclass(frozen=True, slots=True)
class EntryContext:
    """An entry with what is known of its article, and the present time."""

    entry: Entry
    state: ArticleState | None
    delayed_offset: int | None
    """The entry's offset, if it came off entries-delayed."""
    now: dt.datetime

    @property
    def is_published(self) -> bool:
        """Whether a revision of the article was published."""
        return self.state is not None and self.state.revision > 0

    def next_state(
        self, outcome: Outcome, *, digest: str | None = None
    ) -> ArticleState:
        """Return the article's state after this entry, which published nothing.

        *digest* is the hash of what the page says now, where that is known.
        """
        before = self.state or ArticleState(
            article_id=self.entry.article_id,
            canonical_url=self.entry.canonical_url,
            outcome=outcome.value,
            fetched_at=self.now,
        )
        offset = -1 if self.delayed_offset is None else self.delayed_offset
        # rechecks and retries of an article lie apart, each in order of its offsets
        recheck = bool(self.entry.check)
        return replace(
            before,
            article_id=self.entry.article_id,
            canonical_url=self.entry.canonical_url,
            outcome=outcome.value,
            fetched_at=self.now,
            content_hash=digest or before.content_hash,
            delayed_offset=max(before.delayed_offset, -1 if recheck else offset),
            checked_offset=max(before.checked_offset, offset if recheck else -1),
            gone=0 if outcome in _FOUND else before.gone,
        )

    def published_state(self, article: Article) -> ArticleState:
        """Return the article's state after *article* was published."""
        return replace(
            self.next_state(Outcome.PUBLISHED, digest=article.content_hash),
            revision=article.revision,
            title_hash=digest64(article.title),
            sentences=revisions.marks(article.text),
            modified_at=revisions.modified(article),
        )
