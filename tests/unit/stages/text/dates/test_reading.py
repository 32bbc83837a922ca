import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.domain.records import Confidence
from workers.stages.text.dates import reading
from workers.stages.text.dates.reading import (
    FUTURE,
    FUTURE_MARGIN,
    IMPOSSIBLE,
    OLDEST,
    TOO_OLD,
    UNREAD,
    read_date,
)
from workers.stages.text.dates.zones import INDIA

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)

# All of them mean 21 November 2026, 18:35 in India.
SAME_INSTANT = [
    ("Sat, 21 Nov 2026 18:35:00 +0530", "rfc822"),
    ("Sat, 21 Nov 2026 18:35:00 IST", "rfc822-ist"),
    ("21 Nov 2026 18:35 IST", "rfc822-ist"),
    ("Sat, 21 Nov 2026 18:35:00 (IST)", "rfc822-ist"),
    ("Sat, 21 Nov 2026 18:35:00 GMT+5:30", "rfc822-gmt-offset"),
    ("Sat, 21 Nov 2026 18:35:00 GMT+0530", "rfc822-gmt-offset"),
    ("Sat, 21 Nov 2026 18:35:00 UTC +05:30", "rfc822-gmt-offset"),
    ("Sat, 21 Nov 2026 18:35:00 GMT +5:30", "rfc822-gmt-offset"),
    ("Sat, 21 Nov 2026 13:05:00 GMT", "rfc822"),
    ("Sat, 21 Nov 2026 13:05:00 Z", "rfc822"),
    ("Sat, 21 Nov 2026 08:05:00 EST", "rfc822"),
    ("Sat, 21 Nov 2026 18:50:00 NPT", "rfc822"),
    ("Sat, 21 Nov 2026 18:35:00", "rfc822-naive"),
    ("Saturday, 21-Nov-26 18:35:00 IST", "rfc822-ist"),
    ("Sat Nov 21, 2026 6:35 PM", "rfc822-naive"),
    ("November 21, 2026 06:35 pm IST", "rfc822-ist"),
    ("21st November 2026, 6.35 p.m.", "rfc822-naive"),
    ("06:35 PM | 21 Nov 2026 IST", "rfc822-ist"),
    ("Sat, 21 Nov 2026 18:35 PM", "rfc822-naive"),
    ("2026-11-21T18:35:00+05:30", "iso8601"),
    ("2026-11-21T18:35:00.123+05:30", "iso8601"),
    ("2026-11-21T13:05:00Z", "iso8601"),
    ("2026-11-21 18:35:00 +0530", "iso8601"),
    ("2026-11-21T18:35:00", "iso8601-naive"),
    ("2026-11-21 18:35", "iso8601-naive"),
    ("2026-11-21T18:35:00+05:30[Asia/Kolkata]", "iso8601"),
    ("2026/11/21 18:35:00 IST", "iso8601-ist"),
    ("20261121T183500+0530", "iso8601"),
    ("20261121T130500Z", "iso8601"),
    ("21/11/2026 06:35 PM", "day-first-naive"),
    ("21-11-2026 18:35", "day-first-naive"),
    ("21.11.2026 18:35:00 IST", "day-first-ist"),
    ("21/11/26 18:35", "day-first-naive"),
    ("11/21/2026 06:35 PM", "month-first-naive"),
    ("२१/११/२०२६ ०६:३५ PM", "day-first-naive"),
    ("शनिवार, 21 नवंबर 2026 18:35 IST", "hindi-ist"),
    ("शनि, 21 नवम्बर 2026 18:35:00 +0530", "hindi"),
    ("शनिवार, २१ नवंबर २०२६ १८:३५", "hindi-naive"),
    ("21 नवम्\u200dबर 2026, 06:35 PM", "hindi-naive"),
    ("21 नवँबर 2026 06:35 अपराह्न", "hindi-naive"),
    ("21 नव॰ 2026 18:35", "hindi-naive"),
    ("21 नवंबर, 2026 शाम 6:35 बजे", "hindi-naive"),
    ("नवंबर 21, 2026 शाम 6.35 बजे", "hindi-naive"),
    ("शाम 6:35 बजे, 21 नवंबर 2026", "hindi-naive"),
    ("प्रकाशित: 21 नवंबर 2026, 6:35 पीएम भारतीय समयानुसार", "hindi-ist"),
    ("Published: 21 Nov 2026 18:35 hrs IST", "rfc822-ist"),
    ("1795266300", "epoch"),
    ("1795266300000", "epoch"),
]
INSTANT = dt.datetime(2026, 11, 21, 13, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(("raw", "rule"), SAME_INSTANT)
def test_one_instant_in_many_forms(raw: str, rule: str) -> None:
    read = read_date(raw, NOW)
    assert read.value == INSTANT
    assert (read.rule, read.raw, read.doubt) == (rule, raw, None)


MONTHS = [
    ("1", ["जनवरी", "January", "Jan"]),
    ("2", ["फरवरी", "फ़रवरी", "फ\u093cरवरी", "Feb"]),
    ("3", ["मार्च", "March"]),
    ("4", ["अप्रैल", "अप्रेल", "Apr"]),
    ("5", ["मई", "May"]),
    ("6", ["जून", "June"]),
    ("7", ["जुलाई", "जुलाइ", "Jul"]),
    ("8", ["अगस्त", "Aug"]),
    ("9", ["सितंबर", "सितम्बर", "Sept", "Sep"]),
    ("10", ["अक्टूबर", "अक्तूबर", "अक्टुबर", "ऑक्टोबर", "October"]),
    ("11", ["नवंबर", "नवम्बर", "November"]),
    ("12", ["दिसंबर", "दिसम्बर", "Dec"]),
]


@pytest.mark.parametrize(
    ("month", "name"), [(int(month), name) for month, names in MONTHS for name in names]
)
def test_names_of_months(month: int, name: str) -> None:
    value = read_date(f"09 {name} 2026", NOW).value
    assert value is not None
    assert value.astimezone(INDIA).date() == dt.date(2026, month, 9)


@pytest.mark.parametrize(
    ("words", "hour", "minute"),
    [
        ("सुबह 9 बजे", 9, 0),
        ("सुबह 12:10 बजे", 0, 10),
        ("दोपहर 12:30 बजे", 12, 30),
        ("दोपहर 2 बजे", 14, 0),
        ("दोपहर 11:45 बजे", 11, 45),
        ("शाम 5:05 बजे", 17, 5),
        ("रात 9:30 बजे", 21, 30),
        ("देर रात 1:15 बजे", 1, 15),
        ("तड़के 4 बजे", 4, 0),
        ("12:00 AM", 0, 0),
        ("12:00 PM", 12, 0),
        ("6 PM", 18, 0),
        ("00:00", 0, 0),
        ("23:59:60", 23, 59),
    ],
)
def test_parts_of_the_day(words: str, hour: int, minute: int) -> None:
    value = read_date(f"21 नवंबर 2026, {words}", NOW).value
    assert value is not None
    local = value.astimezone(INDIA)
    assert (local.day, local.hour, local.minute) == (21, hour, minute)


def test_a_day_without_a_time_is_midnight_in_india() -> None:
    read = read_date("2026-11-21", NOW)
    assert read.value == dt.datetime(2026, 11, 20, 18, 30, tzinfo=dt.UTC)
    assert read.rule == "iso8601-date"


def test_hour_24_is_the_next_midnight() -> None:
    read = read_date("2026-11-21T24:00:00+05:30", NOW)
    assert read.value == dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "31 Feb 2026 10:00 IST",
        "30 फरवरी 2026",
        "2026-13-01T00:00:00Z",
        "2026-00-10",
        "45/45/2026",
        "21 Nov 2026 25:10 IST",
        "21 Nov 2026 10:75",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00",
        "2026-11-21T10:00:00+99:00",
    ],
)
def test_what_never_was_is_impossible(raw: str) -> None:
    read = read_date(raw, NOW)
    assert (read.value, read.doubt, read.raw) == (None, IMPOSSIBLE, raw)
    assert read.rule != UNREAD


