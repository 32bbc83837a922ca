"""Score tags of entities: exact span and type, as CoNLL-2003 does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from workers.evaluation.conll import ENTITY_TYPES
from workers.evaluation.fractions import Prf, prf


class NerScores(TypedDict):
    """What `khabar evaluate ner` prints."""

    micro: Prf
    by_type: dict[str, Prf]


def spans(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    """Return (type, first token, end token) of each entity; reads BIO and BIOES.

    An entity begins at B or S, or where I or E follows another type or none.
    """
    found: set[tuple[str, int, int]] = set()
    start = 0
    kind = ""
    for i, tag in enumerate([*tags, "O"]):
        position, _, label = tag.partition("-")
        if kind and (position in ("B", "S", "O") or label != kind):
            found.add((kind, start, i))
            kind = ""
        if label and not kind:
            start, kind = i, label
        if kind and position in ("E", "S"):
            found.add((kind, start, i + 1))
            kind = ""
    return found


def score_ner(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]
) -> NerScores:
    """Score tags against gold tags, sentence by sentence, by exact span and type.

    Raises ValueError when the sentences differ in number or length.
    """
    right: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for gold_tags, tags in zip(gold, predicted, strict=True):
        if len(gold_tags) != len(tags):
            message = f"{len(tags)} tags for a sentence of {len(gold_tags)} tokens"
            raise ValueError(message)
        one, other = spans(gold_tags), spans(tags)
        right.update(kind for kind, _, _ in one & other)
        guessed.update(kind for kind, _, _ in other)
        true.update(kind for kind, _, _ in one)
    return {
        "micro": prf(right.total(), guessed.total(), true.total()),
        "by_type": {
            kind: prf(right[kind], guessed[kind], true[kind])
            for kind in ENTITY_TYPES
            if true[kind] or guessed[kind]
        },
    }
