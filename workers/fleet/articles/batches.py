"""Batches of entries: what to skip, one entry per article to fetch, what to write."""

from collections.abc import Sequence
from typing import Any

import msgspec
from prometheus_client import Counter

from workers.domain.outcomes import Outcome
from workers.domain.records import Entry
from workers.domain.topics import ARTICLE_STATES, ARTICLES, ENTRIES_DELAYED
from workers.fleet.articles.near_duplicates import DuplicateMarker
from workers.fleet.articles.reader import PageReader
from workers.runtime.processing.worker import Context, Incoming, Output, Result
from workers.runtime.service import logs
from workers.stages.articles import decisions, rechecks
from workers.stages.articles.context import Decision, EntryContext
from workers.stages.articles.policies import RecheckPolicy

ARTICLES_MADE = Counter(
    "khabar_articles_total", "Articles published, new ones and revisions.", ["kind"]
)
NEAR_DUPLICATES = Counter(
    "khabar_near_duplicates_total",
    "Articles published that say nearly the same as one before.",
)
_QUIET = frozenset(
    (Outcome.DUPLICATE, Outcome.REPLAYED, Outcome.UNCHANGED, Outcome.DELAYED)
)
"""Outcomes that are the daily run of things, not worth a line."""
_log = logs.get(__name__)


class BatchHandler:
    """Handles batches: skips what is known, fetches the rest, writes the results."""

    def __init__(
        self,
        reader: PageReader,
        duplicates: DuplicateMarker,
        recheck_policy: RecheckPolicy,
        context: Context,
    ) -> None:
        self._reader = reader
        self._duplicates = duplicates
        self._recheck_policy = recheck_policy
        self._clock = context.clock
        self._states = context.tables.of(ARTICLE_STATES)

    def handle(self, batch: Sequence[Incoming[Entry]]) -> list[Result]:
        """Handle a batch; the newest entry of an article represents the others."""
        self._duplicates.begin()
        results: dict[int, Result] = {}
        representatives: dict[tuple[str, bool], int] = {}
        for at, incoming in enumerate(batch):
            result = self._skipped(incoming)
            if result is None:
                representatives[_subject(incoming)] = at
            else:
                results[at] = result
        to_fetch = [batch[at] for at in sorted(representatives.values())]
        answers = self._reader.fetch([incoming.record for incoming in to_fetch])
        for at in sorted(representatives.values()):
            # another page of this batch may have said that it is this article
            incoming = batch[at]
            results[at] = self._skipped(incoming) or self._result(
                incoming.record,
                self._reader.decide(
                    self._context(incoming), answers[incoming.record.url]
                ),
            )
        return [
            results[at] if at in results else self._superseded(incoming)
            for at, incoming in enumerate(batch)
        ]

    def _skipped(self, incoming: Incoming[Entry]) -> Result | None:
        entry, offset = incoming.record, _offset(incoming)
        state = self._states.get(entry.article_id)
        if entry.check:
            decision = rechecks.skip_recheck(entry, state, offset, self._recheck_policy)
            return self._result(entry, decision) if decision is not None else None
        outcome = decisions.skip_outcome(entry, state, offset)
        if outcome is None or state is None:
            return None
        return self._result(entry, decisions.skip(state, outcome, offset))

    def _superseded(self, incoming: Incoming[Entry]) -> Result:
        """Answer an entry of an article of which the batch has a newer one."""
        context = self._context(incoming)
        seen = context.next_state(Outcome.DUPLICATE)
        if context.state is not None:
            seen = msgspec.structs.replace(
                context.state,
                delayed_offset=seen.delayed_offset,
                checked_offset=seen.checked_offset,
            )
        reason = "a newer entry of it is in the same batch"
        return self._result(
            incoming.record, Decision(Outcome.DUPLICATE, (seen,), reason=reason)
        )

    def _context(self, incoming: Incoming[Entry]) -> EntryContext:
        entry = incoming.record
        state = self._states.get(entry.article_id)
        return EntryContext(entry, state, _offset(incoming), self._clock.now())

    def _result(self, entry: Entry, decision: Decision) -> Result:
        for state in decision.states:
            self._states.put(state)
        outputs: list[Output[Any]] = []
        article = self._duplicates.mark(decision)
        if article is not None:
            outputs.append(Output(ARTICLES, article))
        if decision.retry is not None:
            outputs.append(
                Output(ENTRIES_DELAYED, decision.retry, not_before=decision.retry_at)
            )

        def note() -> None:
            if article is not None:
                kind = "new" if article.revision == 1 else "revision"
                kind = "withdrawal" if article.withdrawn else kind
                ARTICLES_MADE.labels(kind).inc()
                NEAR_DUPLICATES.inc(article.duplicate_of is not None)
            elif decision.outcome not in _QUIET:
                _log.info(
                    "article_dropped",
                    article_id=entry.article_id,
                    url=entry.url,
                    feed_id=entry.feed_id,
                    outcome=decision.outcome.value,
                    problem=decision.reason,
                )

        return Result(
            decision.outcome,
            tuple(outputs),
            decision.reason,
            counts_as_poison=not decision.page_fault,
            on_commit=note,
        )


def _subject(incoming: Incoming[Entry]) -> tuple[str, bool]:
    """Return what an entry is about; rechecks are apart from what feeds show."""
    return incoming.record.article_id, bool(incoming.record.check)


def _offset(incoming: Incoming[Entry]) -> int | None:
    return incoming.delivery.offset if incoming.topic is ENTRIES_DELAYED else None
