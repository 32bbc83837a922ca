import datetime as dt

import pytest

from workers.stages.events.dates import resolve

# Tuesday noon in India
PUBLISHED = dt.datetime(2026, 11, 24, 6, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("आज", "2026-11-24"),
        ("कल", "2026-11-23"),
        ("सोमवार", "2026-11-23"),
        ("मंगलवार", "2026-11-24"),
        ("बुधवार", "2026-11-18"),
        ("15 मई", "2026-05-15"),
        ("१५ मई", "2026-05-15"),
        ("25 दिसंबर", "2025-12-25"),
        ("15 मई, 2024", "2024-05-15"),
        ("मई 2024", "2024-05"),
        ("1961", "1961"),
        ("पिछले साल", "2025"),
        ("इस साल", "2026"),
        ("पिछले महीने", "2026-10"),
        ("03.11.2026", "2026-11-03"),
        ("31 फरवरी 2024", None),
        ("24 वर्षों", None),
        ("पिछले 24 वर्षों", None),
    ],
)
def test_expressions_are_read_from_the_day_of_publication(
    expression: str, value: str | None
) -> None:
    assert resolve(expression, PUBLISHED) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("कल", "2026-11-25"),
        ("बुधवार", "2026-11-25"),
        ("मंगलवार", "2026-11-24"),
        ("15 मई", "2027-05-15"),
        ("अगले साल", "2027"),
    ],
)
def test_what_lies_ahead_is_read_forward(expression: str, value: str) -> None:
    assert resolve(expression, PUBLISHED, ahead=True) == value


def test_the_day_is_that_of_india() -> None:
    late = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)  # 01:30 on the 24th there
    assert resolve("आज", late) == "2026-11-24"


@pytest.mark.parametrize("expression", ["आज", "बुधवार", "15 मई", "पिछले साल"])
def test_without_a_day_of_publication_nothing_relative_is_told(expression: str) -> None:
    assert resolve(expression, None) is None
    assert resolve("15 मई 2024", None) == "2024-05-15"
