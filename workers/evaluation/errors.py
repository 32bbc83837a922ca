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
    yield from _unmatched(words, gold, golden, guessed, pairs)
    for one, other in pairs:
        yield from _wrong_attributes(gold, one, other)
        yield from _unmatched_arguments(words, gold, one, other)


def _unmatched(
    words: Words,
    gold: Item,
    golden: Sequence[Item],
    guessed: Sequence[Item],
    pairs: Sequence[tuple[Item, Item]],
) -> Iterator[_Error]:
    """Yield events of one side alone, with what the other has on the same words."""
    done = {id(event) for pair in pairs for event in pair}
    for what, instead, events, others in (
        ("missed", "found as", golden, guessed),
        ("false", "gold has", guessed, golden),
    ):
        for event in events:
            if id(event) not in done:
                types = [each["type"] for each in others if meet(words, event, each)]
                other = f" ({instead} {', '.join(types)})" if types else ""
                yield event["trigger"], f"{what} {_named(gold, event)}{other}"


def _wrong_attributes(gold: Item, event: Item, found: Item) -> Iterator[_Error]:
    for field in ("polarity", "modality"):
        if event[field] != found[field]:
            change = f"{field} {event[field]}, found {found[field]}"
            yield event["trigger"], f"wrong {_named(gold, event)}: {change}"


def _unmatched_arguments(
    words: Words, gold: Item, event: Item, found: Item
) -> Iterator[_Error]:
    both = matched_arguments(words, event, found)
    met = {id(argument) for pair in both for argument in pair}
    for what, side in (("missed", event), ("false", found)):
        for argument in side["arguments"]:
            if id(argument) not in met:
                filler = f"{argument['role']} {_text(gold, argument)}"
                yield event["trigger"], f"{what} {_named(gold, event)}: {filler}"


def _named(item: Item, event: Item) -> str:
    return f"{event['type']} {_text(item, event['trigger'])}"


def _text(item: Item, span: Item) -> str:
    return str(item["text"][span["start"] : span["end"]])
