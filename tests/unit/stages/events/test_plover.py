"""Events as PLOVER has them, and as a table."""

import datetime as dt

import pytest
from msgspec import structs

from workers.domain.records import (
    Count,
    CountKind,
    EventRecord,
    EventType,
    Modality,
    Polarity,
    QuadCategory,
    Versions,
)
from workers.stages.enrichment import event_table
from workers.stages.events.plover import CODES, plover_record, totals

RECORD = EventRecord(
    event_id="a-1-v1",
    article_id="a" * 32,
    revision=1,
    event_type=EventType.AGREE,
    event_subtype="sign",
    polarity=Polarity.POSITIVE,
    modality=Modality.ASSERTED,
    trigger="हस्ताक्षर किए",
    trigger_lemma="हस्ताक्षर कर",
    actors=("रूस", "भारत"),
    targets=(),
    themes=("समझौते",),
    places=("दिल्ली", "होटल"),
    times=("सोमवार",),
    event_date="2026-11-23",
    attribution=None,
    confidence=0.8,
    method="frames",
    sentence_text="रूस और भारत ने समझौते पर हस्ताक्षर किए।",
    url="https://khabar.example/1",
    publisher="देश",
    title="शीर्षक",
    published_at=dt.datetime(2026, 11, 24, 20, 0, tzinfo=dt.UTC),
    versions=Versions(khabar="1", models="m", lexicon="l"),
    quad_category=QuadCategory.VERBAL_COOPERATION,
    cameo_root="03",
)


def count(kind: CountKind, low: int, high: int | None) -> Count:
    return Count(kind=kind, low=low, high=high, text="x", start=0, end=1)


def test_the_sixteen_types_have_codes_and_the_ten_have_none() -> None:
    assert len(CODES) == 16
    without = {kind for kind in EventType if kind not in CODES}
    assert without == {
        "CRIME", "JUDGE", "ELECT", "OFFICE", "POLICY", "ECONOMY", "ACCIDENT",
        "DISASTER", "HARM", "CONTEST",
    }  # fmt: skip
    assert {codes.quad for codes in CODES.values()} == {*QuadCategory}


@pytest.mark.parametrize(
    ("kind", "quad", "root"),
    [
        (EventType.CONSULT, 1, "04"),
        (EventType.RETREAT, 2, "08"),
        (EventType.REQUEST, 3, "10"),
        (EventType.SANCTION, 4, "16"),
        (EventType.ASSAULT, 4, "18"),
        (EventType.HARM, None, None),
    ],
)
def test_codes_are_of_the_type(
    kind: EventType, quad: int | None, root: str | None
) -> None:
    written = plover_record(structs.replace(RECORD, event_type=kind))
    assert (written["event"], written["quad_code"]) == ([kind], quad)
    assert written["cameo_root"] == root


def test_fields_have_the_names_of_the_codebook() -> None:
    written = plover_record(RECORD)
    assert written["id"] == "a-1-v1"
    assert written["date"] == "2026-11-23"
    assert written["source"] == [{"actor_text": "रूस"}, {"actor_text": "भारत"}]
    assert written["recipient"] == []
    assert written["event_loc"] == {"name": "दिल्ली"}
    assert written["event_text"] == ["हस्ताक्षर किए"]
    assert written["text"] == RECORD.sentence_text
    assert written["cite_info"]["publication"] == "देश"
    assert written["context"] == []


@pytest.mark.parametrize("told", [None, "2026", "2026-11"])
def test_without_a_day_the_date_is_the_publication_s_in_india(told: str | None) -> None:
    record = structs.replace(RECORD, event_date=told)
    assert plover_record(record)["date"] == "2026-11-25"
    undated = structs.replace(record, published_at=None)
    assert plover_record(undated)["date"] is None


def test_what_did_not_happen_says_so_in_its_context() -> None:
    planned = structs.replace(RECORD, modality=Modality.PLANNED)
    assert plover_record(planned)["context"] == ["future"]
    doubted = structs.replace(
        RECORD, modality=Modality.POSSIBLE, polarity=Polarity.NEGATIVE
    )
    assert plover_record(doubted)["context"] == ["hypothetical", "negation"]


def test_counts_of_a_kind_add_up_and_stay_open() -> None:
    dead, hurt = CountKind.DEAD, CountKind.INJURED
    counts = (count(dead, 2, 2), count(dead, 3, 4), count(hurt, 10, None))
    assert totals(counts) == {"dead": (5, 6), "injured": (10, None)}
    assert totals((count(hurt, 1, None), count(hurt, 2, 2))) == {"injured": (3, None)}
    assert plover_record(structs.replace(RECORD, counts=counts))["size_info"] == {
        "dead": {"low": 5, "high": 6},
        "injured": {"low": 10, "high": None},
    }


def test_a_row_has_a_cell_for_every_column() -> None:
    record = structs.replace(RECORD, counts=(count(CountKind.DEAD, 24, None),))
    cells = dict(zip(event_table.COLUMNS, event_table.row(record), strict=True))
    assert cells["actors"] == "रूस; भारत"
    assert cells["targets"] == ""
    assert cells["event_type"] == "AGREE"
    assert cells["published_at"] == "2026-11-24T20:00:00Z"
    assert (cells["dead_low"], cells["dead_high"]) == (24, None)
    assert (cells["injured_low"], cells["khabar_version"]) == (None, "1")
