"""Look again at what was published: when, at what cost, and when it is withdrawn."""

import dataclasses
import datetime as dt
import hashlib
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct
from msgspec.structs import replace

from workers.domain.ids import content_hash
from workers.domain.outcomes import Outcome
from workers.domain.records import (
    Article,
    ArticleState,
    Change,
    Entry,
    EntryReason,
    Language,
    Revision,
)
from workers.stages.articles import decisions
from workers.stages.articles.decisions import Decision, EntryContext
from workers.stages.text.normalisation import normalise_line
from workers.web.validators import MAX_LENGTH

Hours = Annotated[float, Meta(gt=0, le=120)]

_NOT_MODIFIED = 304
_GONE = frozenset((404, 410))
_WITHDRAWN_AFTER = 2
_GONE_SECONDS = 3600.0
"""Between the first answer that a page is gone and the look that settles it."""
_SPREAD = 0.1
_UNKNOWN = Language(code="und", confidence=0.0)


class RecheckPolicy(Struct, frozen=True, kw_only=True):
    """When published articles are looked at again."""

    hours: tuple[Hours, ...] = (1.0, 6.0, 24.0, 72.0)
    """After the first publication, ascending; empty: never."""

    def seconds(self, article_id: str, check: int) -> float | None:
        """Return how long after the look before it look number *check* is due.

        Up to a tenth later, so that what came together does not come back together;
        the spread follows from the article, so a replay computes the same. None where
        there is no such look.
        """
        if not 0 < check <= len(self.hours):
            return None
        hours = sorted(self.hours)
        gap = hours[check - 1] - (hours[check - 2] if check > 1 else 0.0)
        seed = hashlib.sha256(f"{article_id}{check}".encode()).digest()
        spread = int.from_bytes(seed[:4]) / 2**32
        return 3600.0 * gap * (1.0 + _SPREAD * spread)


class Validators(NamedTuple):
    """What a server gave to ask whether a page has changed (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


def validators(etag: str | None, last_modified: str | None) -> Validators:
    """Return those that can be sent back."""
    return Validators(_sendable(etag), _sendable(last_modified))


def skip_recheck(
    entry: Entry, state: ArticleState | None, offset: int | None, policy: RecheckPolicy
) -> Decision | None:
    """Return the decision for a check that needs no fetch, or None.

    *offset* is the entry's on entries-delayed.
    """
    if state is None or (offset is not None and offset <= state.checked_offset):
        return Decision(Outcome.REPLAYED)
    if entry.check <= len(policy.hours) and state.outcome != Outcome.WITHDRAWN:
        return None
    seen = replace(state, checked_offset=max(state.checked_offset, offset or 0))
    return Decision(Outcome.DUPLICATE, (seen,), reason="no further look is wanted")


def for_status(context: EntryContext, status: int) -> Decision | None:
    """Return the decision where a published page is the same or gone, else None.

    Gone it is when it is answered 404 or 410 twice in a row, an hour or more between.
    """
    state = context.state
    if state is None or not state.revision or state.outcome == Outcome.WITHDRAWN:
        return None
    if status == _NOT_MODIFIED:
        unchanged = context.next_state(Outcome.UNCHANGED)
        return Decision(Outcome.UNCHANGED, (unchanged,), reason="not modified")
    if status not in _GONE:
        return None
    if state.gone + 1 >= _WITHDRAWN_AFTER:
        return _withdrawn(context, state, status)
    waits = decisions.defer(context, _GONE_SECONDS, counts=True)
    noted = tuple(replace(each, gone=state.gone + 1) for each in waits.states)
    return dataclasses.replace(waits, states=noted)


def schedule_next(
    context: EntryContext, decision: Decision, policy: RecheckPolicy, known: Validators
) -> Decision:
    """Return *decision* with the next look at the article, where there is to be one.

    A chain of looks begins with the first revision; each plans the next. *known* are
    the validators of the answer.
    """
    entry, article = context.entry, decision.article
    ended = decision.outcome is Outcome.WITHDRAWN
    first = article is not None and article.revision == 1
    if decision.retry is not None or ended or not (entry.check or first):
        return decision
    check = entry.check + 1
    seconds = policy.seconds(entry.article_id, check)
    if seconds is None:
        return decision
    title = article.title if article is not None else entry.title
    again = Entry(
        article_id=entry.article_id,
        feed_id=entry.feed_id,
        publisher=entry.publisher,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=title,
        discovered_at=entry.discovered_at,
        authors=entry.authors,
        sections=entry.sections,
        published_at=entry.published_at,
        reason=EntryReason.RECHECK,
        check=check,
        etag=known.etag,
        last_modified=known.last_modified,
    )
    due = context.now + dt.timedelta(seconds=seconds)
    return dataclasses.replace(decision, retry=again, retry_at=due)


def _withdrawn(context: EntryContext, state: ArticleState, status: int) -> Decision:
    entry = context.entry
    title = normalise_line(entry.title)[: decisions.MAX_TITLE]
    article = Article(
        article_id=entry.article_id,
        revision=state.revision + 1,
        url=entry.url,
        canonical_url=entry.canonical_url,
        feed_id=entry.feed_id,
        publisher=entry.publisher,
        title=title,
        text="",
        language=_UNKNOWN,
        discovered_at=entry.discovered_at,
        fetched_at=context.now,
        content_hash=content_hash(title, ""),
        changed=Revision(changes=(Change.WITHDRAWN,), removed=len(state.sentences)),
        withdrawn=True,
    )
    left = replace(
        context.next_state(Outcome.WITHDRAWN),
        revision=article.revision,
        # should the page come back, it is published anew
        content_hash=None,
        title_hash=None,
        sentences=(),
        modified_at=None,
    )
    reason = f"HTTP status {status}, {_WITHDRAWN_AFTER} times"
    return Decision(Outcome.WITHDRAWN, (left,), article, reason=reason)


def _sendable(value: str | None) -> str | None:
    if value and len(value) <= MAX_LENGTH and value.isascii():
        return value if value.isprintable() else None
    return None
