"""Heads and relations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.stages.nlp.onnx.decoding import trees
from workers.stages.nlp.onnx.network import Bucket, Network, buckets
from workers.stages.nlp.onnx.package import ROOT, UNKNOWN, Package, index
from workers.stages.nlp.onnx.tagger import Tags, simplifier, syntax_rows
from workers.stages.nlp.onnx.word_vectors import ROOT_FORM, UniqueWords

Array = NDArray[Any]

_CELLS = 1024
"""Words at once, padding included."""
_HEADS = 256
"""Heads at once: each has a matrix of relations by hidden units."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Heads (1-based in the sentence, 0 for the root) and relations, word by word."""

    heads: list[int]
    relations: list[str]


class Parser:
    """The network of heads and relations."""

    def __init__(
        self,
        package: Package,
        upos: Sequence[str],
        xpos: Sequence[str],
        cache_size: int,
        threads: int,
    ) -> None:
        """Take the tags in the order of the tagger's rows."""
        vocabulary = package.vocabularies.parser
        self._relations = np.array(vocabulary.relations, dtype=object)
        self._lemmas = index(vocabulary.lemmas)
        self._upos = _translation(upos, vocabulary.upos)
        self._xpos = _translation(xpos, vocabulary.xpos)
        self._simplify = simplifier(vocabulary)
        self._rows = syntax_rows(
            package, "parser-words", vocabulary, cache_size, threads
        )
        self._network = Network(package.folder / "parser.onnx", threads)
        self._scorer = Network(package.folder / "relations.onnx", threads)

    def parse(
        self,
        forms: UniqueWords,
        lemmas: UniqueWords,
        tags: Tags,
        lengths: Sequence[int],
    ) -> Arcs:
        """Parse sentences, the longest first."""
        with_root = [length + 1 for length in lengths]
        ends = np.cumsum(with_root)
        word = np.ones(int(ends[-1]), bool)
        word[ends - with_root] = False
        simplified = [self._simplify(form) for form in forms.units]
        shown = self._rows.places([*simplified, ROOT_FORM])
        places = np.full(len(word), shown[-1], np.int64)
        places[word] = shown[forms.rows]
        known = [self._lemmas.get(lemma.lower(), UNKNOWN) for lemma in lemmas.units]
        columns = {
            "lemma": _after_root(word, np.array(known, np.int64)[lemmas.rows]),
            "upos": _after_root(word, self._upos[tags.upos]),
            "xpos": _after_root(word, self._xpos[tags.xpos]),
        }
        heads = np.empty(len(word), np.int64)
        relations = np.empty(len(word), np.int64)
        for bucket in buckets(with_root, _CELLS):
            arcs, dependents, regents = self._network(
                words=self._rows.table.take(bucket.spread(places), axis=0),
                lengths=bucket.lengths,
                **{name: bucket.spread(column) for name, column in columns.items()},
            )
            tree = trees(arcs, bucket.lengths)
            heads[bucket.rows] = tree[bucket.inside]
            relations[bucket.rows] = self._label(bucket, tree, dependents, regents)
        return Arcs(heads[word].tolist(), self._relations[relations[word]].tolist())

    def _label(
        self, bucket: Bucket, tree: Array, dependents: Array, regents: Array
    ) -> Array:
        """Return the best relation of every item to its head; the root's is no use.

        The costly part is a matrix per head, so it is made once for all dependents.
        """
        width = tree.shape[1]
        rows = np.flatnonzero(bucket.inside)
        above = rows // width * width + tree.ravel()[rows]
        by_head = above.argsort(kind="stable")
        owners, counts = np.unique(above, return_counts=True)
        starts = counts.cumsum() - counts
        most_first = (-counts).argsort(kind="stable")
        dependents = dependents.reshape(-1, dependents.shape[2])
        regents = regents.reshape(-1, regents.shape[2])
        best = np.empty(len(rows), np.int64)
        for begin in range(0, len(owners), _HEADS):
            some = most_first[begin : begin + _HEADS]
            count = counts[some]
            inside = np.arange(count[0]) < count[:, None]
            items = by_head[
                np.minimum(starts[some][:, None] + np.arange(count[0]), len(rows) - 1)
            ]
            (scores,) = self._scorer(
                heads=regents[owners[some]],
                dependents=np.ascontiguousarray(dependents[rows[items]].swapaxes(1, 2)),
            )
            best[items[inside]] = scores.argmax(1)[inside]
        return best


def _translation(given: Sequence[str], own: Sequence[str]) -> Array:
    """Return for each row of one vocabulary the row of the same unit in another."""
    rows = index(list(own))
    return np.array([rows.get(unit, UNKNOWN) for unit in given], np.int64)


def _after_root(word: Array, column: Array) -> Array:
    out = np.full(len(word), ROOT, np.int64)
    out[word] = column
    return out
