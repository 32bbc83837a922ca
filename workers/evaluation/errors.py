"""What an annotation misses and invents against gold, for a person to read.

The rules of what counts as found are those of `event_scores`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from workers.evaluation.event_scores import (
    Item,
    Words,
    covered,
    in_order,
    matched,
    matched_arguments,
    meet,
    words_of,
)
from workers.stages.text.sentences import sentence_at


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which an annotation is not as the gold."""

    id: str
    """Of the text."""
    sentence: str
    """The one that it is in."""
    words: str
    """What is missed, false or wrong."""


def event_errors(
    gold: Sequence[Item], predicted: Sequence[Item]
) -> Iterator[Difference]:
    """Yield missed and false events and arguments, and wrong attributes."""
    yield from _differences(gold, predicted, _of_events)


def entity_errors(
    gold: Sequence[Item], predicted: Sequence[Item]
) -> Iterator[Difference]:
    """Yield missed and false entities."""
    yield from _differences(gold, predicted, _of_entities)


_Error = tuple[Item, str]
"""A span, and what is wrong there."""
_Errors = Callable[[Words, Item, Item], Iterator[_Error]]


def _differences(
    gold: Sequence[Item], predicted: Sequence[Item], errors: _Errors
) -> Iterator[Difference]:
    found = {item["id"]: item for item in predicted}
    for item in gold:
        text = item["text"]
        told = errors(words_of(text), item, found.get(item["id"], {}))
        for span, words in sorted(told, key=lambda error: int(error[0]["start"])):
            sentence = sentence_at(text, int(span["start"]), int(span["end"]))
            yield Difference(str(item["id"]), sentence, words)


def _of_entities(words: Words, gold: Item, predicted: Item) -> Iterator[_Error]:
    def known(item: Item) -> dict[tuple[str, frozenset[int]], Item]:
        return {(e["type"], covered(words, e)): e for e in item.get("entities", ())}

    golden, guessed = known(gold), known(predicted)
    for name, mine, other in (("missed", golden, guessed), ("false", guessed, golden)):
        for one, span in mine.items():
            if one not in other:
                yield span, f"{name} {one[0]} {_text(gold, span)}"


def _of_events(words: Words, gold: Item, predicted: Item) -> Iterator[_Error]:
    golden = in_order(gold.get("events", ()))
    guessed = in_order(predicted.get("events", ()))
    pairs = matched(words, golden, guessed)
    done = {id(event) for pair in pairs for event in pair}
    for name, found, events, others in (
        ("missed", "found as", golden, guessed),
        ("false", "gold has", guessed, golden),
    ):
        for event in events:
            if id(event) not in done:
                kinds = [each["type"] for each in others if meet(words, event, each)]
                instead = f" ({found} {', '.join(kinds)})" if kinds else ""
                yield event["trigger"], f"{name} {_named(gold, event)}{instead}"
    for one, other in pairs:
        name = _named(gold, one)
        for field in ("polarity", "modality"):
            if one[field] != other[field]:
                change = f"{field} {one[field]}, found {other[field]}"
                yield one["trigger"], f"wrong {name}: {change}"
        both = matched_arguments(words, one, other)
        met = {id(argument) for pair in both for argument in pair}
        for what, event in (("missed", one), ("false", other)):
            for argument in event["arguments"]:
                if id(argument) not in met:
                    filler = f"{argument['role']} {_text(gold, argument)}"
                    yield one["trigger"], f"{what} {name}: {filler}"


def _named(item: Item, event: Item) -> str:
    return f"{event['type']} {_text(item, event['trigger'])}"


def _text(item: Item, span: Item) -> str:
    return str(item["text"][span["start"] : span["end"]])
