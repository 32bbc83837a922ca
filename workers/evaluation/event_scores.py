"""Score entities and events against gold, by the rules of the annotation guidelines.

An entity is right if its words and its type are. An event is right if its trigger
shares a word with the gold trigger and its type is equal. An argument is right if its
event is, its role is equal, and at least half of the longer span is shared. Words are
split at white space, punctuation at their edges does not count.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar

T = TypeVar("T")
Item = Mapping[str, Any]
Words = list[tuple[int, int]]


class Fractions(TypedDict):
    """Precision, recall, their harmonic mean, and what they are fractions of."""

    p: float
    r: float
    f1: float
    gold: int
    predicted: int


class Scores(TypedDict):
    """What `khabar evaluate events` and `khabar evaluate entities` print."""

    entities: Fractions
    entities_by_type: dict[str, Fractions]
    triggers_untyped: Fractions
    events: Fractions
    arguments: Fractions
    polarity_accuracy: float
    modality_accuracy: float


def score(gold: Sequence[Item], predicted: Sequence[Item]) -> Scores:
    """Compare two sets of annotated texts, matched by `id`.

    A text that was not annotated counts as annotated with nothing.
    """
    found = {item["id"]: item for item in predicted}
    tally = _Tally()
    for item in gold:
        tally.add(item, found.get(item["id"], {}))
    return tally.scores()


class _Tally:
    """Counts over texts."""

    def __init__(self) -> None:
        self.entities = {name: Counter[str]() for name in ("both", "gold", "predicted")}
        self.count = Counter[str]()

    def add(self, gold: Item, predicted: Item) -> None:
        words = words_of(gold["text"])
        self._add_entities(words, gold, predicted)
        golden = in_order(gold.get("events", ()))
        guessed = in_order(predicted.get("events", ()))
        triggers = paired(golden, guessed, lambda a, b: meet(words, a, b))
        pairs = matched(words, golden, guessed)
        self.count["triggers"] += len(triggers)
        self.count["events"] += len(pairs)
        self.count["gold events"] += len(golden)
        self.count["predicted events"] += len(guessed)
        self.count["gold arguments"] += sum(len(e["arguments"]) for e in golden)
        self.count["predicted arguments"] += sum(len(e["arguments"]) for e in guessed)
        for one, other in pairs:
            self.count["polarity"] += one["polarity"] == other["polarity"]
            self.count["modality"] += one["modality"] == other["modality"]
            self.count["arguments"] += len(matched_arguments(words, one, other))

    def _add_entities(self, words: Words, gold: Item, predicted: Item) -> None:
        spans = [
            {(e["type"], covered(words, e)) for e in item.get("entities", ())}
            for item in (gold, predicted)
        ]
        for name, group in zip(
            ("gold", "predicted", "both"), (*spans, spans[0] & spans[1]), strict=True
        ):
            self.entities[name].update(kind for kind, _ in group)

    def scores(self) -> Scores:
        both, golden, guessed = (
            self.entities[name] for name in ("both", "gold", "predicted")
        )
        count = self.count
        events = count["gold events"], count["predicted events"]
        matched = count["events"]
        return {
            "entities": _fractions(both.total(), golden.total(), guessed.total()),
            "entities_by_type": {
                kind: _fractions(both[kind], golden[kind], guessed[kind])
                for kind in sorted(golden)
            },
            "triggers_untyped": _fractions(count["triggers"], *events),
            "events": _fractions(matched, *events),
            "arguments": _fractions(
                count["arguments"],
                count["gold arguments"],
                count["predicted arguments"],
            ),
            "polarity_accuracy": _share_of(count["polarity"], matched),
            "modality_accuracy": _share_of(count["modality"], matched),
        }


def in_order(events: Sequence[Item]) -> list[Item]:
    """Return events in the order of their triggers."""
    return sorted(events, key=lambda event: int(event["trigger"]["start"]))


def _is_word_letter(letter: str) -> bool:
    # vowel signs and the virama are no alphanumerics, but end many words
    return letter.isalnum() or "\u0900" <= letter <= "\u0963"


def words_of(text: str) -> Words:
    """Return the words of a text as (start, end), punctuation at edges left out."""
    words: Words = []
    at = 0
    for chunk in text.split():
        start = text.index(chunk, at)
        at = end = start + len(chunk)
        while start < end and not _is_word_letter(text[start]):
            start += 1
        while end > start and not _is_word_letter(text[end - 1]):
            end -= 1
        if start < end:
            words.append((start, end))
    return words


def covered(words: Words, span: Item) -> frozenset[int]:
    """Return the numbers of the words that a span touches."""
    return frozenset(
        number
        for number, (start, end) in enumerate(words)
        if start < span["end"] and span["start"] < end
    )


def meet(words: Words, one: Item, other: Item) -> bool:
    """Return whether the triggers of two events share a word."""
    return not covered(words, one["trigger"]).isdisjoint(
        covered(words, other["trigger"])
    )


def matched(
    words: Words, golden: Sequence[Item], guessed: Sequence[Item]
) -> list[tuple[Item, Item]]:
    """Return the gold events that were found, each with what was found of it."""
    return paired(
        golden, guessed, lambda a, b: a["type"] == b["type"] and meet(words, a, b)
    )


def matched_arguments(
    words: Words, golden: Item, guessed: Item
) -> list[tuple[Item, Item]]:
    """Return the arguments of a gold event that were found, each with its like."""
    return paired(
        golden["arguments"],
        guessed["arguments"],
        lambda a, b: a["role"] == b["role"] and _share(words, a, b),
    )


def _share(words: Words, one: Item, other: Item) -> bool:
    ours, theirs = covered(words, one), covered(words, other)
    return len(ours & theirs) * 2 >= max(len(ours), len(theirs), 1)


def paired(
    golden: Sequence[T], guessed: Sequence[T], fits: Callable[[T, T], bool]
) -> list[tuple[T, T]]:
    """Pair each gold thing with the first free guess that fits."""
    free = list(guessed)
    pairs = []
    for one in golden:
        for number, other in enumerate(free):
            if fits(one, other):
                pairs.append((one, free.pop(number)))
                break
    return pairs


def _share_of(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _fractions(both: int, golden: int, guessed: int) -> Fractions:
    p = both / guessed if guessed else 0.0
    r = both / golden if golden else 0.0
    return {
        "p": round(p, 4),
        "r": round(r, 4),
        "f1": round(2 * p * r / (p + r), 4) if p + r else 0.0,
        "gold": golden,
        "predicted": guessed,
    }
