"""Train the taggers of EDNIL's events.

    python -m models.training.ednil.train --data …

Two conditional random fields, events first, then arguments with the events
as features, between them boosted trees that choose among the spans that may be events,
and a choice of subtype. What one model tells the next in training is what it says of
texts that it has not seen: topics without the text's own events, events by models of
the other four fifths of the texts. Only `ednil-train` is read, unless `--report`
names a folder to score on.
"""

import argparse
import json
import logging
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from models.training.ednil import crf
from models.training.ednil.clusters import clusters
from models.training.ednil.texts import PhraseBook, Text, Topics, read
from models.training.ednil.trees import Growth, grow
from workers.ednil import scores
from workers.ednil.corpus import EVENTS, Mark
from workers.ednil.features.candidates import candidate_features
from workers.ednil.features.nearby_events import nearby_events
from workers.ednil.features.subtypes import subtype_features
from workers.ednil.features.topics import strengths, topics
from workers.ednil.features.words import Clusters, Knowledge, Rows, TextFeatures
from workers.ednil.inference.candidates import Candidate, choose, find_candidates
from workers.ednil.inference.crf import Chain
from workers.ednil.inference.decoding import find_spans
from workers.ednil.inference.spans import OUTSIDE, WordSpan, tags_of
from workers.ednil.inference.trees import Trees
from workers.ednil.model import Model, open_model, packed, save
from workers.ednil.tagger import marks
from workers.stages.nlp.onnx.package import ROOT, open_package

log = logging.getLogger(__name__)

Array = NDArray[Any]

ARGUMENTS = (
    "CASUALTIES", "PLACE", "TIME", "REASON", "AFTER_EFFECTS", "PARTICIPANT",
)  # fmt: skip
"""Learned, those that the score asks for before the others."""
_SMOKE_WORDS = 2000
_NEWTON_STEPS = 20
_PRIOR = 1.0
"""How far to trust odds as they are, in findings."""


