import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from tests.support.schedule_bounds import BOUNDS
from workers.domain.records import Feed, FeedProfile, FeedState, FeedStatus
from workers.runtime.http.response import FetchFailure
from workers.stages.feeds.parsing import parse_feed
from workers.stages.feeds.polls import (
    NONE,
    RECHECK_AFTER,
    REDIRECTS_BELIEVED,
    STALE,
    UNSTABLE,
    VALID,
    Poll,
    PollOutcome,
    Timing,
    due_at,
    process_failure,
    process_response,
    request_headers,
    request_url,
)

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
TIMING = Timing(NOW, BOUNDS, 0.5)
URL = "https://example.in/rss"
FEED = Feed(feed_id="f", url=URL, publisher="पत्र")


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = URL
    redirects: Sequence[tuple[int, str]] = ()


def rss(*numbers: int, note: str = "", date: str = "2026-11-24T10:{:02}:00Z") -> bytes:
    items = "".join(
        f"<item><title>{n}</title><link>https://example.in/{n}</link>"
        f"<pubDate>{date.format(n)}</pubDate></item>"
        for n in numbers
    )
    head = f"<rss version='2.0'><!--{note}--><channel><title>x</title>"
    return f"{head}{items}</channel></rss>".encode()


def read(state: FeedState | None, answer: Answer) -> Poll:
    return process_response(FEED, state, answer, TIMING, parse=parse_feed)


def after(*answers: Answer) -> FeedState:
    state: FeedState | None = None
    for answer in answers:
        state = read(state, answer).state
    assert state is not None
    return state


def test_every_failure_of_a_fetch_is_an_outcome() -> None:
    for failure in FetchFailure:
        outcome = PollOutcome(failure.value)
        poll = process_failure(FEED, None, outcome, "in words", TIMING)
        assert (poll.outcome, poll.state.problem, poll.failed) == (
            outcome,
            "in words",
            True,
        )


# --- validators ---------------------------------------------------------------

ETAG = {"etag": '"a"', "last-modified": "Tue, 24 Nov 2026 10:00:00 GMT"}


def test_validators_are_sent_as_they_came() -> None:
    assert "if-none-match" not in request_headers(FEED, None)
    headers = request_headers(FEED, after(Answer(rss(1), headers=ETAG)))
    assert headers["if-none-match"] == '"a"'
    assert headers["if-modified-since"] == "Tue, 24 Nov 2026 10:00:00 GMT"


def test_a_304_may_bring_new_validators_and_keeps_the_others() -> None:
    first = after(Answer(rss(1), headers=ETAG))
    poll = read(first, Answer(status=304, headers={"etag": 'W/"b"'}))
    assert poll.outcome is PollOutcome.NOT_MODIFIED
    assert (poll.state.etag, poll.state.last_modified) == (
        'W/"b"',
        ETAG["last-modified"],
    )
    assert poll.state.body_hash == first.body_hash
    assert poll.state.seen == first.seen


def test_a_body_without_validators_drops_those_of_the_last() -> None:
    state = after(Answer(rss(1), headers=ETAG), Answer(rss(1, 2)))
    assert (state.etag, state.last_modified) == (None, None)
    assert state.profile.validators == NONE


def test_validators_that_hide_news_are_dropped_for_good() -> None:
    state = after(Answer(rss(1), headers=ETAG), Answer(rss(2, 1), headers=ETAG))
    assert state.profile.validators == STALE
    assert "if-none-match" not in request_headers(FEED, state)
    assert "if-modified-since" not in request_headers(FEED, state)
    later = read(state, Answer(rss(3, 2), headers=ETAG | {"etag": '"c"'})).state
    assert later.profile.validators == STALE


def test_a_weak_validator_may_stay_while_only_comments_change() -> None:
    weak = {"etag": 'W/"a"'}
    state = after(Answer(rss(1), headers=weak), Answer(rss(1, note="x"), headers=weak))
    assert state.profile.validators == VALID


def test_validators_that_always_say_no_are_put_to_the_test() -> None:
    state = after(Answer(rss(1), headers=ETAG))
    for _ in range(RECHECK_AFTER):
        assert "if-none-match" in request_headers(FEED, state)
        state = read(state, Answer(status=304)).state
    assert "if-none-match" not in request_headers(FEED, state)
    honest = read(state, Answer(rss(1), headers=ETAG)).state
    assert honest.profile.validators == VALID
    assert "if-none-match" in request_headers(FEED, honest)
    lying = read(state, Answer(rss(2, 1), headers=ETAG))
    assert len(lying.entries) == 1
    assert "if-none-match" not in request_headers(FEED, lying.state)