@pytest.mark.parametrize(
    "raw",
    ["", "   ", "yesterday", "अभी-अभी", "10:30", "नवंबर 2026", "12345", "abc 2026"],
)
def test_what_tells_no_day_is_unread(raw: str) -> None:
    read = read_date(raw, NOW)
    assert (read.value, read.rule, read.doubt) == (None, UNREAD, None)


def test_dates_out_of_reach_are_doubted() -> None:
    def doubt(moment: dt.datetime) -> str | None:
        return read_date(moment.isoformat(), NOW).doubt

    second = dt.timedelta(seconds=1)
    assert doubt(NOW + FUTURE_MARGIN) is None
    assert doubt(NOW + FUTURE_MARGIN + second) == FUTURE
    assert doubt(NOW - OLDEST) is None
    assert doubt(NOW - OLDEST - second) == TOO_OLD


def test_indian_time_that_calls_itself_greenwich_is_in_the_future() -> None:
    just_now = NOW.astimezone(INDIA)
    assert read_date(f"{just_now:%Y-%m-%dT%H:%M:%S}Z", NOW).doubt == FUTURE


@pytest.mark.parametrize(
    ("raw", "confidence"),
    [
        ("Sat, 21 Nov 2026 18:35:00 +0530", Confidence.HIGH),
        ("Sat, 21 Nov 2026 18:35:00 IST", Confidence.HIGH),
        ("२१ नवंबर २०२६, शाम 6:35 बजे IST", Confidence.HIGH),
        ("1795266300", Confidence.HIGH),
        ("21/11/2026 06:35 PM", Confidence.MEDIUM),
        ("11/21/2026 06:35 PM", Confidence.MEDIUM),
        ("2026-11-21T18:35:00", Confidence.MEDIUM),
        ("05/11/2026 06:35 PM", Confidence.LOW),
        ("05/11/2026 06:35 PM IST", Confidence.LOW),
        ("21 नवंबर 2026", Confidence.LOW),
        ("हाल ही में", Confidence.NONE),
        ("31 Feb 2026", Confidence.NONE),
        ("Fri, 01 Jan 2027 00:00:00 GMT", Confidence.NONE),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Confidence.NONE),
    ],
)
def test_a_date_says_how_sure_it_is(raw: str, confidence: Confidence) -> None:
    assert read_date(raw, NOW).confidence is confidence


