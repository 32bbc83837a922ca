import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.schedule_bounds import BOUNDS
from workers.stages.feeds.schedule import (
    DAY,
    HOUR,
    Hints,
    History,
    header_hints,
    next_poll,
    publication_gap,
)

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)  # a Tuesday
MINUTE = 60.0


def wait(
    history: History, hints: Hints | None = None, *, fraction: float = 0.5
) -> float:
    moment = next_poll(
        history, hints or Hints(), NOW, bounds=BOUNDS, fraction=fraction
    ).next_poll_at
    return (moment - NOW).total_seconds()


def test_a_feed_that_tells_nothing_begins_in_the_middle() -> None:
    assert wait(History()) == BOUNDS.first


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (MINUTE, BOUNDS.shortest),
        (6 * MINUTE, 4 * MINUTE),
        (HOUR, 15 * MINUTE),
        (16 * HOUR, HOUR),
        (100 * DAY, BOUNDS.longest),
    ],
)
def test_the_first_interval_follows_the_dates(gap: float, expected: float) -> None:
    assert wait(History(gap_seconds=gap)) == expected


def test_news_shortens_the_interval_and_silence_lengthens_it() -> None:
    before = 40 * MINUTE
    assert wait(History(interval_seconds=before, new_entries=2)) == before / 2
    assert wait(History(interval_seconds=before)) == before * 1.2


def test_a_long_silence_says_more_than_the_gap_of_better_days() -> None:
    busy = History(gap_seconds=10 * MINUTE, silent_seconds=5 * MINUTE)
    dead = History(gap_seconds=10 * MINUTE, silent_seconds=3 * DAY)
    assert wait(busy) < 7 * MINUTE
    assert wait(dead) > HOUR


def test_a_breaking_feed_ends_up_polled_often_and_a_dead_one_seldom() -> None:
    interval = 0.0
    for _ in range(10):
        history = History(
            interval_seconds=interval,
            new_entries=3,
            gap_seconds=3 * MINUTE,
            silent_seconds=MINUTE,
        )
        interval = next_poll(
            history, Hints(), NOW, bounds=BOUNDS, fraction=0.5
        ).interval_seconds
    assert interval == BOUNDS.shortest
    for _ in range(40):
        interval = next_poll(
            History(interval_seconds=interval),
            Hints(),
            NOW,
            bounds=BOUNDS,
            fraction=0.5,
        ).interval_seconds
    assert interval == BOUNDS.longest


