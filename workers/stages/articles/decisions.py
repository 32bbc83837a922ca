"""From an entry and what its page answered to an article, or to why there is none.

Pure functions, in the order in which the worker asks them: before the fetch, after a
fetch that failed, after one that brought a page. Rechecks of published articles have
further rules, in `rechecks`.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection

from msgspec.structs import replace

from workers.domain.ids import article_id, content_hash
from workers.domain.outcomes import Outcome
from workers.domain.records import ArticleState, Entry, EntryReason
from workers.stages.articles.canonical import declared_canonical
from workers.stages.articles.context import Decision, EntryContext
from workers.stages.articles.extracted import Extraction
from workers.stages.articles.policies import RetryPolicy
from workers.stages.articles.publication import publish, title_of
from workers.web.urls import absolute_url

OK = range(200, 300)
GONE = frozenset((404, 410))
"""Statuses by which a server says that there is no page (any more)."""
_FORBIDDEN = frozenset((401, 402, 403, 407, 451))
# RFC 9110 (15.5.9, 15.5.20), RFC 8470 (425) and RFC 6585 (429)
_TEMPORARY = frozenset((408, 421, 425, 429))
_SERVER_ERRORS = range(500, 1000)

_MIN_FEED_TEXT = 250
"""Characters of a feed's text that are enough for an article."""
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
    """Return the decision for an entry with a `skip_outcome`."""
    if outcome is Outcome.REPLAYED or delayed_offset is None:
        return Decision(outcome)
    seen = replace(state, delayed_offset=max(delayed_offset, state.delayed_offset))
    return Decision(outcome, (seen,), reason=f"known as revision {state.revision}")


# --- after a fetch without a page ----------------------------------------------


def terminal(context: EntryContext, outcome: Outcome, reason: str) -> Decision:
    """Return the decision for a page that will not be fetched again."""
    return Decision(outcome, (context.next_state(outcome),), reason=reason)


def defer(context: EntryContext, seconds: float, *, counts: bool) -> Decision:
    """Return the decision to try again in *seconds*; *counts* if it was an attempt."""
    entry = context.entry
    return Decision(
        Outcome.DELAYED,
        (context.next_state(Outcome.DELAYED),),
        retry=replace(entry, attempt=entry.attempt + counts),
        retry_at=context.now + dt.timedelta(seconds=seconds),
    )


def retry_or_give_up(
    context: EntryContext, policy: RetryPolicy, reason: str, asked: float | None = None
) -> Decision:
    """Return the decision after an attempt that failed but may succeed later.

    A recheck is not retried: the next one is scheduled anyway. *asked* is the wait in
    seconds that the host wants.
    """
    entry, attempts = context.entry, context.entry.attempt + 1
    if entry.check:
        return terminal(context, Outcome.UNREACHABLE, reason)
    if attempts >= policy.max_attempts:
        reason = f"{reason}, {attempts} times"
        return terminal(context, Outcome.UNREACHABLE, reason)
    return defer(context, policy.seconds(entry, asked), counts=True)


def for_status(
    context: EntryContext, status: int, policy: RetryPolicy, asked: float | None
) -> Decision:
    """Return the decision for a response that is no page: any status but 2xx."""
    reason = f"HTTP status {status}"
    if status in _TEMPORARY or status in _SERVER_ERRORS:
        return retry_or_give_up(context, policy, reason, asked)
    outcome = Outcome.UNREACHABLE
    if status in GONE:
        outcome = Outcome.GONE
    elif status in _FORBIDDEN:
        outcome = Outcome.FORBIDDEN
    return terminal(context, outcome, reason)


def wants_feed_text(context: EntryContext, outcome: Outcome) -> bool:
    """Return whether the text that the feed carries may stand in for the page."""
    has_text = bool(context.entry.content_html)
    return outcome in _FEED_HELPS and has_text and not context.is_published


def for_feed_text(
    context: EntryContext, decision: Decision, feed: Extraction
) -> Decision:
    """Return *decision*, or one to publish what the *feed* has, if that is enough."""
    page = feed.page
    if feed.outcome is not Outcome.PUBLISHED or page is None:
        return decision
    if len(page.text) < _MIN_FEED_TEXT:
        return decision
    return publish(context, feed, page, context.entry.url)


# --- after a fetch that brought a page -----------------------------------------


def next_page_url(extraction: Extraction, read: Collection[str]) -> str | None:
    """Return the address of the story's next page, if it has one not *read* yet."""
    page = extraction.page
    if page is None or extraction.outcome is not Outcome.PUBLISHED:
        return None
    address = absolute_url(page.next_page) if page.next_page else None
    return address if address not in read else None


def retry_incomplete(context: EntryContext) -> bool:
    """Return whether a story of which pages are missing is tried again.

    Once if it is new; always if more of it may be published already.
    """
    return context.is_published or not context.entry.attempt


def for_page(
    context: EntryContext, extraction: Extraction, url: str, twin: ArticleState | None
) -> Decision:
    """Return the decision for a page that was fetched from *url*.

    *twin* is the state of the article that the page says it is, if that is another
    one and known (see `declared_canonical`).
    """
    page, state = extraction.page, context.state
    if page is None or extraction.outcome is not Outcome.PUBLISHED:
        return terminal(context, extraction.outcome, extraction.reason)
    digest = content_hash(title_of(context, page), page.text)
    if twin is not None and twin.revision > 0 and not context.is_published:
        same = context.next_state(Outcome.DUPLICATE, digest=digest)
        reason = f"the page is {twin.canonical_url}"
        return Decision(Outcome.DUPLICATE, (same,), reason=reason)
    if state is not None and context.is_published and state.content_hash == digest:
        reason = "title and text are the same"
        decision = terminal(context, Outcome.UNCHANGED, reason)
    else:
        decision = publish(context, extraction, page, url)
    named = declared_canonical(context.entry, page, url)
    if twin is None and named is not None:
        # under that name it will not be published a second time
        alias = replace(
            decision.states[0], article_id=article_id(named), canonical_url=named
        )
        return dataclasses.replace(decision, states=(*decision.states, alias))
    return decision
