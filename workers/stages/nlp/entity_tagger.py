"""Names and expressions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.decoding import spans, viterbi
from workers.stages.nlp.network import Network, buckets
from workers.stages.nlp.package import PAD, UNKNOWN, Package, index
from workers.stages.nlp.words import WordRows

Array = NDArray[Any]

_CELLS = 4096
"""Words at once, padding included."""
_OUTSIDE = "O"
_SPECIAL = 4
"""Tags below are vocabulary rows without meaning; Stanza reads the first real one."""


class EntityTagger:
    """The network of names, decoded as one best path per sentence."""

    def __init__(self, package: Package, kept_words: int, threads: int) -> None:
        vocabulary = package.vocabularies.names
        self._tags = vocabulary.tags
        self._transitions = package.transitions
        own = index(vocabulary.words)

        def row_of(form: str, vector: int) -> int:
            row = own.get(form.lower(), UNKNOWN)
            return PAD if row == UNKNOWN and vector != UNKNOWN else row

        self._rows = WordRows(
            Network(package.folder / "names-words.onnx", threads),
            package.vectors,
            vocabulary.characters,
            row_of,
            kept_words,
        )
        self._network = Network(package.folder / "names.onnx", threads)

    def find(
        self, forms: Sequence[str], lengths: Sequence[int]
    ) -> list[list[tuple[int, int, str]]]:
        """Return first word, last word and type of the names of each sentence."""
        places = self._rows.places(forms)
        found: list[list[tuple[int, int, str]]] = []
        for bucket in buckets(lengths, _CELLS):
            (scores,) = self._network(
                words=self._rows.table.take(bucket.spread(places), axis=0),
                lengths=bucket.lengths,
            )
            sizes = bucket.lengths.tolist()
            path = viterbi(bucket.flatten(scores), sizes, self._transitions)
            start = 0
            for tags in np.split(np.maximum(path, _SPECIAL), np.cumsum(sizes)[:-1]):
                start += len(tags)
                names = [self._tags[tag] for tag in tags.tolist()]
                found.append(
                    spans(names) if any(tag != _OUTSIDE for tag in names) else []
                )
        return found