def test_a_new_validator_for_the_same_body_is_called_restless() -> None:
    first = after(Answer(rss(1), headers=ETAG))
    poll = read(first, Answer(rss(1), headers={"etag": '"b"'}))
    assert poll.outcome is PollOutcome.UNCHANGED
    assert (poll.state.profile.validators, poll.state.etag) == (UNSTABLE, '"b"')


def test_after_an_answer_that_is_no_feed_the_whole_feed_is_wanted() -> None:
    state = after(
        Answer(rss(1), headers=ETAG), Answer(b"<html>", headers={"etag": '"h"'})
    )
    assert "if-none-match" not in request_headers(FEED, state)
    poll = read(state, Answer(rss(1), headers=ETAG))
    assert (poll.outcome, poll.entries) == (PollOutcome.CHANGED, ())


def test_a_validator_that_is_a_flood_is_not_kept() -> None:
    assert after(Answer(rss(1), headers={"etag": '"' + "x" * 9999 + '"'})).etag is None


def test_a_body_that_is_the_same_is_not_parsed() -> None:
    first = after(Answer(rss(1)))

    def explode(*_: object) -> None:
        pytest.fail("parsed")

    poll = process_response(FEED, first, Answer(rss(1)), TIMING, parse=explode)  # type: ignore[arg-type]
    assert poll.outcome is PollOutcome.UNCHANGED


# --- what the status says -----------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, PollOutcome.REFUSED),
        (403, PollOutcome.REFUSED),
        (404, PollOutcome.NOT_FOUND),
        (410, PollOutcome.GONE),
        (429, PollOutcome.OVERLOADED),
        (500, PollOutcome.SERVER_ERROR),
        (502, PollOutcome.SERVER_ERROR),
        (503, PollOutcome.OVERLOADED),
        (204, PollOutcome.OTHER_STATUS),
        (206, PollOutcome.OTHER_STATUS),
        (302, PollOutcome.OTHER_STATUS),
        (418, PollOutcome.OTHER_STATUS),
    ],
)
def test_a_status_is_an_outcome_and_loses_nothing(
    status: int, outcome: PollOutcome
) -> None:
    first = after(Answer(rss(2, 1), headers=ETAG))
    poll = read(first, Answer(status=status))
    assert poll.outcome is outcome
    assert poll.failed
    assert poll.state.problem is not None
    assert poll.state.problem.startswith(f"HTTP status {status}: ")
    assert poll.state.seen == first.seen
    assert poll.state.etag == first.etag
    assert poll.state.succeeded_at == first.succeeded_at
    assert poll.state.retired == (status == 410)


def test_success_forgets_the_failures() -> None:
    failing = after(Answer(status=500), Answer(status=500))
    assert failing.failures == 2
    good = read(failing, Answer(rss(1))).state
    assert (good.failures, good.problem, good.succeeded_at) == (0, None, NOW)


def test_a_feed_that_redirect_target_the_home_page_is_told_so() -> None:
    answer = Answer(
        b"<!doctype html><html>", url="https://example.in/", redirects=[(302, "x")]
    )
    problem = after(answer).problem
    assert (
        problem == "the feed's address leads to the home page now: https://example.in/"
    )
    assert after(Answer(b"<html>")).problem != problem


def test_an_empty_and_a_stale_feed_are_told_so() -> None:
    assert after(Answer(rss())).problem == "the feed has no entries"
    stale = after(Answer(rss(1, 2, date="2026-09-0{}T00:00:00Z")))
    assert stale.problem == "nothing new since 2026-09-02"
    assert stale.failures == 0


# --- addresses ----------------------------------------------------------------

MOVED = "https://example.in/feeds/all"


def moved(status: int = 301, url: str = MOVED) -> Answer:
    return Answer(rss(1), url=url, redirects=[(status, url)])


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_move_is_believed_after_some_times(status: int) -> None:
    answers = [moved(status)] * REDIRECTS_BELIEVED
    assert request_url(FEED, after(*answers[1:])) == URL
    assert request_url(FEED, after(*answers)) == MOVED
    settled = after(*answers, Answer(rss(1), url=MOVED))
    assert request_url(FEED, settled) == MOVED


@pytest.mark.parametrize(
    "interrupting",
    [
        moved(302),
        moved(url="https://example.in/other"),
        Answer(rss(1)),
        Answer(status=500),
        Answer(rss(1), url=MOVED, redirects=[(301, "x"), (302, MOVED)]),
    ],
)
def test_a_move_that_does_not_last_is_not_believed(interrupting: Answer) -> None:
    assert request_url(FEED, after(moved(), moved(), interrupting, moved())) == URL


