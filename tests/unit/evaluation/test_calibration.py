from typing import Any

import pytest

from workers.evaluation.calibration import calibration_error, reliability

TEXT = "एक दो तीन चार पांच छह सात आठ नौ दस"


def event(word: str, confidence: float, kind: str = "AID") -> dict[str, Any]:
    start = TEXT.index(word)
    return {
        "trigger": {"start": start, "end": start + len(word)},
        "type": kind,
        "confidence": confidence,
    }


def item(*events: dict[str, Any]) -> dict[str, Any]:
    return {"id": "1", "text": TEXT, "events": list(events)}


def test_events_are_put_by_their_confidence() -> None:
    gold = item(event("एक", 1), event("दो", 1), event("चार", 1))
    found = item(
        event("एक", 0.6),
        event("दो", 0.69),
        event("तीन", 0.65),
        event("चार", 0.3, "HARM"),
        event("नौ", 1.0),
    )
    low, middle, high = reliability([gold], [found])
    assert (low.low, low.high, low.events, low.right) == (0.3, 0.4, 1, 0.0)
    assert (middle.low, middle.events) == (0.6, 3)
    assert middle.right == pytest.approx(2 / 3)
    assert middle.confidence == pytest.approx(0.6467, abs=1e-4)
    assert (high.low, high.high, high.right) == (0.9, 1.0, 0.0)


def test_the_error_is_the_mean_distance_over_events() -> None:
    gold = item(event("एक", 1), event("दो", 1))
    found = item(event("एक", 0.9), event("दो", 0.9), event("तीन", 0.5))
    assert calibration_error(reliability([gold], [found])) == pytest.approx(
        (0.1 + 0.1 + 0.5) / 3
    )


def test_nothing_found_claims_nothing() -> None:
    assert reliability([item(event("एक", 1))], []) == []
    assert calibration_error([]) == 0.0
