"""Parts of speech and morphological features."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.network import Network, buckets
from workers.stages.nlp.package import (
    EMPTY,
    UNKNOWN,
    Package,
    SyntaxVocabulary,
    index,
)
from workers.stages.nlp.words import WordRows

Array = NDArray[Any]

_CELLS = 2048
"""Words at once, padding included."""
_KEPT_FEATURES = 10_000
_MARKS = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of words, in the order of the words."""

    upos: Array
    """Rows of the tagger's vocabulary."""
    xpos: Array
    features: list[str]
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

    def __init__(self, package: Package, kept_words: int, threads: int) -> None:
        vocabulary = package.vocabularies.tagger
        self.upos, self.xpos = vocabulary.upos, vocabulary.xpos
        self._features = vocabulary.features
        self._simplify = simplifier(vocabulary)
        self._rows = syntax_rows(
            package, "tagger-words", vocabulary, kept_words, threads
        )
        self._network = Network(package.folder / "tagger.onnx", threads)
        self._written: dict[tuple[int, ...], str] = {}

    def tag(self, forms: Sequence[str], lengths: Sequence[int]) -> Tags:
        """Tag the words of sentences, the longest sentence first."""
        places = self._rows.places([self._simplify(form) for form in forms])
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
        return Tags(upos, xpos, [self._write(tuple(row)) for row in features.tolist()])

    def _write(self, values: tuple[int, ...]) -> str:
        written = self._written.get(values)
        if written is None:
            if len(self._written) >= _KEPT_FEATURES:
                self._written.clear()
            written = "|".join(
                f"{name}={units[value]}"
                for value, (name, units) in zip(values, self._features, strict=True)
                if value != EMPTY
            )
            self._written[values] = written
        return written