def test_the_old_address_is_tried_when_the_new_one_fails() -> None:
    state = after(*[moved()] * REDIRECTS_BELIEVED, Answer(status=404, url=MOVED))
    assert request_url(FEED, state) == URL


def test_a_redirect_to_what_is_no_feed_is_no_move() -> None:
    home = Answer(b"<html>", url="https://example.in/", redirects=[(301, "x")])
    assert request_url(FEED, after(home, home, home, home)) == URL


def test_another_address_in_the_definition_begins_anew_but_for_the_entries() -> None:
    state = after(Answer(rss(2, 1), headers=ETAG), Answer(status=410))
    new = replace(FEED, url="https://example.in/new")
    assert due_at(FEED, state) is None
    assert due_at(new, state) == dt.datetime.min.replace(tzinfo=dt.UTC)
    assert "if-none-match" not in request_headers(new, state)
    answer = Answer(rss(3, 2, 1), url=new.url)
    poll = process_response(new, state, answer, TIMING, parse=parse_feed)
    assert [entry.title for entry in poll.entries] == ["3"]
    assert (poll.state.retired, poll.state.failures) == (False, 0)


# --- when ---------------------------------------------------------------------


def test_what_is_not_active_is_not_due() -> None:
    assert due_at(FEED, None) is not None
    for status in (FeedStatus.PAUSED, FeedStatus.RETIRED):
        assert due_at(replace(FEED, status=status), None) is None


def test_a_time_set_by_a_clock_that_ran_ahead_is_not_waited_for() -> None:
    state = after(Answer(rss(5, 15, 25)))
    assert state.next_poll_at is not None
    latest = state.next_poll_at + dt.timedelta(days=2)
    assert due_at(FEED, state, latest=latest) == state.next_poll_at
    for ahead in (dt.timedelta(days=3), dt.timedelta(days=3650)):
        late = replace(state, next_poll_at=state.next_poll_at + ahead)
        assert due_at(FEED, late) == late.next_poll_at
        assert due_at(FEED, late, latest=latest) == dt.datetime.min.replace(
            tzinfo=dt.UTC
        )


def test_the_rhythm_goes_into_the_passport_and_the_schedule() -> None:
    state = after(Answer(rss(5, 15, 25, 35, 45, 55)))
    assert state.profile == FeedProfile(
        gap_seconds=600,
        newest_at=dt.datetime(2026, 11, 24, 10, 55, tzinfo=dt.UTC),
        entries=6,
        validators=NONE,
    )
    assert state.interval_seconds == pytest.approx(15 * (65 * 60 / 4) ** 0.5)
    assert state.next_poll_at is not None
    assert due_at(FEED, state) == state.next_poll_at


def test_ttl_and_headers_reach_the_schedule() -> None:
    body = rss(5, 15, 25).replace(b"<title>x</title>", b"<title>x</title><ttl>50</ttl>")
    assert after(Answer(body)).interval_seconds == 3000
    headers = {"cache-control": "max-age=3300"}
    assert after(Answer(body, headers=headers)).interval_seconds == 3300
    overloaded = after(Answer(status=429, headers={"retry-after": "40000"}))
    assert overloaded.next_poll_at is not None
    assert overloaded.next_poll_at >= NOW + dt.timedelta(seconds=40_000)


@pytest.mark.parametrize("status", [304, 200])
def test_what_the_document_asked_for_holds_while_it_stays(status: int) -> None:
    asked = b"<ttl>50</ttl><skipHours><hour>12</hour></skipHours>"
    asked += b"<skipDays><day>Saturday</day></skipDays><title>x</title>"
    body = rss(1).replace(b"<title>x</title>", asked)
    first = read(None, Answer(body)).state
    state = read(first, Answer(body if status == 200 else b"", status)).state
    assert (state.profile.skip_hours, state.profile.skip_days) == ((12,), (5,))
    due = state.next_poll_at
    assert due is not None
    assert due >= NOW + dt.timedelta(minutes=45)
    assert (due.hour, due.minute) == (13, 0)
    without = read(state, Answer(rss(1, 2))).state
    assert (without.profile.skip_hours, without.profile.ttl_seconds) == ((), None)


def test_what_is_odd_goes_into_the_passport() -> None:
    profile = after(Answer(rss(1, 2, date="अभी-अभी")[:-6])).profile
    assert profile.dates == "unread"
    assert profile.notes == ("not well-formed, or bytes that are not in its encoding",)
