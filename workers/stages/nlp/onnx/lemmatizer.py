"""Lemmas: from a dictionary, or spelled by a network for words that it lacks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.onnx.network import Network, by_length
from workers.stages.nlp.onnx.package import UNKNOWN, Package, index
from workers.stages.nlp.onnx.word_vectors import UniqueWords

Array = NDArray[Any]

_START, _END = 2, 3
"""Rows of the marks round a word; 0 and 1 are padding and the unknown character."""
_UNKNOWN_UNIT = "<UNK>"
_ANY_TAG = "*"
_BATCH_WORDS = 512
"""Words; bounds the scores of the decoder."""
_NEVER = np.float32(-1e12)
_AS_IS, _LOWERED = 1, 2
"""Edits that need no spelling."""


class Lemmatizer:
    """Stanza's dictionary with its network of encoder, decoder and copying."""

    def __init__(self, package: Package, cache_size: int, threads: int) -> None:
        vocabulary = package.vocabularies.lemmatizer
        self._dictionary = package.lemmas
        self._units = vocabulary.characters
        self._characters = index(vocabulary.characters)
        self._tags = index(vocabulary.tags)
        self._caseless = vocabulary.caseless
        self._longest = vocabulary.longest
        self._limit = cache_size
        self._encoder = Network(package.folder / "lemma-encoder.onnx", threads)
        self._decoder = Network(package.folder / "lemma-decoder.onnx", threads)
        self._spelled: dict[tuple[str, str], str] = {}

    def lemmas(
        self, forms: UniqueWords, upos: Array, tags: Sequence[str]
    ) -> UniqueWords:
        """Return a lemma per word, `_` where there is none; `upos` are rows of tags."""
        if len(self._spelled) > self._limit:
            self._spelled = {}
        keys, rows = np.unique(forms.rows * len(tags) + upos, return_inverse=True)
        pairs = [
            (forms.units[key // len(tags)], tags[key % len(tags)])
            for key in keys.tolist()
        ]
        found = [self._look_up(*pair) for pair in pairs]
        new = [
            pair
            for pair, lemma in zip(pairs, found, strict=True)
            if lemma is None and pair not in self._spelled
        ]
        for start in range(0, len(new), _BATCH_WORDS):
            some = new[start : start + _BATCH_WORDS]
            self._spelled.update(zip(some, self._spell(some), strict=True))
        lemmas = [
            (self._spelled[pair] if lemma is None else lemma) or "_"
            for pair, lemma in zip(pairs, found, strict=True)
        ]
        return UniqueWords(lemmas, rows)

    def _look_up(self, form: str, upos: str) -> str | None:
        form = self._folded(form)
        lemma = self._dictionary.get(upos, {}).get(form)
        if lemma is None:
            lemma = self._dictionary.get(_ANY_TAG, {}).get(form)
        return lemma

    def _folded(self, form: str) -> str:
        return form.lower() if self._caseless else form

    def _spell(self, pairs: list[tuple[str, str]]) -> list[str]:
        words = [self._folded(form) for form, _ in pairs]
        order = by_length([len(word) for word in words])
        # a character that the network never saw can still be copied
        units = [*self._units]
        rows = dict(self._characters)
        for character in sorted(set("".join(words)) - rows.keys()):
            rows[character] = len(units)
            units.append(character)
        source = [[_START, *(rows[c] for c in words[place]), _END] for place in order]
        edits, spelled = self._decode(
            source, [self._tags.get(pairs[place][1], UNKNOWN) for place in order], units
        )
        lemmas = [""] * len(pairs)
        for number, place in enumerate(order):
            spelling = "".join(units[unit] for unit in spelled[number])
            lemmas[place] = _edited(pairs[place][0], edits[number], spelling)
        return lemmas

    def _decode(
        self, source: list[list[int]], tags: list[int], units: list[str]
    ) -> tuple[list[int], list[list[int]]]:
        """Return the kind of edit and the spelling of each word, longest word first."""
        count, known = len(source), len(self._units)
        lengths = np.array([len(row) + 1 for row in source], np.int32)
        letters = np.zeros((count, int(lengths[0]) - 1), np.int64)
        for row, word in zip(letters, source, strict=True):
            row[: len(word)] = word
        context, h, c, edits = self._encoder(
            characters=np.ascontiguousarray(_known(letters, known).T),
            lengths=lengths,
            tag=np.array(tags, np.int64),
        )
        beyond = np.arange(letters.shape[1] + 1) >= lengths[:, None]
        every = np.arange(count)[:, None]
        spelled: list[list[int]] = [[] for _ in source]
        going = list(range(count))
        last = np.full(count, _START, np.int64)
        for _ in range(self._longest):
            h, c, written, copied = self._decoder(
                character=_known(last, known), h=h, c=c, context=context, beyond=beyond
            )
            scores = _either(written, copied, letters, every, len(units))
            last = scores.argmax(1)
            chosen = last.tolist()
            for number in going:
                if chosen[number] != _END:
                    spelled[number].append(chosen[number])
            going = [number for number in going if chosen[number] != _END]
            if not going:
                break
        return edits.tolist(), spelled


def _edited(form: str, edit: int, spelling: str) -> str:
    """Return the lemma of *form* by the network's kind of edit."""
    if edit == _AS_IS:
        return form
    lemma = form.lower() if edit == _LOWERED else spelling
    return form if not lemma or _UNKNOWN_UNIT in lemma else lemma


def _known(letters: Array, known: int) -> Array:
    return np.where(letters < known, letters, UNKNOWN)


def _either(
    written: Array, copied: Array, letters: Array, every: Array, size: int
) -> Array:
    """Add up, in logarithms, writing a character and copying it from the word."""
    most = copied.max(1, keepdims=True)
    sums = np.zeros((len(copied), size), np.float32)
    np.add.at(sums, (every, letters), np.exp(copied - most))
    nowhere = sums == 0
    copies = np.log(np.where(nowhere, np.float32(1e-12), sums)) + most
    copies[nowhere] = _NEVER
    if size > written.shape[1]:  # an unseen character is written as the unknown one
        unseen = written[:, UNKNOWN : UNKNOWN + 1]
        more = np.repeat(unseen, size - written.shape[1], axis=1)
        written = np.concatenate([written, more], axis=1)
    scores: Array = np.logaddexp(copies, written)
    return scores
