import datetime as dt

import msgspec
import pytest

from workers.domain.ids import article_id
from workers.domain.outcomes import Outcome
from workers.domain.records import ArticleState, Entry, EntryReason
from workers.stages.articles.context import Decision, EntryContext
from workers.stages.articles.policies import RecheckPolicy
from workers.stages.articles.rechecks import (
    conditional_headers,
    for_status,
    schedule_next,
    skip_recheck,
    validators,
)

NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
URL = "https://www.samachar.test/desh/yojana-510001.html"
POLICY = RecheckPolicy(hours=(1.0, 6.0, 24.0, 72.0))
LOOK = Entry(
    article_id=article_id(URL),
    feed_id="feed",
    publisher="समाचार",
    url=URL,
    canonical_url=URL,
    title="शीर्षक",
    discovered_at=NOW,
    reason=EntryReason.RECHECK,
    check=2,
)
PUBLISHED = ArticleState(
    article_id=article_id(URL),
    canonical_url=URL,
    outcome="published",
    fetched_at=NOW,
    revision=1,
    content_hash="x",
    sentences=("a", "b"),
    checked_offset=5,
    delayed_offset=9,
)


def test_looks_come_at_their_hours_a_little_spread() -> None:
    waits = [POLICY.seconds("a", check) for check in range(1, 5)]
    for wait, hours in zip(waits, (1, 5, 18, 48), strict=True):
        assert wait is not None
        assert hours * 3600 <= wait <= 1.1 * hours * 3600
    assert waits == [POLICY.seconds("a", check) for check in range(1, 5)]
    assert POLICY.seconds("b", 1) != POLICY.seconds("a", 1)


@pytest.mark.parametrize("check", [0, 5, 99])
def test_there_are_no_more_looks_than_hours(check: int) -> None:
    assert POLICY.seconds("a", check) is None


def test_hours_may_stand_in_any_order() -> None:
    assert RecheckPolicy(hours=(6.0, 1.0)).seconds("a", 2) == POLICY.seconds("a", 2)


@pytest.mark.parametrize(
    ("state", "offset", "outcome"),
    [
        (None, 6, Outcome.REPLAYED),
        (PUBLISHED, 5, Outcome.REPLAYED),
        (PUBLISHED, 6, None),
        (msgspec.structs.replace(PUBLISHED, outcome="withdrawn"), 6, Outcome.DUPLICATE),
    ],
)
def test_which_looks_need_no_fetch(
    state: ArticleState | None, offset: int, outcome: Outcome | None
) -> None:
    decision = skip_recheck(LOOK, state, offset, POLICY)
    assert (decision.outcome if decision else None) is outcome


def test_a_look_beyond_the_settings_is_remembered_as_taken() -> None:
    decision = skip_recheck(LOOK, PUBLISHED, 6, RecheckPolicy(hours=(1.0,)))
    assert decision is not None
    assert [each.checked_offset for each in decision.states] == [6]


def test_looks_and_retries_have_offsets_of_their_own() -> None:
    state = EntryContext(LOOK, PUBLISHED, 7, NOW).next_state(Outcome.UNCHANGED)
    assert (state.checked_offset, state.delayed_offset) == (7, 9)
    entry = msgspec.structs.replace(LOOK, check=0, reason=EntryReason.CHANGED)
    state = EntryContext(entry, PUBLISHED, 12, NOW).next_state(Outcome.UNCHANGED)
    assert (state.checked_offset, state.delayed_offset) == (5, 12)


@pytest.mark.parametrize("status", [404, 410])
def test_gone_counts_in_a_row_and_only_once_published(status: int) -> None:
    unpublished = msgspec.structs.replace(PUBLISHED, revision=0)
    assert for_status(EntryContext(LOOK, unpublished, 7, NOW), status) is None
    assert for_status(EntryContext(LOOK, None, 7, NOW), status) is None
    first = for_status(EntryContext(LOOK, PUBLISHED, 7, NOW), status)
    assert first is not None
    assert first.outcome is Outcome.DELAYED
    [state] = first.states
    assert state.gone == 1
    there = EntryContext(LOOK, state, 8, NOW).next_state(Outcome.UNCHANGED)
    assert there.gone == 0
    failing = EntryContext(LOOK, state, 8, NOW).next_state(Outcome.UNREACHABLE)
    assert failing.gone == 1
    second = for_status(EntryContext(LOOK, failing, 9, NOW), status)
    assert second is not None
    assert second.outcome is Outcome.WITHDRAWN
    assert second.article is not None
    assert second.article.changed is not None
    assert second.article.changed.removed == 2
    [withdrawn] = second.states
    assert withdrawn.revision == second.article.revision == 2
    assert for_status(EntryContext(LOOK, withdrawn, 10, NOW), status) is None


def test_only_what_can_be_sent_is_sent_back() -> None:
    assert conditional_headers(LOOK) == {}
    etag, modified = validators('"a"', "x\r\ny: z")
    assert (etag, modified) == ('"a"', None)
    assert validators("न", "x" * 501) == (None, None)
    conditional = msgspec.structs.replace(LOOK, etag=etag)
    assert conditional_headers(conditional) == {"if-none-match": '"a"'}


def test_a_recheck_carries_only_what_the_next_fetch_needs() -> None:
    shown = msgspec.structs.replace(
        LOOK, check=1, attempt=3, guid="g", summary="s", content_html="<p>", etag="old"
    )
    decision = schedule_next(
        EntryContext(shown, PUBLISHED, 7, NOW),
        Decision(Outcome.UNCHANGED),
        POLICY,
        validators('"new"', None),
    )
    assert decision.retry == msgspec.structs.replace(LOOK, etag='"new"')
    wait = POLICY.seconds(LOOK.article_id, 2)
    assert wait is not None
    assert decision.retry_at == NOW + dt.timedelta(seconds=wait)
