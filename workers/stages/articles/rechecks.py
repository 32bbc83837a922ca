"""Rechecks of published articles: when, at what cost, and when one is withdrawn.

A chain of rechecks begins with an article's first revision; each schedules the next.
They travel as entries over entries-delayed, apart from what feeds show.
"""

import dataclasses
import datetime as dt
from typing import NamedTuple

from msgspec.structs import replace

from workers.domain.outcomes import Outcome
from workers.domain.records import ArticleState, Entry, EntryReason
from workers.stages.articles.context import Decision, EntryContext
from workers.stages.articles.decisions import GONE, defer, terminal
from workers.stages.articles.policies import RecheckPolicy
from workers.stages.articles.publication import withdrawal
from workers.web import validators as http_validators

_NOT_MODIFIED = 304
_WITHDRAWN_AFTER = 2
"""Responses in a row that a page is gone."""
_GONE_SECONDS = 3600.0
"""Between the first response that a page is gone and the recheck that confirms it."""


class Validators(NamedTuple):
    """What a server gave to ask whether a page has changed (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


def validators(etag: str | None, last_modified: str | None) -> Validators:
    """Return those that can be sent back."""
    return Validators(_sendable(etag), _sendable(last_modified))


def _sendable(value: str | None) -> str | None:
    if not value or len(value) > http_validators.MAX_LENGTH or not value.isascii():
        return None
    return value if value.isprintable() else None


def conditional_headers(entry: Entry) -> dict[str, str]:
    """Return the header fields by which an unchanged page is answered without body."""
    return http_validators.conditional_headers(entry.etag, entry.last_modified)


def skip_recheck(
    entry: Entry, state: ArticleState | None, offset: int | None, policy: RecheckPolicy
) -> Decision | None:
    """Return the decision for a recheck that needs no fetch, or None.

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

    Gone it is after 404 or 410 twice in a row, an hour or more between: servers in
    trouble answer 404 for pages that are there.
    """
    state = context.state
    if state is None or not state.revision or state.outcome == Outcome.WITHDRAWN:
        return None
    if status == _NOT_MODIFIED:
        return terminal(context, Outcome.UNCHANGED, "not modified")
    if status not in GONE:
        return None
    if state.gone + 1 >= _WITHDRAWN_AFTER:
        return _withdraw(context, status)
    deferred = defer(context, _GONE_SECONDS, counts=True)
    counted = tuple(replace(each, gone=state.gone + 1) for each in deferred.states)
    return dataclasses.replace(deferred, states=counted)


def _withdraw(context: EntryContext, status: int) -> Decision:
    article = withdrawal(context)
    state = replace(
        context.next_state(Outcome.WITHDRAWN),
        revision=article.revision,
        # should the page come back, it is published anew
        content_hash=None,
        title_hash=None,
        sentences=(),
        modified_at=None,
    )
    reason = f"HTTP status {status}, {_WITHDRAWN_AFTER} times"
    return Decision(Outcome.WITHDRAWN, (state,), article, reason=reason)


def schedule_next(
    context: EntryContext,
    decision: Decision,
    policy: RecheckPolicy,
    current: Validators,
) -> Decision:
    """Return *decision* with the article's next recheck, where there is to be one.

    *current* are the validators of the response.
    """
    entry, article = context.entry, decision.article
    withdrawn = decision.outcome is Outcome.WITHDRAWN
    first = article is not None and article.revision == 1
    if decision.retry is not None or withdrawn or not (entry.check or first):
        return decision
    check = entry.check + 1
    seconds = policy.seconds(entry.article_id, check)
    if seconds is None:
        return decision
    recheck = replace(
        entry,
        title=article.title if article is not None else entry.title,
        reason=EntryReason.RECHECK,
        check=check,
        attempt=0,
        etag=current.etag,
        last_modified=current.last_modified,
        # what only the first fetch needs is not carried along
        guid=None,
        summary=None,
        content_html=None,
        updated_at=None,
    )
    due = context.now + dt.timedelta(seconds=seconds)
    return dataclasses.replace(decision, retry=recheck, retry_at=due)
