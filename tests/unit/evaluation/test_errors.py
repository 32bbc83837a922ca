from typing import Any

from workers.evaluation.errors import entity_errors, event_errors
from workers.stages.text.sentences import sentence_at

TEXT = "शहर शांत है। सेना ने सीमा पर हमला किया। राम आया"


def span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def event(trigger: str, kind: str, modality: str, **roles: str) -> dict[str, Any]:
    return {
        "trigger": span(trigger),
        "type": kind,
        "polarity": "positive",
        "modality": modality,
        "arguments": [{"role": role, **span(words)} for role, words in roles.items()],
    }


def item(*events: dict[str, Any], **entities: str) -> dict[str, Any]:
    return {
        "id": 7,
        "text": TEXT,
        "entities": [{"type": kind, **span(words)} for kind, words in entities.items()],
        "events": list(events),
    }


def told(gold: dict[str, Any], found: dict[str, Any]) -> list[str]:
    return [each.words for each in event_errors([gold], [found])]


def test_what_is_as_the_gold_is_not_told() -> None:
    gold = item(event("हमला", "ASSAULT", "asserted", actor="सेना"), PER="राम")
    assert not [*event_errors([gold], [gold])]
    assert not [*entity_errors([gold], [gold])]


def test_misses_and_inventions_come_with_their_sentence() -> None:
    (missed,) = event_errors([item(event("हमला", "ASSAULT", "asserted"))], [item()])
    assert missed.id == "7"
    assert missed.words == "missed ASSAULT हमला"
    assert missed.sentence == "सेना ने सीमा पर हमला किया।"
    assert told(item(), item(event("आया", "CONSULT", "asserted"))) == [
        "false CONSULT आया"
    ]


def test_a_wrong_type_is_told_from_both_sides() -> None:
    gold, found = (
        item(event("हमला किया", kind, "asserted")) for kind in ("ASSAULT", "HARM")
    )
    assert told(gold, found) == [
        "missed ASSAULT हमला किया (found as HARM)",
        "false HARM हमला किया (gold has ASSAULT)",
    ]


def test_attributes_and_arguments_are_told_of_what_is_found() -> None:
    gold = item(event("हमला", "ASSAULT", "planned", actor="सेना", place="सीमा"))
    found = item(event("हमला", "ASSAULT", "asserted", actor="सेना", target="सीमा"))
    assert told(gold, found) == [
        "wrong ASSAULT हमला: modality planned, found asserted",
        "missed ASSAULT हमला: place सीमा",
        "false ASSAULT हमला: target सीमा",
    ]


def test_a_text_that_was_not_annotated_is_missed_whole() -> None:
    gold = item(event("हमला", "ASSAULT", "asserted"), PER="राम")
    assert [each.words for each in event_errors([gold], [])] == ["missed ASSAULT हमला"]
    assert [each.words for each in entity_errors([gold], [])] == ["missed PER राम"]


def test_entities_are_told_in_text_order() -> None:
    gold, found = item(PER="राम", ORG="सेना"), item(LOC="सीमा", PER="शहर")
    assert [each.words for each in entity_errors([gold], [found])] == [
        "false PER शहर",
        "missed ORG सेना",
        "false LOC सीमा",
        "missed PER राम",
    ]


def test_a_sentence_ends_at_a_stop_a_line_or_the_text() -> None:
    assert sentence_at(TEXT, 0, 3) == "शहर शांत है।"
    assert sentence_at(TEXT, len(TEXT) - 1, len(TEXT)) == "राम आया"
    assert sentence_at("क\nख ग\nघ", 2, 3) == "ख ग"
