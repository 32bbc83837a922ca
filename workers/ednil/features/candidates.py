"""The features by which candidates are rescored, as numbers.

The tagger reads sentence by sentence. Here a span is seen beside its rivals, the spans
that share words with it, and beside the same words elsewhere in the text; the phrases
of the training texts tell whether such words were marked with or without those that
stand next to them. The trees know the numbers by their order alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from workers.domain.records import Entity, Sentence, Token
from workers.ednil.features.phrases import Phrases
from workers.ednil.features.words import Knowledge
from workers.ednil.inference.candidates import Candidate
from workers.ednil.inference.crf import Array
from workers.ednil.inference.decoding import log_odds
from workers.ednil.inference.spans import WordSpan
from workers.stages.text import lexical

_CLAIMS = (
    "around", "inside", "across", "other label", "relabelled", "left", "right",
)  # fmt: skip
_KINDS = ("V", "PSP", "NN", "DEM", "JJ", "SYM", "Q", "PRP", "CC")
_PAST = frozenset(lexical.words("copulas.past", "ednil.gone"))
_PRESENT = frozenset(lexical.words("copulas.present"))
_DOUBT = frozenset(lexical.words("ednil.doubt"))


def candidate_features(
    text: str,
    sentences: Sequence[Sentence],
    names: Sequence[Entity],
    candidates: Sequence[Candidate],
    *,
    knowledge: Knowledge,
    expected_events: float,
) -> Array:
    """Return one row of numbers for each candidate of a text.

    *candidates* are in text order. *expected_events* is how many events the words of
    the text lead to expect.
    """
    forms = [[text[t.start : t.end] for t in s.tokens] for s in sentences]
    lemmas = [[t.lemma for t in s.tokens] for s in sentences]
    by_sentence: dict[int, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_sentence[each.sentence].append(each)
    rivals = chain.from_iterable(map(_rivals, by_sentence.values()))
    alike = _alike(candidates, lemmas)
    of_text = _of_text(forms, candidates, expected_events)
    of_sentence = _of_sentences(text, sentences, by_sentence, forms, names)
    rows = [
        [
            log_odds(each.probability),
            log_odds(each.touched),
            float(each.span[0].startswith("M")),
            *of_rivals,
            *of_alike,
            *_habits(each, forms[each.sentence], knowledge.forms),
            *_habits(each, lemmas[each.sentence], knowledge.lemmas),
            *_neighbours(each, sentences[each.sentence].tokens),
            each.sentence,
            each.sentence / len(sentences),
            *of_text,
            len(forms[each.sentence]),
            each.span[1] / len(forms[each.sentence]),
            *of_sentence[each.sentence],
        ]
        for each, of_rivals, of_alike in zip(candidates, rivals, alike, strict=True)
    ]
    return np.array(rows, dtype=np.float32)


def _of_text(
    forms: Sequence[Sequence[str]],
    candidates: Sequence[Candidate],
    expected_events: float,
) -> list[float]:
    """Return how long a text is, and how many events candidates and words promise."""
    words = sum(map(len, forms))
    probable_events = sum(each.probability for each in candidates)
    return [
        len(forms), words, probable_events, probable_events / words * 100,
        expected_events, expected_events / words * 100,
    ]  # fmt: skip


def _of_sentences(
    text: str,
    sentences: Sequence[Sentence],
    numbers: Iterable[int],
    forms: Sequence[Sequence[str]],
    names: Sequence[Entity],
) -> dict[int, list[float]]:
    """Return by number, which rise, the features of sentences that hold candidates."""
    types: dict[int, list[str]] = defaultdict(list)
    for name in names:
        types[name.sentence].append(name.type.value)
    found: dict[int, list[float]] = {}
    paragraph = at = 0
    for number in numbers:
        paragraph += text.count("\n", at, sentences[number].start)
        at = sentences[number].start
        words = set(forms[number])
        found[number] = [
            *(types[number].count(kind) for kind in ("LOC", "NUM", "TIME")),
            float(not words.isdisjoint(_PAST)),
            float(not words.isdisjoint(_PRESENT)),
            float(not words.isdisjoint(_DOUBT)),
            paragraph,
        ]
    return found


def _rivals(own: Sequence[Candidate]) -> list[list[float]]:
    """Return what the other spans of a sentence claim, for each of its candidates.

    Spans that share a word exclude each other, so that few likely ones share one: the
    work grows with the sentence, not with its square.
    """
    at_word: dict[int, list[int]] = defaultdict(list)
    for number, each in enumerate(own):
        for word in range(each.span[1], each.span[2]):
            at_word[word].append(number)
    total = sum(each.probability for each in own)
    rows = []
    for number, each in enumerate(own):
        _, first, end = each.span
        sharing = {n for word in range(first, end) for n in at_word[word]} - {number}
        claims = dict.fromkeys(_CLAIMS, 0.0)
        for rival in (own[n] for n in sorted(sharing)):
            for claim in _claims(each.span, rival.span):
                claims[claim] += rival.probability
        apart = total - each.probability - sum(own[n].probability for n in sharing)
        nested = max(claims["around"], claims["inside"], claims["across"])
        rows.append(
            [
                claims["around"], claims["inside"], claims["across"],
                claims["other label"], claims["relabelled"], apart,
                claims["left"], claims["right"],
                each.probability - nested, end - first,
            ]
        )  # fmt: skip
    return rows


def _claims(span: WordSpan, rival: WordSpan) -> Iterator[str]:
    """Yield how a *rival* shares words with *span*."""
    label, first, end = span
    rival_label, start, stop = rival
    if (start, stop) == (first, end):
        yield "relabelled"
    elif rival_label != label:
        yield "other label"
    elif start <= first and stop >= end:
        yield "around"
        if start < first:
            yield "left"
        if stop > end:
            yield "right"
    elif start >= first and stop <= end:
        yield "inside"
    else:
        yield "across"


def _alike(
    found: Sequence[Candidate], lemmas: Sequence[Sequence[str]]
) -> list[list[float]]:
    """Return what the text tells of the same words, and of the same first or last."""
    rows: list[list[float]] = [[] for _ in found]
    for key in (_whole, _last, _first):
        groups: dict[str, list[int]] = defaultdict(list)
        for number, each in enumerate(found):
            _, first, end = each.span
            groups[key(lemmas[each.sentence][first:end])].append(number)
        for members in groups.values():
            chances = [found[n].probability for n in members]
            total, passed = sum(chances), 0.0
            for order, (number, chance) in enumerate(
                zip(members, chances, strict=True)
            ):
                rest = len(members) - 1
                rows[number] += [
                    order,
                    rest,
                    (total - chance) / rest if rest else -1.0,
                    passed,
                    total,
                    max(chances),
                ]
                passed += chance
    return rows


def _whole(words: Sequence[str]) -> str:
    return " ".join(words)


def _last(words: Sequence[str]) -> str:
    return words[-1]


def _first(words: Sequence[str]) -> str:
    return words[0]


def _habits(each: Candidate, words: Sequence[str], known: Phrases) -> list[float]:
    """Return how often the phrase, one word more and one word less were triggers."""
    _, first, end = each.span
    return [
        *_share(words[first:end], known, count=True),
        *_share(words[max(first - 1, 0) : end], known),
        *_share(words[first : end + 1], known),
        *_share(words[first : end + 2], known),
        *_share(words[first + 1 : end], known),
        *_share(words[first : end - 1], known),
        *_share(words[first : first + 1], known),
        *_share(words[end - 1 : end], known),
    ]


def _share(words: Sequence[str], known: Phrases, *, count: bool = False) -> list[float]:
    if not words:
        return [-1.0]
    triggers, occurrences = known.get(" ".join(words), (0, 0))
    share = triggers / (occurrences + 2)
    return [share, float(np.log1p(occurrences))] if count else [share]


def _neighbours(each: Candidate, tokens: Sequence[Token]) -> list[float]:
    """Return the kinds of the words at the span's edges, and how it hangs together."""
    _, first, end = each.span
    kinds = [
        _kind(tokens, first - 2), _kind(tokens, first - 1), _kind(tokens, first),
        _kind(tokens, end - 1), _kind(tokens, end), _kind(tokens, end + 1),
    ]  # fmt: skip
    inside = tokens[first:end]
    verbs = sum(token.xpos.startswith("V") for token in inside)
    leaves = sum(not first < token.head <= end for token in inside)
    return [*kinds, verbs, leaves]


def _kind(tokens: Sequence[Token], place: int) -> float:
    """Return the number of a word's class, from verbs to other words."""
    if not 0 <= place < len(tokens):
        return -1.0
    tag = tokens[place].xpos or "_"
    if tag in {"NNP", "NNPC"}:
        return 2.5
    for number, kind in enumerate(_KINDS):
        if tag.startswith(kind):
            return float(number)
    return float(len(_KINDS))
