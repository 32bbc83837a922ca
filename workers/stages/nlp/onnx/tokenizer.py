"""Sentences and words."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.onnx.network import Network, buckets, by_length
from workers.stages.nlp.onnx.package import PAD, UNKNOWN, Package, index

Array = NDArray[Any]

_CELLS = 2048
"""Characters at once, padding included."""
_TOO_LONG = "<UNK>"
_FEATURES = 5
_SPACE, _CAPITAL, _DIGIT, _LAST, _FIRST = range(_FEATURES)
_INSIDE, _WORD_END, _SENTENCE_END = range(3)
# Every match of Stanza's pattern of addresses has one of these: most text has none,
# and is not searched for the rest.
_ADDRESS = re.compile(r"@|://|www\.|\.(?:gov|org|edu|net|com|co)")


class Word(NamedTuple):
    """A word as the models see it, and where it stands."""

    form: str
    start: int
    end: int


class Tokenizer:
    """The network that ends words and sentences."""

    def __init__(self, package: Package, threads: int) -> None:
        vocabulary = package.vocabularies.tokenizer
        self._network = Network(package.folder / "tokenizer.onnx", threads)
        self._characters = index(vocabulary.characters)
        self._space = re.compile(vocabulary.space)
        self._number = re.compile(vocabulary.number)
        self._unbroken = re.compile(vocabulary.unbroken)
        self._longest_word = vocabulary.longest_word
        self._rows = np.full(0x110000, -1, np.int32)
        self._flags = np.zeros((0x110000, 3), bool)

    def split(self, paragraphs: Sequence[str]) -> list[list[list[Word]]]:
        """Return the words of the sentences of each paragraph.

        Offsets are code points of the paragraph. A paragraph is one line, not longer
        than `segments.MAX_SEGMENT`.
        """
        read = [self._read(paragraph) for paragraph in paragraphs]
        labels = self._label([text for text, _ in read])
        return [
            self._words(text, places, label)
            for (text, places), label in zip(read, labels, strict=True)
        ]

    def _read(self, paragraph: str) -> tuple[str, Array]:
        """Return the paragraph with single spaces, and where each character stood."""
        text = self._space.sub(" ", paragraph.rstrip())
        places = np.arange(len(text))
        if "  " in text:
            code = np.frombuffer(text.encode("utf-32-le"), np.uint32)
            again = (code[1:] == ord(" ")) & (code[:-1] == ord(" "))
            places = np.delete(places, np.flatnonzero(again) + 1)
            text = "".join(text[place] for place in places.tolist())
        return text, places

    def _label(self, texts: list[str]) -> list[Array]:
        """Return of each character what it ends: nothing, a word or a sentence."""
        labels: list[Array] = [np.zeros(0, np.int64)] * len(texts)
        order = [place for place in by_length([len(t) for t in texts]) if texts[place]]
        if not order:
            return labels
        sizes = [len(texts[place]) + 1 for place in order]  # and one of padding
        ends = np.cumsum(sizes) - 1
        starts = ends + 1 - np.array(sizes)
        joined = "\0".join(texts[place] for place in order) + "\0"
        code = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
        self._learn(code)
        rows = self._rows[code].astype(np.int64)
        features = np.zeros((len(code), _FEATURES), np.float32)
        features[:, : _DIGIT + 1] = self._flags[code]
        features[starts, _FIRST] = 1
        features[ends - 1, _LAST] = 1
        rows[ends] = PAD
        features[ends] = 0
        for bucket in buckets(sizes, _CELLS):
            (scores,) = self._network(
                ids=bucket.spread(rows),
                features=bucket.spread(features),
                lengths=bucket.lengths,
            )
            found = _most_likely(scores[:, :, 0].T, scores[:, :, 1].T)
            for number, size in enumerate(bucket.lengths.tolist()):
                place = order[bucket.first + number]
                label = found[number, : size - 1]
                label[-1] = _SENTENCE_END
                self._keep_whole(texts[place], label)
                labels[place] = label
        return labels

    def _learn(self, code: Array) -> None:
        for number in np.unique(code[self._rows[code] < 0]).tolist():
            character = chr(number)
            self._rows[number] = self._characters.get(character, UNKNOWN)
            self._flags[number, _SPACE] = character == " "
            self._flags[number, _CAPITAL] = character.isupper()
            self._flags[number, _DIGIT] = bool(self._number.match(character))

    def _keep_whole(self, text: str, label: Array) -> None:
        """Let no address be divided."""
        if not _ADDRESS.search(text):
            return
        for match in self._unbroken.finditer(text):
            label[match.start() : match.end() - 1] = _INSIDE
            if label[match.end() - 1] == _INSIDE:
                label[match.end() - 1] = _WORD_END

    def _words(self, text: str, places: Array, label: Array) -> list[list[Word]]:
        sentences: list[list[Word]] = []
        sentence: list[Word] = []
        start = 0
        where = places.tolist()
        for last in np.flatnonzero(label).tolist():
            if text[start] == " ":
                start += 1
            form = text[start : last + 1]
            if form:
                if len(form) > self._longest_word:
                    form = _TOO_LONG
                sentence.append(Word(form, where[start], where[last] + 1))
                if label[last] == _SENTENCE_END:
                    sentences.append(sentence)
                    sentence = []
            start = last + 1
        if sentence:
            sentences.append(sentence)
        return sentences


def _most_likely(words: Array, closes: Array) -> Array:
    """Choose between no end, a word's end and a sentence's end.

    Of the log-probabilities -softplus(w), -softplus(-w) - softplus(±s) the first is
    the greatest where w is not above the smaller softplus of s and -s.
    """
    ends = words > np.log1p(np.exp(-np.abs(closes)))
    label: Array = np.where(ends, np.where(closes > 0, _SENTENCE_END, _WORD_END), 0)
    return label
