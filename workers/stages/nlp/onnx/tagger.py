"""Parts of speech and morphological features."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.onnx.network import Network, buckets
from workers.stages.nlp.onnx.package import (
    EMPTY,
    UNKNOWN,
    Package,
    SyntaxVocabulary,
    index,
)
from workers.stages.nlp.onnx.word_vectors import UniqueWords, WordRows

Array = NDArray[Any]

_CELLS = 1024
"""Words at once, padding included."""
_MARKS = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of words, in the order of the words."""

    upos: Array
    """Rows of the tagger's vocabulary."""
    xpos: Array
    features: UniqueWords
    """`Name=Value|Name=Value`, or empty."""


def simplifier(vocabulary: SyntaxVocabulary) -> Callable[[str], str]:
    """Return what makes `??!` the `?` that tagger and parser were trained on."""
    question = re.compile(vocabulary.questions)
    exclamation = re.compile(vocabulary.exclamations)

    def simplify(form: str) -> str:
        if len(form) > 1 and _MARKS.match(form):
            return exclamation.sub("!", question.sub("?", form))
        return form

    return simplify


def syntax_rows(
    package: Package, name: str, vocabulary: SyntaxVocabulary, limit: int, threads: int
) -> WordRows:
    """Return the rows of words as tagger and parser read them."""
    own = index(vocabulary.words)
    return WordRows(
        Network(package.folder / f"{name}.onnx", threads),
        package.vectors,
        vocabulary.characters,
        lambda form, _: own.get(form.lower(), UNKNOWN),
        limit,
    )


class Tagger:
    """The network of tags and features."""

    def __init__(self, package: Package, cache_size: int, threads: int) -> None:
        vocabulary = package.vocabularies.tagger
        self.upos, self.xpos = vocabulary.upos, vocabulary.xpos
        self._features = vocabulary.features
        self._sizes = tuple(len(units) for _, units in vocabulary.features)
        self._simplify = simplifier(vocabulary)
        self._rows = syntax_rows(
            package, "tagger-words", vocabulary, cache_size, threads
        )
        self._network = Network(package.folder / "tagger.onnx", threads)

    def tag(self, forms: UniqueWords, lengths: Sequence[int]) -> Tags:
        """Tag the words of sentences, the longest sentence first."""
        simplified = [self._simplify(form) for form in forms.units]
        places = self._rows.places(simplified)[forms.rows]
        parts: list[list[Array]] = []
        for bucket in buckets(lengths, _CELLS):
            found = self._network(
                words=self._rows.table.take(bucket.spread(places), axis=0),
                lengths=bucket.lengths,
            )
            parts.append([bucket.flatten(output) for output in found])
        upos, xpos, features = (
            np.concatenate(part) for part in zip(*parts, strict=True)
        )
        keys = np.ravel_multi_index(tuple(features.T), self._sizes)
        distinct, rows = np.unique(keys, return_inverse=True)
        values = np.transpose(np.unravel_index(distinct, self._sizes)).tolist()
        return Tags(
            upos, xpos, UniqueWords([self._write(each) for each in values], rows)
        )

    def _write(self, values: Sequence[int]) -> str:
        return "|".join(
            f"{name}={units[value]}"
            for value, (name, units) in zip(values, self._features, strict=True)
            if value != EMPTY
        )