class Encoder:
    """Numbers features as it meets them, and keeps the rows of all items."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._columns = array("i")
        self._ends = array("q", [0])

    def add(self, rows: Rows) -> None:
        """Take in one row of features per word."""
        for row in rows:
            for feature in row:
                number = self.numbers.setdefault(feature, len(self.numbers))
                self._columns.append(number)
            self._ends.append(len(self._columns))

    def matrix(self, least: int) -> tuple[list[str], csr_matrix]:
        """Return the features that occur so often, and items by these."""
        columns = np.frombuffer(self._columns, dtype=np.int32)
        counts = np.bincount(columns, minlength=len(self.numbers))
        kept = np.flatnonzero(counts >= least)
        renumbered = np.full(len(counts), -1)
        renumbered[kept] = np.arange(len(kept))
        known = renumbered[columns]
        ends = np.concatenate(([0], np.cumsum(known >= 0)))[np.asarray(self._ends)]
        known = known[known >= 0]
        names = list(self.numbers)
        shape = (len(ends) - 1, len(kept))
        data = np.ones(len(known), np.float32)
        return [names[n] for n in kept], csr_matrix((data, known, ends), shape=shape)


@dataclass(frozen=True, slots=True)
class Learned:
    """What one model learned."""

    features: list[str]
    tags: tuple[str, ...]
    weights: crf.Weights


@dataclass(frozen=True, slots=True)
class Plan:
    """How the models are trained, and what they favour."""

    events: crf.Recipe
    arguments: crf.Recipe
    subtypes: crf.Recipe
    rescorer: Growth = Growth()  # noqa: RUF009 it is frozen
    """Of the trees that choose among spans."""
    least_count: int = 3
    """Features that occur less often are not learned."""
    least_odds: float = -0.75
    """Of the log odds of an event; the lower, the more are found."""
    argument_bias: float = 0.0
    """Taken from the score of no argument, so that more are found."""
    least_strength: float = 0.5
    features_kept: int = 120_000
    """Of words; those that weigh most."""


FULL = Plan(
    events=crf.Recipe(passes=6, averaged=3, l2=0.12),
    arguments=crf.Recipe(passes=6, averaged=3, l2=0.2),
    subtypes=crf.Recipe(passes=8, averaged=3, l2=0.05),
    argument_bias=0.15,
)
_BRIEF = crf.Recipe(passes=1, averaged=1)
SMOKE = Plan(_BRIEF, _BRIEF, _BRIEF, Growth(trees=5, depth=2), least_count=1)


def _tags(labels: Iterable[str]) -> tuple[str, ...]:
    return (OUTSIDE, *(f"{place}-{label}" for label in labels for place in "BI"))


EVENT_TAGS, ARGUMENT_TAGS = _tags(EVENTS), _tags(ARGUMENTS)


class Training:
    """Trains the models one after the other."""

    def __init__(self, texts: Sequence[Text], groups: Clusters, plan: Plan) -> None:
        self.texts = texts
        self.clusters = groups
        self.plan = plan
        self.topics = Topics(texts)
        self.forms = PhraseBook(texts, lemmas=False)
        self.lemmas = PhraseBook(texts, lemmas=True)
        self.lengths = [len(s.tokens) for text in texts for s in text.sentences]
        fold = [text.fold for text in texts for _ in text.sentences]
        self.fold = np.array(fold, dtype=np.int64)
        self.calibration = (1.0, 0.0)
        """Of the events chosen."""
        self.tagger_calibration = (1.0, 0.0)
        """Of what a tagger finds by itself, as it finds arguments."""

    def run(self) -> tuple[Learned, Learned, Learned, Trees]:
        """Return the models of events, arguments, subtypes, and of what is chosen."""
        names, words = self.encoded()
        log.info("%d features of %d words", len(names), words.shape[0])
        tags = self._gold(EVENTS, EVENT_TAGS)
        of_texts = self._candidates(words, tags)
        guessed, rescorer = self._rescored(of_texts)
        everything = np.ones(len(self.lengths), dtype=bool)
        events = self._learn(words, tags, EVENT_TAGS, self.plan.events, everything)
        log.info("events learned")
        more_names, more = self._nearby(guessed)
        arguments = self._learn(
            hstack([words, more], format="csr"), self._gold(ARGUMENTS, ARGUMENT_TAGS),
            ARGUMENT_TAGS, self.plan.arguments, everything,
        )  # fmt: skip
        log.info("arguments learned")
        return (
            Learned(names, EVENT_TAGS, events),
            Learned([*names, *more_names], ARGUMENT_TAGS, arguments),
            self._subtypes(),
            rescorer,
        )

    def encoded(self) -> tuple[list[str], csr_matrix]:
        """Return the features of words, and every word of the texts by these.

        What the texts are about is noted in passing.
        """
        encoder = Encoder()
        for text in self.texts:
            expected = strengths(text.flat(), self.topics.weights(without=text))
            text.about, text.expected_events = topics(expected), sum(expected.values())
            text.knowledge = Knowledge(
                self.clusters, self.forms.known(text), self.lemmas.known(text)
            )
            features = TextFeatures(
                text.gold.text, text.sentences, text.names, text.events, text.knowledge
            )
            for rows in features.sentences(text.about):
                encoder.add(rows)
        return encoder.matrix(self.plan.least_count)

    def _gold(self, labels: Sequence[str], tags: Sequence[str]) -> Array:
        numbers = {tag: number for number, tag in enumerate(tags)}
        return np.array([
            numbers[tag]
            for text in self.texts
            for sentence, spans in zip(
                text.sentences, text.spans(labels), strict=True
            )
            for tag in tags_of(spans, len(sentence.tokens))
        ])  # fmt: skip

    def _learn(
        self, words: csr_matrix, tags: Array, names: Sequence[str],
        recipe: crf.Recipe, chosen: Array,
    ) -> crf.Weights:  # fmt: skip
        """Train on the sentences chosen."""
        inside = np.repeat(chosen, self.lengths)
        lengths = [n for n, taken in zip(self.lengths, chosen, strict=True) if taken]
        return crf.train(words[inside], lengths, tags[inside], len(names), recipe)

    def _candidates(self, words: csr_matrix, tags: Array) -> list[list[Candidate]]:
        """Return each text's likely spans, by a model of the other folds."""
        found: list[list[Candidate]] = [[] for _ in self.texts]
        findings: list[tuple[float, bool]] = []
        ends = np.concatenate(([0], np.cumsum(self.lengths)))
        for fold in sorted({text.fold for text in self.texts}):
            weights = self._learn(
                words, tags, EVENT_TAGS, self.plan.events, self.fold != fold
            )
            chain = Chain(EVENT_TAGS, weights.transitions)
            at = 0
            for number, text in enumerate(self.texts):
                starts = ends[at : at + len(text.sentences) + 1]
                at += len(text.sentences)
                if text.fold == fold:
                    sums = words[starts[0] : starts[-1]] @ weights.states
                    own = np.split(sums, starts[1:-1] - starts[0])
                    found[number] = find_candidates(chain, own)
                    findings += self._findings(chain, text, own)
            log.info("events of fold %d guessed", fold)
        self.tagger_calibration = calibrated(findings)
        return found

    def _findings(
        self, chain: Chain, text: Text, sums: Sequence[Array]
    ) -> Iterable[tuple[float, bool]]:
        """Yield the odds of each span of the tagger itself, and whether it is right."""
        bias = np.zeros(len(chain.tags))
        bias[0] = self.plan.argument_bias
        found = find_spans(chain, [each - bias for each in sums if len(each)])
        gold = [
            set(spans)
            for spans, each in zip(text.spans(EVENTS), sums, strict=True)
            if len(each)
        ]
        for (spans, odds), wanted in zip(found, gold, strict=True):
            yield from zip(odds, (span in wanted for span in spans), strict=True)

    def _rescored(
        self, of_texts: Sequence[Sequence[Candidate]]
    ) -> tuple[list[list[WordSpan]], Trees]:
        """Return the events of each sentence as chosen by trees of the other folds.

        With them the trees of all.
        """
        some = [
            (t, found) for t, found in zip(self.texts, of_texts, strict=True) if found
        ]
        rows = np.concatenate([
            candidate_features(
                t.gold.text, t.sentences, t.names, found,
                knowledge=t.knowledge, expected_events=t.expected_events,
            )
            for t, found in some
        ])  # fmt: skip
        right = np.concatenate([_right(t, found) for t, found in some])
        fold = np.repeat([t.fold for t, _ in some], [len(found) for _, found in some])
        odds = np.zeros(len(rows))
        for each in np.unique(fold):
            other = fold != each
            trees = grow(rows[other], right[other], self.plan.rescorer)
            odds[~other] = trees.odds(rows[~other])
        log.info("%d candidates rescored", len(rows))
        guessed: list[list[WordSpan]] = []
        findings: list[tuple[float, bool]] = []
        at = 0
        for text, found in zip(self.texts, of_texts, strict=True):
            own = odds[at : at + len(found)]
            at += len(found)
            picked = choose(found, own, self.plan.least_odds, len(text.sentences))
            for (spans, sure), wanted in zip(picked, text.spans(EVENTS), strict=True):
                guessed.append(spans)
                hits = [span in wanted for span in spans]
                findings += zip(sure, hits, strict=True)
        self.calibration = calibrated(findings)
        return guessed, grow(rows, right, self.plan.rescorer)

    def _nearby(
        self, events: Sequence[Sequence[WordSpan]]
    ) -> tuple[list[str], csr_matrix]:
        encoder = Encoder()
        of_sentence = iter(events)
        for text in self.texts:
            for sentence, lemmas in zip(text.sentences, text.lemmas, strict=True):
                encoder.add(nearby_events(sentence.tokens, lemmas, next(of_sentence)))
        return encoder.matrix(self.plan.least_count)

    def _subtypes(self) -> Learned:
        encoder = Encoder()
        answers: list[str] = []
        for text in self.texts:
            weights = self.topics.weights(without=text)
            topic_words = {lemma for lemma in text.flat() if lemma in weights}
            for mark in text.gold.marks:
                if mark.label in EVENTS and mark.subtype:
                    for lemmas, span in text.places(mark):
                        encoder.add(
                            [subtype_features(lemmas, span, text.about, topic_words)]
                        )
                        answers.append(mark.subtype)
        names, items = encoder.matrix(2)
        kinds = tuple(sorted(set(answers)))
        tags = np.array([kinds.index(answer) for answer in answers])
        lengths = [1] * len(answers)
        learned = crf.train(items, lengths, tags, len(kinds), self.plan.subtypes)
        log.info("subtypes learned")
        return Learned(names, kinds, learned)


