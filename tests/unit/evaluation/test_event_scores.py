from typing import Any

import pytest

from workers.evaluation.event_scores import score

TEXT = "सेना ने शनिवार को सीमा पर हमला किया।"


def span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def event(trigger: str, kind: str = "ASSAULT", **roles: str) -> dict[str, Any]:
    return {
        "trigger": span(trigger),
        "type": kind,
        "polarity": "positive",
        "modality": "asserted",
        "arguments": [{"role": role, **span(words)} for role, words in roles.items()],
    }


def item(*events: dict[str, Any], entities: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "id": "1",
        "text": TEXT,
        "entities": [{"type": "TIME", **span(words)} for words in entities],
        "events": list(events),
    }


def test_gold_against_itself_is_perfect() -> None:
    gold = [item(event("हमला किया", actor="सेना", time="शनिवार"), entities=("शनिवार",))]
    result = score(gold, gold)
    assert result["entities"]["f1"] == 1.0
    assert result["entities_by_type"]["TIME"]["f1"] == 1.0
    assert result["events"]["f1"] == result["arguments"]["f1"] == 1.0
    assert result["polarity_accuracy"] == result["modality_accuracy"] == 1.0


def test_a_shared_word_of_the_trigger_is_enough_and_the_type_must_agree() -> None:
    gold = [item(event("हमला किया"))]
    assert score(gold, [item(event("हमला"))])["events"]["f1"] == 1.0
    other = score(gold, [item(event("हमला", "HARM"))])
    assert (other["triggers_untyped"]["f1"], other["events"]["f1"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("guess", "right"),
    [({"actor": "सेना"}, 1), ({"target": "सेना"}, 0), ({"actor": "सेना ने शनिवार को"}, 0)],
)
def test_an_argument_needs_its_role_and_half_of_its_words(
    guess: dict[str, str], right: int
) -> None:
    gold = [item(event("हमला", actor="सेना"))]
    result = score(gold, [item(event("हमला", **guess))])
    assert result["arguments"]["p"] == right


def test_one_guess_matches_one_gold_event_only() -> None:
    gold = [item(event("हमला"), event("किया"))]
    result = score(gold, [item(event("हमला किया"))])
    assert result["events"] == {
        "p": 1.0,
        "r": 0.5,
        "f1": 0.6667,
        "gold": 2,
        "predicted": 1,
    }


def test_an_entity_must_have_exactly_its_words() -> None:
    gold = [item(entities=("शनिवार",))]
    assert score(gold, [item(entities=("शनिवार को",))])["entities"]["f1"] == 0.0


def test_what_was_not_annotated_counts_as_empty() -> None:
    result = score([item(event("हमला"))], [])
    assert result["events"]["gold"] == 1
    assert result["events"]["predicted"] == 0
    assert result["polarity_accuracy"] == 0.0