def test_only_the_beginning_of_a_flood_is_kept() -> None:
    read = read_date("21 Nov 2026 18:35 IST " + "क" * 100_000, NOW)
    assert read.value == INSTANT
    assert len(read.raw) == 200


@given(
    st.integers(10**8, 3 * 10**9),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(
        [
            "%Y-%m-%dT%H:%M:%S",
            "%a, %d %b %Y %H:%M:%S ",
            "%d/%m/%Y %I:%M:%S %p ",
            "%B %d, %Y %H:%M:%S ",
        ]
    ),
)
def test_what_is_written_is_read_back(
    epoch_seconds: int, minutes_east: int, form: str
) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes_east))
    local = dt.datetime.fromtimestamp(epoch_seconds, zone)
    assert read_date(local.strftime(f"{form}%z"), NOW).value == local


PARTS = st.tuples(
    st.sampled_from(["", "Sat, ", "Fri, ", "Sat ", "शनि, "]),
    st.sampled_from(
        ["21 Nov 2026 ", "1 Sep 1999 ", "31 Feb 2026 ", "2026-11-21T", "2026-13-01 "]
    )
    | st.sampled_from(["0 Jan 2026 ", "21 November 2026 ", "2026-1-2 ", "21-11-2026 "]),
    st.sampled_from(["18:35:00", "00:00", "24:00:00", "9:05:01", "23:59:60", "1:2:3.5"])
    | st.sampled_from(["06:05:04.123", "12:00:00 PM", ""]),
    st.sampled_from(["", " "]),
    st.sampled_from(["", "IST", "GMT", "Z", "UTC", "+0530", "-11:00", "+05:30", "EST"])
    | st.sampled_from(["+1400", "-1459", "GMT+5:30", "+5:30", "NPT", "(IST)", "X"]),
)


