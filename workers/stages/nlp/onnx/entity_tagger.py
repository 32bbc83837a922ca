"""Names and expressions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.onnx.decoding import spans, viterbi
from workers.stages.nlp.onnx.network import Network, buckets
from workers.stages.nlp.onnx.package import PAD, UNKNOWN, Package, index
from workers.stages.nlp.onnx.word_vectors import UniqueWords, WordRows

Array = NDArray[Any]

_CELLS = 1024
"""Words at once, padding included."""
_OUTSIDE = "O"
_SPECIAL = 4
"""Tags below are vocabulary rows without meaning; Stanza reads the first real one."""


class EntityTagger:
    """The network of names, decoded as one best path per sentence."""

    def __init__(self, package: Package, cache_size: int, threads: int) -> None:
        vocabulary = package.vocabularies.names
        self.tags = vocabulary.tags
        self._inside = np.array([tag != _OUTSIDE for tag in vocabulary.tags])
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
            cache_size,
        )
        self._network = Network(package.folder / "names.onnx", threads)

    def find(
        self, forms: UniqueWords, lengths: Sequence[int], priors: Array | None = None
    ) -> list[list[tuple[int, int, str]]]:
        """Return first word, last word and type of the names of each sentence.

        `priors` [word, tag] are added to the network's scores.
        """
        places = self._rows.places(forms.units)[forms.rows]
        scores = np.concatenate(
            [
                bucket.flatten(
                    self._network(
                        words=self._rows.table.take(bucket.spread(places), axis=0),
                        lengths=bucket.lengths,
                    )[0]
                )
                for bucket in buckets(lengths, _CELLS)
            ]
        )
        if priors is not None:
            scores += priors
        path = np.maximum(viterbi(scores, lengths, self._transitions), _SPECIAL)
        sizes = np.asarray(lengths)
        ends = sizes.cumsum()
        named = np.logical_or.reduceat(self._inside[path], ends - sizes)
        found = []
        for end, length, some in zip(
            ends.tolist(), lengths, named.tolist(), strict=True
        ):
            tags = path[end - length : end].tolist() if some else ()
            found.append(spans([self.tags[tag] for tag in tags]))
        return found