def _right(text: Text, found: Sequence[Candidate]) -> Array:
    """Return 1 for each span that the gold has, with its label, else 0."""
    gold = text.spans(EVENTS)
    return np.array([float(each.span in gold[each.sentence]) for each in found])


def calibrated(findings: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Return slope and offset that make probabilities of log odds: Platt's scaling.

    *findings* are what was found in texts that the model had not seen: its odds, and
    whether it was right.
    """
    odds = np.array([each for each, _ in findings])
    right = np.array([float(each) for _, each in findings])
    items = np.stack([odds, np.ones_like(odds)], 1)
    line = np.array([1.0, 0.0])
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-items @ line))
        slope = items.T @ (right - chance) - _PRIOR * (line - [1, 0])
        bend = (items.T * (chance * (1 - chance))) @ items + _PRIOR * np.eye(2)
        line += np.linalg.solve(bend, slope)
    return round(float(line[0]), 4), round(float(line[1]), 4)


def _beside(models: Sequence[Learned]) -> tuple[list[str], Array]:
    """Return the weights of models side by side."""
    names: dict[str, int] = {}
    for learned in models:
        for feature in learned.features:
            names.setdefault(feature, len(names))
    weights = np.zeros((len(names), sum(len(m.tags) for m in models)), np.float32)
    column = 0
    for learned in models:
        rows = [names[feature] for feature in learned.features]
        weights[rows, column : column + len(learned.tags)] = learned.weights.states
        column += len(learned.tags)
    return list(names), weights


def write(
    out: Path, training: Training, learned: tuple[Learned, Learned, Learned, Trees]
) -> None:
    """Write the model that the product opens."""
    events, arguments, subtypes, rescorer = learned
    plan = training.plan
    names, weights = _beside([events, arguments])
    bias = names.index("bias")
    weights[bias, len(events.tags)] -= plan.argument_bias
    names, weights = _heaviest(names, weights, plan.features_kept)
    kinds, kind_weights = _heaviest(*_beside([subtypes]), plan.features_kept // 10)
    forms = sorted(form for form in training.clusters if "\n" not in form)
    groups = [[int(group) for group in training.clusters[form]] for form in forms]
    save(
        out,
        {
            "event_tags": events.tags,
            "argument_tags": arguments.tags,
            "subtypes": subtypes.tags,
            "topics": training.topics.weights(),
            "least_strength": plan.least_strength,
            "least_odds": plan.least_odds,
            "forms": training.forms.known(),
            "lemmas": training.lemmas.known(),
            "calibration": {
                **dict.fromkeys(EVENTS, training.calibration),
                **dict.fromkeys(ARGUMENTS, training.tagger_calibration),
            },
        },
        {
            "words_features": packed(names),
            "words_weights": weights,
            "event_transitions": events.weights.transitions,
            "look_columns": rescorer.columns,
            "look_limits": rescorer.limits,
            "look_leaves": rescorer.leaves,
            "look_start": np.array(rescorer.start, np.float32),
            "argument_transitions": arguments.weights.transitions,
            "subtypes_features": packed(kinds),
            "subtypes_weights": kind_weights,
            "cluster_words": packed(forms),
            "clusters": np.array(groups, dtype=np.int16),
        },
    )


def _heaviest(
    names: Sequence[str], weights: Array, count: int
) -> tuple[list[str], Array]:
    """Return the features that weigh most, in half precision."""
    heaviest = np.argsort(-np.abs(weights).max(1), kind="stable")[:count]
    rows = [row for row in sorted(heaviest.tolist()) if "\n" not in names[row]]
    return [names[row] for row in rows], weights[rows].astype(np.float16)


def found(model: Model, texts: Iterable[Text]) -> dict[str, tuple[Mark, ...]]:
    """Return what a model finds in texts that are annotated already."""
    return {
        text.gold.id: marks(
            model, text.gold.text, text.sentences, text.names, text.events
        )
        for text in texts
    }


def main() -> None:
    """Read the command line, train, and score if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--engine", type=Path, default=Path("models/engine"))
    parser.add_argument("--out", type=Path, default=Path("models/events"))
    parser.add_argument("--report", type=Path, help="folder in EDNIL's form to score")
    parser.add_argument("--smoke", action="store_true", help="a few passes only")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    package = open_package(args.engine)
    rows = {word: row for word, row in package.vectors.rows.items() if row > ROOT}
    if args.smoke:
        rows = dict(list(rows.items())[-_SMOKE_WORDS:])
    groups = clusters(list(rows), package.vectors.read(list(rows.values())))
    texts = read(args.data / "events" / "ednil-train", args.engine)
    training = Training(texts, groups, SMOKE if args.smoke else FULL)
    write(args.out, training, training.run())
    if args.report:
        model = open_model(args.out)
        dev = read(args.report, args.engine)
        report = scores.score([text.gold for text in dev], found(model, dev))
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