@given(PARTS.map("".join))
def test_the_usual_forms_are_read_as_the_rules_say(raw: str) -> None:
    quick = read_date(raw, NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_read_usual", lambda _: None)
        assert quick == read_date(raw, NOW)


@given(st.text(max_size=80) | st.text("0123456789/-: TZ+नवंबर२०पाम", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    read = read_date(text, NOW)
    assert (read.value is None) == (read.rule == UNREAD or read.doubt == IMPOSSIBLE)
    assert read.value is None or read.value.tzinfo is dt.UTC


MORNING = dt.datetime(2026, 11, 27, 4, 35, tzinfo=dt.UTC)
NEXT_DAY = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("raw", "hours_later", "rule"),
    [
        ("Fri Nov 27 10:05:00 IST 2026", 0, "rfc822-ist"),
        ("Fri Nov 27 10:05:00 2026", 0, "rfc822-naive"),
        ("Fri Nov 27 10:05:00 GMT+05:30 2026", 0, "rfc822-gmt-offset"),
        ("2026-11-27 4:35:0 Z", 0, "iso8601"),
        ("27 Nov 2026 10:5:0", 0, "rfc822-naive"),
        ("27 Nov 2026 10:05:00:000AM", 0, "rfc822-naive"),
        ("20261127100500", 0, "compact-naive"),
        ("202611271005", 0, "compact-naive"),
        ("/Date(1795754100000)/", 0, "epoch"),
        ("/Date(1795754100000+0530)/", 0, "epoch"),
        ("27 नवं 2026 10:05", 0, "hindi-naive"),
        ("27 नवंबर 2026 10.05", 0, "hindi-naive"),
        ("27 Nov 2026 10:05 +5.30", 0, "rfc822"),
        ("27 Nov 2026 10:05 +05.30", 0, "rfc822"),
        ("Fri,&amp;nbsp;27 Nov 2026 10:05:00 +0530", 0, "rfc822"),
        ("&lt;b&gt;27 Nov 2026 10:05:00 +0530&lt;/b&gt;", 0, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 CET", 4.5, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 CEST", 3.5, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 BST", 4.5, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 EEST", 2.5, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 MSK", 2.5, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 SGT", -2.5, "rfc822"),
        ("Fri, 27 Nov 2026 10:05:00 GST", 1.5, "rfc822"),
        ("2026-11-27 10:05:00 Europe/Berlin", 4.5, "iso8601-iana"),
        ("2026-11-27 10:05 Asia/Kolkata", 0, "iso8601-iana"),
    ],
)
def test_what_content_systems_write(raw: str, hours_later: float, rule: str) -> None:
    read = read_date(raw, NEXT_DAY)
    assert read.value == MORNING + dt.timedelta(hours=hours_later)
    assert (read.rule, read.doubt) == (rule, None)


@pytest.mark.parametrize("zone", ["XYZT", "ABCDT", "Asia/Nowhere"])
def test_zone_that_is_not_known_makes_a_date_doubtful(zone: str) -> None:
    read = read_date(f"27 Nov 2026 10:05:00 {zone}", NEXT_DAY)
    assert read.value == MORNING
    assert read.rule == "rfc822-unknown-zone"
    assert read.confidence is Confidence.LOW
