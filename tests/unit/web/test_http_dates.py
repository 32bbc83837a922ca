import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.web.http_dates import http_date, retry_after

NOW = dt.datetime(2026, 11, 24, 6, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("120.5", 120.0),
        ("9" * 30, 1e30),
        ("Tue, 24 Nov 2026 06:20:00 GMT", 1200.0),
        ("Tue, 24 Nov 2026 06:20:00", 1200.0),
        ("Tue, 24 Nov 2026 05:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("१२०", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=60) | st.text("0123456789 :,GMTNov", max_size=60))
def test_no_text_makes_it_fail(value: str) -> None:
    date = http_date(value)
    assert date is None or date.tzinfo is not None
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0
