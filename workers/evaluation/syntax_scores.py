"""Score syntax: tags, features, lemmas, heads and relations.

On given words by accuracy; on raw text by F1 over aligned words, as the CoNLL-2018
shared task does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from workers.evaluation.alignment import Span, align
from workers.evaluation.conll import Row
from workers.evaluation.fractions import Prf, prf


class SyntaxScores(TypedDict):
    """Shares of words whose column is right; head and relation together are `las`."""

    upos: float
    xpos: float
    feats: float
    lemma: float
    uas: float
    las: float


class SyntaxReport(TypedDict):
    """What `khabar evaluate syntax` prints."""

    gold_tokens: SyntaxScores
    raw: SyntaxScores


def _same_features(one: str, other: str) -> bool:
    return set(one.split("|")) == set(other.split("|"))


def _agreement(gold: Row, guess: Row) -> dict[str, bool]:
    return {
        "upos": gold.upos == guess.upos,
        "xpos": gold.xpos == guess.xpos,
        "feats": _same_features(gold.feats, guess.feats),
        "lemma": gold.lemma == guess.lemma,
    }


def score_syntax(
    gold: Iterable[Sequence[Row]], predicted: Iterable[Sequence[Row]]
) -> SyntaxScores:
    """Score annotations of the gold words: accuracy by column, UAS and LAS.

    Raises ValueError when the words differ.
    """
    right: Counter[str] = Counter()
    total = 0
    for one, other in zip(gold, predicted, strict=True):
        if [row.form for row in one] != [row.form for row in other]:
            message = "the words differ: score raw text with score_syntax_raw"
            raise ValueError(message)
        for row, guess in zip(one, other, strict=True):
            total += 1
            right.update(k for k, same in _agreement(row, guess).items() if same)
            attached = row.head == guess.head
            right["uas"] += attached
            right["las"] += attached and row.relation == guess.relation
    return _accuracy(right, total, total)


def score_syntax_raw(
    gold: Iterable[Sequence[Row]], predicted: Iterable[Sequence[Row]]
) -> SyntaxScores:
    """Score annotations of raw text: F1 over words aligned by their characters.

    The two may differ in words and sentences, not in the text without spaces; a head is
    right when it is aligned to the gold head, or both are roots. Raises ValueError when
    the characters differ.
    """
    characters, words = _located(gold)
    guessed_characters, guesses = _located(predicted)
    if characters != guessed_characters:
        message = "gold and prediction are not of the same text"
        raise ValueError(message)
    right: Counter[str] = Counter()
    for span, (row, head) in words.items():
        if span not in guesses:
            continue
        guess, guessed_head = guesses[span]
        right.update(k for k, same in _agreement(row, guess).items() if same)
        attached = head == guessed_head
        right["uas"] += attached
        right["las"] += attached and row.relation == guess.relation
    return _accuracy(right, len(words), len(guesses))


def _accuracy(right: Mapping[str, int], true: int, guessed: int) -> SyntaxScores:
    def share(name: str) -> float:
        return round(2 * right[name] / (true + guessed), 4) if true + guessed else 0.0

    return {
        "upos": share("upos"),
        "xpos": share("xpos"),
        "feats": share("feats"),
        "lemma": share("lemma"),
        "uas": share("uas"),
        "las": share("las"),
    }


def score_relations(
    gold: Iterable[Sequence[Row]], predicted: Iterable[Sequence[Row]]
) -> dict[str, Prf]:
    """Score each relation of the gold words by head and relation together."""
    right: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for one, other in zip(gold, predicted, strict=True):
        for row, guess in zip(one, other, strict=True):
            true[row.relation] += 1
            guessed[guess.relation] += 1
            if row.head == guess.head and row.relation == guess.relation:
                right[row.relation] += 1
    return {k: prf(right[k], guessed[k], n) for k, n in true.most_common()}


_Located = dict[Span, tuple[Row, Span | None]]
"""Words by their span in the text without spaces, each with its head's span."""


def _located(sentences: Iterable[Sequence[Row]]) -> tuple[str, _Located]:
    trees = list(sentences)
    spans = align([row.form for row in rows] for rows in trees)
    words: _Located = {}
    for rows, places in zip(trees, spans.words, strict=True):
        for row, place in zip(rows, places, strict=True):
            known = 0 < row.head <= len(places)
            words[place] = row, places[row.head - 1] if known else None
    return spans.characters, words