def test_failures_back_off_to_the_longest_interval() -> None:
    waits = [
        wait(History(interval_seconds=10 * MINUTE, failures=count))
        for count in range(1, 40)
    ]
    assert waits[:3] == [20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert waits == sorted(waits)
    assert waits[-1] == BOUNDS.longest


@pytest.mark.parametrize(
    "hints",
    [
        Hints(ttl_seconds=30 * MINUTE),
        Hints(max_age_seconds=30 * MINUTE),
        Hints(update_seconds=30 * MINUTE),
        Hints(ttl_seconds=MINUTE, max_age_seconds=30 * MINUTE, update_seconds=0.0),
    ],
)
def test_what_the_publisher_asks_for_lengthens_the_interval(hints: Hints) -> None:
    assert wait(History(gap_seconds=10 * MINUTE), hints) == 30 * MINUTE
    assert wait(History(gap_seconds=16 * HOUR), hints) == HOUR


def test_a_wish_for_very_long_intervals_is_heard_in_part() -> None:
    hints = Hints(ttl_seconds=7 * DAY)
    assert wait(History(gap_seconds=10 * MINUTE), hints) == BOUNDS.longest_hint


def test_retry_after_is_kept_and_never_undercut() -> None:
    failed = History(interval_seconds=10 * MINUTE, failures=1)
    for fraction in (0.0, 0.5, 1.0):
        hints = Hints(retry_after_seconds=10 * HOUR)
        assert 10 * HOUR <= wait(failed, hints, fraction=fraction) <= 11 * HOUR
    assert wait(failed, Hints(retry_after_seconds=MINUTE)) == 20 * MINUTE
    assert wait(failed, Hints(retry_after_seconds=365 * DAY)) <= 1.1 * DAY


def test_hours_and_days_to_be_skipped_are_skipped() -> None:
    history = History(interval_seconds=40 * MINUTE)
    nights = Hints(skip_hours=frozenset({12, 13, 14}))
    moment = next_poll(history, nights, NOW, bounds=BOUNDS, fraction=0.5).next_poll_at
    assert moment == NOW.replace(hour=15)
    everything = Hints(skip_hours=frozenset(range(24)))
    assert wait(history, everything) == 48 * MINUTE


def test_skipped_days_do_not_exceed_the_longest_interval() -> None:
    tuesday = Hints(skip_days=frozenset({1}))
    assert wait(History(interval_seconds=40 * MINUTE), tuesday) == BOUNDS.longest


seconds = st.floats(0, 1e9)
maybe = st.none() | seconds


@given(
    st.builds(
        History,
        interval_seconds=seconds,
        failures=st.integers(0, 10_000),
        new_entries=st.integers(0, 1000),
        gap_seconds=maybe,
        silent_seconds=maybe,
    ),
    st.builds(
        Hints,
        max_age_seconds=maybe,
        ttl_seconds=maybe,
        update_seconds=maybe,
        skip_hours=st.frozensets(st.integers(0, 23)),
        skip_days=st.frozensets(st.integers(0, 6)),
    ),
    st.floats(0, 1),
)
def test_intervals_stay_within_their_bounds(
    history: History, hints: Hints, fraction: float
) -> None:
    schedule = next_poll(history, hints, NOW, bounds=BOUNDS, fraction=fraction)
    slack = dt.timedelta(milliseconds=1)
    assert BOUNDS.shortest <= schedule.interval_seconds <= BOUNDS.longest
    waited = schedule.next_poll_at - NOW
    assert waited >= dt.timedelta(seconds=BOUNDS.shortest) - slack
    assert waited <= dt.timedelta(seconds=BOUNDS.longest) + slack


@given(seconds, st.floats(0, 1))
def test_retry_after_bounds_the_wait_from_below(asked: float, fraction: float) -> None:
    waited = wait(
        History(interval_seconds=MINUTE, failures=1),
        Hints(retry_after_seconds=asked),
        fraction=fraction,
    )
    assert waited >= min(asked, DAY) - 0.001
    assert waited <= 1.1 * DAY + 0.001


def test_many_feeds_do_not_come_at_once() -> None:
    history = History(interval_seconds=40 * MINUTE)
    waits = {wait(history, fraction=number / 10) for number in range(11)}
    assert len(waits) == 11
    assert max(waits) - min(waits) == pytest.approx(0.2 * 48 * MINUTE)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Hints()),
        ({"cache-control": "public, max-age=600"}, Hints(max_age_seconds=600)),
        ({"cache-control": 'MAX-AGE="600"', "age": "100"}, Hints(max_age_seconds=500)),
        ({"cache-control": "max-age=60", "age": "100"}, Hints(max_age_seconds=0)),
        ({"cache-control": "s-maxage=600"}, Hints()),
        (
            {"cache-control": "no-cache", "expires": "Tue, 24 Nov 2099 13:00:00 GMT"},
            Hints(),
        ),
        ({"cache-control": "max-age=soon"}, Hints()),
        ({"expires": "Tue, 24 Nov 2026 12:10:00 GMT"}, Hints(max_age_seconds=600)),
        (
            {
                "expires": "Tue, 24 Nov 2026 10:10:00 GMT",
                "date": "Tue, 24 Nov 2026 10:00:00 GMT",
            },
            Hints(max_age_seconds=600),
        ),
        ({"expires": "0"}, Hints()),
        ({"expires": "Tue, 24 Nov 2020 12:00:00 GMT"}, Hints(max_age_seconds=0)),
        ({"retry-after": "120"}, Hints(retry_after_seconds=120)),
        (
            {"retry-after": "Tue, 24 Nov 2026 12:02:00 GMT"},
            Hints(retry_after_seconds=120),
        ),
        (
            {"retry-after": "Tue, 24 Nov 2020 12:00:00 GMT"},
            Hints(retry_after_seconds=0),
        ),
        ({"retry-after": "-5"}, Hints()),
        ({"retry-after": "later"}, Hints()),
    ],
)
def test_headers_are_read_as_the_standards_have_them(
    headers: dict[str, str], expected: Hints
) -> None:
    assert header_hints(headers, NOW) == expected


@given(
    st.dictionaries(
        st.sampled_from(["cache-control", "expires", "retry-after"]), st.text()
    )
)
def test_no_header_makes_it_fail(headers: dict[str, str]) -> None:
    header_hints(headers, NOW)


def test_the_gap_is_that_of_the_newest() -> None:
    minutes = [0, 10, 20, 30]
    dates = [NOW - dt.timedelta(minutes=count) for count in minutes]
    assert publication_gap(dates) == 10 * MINUTE
    assert (
        publication_gap([*dates[::-1], *[NOW - dt.timedelta(days=300)]]) != 10 * MINUTE
    )
    old = [NOW - dt.timedelta(days=300 + count) for count in range(50)]
    recent = [NOW - dt.timedelta(minutes=10 * count) for count in range(20)]
    assert publication_gap(old + recent) == 10 * MINUTE
    assert publication_gap([NOW, NOW]) is None
    assert publication_gap([NOW] * 20) is None
