"""What a second look at possible events knows of each, as numbers.

The first tagger reads sentence by sentence. Here a span is seen beside its rivals, the
spans that share words with it, and beside the same words elsewhere in the text; the
phrases of the training texts tell whether such words were marked with or without those
that stand next to them.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from workers.domain.records import Entity, Sentence, Token
from workers.ednil.candidates import Candidate
from workers.ednil.crf import Array
from workers.ednil.decoding import log_odds
from workers.ednil.features import Knowledge
from workers.ednil.phrases import Phrases
from workers.stages.text import lexical

_KINDS = ("V", "PSP", "NN", "DEM", "JJ", "SYM", "Q", "PRP", "CC")
_PAST = frozenset(lexical.words("copulas.past", "ednil.gone"))
_PRESENT = frozenset(lexical.words("copulas.present"))
_DOUBT = frozenset(lexical.words("ednil.doubt"))


def looked_at(
    text: str,
    sentences: Sequence[Sentence],
    names: Sequence[Entity],
    found: Sequence[Candidate],
    *,
    knowledge: Knowledge,
    promised: float,
) -> Array:
    """Return one row of numbers for each candidate of a text.

    *promised* is how many events the words of the text lead to expect.
    """
    forms = [[text[t.start : t.end] for t in s.tokens] for s in sentences]
    lemmas = [[t.lemma for t in s.tokens] for s in sentences]
    in_sentence: dict[int, list[Candidate]] = defaultdict(list)
    for each in found:
        in_sentence[each.sentence].append(each)
    rivals = iter([row for own in in_sentence.values() for row in _rivals(own)])
    words = sum(map(len, forms))
    expected = sum(each.probability for each in found)
    whole = [
        len(sentences), words, expected, expected / words * 100,
        promised, promised / words * 100,
    ]  # fmt: skip
    named: dict[int, list[str]] = defaultdict(list)
    for name in names:
        named[name.sentence].append(name.type.value)
    of_sentence = {}
    paragraph = at = 0
    for place in in_sentence:
        paragraph += text.count("\n", at, sentences[place].start)
        at = sentences[place].start
        of_sentence[place] = [*_said(forms[place], named[place]), paragraph]
    rows = []
    for each, alike in zip(found, _alike(found, lemmas), strict=True):
        place = each.sentence
        rows.append(
            [
                log_odds(each.probability),
                log_odds(each.touched),
                float(each.span[0].startswith("M")),
                *next(rivals),
                *alike,
                *_habits(each, forms[place], knowledge.forms),
                *_habits(each, lemmas[place], knowledge.lemmas),
                *_neighbours(each, sentences[place].tokens),
                place,
                place / len(sentences),
                *whole,
                len(forms[place]),
                each.span[1] / len(forms[place]),
                *of_sentence[place],
            ]
        )
    return np.array(rows, dtype=np.float32)


def _said(forms: Sequence[str], kinds: Sequence[str]) -> list[float]:
    """Return which kinds of name a sentence has how often, and how it speaks."""
    said = set(forms)
    return [
        *(kinds.count(kind) for kind in ("LOC", "NUM", "TIME")),
        float(not said.isdisjoint(_PAST)),
        float(not said.isdisjoint(_PRESENT)),
        float(not said.isdisjoint(_DOUBT)),
    ]


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
        label, first, end = each.span
        sharing = {n for word in range(first, end) for n in at_word[word]} - {number}
        around = inside = across = other = relabelled = left = right = 0.0
        for rival in (own[n] for n in sorted(sharing)):
            named, start, stop = rival.span
            chance = rival.probability
            if (start, stop) == (first, end):
                relabelled += chance
            elif named != label:
                other += chance
            elif start <= first and stop >= end:
                around += chance
                left += chance * (start < first)
                right += chance * (stop > end)
            elif start >= first and stop <= end:
                inside += chance
            else:
                across += chance
        apart = total - each.probability - sum(own[n].probability for n in sharing)
        rows.append(
            [
                around, inside, across, other, relabelled, apart, left, right,
                each.probability - max(around, inside, across), end - first,
            ]
        )  # fmt: skip
    return rows


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
