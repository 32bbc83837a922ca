"""Score EDNIL's two tasks, by the rules of the shared task's frame.

Task 1 asks for events as man-made or natural, task 2 for events by their subtype and
for four arguments. A span is right if its label and its words are those of the gold
(exact), or at least half of the longer (relaxed). Words are split at white space; one
without a letter or figure does not count.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypedDict

from workers.ednil.corpus import EVENTS, Mark, MarkedText
from workers.evaluation.errors import Difference
from workers.stages.text.sentences import sentence_at

FRAME = ("CASUALTIES", "TIME", "PLACE", "REASON")
"""Arguments of task 2."""

_WORD = re.compile(r"\S+")
_CORE = re.compile(r"[\w\u0900-\u0963](?:\S*[\w\u0900-\u0963])?")

Span = tuple[str, frozenset[int]]
"""A label, and where its words begin."""


class Fractions(TypedDict):
    """Precision, recall, their harmonic mean, and what they are fractions of."""

    p: float
    r: float
    f1: float
    gold: int
    predicted: int


class TaskScores(TypedDict):
    """Of one task."""

    exact: Fractions
    relaxed: Fractions


class Scores(TypedDict):
    """What `khabar evaluate ednil` prints."""

    task1: TaskScores
    task2: TaskScores


def score(
    gold: Sequence[MarkedText], predicted: Mapping[str, Iterable[Mark]]
) -> Scores:
    """Compare texts with what was found in each, by the text's id."""
    return {
        "task1": _task(gold, predicted, _kind),
        "task2": _task(gold, predicted, _in_frame),
    }


def errors(
    gold: Sequence[MarkedText], predicted: Mapping[str, Iterable[Mark]]
) -> Iterable[Difference]:
    """Yield what of task 2 is missed and what is false, by exact spans."""
    for text in gold:
        words = _Words(text.text)
        wanted = words.spans(text.marks, _in_frame)
        found = words.spans(predicted.get(text.id, ()), _in_frame)
        told = [
            *(("missed", span) for span in wanted if span not in found),
            *(("false", span) for span in found if span not in wanted),
        ]
        told = [each for each in told if each[1][1]]
        for name, (label, starts) in sorted(told, key=lambda each: min(each[1][1])):
            start, end = min(starts), words.end(max(starts))
            said = " ".join(text.text[start:end].split())
            sentence = sentence_at(text.text, start, end)
            yield Difference(text.id, sentence, f"{name} {label} {said}")


def _kind(mark: Mark) -> str | None:
    return mark.label if mark.label in EVENTS else None


def _in_frame(mark: Mark) -> str | None:
    if mark.label in EVENTS:
        return mark.subtype
    return mark.label if mark.label in FRAME else None


class _Words:
    """Where the words of a text begin and end."""

    def __init__(self, text: str) -> None:
        self._spans = [m.span() for m in _WORD.finditer(text) if _CORE.search(m[0])]
        self._text = text

    def end(self, start: int) -> int:
        """Return where the word that begins at *start* ends, less punctuation."""
        core = _CORE.search(self._text, start)
        return core.end() if core else start

    def spans(
        self, marks: Iterable[Mark], label: Callable[[Mark], str | None]
    ) -> list[Span]:
        """Return the different spans of a task, in text order."""
        found = {
            (name, self._inside(mark))
            for mark in marks
            for name in [label(mark)]
            if name
        }
        return sorted(found, key=lambda span: (sorted(span[1]), span[0]))

    def _inside(self, mark: Mark) -> frozenset[int]:
        return frozenset(
            start for start, end in self._spans if start < mark.end and mark.start < end
        )


def _task(
    gold: Sequence[MarkedText],
    predicted: Mapping[str, Iterable[Mark]],
    label: Callable[[Mark], str | None],
) -> TaskScores:
    exact = relaxed = wanted_count = found_count = 0
    for text in gold:
        words = _Words(text.text)
        wanted = words.spans(text.marks, label)
        found = words.spans(predicted.get(text.id, ()), label)
        wanted_count += len(wanted)
        found_count += len(found)
        exact += len(set(wanted) & set(found))
        relaxed += _overlaps(wanted, found)
    return {
        "exact": _fractions(exact, wanted_count, found_count),
        "relaxed": _fractions(relaxed, wanted_count, found_count),
    }


def _overlaps(wanted: Sequence[Span], found: Sequence[Span]) -> int:
    """Count the spans that share enough words with one that no other has taken."""
    free = list(found)
    count = 0
    for name, words in wanted:
        for other in free:
            shared = len(words & other[1])
            if other[0] == name and 2 * shared >= max(len(words), len(other[1]), 1):
                free.remove(other)
                count += 1
                break
    return count


def _fractions(both: int, wanted: int, found: int) -> Fractions:
    p, r = both / max(found, 1), both / max(wanted, 1)
    return {
        "p": round(p, 4),
        "r": round(r, 4),
        "f1": round(2 * p * r / max(p + r, 1e-9), 4),
        "gold": wanted,
        "predicted": found,
    }
