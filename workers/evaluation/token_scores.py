"""Score words and sentences by where they begin and end."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypedDict

from workers.evaluation.alignment import Span, align
from workers.evaluation.fractions import prf


class F1(TypedDict):
    """An F1 alone."""

    f1: float


class TokenScores(TypedDict):
    """What `khabar evaluate tokens` prints."""

    words: F1
    sentences: F1


def score_tokens(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]
) -> TokenScores:
    """Score words and sentences by their spans in the text without spaces.

    Raises ValueError when the characters differ.
    """
    one, other = align(gold), align(predicted)
    if one.characters != other.characters:
        message = "gold and prediction are not of the same text"
        raise ValueError(message)
    return {
        "words": _f1(chain.from_iterable(one.words), chain.from_iterable(other.words)),
        "sentences": _f1(one.sentences, other.sentences),
    }


def _f1(gold: Iterable[Span], predicted: Iterable[Span]) -> F1:
    true, guessed = set(gold), set(predicted)
    return {"f1": prf(len(true & guessed), len(guessed), len(true))["f1"]}
