"""Train the taggers of EDNIL's events: `python -m models.training.ednil --data …`.

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
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from models.training import crf
from models.training.clusters import clusters
from models.training.trees import Growth, grow
from workers.domain.records import Entity, Event, Sentence
from workers.stages.ednil import corpus, scores
from workers.stages.ednil.candidates import Candidate, candidates, chosen
from workers.stages.ednil.corpus import EVENTS, Mark, MarkedText
from workers.stages.ednil.crf import Chain
from workers.stages.ednil.decoding import find_spans
from workers.stages.ednil.features import Clusters, Knowledge, Rows, TextFeatures
from workers.stages.ednil.model import Model, open_model, packed, save
from workers.stages.ednil.nearby import nearby
from workers.stages.ednil.phrases import LONGEST, phrases_in
from workers.stages.ednil.second_look import looked_at
from workers.stages.ednil.spans import OUTSIDE, WordSpan, tags_of
from workers.stages.ednil.subtypes import subtype_features
from workers.stages.ednil.tagger import marks
from workers.stages.ednil.topics import strengths, topics
from workers.stages.ednil.trees import Trees
from workers.stages.entities import entities
from workers.stages.events import find_events
from workers.stages.events.lexicon import shipped
from workers.stages.nlp.engine import EngineOptions, open_engine
from workers.stages.nlp.package import ROOT, open_package

log = logging.getLogger(__name__)

Array = NDArray[Any]

ARGUMENTS = (
    "CASUALTIES", "PLACE", "TIME", "REASON", "AFTER_EFFECTS", "PARTICIPANT",
)  # fmt: skip
"""Learned, those that the score asks for before the others."""
_CONTENT = ("NN", "VM", "JJ", "XC", "UNK")
_BATCH = 16
_ALIKE = 0.3
"""Share of runs of words from which two texts are of one story."""
_RUN = 5
_FOLDS = 5
_SMOKE_WORDS = 2000
_NEWTON_STEPS = 20
_PRIOR = 1.0
"""How far to trust odds as they are, in findings."""
_LEAST_TRIGGERS = 2
_LEAST_SHARE = 0.04
_UNSEEN = 2
"""Added to how often a lemma occurs, so that rare ones promise less."""


@dataclass(slots=True)
class Text:
    """A training text as the product sees it, with its gold."""

    gold: MarkedText
    sentences: tuple[Sentence, ...]
    names: tuple[Entity, ...]
    events: tuple[Event, ...]
    fold: int
    forms: list[list[str]] = field(default_factory=list)
    lemmas: list[list[str]] = field(default_factory=list)
    triggers: Counter[tuple[str, str]] = field(default_factory=Counter)
    about: tuple[str, ...] = ()
    promised: float = 0.0
    knowledge: Knowledge = field(default_factory=lambda: Knowledge({}, {}, {}))
    """What the other texts tell of its words."""

    def __post_init__(self) -> None:
        text = self.gold.text
        self.forms = [
            [text[token.start : token.end] for token in each.tokens]
            for each in self.sentences
        ]
        self.lemmas = [[t.lemma for t in each.tokens] for each in self.sentences]
        for mark in self.gold.marks:
            if mark.label in EVENTS:
                for sentence in self.sentences:
                    self.triggers.update(
                        (token.lemma, mark.subtype)
                        for token in sentence.tokens
                        if token.start < mark.end and mark.start < token.end
                        and token.xpos.startswith(_CONTENT)
                    )  # fmt: skip

    def flat(self) -> list[str]:
        """Return every lemma."""
        return [lemma for some in self.lemmas for lemma in some]

    def spans(self, labels: Sequence[str]) -> list[list[WordSpan]]:
        """Return the gold's spans of each sentence, the preferred label first."""
        wanted = [mark for mark in self.gold.marks if mark.label in labels]
        wanted.sort(key=lambda mark: (_rank(mark, labels), mark.start - mark.end))
        return [
            [span for mark in wanted for span in self._in_sentence(sentence, mark)]
            for sentence in self.sentences
        ]

    def places(self, mark: Mark) -> Iterable[tuple[list[str], WordSpan]]:
        """Yield lemmas and span of a mark in each sentence that it touches."""
        for sentence, lemmas in zip(self.sentences, self.lemmas, strict=True):
            for span in self._in_sentence(sentence, mark):
                yield lemmas, span

    def _in_sentence(self, sentence: Sentence, mark: Mark) -> Iterable[WordSpan]:
        text = self.gold.text
        inside = [
            place
            for place, token in enumerate(sentence.tokens)
            if token.start < mark.end
            and mark.start < token.end
            and any(_counts(letter) for letter in text[token.start : token.end])
        ]
        if inside:
            yield mark.label, inside[0], inside[-1] + 1


def _rank(mark: Mark, labels: Sequence[str]) -> int:
    """Return how late a span goes in, of those that share words."""
    rank = labels.index(mark.label)
    return min(rank, len(scores.FRAME)) // len(scores.FRAME)


def _counts(letter: str) -> bool:
    return letter.isalnum() or "\u0900" <= letter <= "\u0963"


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


def read(folder: Path, engine_folder: Path) -> list[Text]:
    """Read a folder of EDNIL and annotate it; texts alike are of one fold."""
    engine = open_engine(EngineOptions(engine_folder))
    gold = corpus.read_folder(folder)
    texts = []
    for start in range(0, len(gold), _BATCH):
        some = gold[start : start + _BATCH]
        documents = engine.annotate([each.text for each in some])
        for each, document in zip(some, documents, strict=True):
            names = entities(document)
            events = find_events(each.text, document.sentences, names, shipped())
            texts.append(Text(each, document.sentences, names, events, fold=0))
        log.info("read %d of %d", len(texts), len(gold))
    for text, fold in zip(texts, folds([each.text for each in gold]), strict=True):
        text.fold = fold
    return texts


def folds(texts: Sequence[str], count: int = _FOLDS) -> list[int]:
    """Return 0 to *count* - 1 for each text, the same for texts that share much."""
    first_with: dict[tuple[str, ...], int] = {}
    group: list[int] = []
    for number, text in enumerate(texts):
        words = text.split()
        runs = {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
        alike = Counter(first_with[run] for run in runs if run in first_with)
        best, shared = next(iter(alike.most_common(1)), (number, 0))
        same = shared > _ALIKE * len(runs)
        group.append(group[best] if same else number)
        for run in runs:
            first_with.setdefault(run, number)
    order = {each: place for place, each in enumerate(dict.fromkeys(group))}
    if len(order) == 1:  # nothing but one story
        return [number % count for number in range(len(texts))]
    return [order[each] % count for each in group]


class Topics:
    """How often lemmas are triggers, over all texts or all but one."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self.triggers: Counter[tuple[str, str]] = Counter()
        self.lemmas: Counter[str] = Counter()
        for text in texts:
            self.triggers.update(text.triggers)
            self.lemmas.update(text.flat())

    def weights(self, without: Text | None = None) -> dict[str, dict[str, float]]:
        """Return the share of a lemma that are triggers of each subtype."""
        own = without.triggers if without else Counter()
        present = Counter(without.flat()) if without else Counter()
        found: dict[str, dict[str, float]] = {}
        for (lemma, subtype), count in self.triggers.items():
            if without and lemma not in present:
                continue
            rest = count - own[lemma, subtype]
            share = rest / (self.lemmas[lemma] - present[lemma] + _UNSEEN)
            if rest >= _LEAST_TRIGGERS and share >= _LEAST_SHARE:
                found.setdefault(lemma, {})[subtype] = round(share, 4)
        return found


class PhraseBook:
    """How often phrases are triggers, over all texts or all but one."""

    def __init__(self, texts: Sequence[Text], *, lemmas: bool) -> None:
        self._lemmas = lemmas
        self._triggers: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        for text in texts:
            self._triggers.update(self._of(text))
        for text in texts:
            self._all.update(self._occurrences(text))

    def known(self, without: Text | None = None) -> dict[str, tuple[int, int]]:
        """Return the phrases that were a trigger, for one text those that it has."""
        if without is None:
            return {each: (n, self._all[each]) for each, n in self._triggers.items()}
        own, here = Counter(self._of(without)), Counter(self._occurrences(without))
        return {
            each: (self._triggers[each] - own[each], self._all[each] - count)
            for each, count in here.items()
        }

    def _words(self, text: Text) -> list[list[str]]:
        return text.lemmas if self._lemmas else text.forms

    def _of(self, text: Text) -> Iterable[str]:
        for words, spans in zip(self._words(text), text.spans(EVENTS), strict=True):
            for _, first, end in spans:
                if end - first <= LONGEST:
                    yield " ".join(words[first:end])

    def _occurrences(self, text: Text) -> Iterable[str]:
        for words in self._words(text):
            for _, _, phrase in phrases_in(words):
                if phrase in self._triggers:
                    yield phrase


@dataclass(frozen=True, slots=True)
class Plan:
    """How the models are trained, and how they lean."""

    events: crf.Recipe
    arguments: crf.Recipe
    subtypes: crf.Recipe
    look: Growth = Growth()  # noqa: RUF009 it is frozen
    """Of the trees that choose among spans."""
    least_count: int = 3
    """Features that occur less often are not learned."""
    least_odds: float = -0.75
    """Of the log odds of an event; the lower, the more are found."""
    argument_lean: float = 0.0
    """Taken from the score of no argument, so that more are found."""
    least_strength: float = 0.5
    features_kept: int = 120_000
    """Of words; those that weigh most."""


FULL = Plan(
    events=crf.Recipe(passes=6, averaged=3, l2=0.12),
    arguments=crf.Recipe(passes=6, averaged=3, l2=0.2),
    subtypes=crf.Recipe(passes=8, averaged=3, l2=0.05),
    argument_lean=0.15,
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
        maybe = self._maybe(words, tags)
        guessed, look = self._looked(maybe)
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
            look,
        )

    def encoded(self) -> tuple[list[str], csr_matrix]:
        """Return the features of words, and every word of the texts by these.

        What the texts are about is noted in passing.
        """
        encoder = Encoder()
        for text in self.texts:
            promised = strengths(text.flat(), self.topics.weights(without=text))
            text.about, text.promised = topics(promised), sum(promised.values())
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

    def _maybe(self, words: csr_matrix, tags: Array) -> list[list[Candidate]]:
        """Return each text's likely spans, by a model of the other folds."""
        found: list[list[Candidate]] = [[] for _ in self.texts]
        told: list[tuple[float, bool]] = []
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
                    found[number] = candidates(chain, own)
                    told += self._told(chain, text, own)
            log.info("events of fold %d guessed", fold)
        self.tagger_calibration = calibrated(told)
        return found

    def _told(
        self, chain: Chain, text: Text, sums: Sequence[Array]
    ) -> Iterable[tuple[float, bool]]:
        """Yield the odds of each span of the tagger itself, and whether it is right."""
        lean = np.zeros(len(chain.tags))
        lean[0] = self.plan.argument_lean
        told = find_spans(chain, [each - lean for each in sums if len(each)])
        gold = [
            set(spans)
            for spans, each in zip(text.spans(EVENTS), sums, strict=True)
            if len(each)
        ]
        for (spans, odds), wanted in zip(told, gold, strict=True):
            yield from zip(odds, (span in wanted for span in spans), strict=True)

    def _looked(
        self, maybe: Sequence[Sequence[Candidate]]
    ) -> tuple[list[list[WordSpan]], Trees]:
        """Return the events of each sentence as chosen by trees of the other folds.

        With them the trees of all.
        """
        some = [(t, found) for t, found in zip(self.texts, maybe, strict=True) if found]
        rows = np.concatenate([
            looked_at(
                t.gold.text, t.sentences, t.names, found,
                knowledge=t.knowledge, promised=t.promised,
            )
            for t, found in some
        ])  # fmt: skip
        right = np.concatenate([_right(t, found) for t, found in some])
        fold = np.repeat([t.fold for t, _ in some], [len(found) for _, found in some])
        odds = np.zeros(len(rows))
        for each in np.unique(fold):
            other = fold != each
            trees = grow(rows[other], right[other], self.plan.look)
            odds[~other] = trees.odds(rows[~other])
        log.info("%d spans looked at", len(rows))
        guessed: list[list[WordSpan]] = []
        told: list[tuple[float, bool]] = []
        gold = iter(self._gold_spans())
        at = 0
        for text, found in zip(self.texts, maybe, strict=True):
            own = odds[at : at + len(found)]
            at += len(found)
            for spans, sure in chosen(
                found, own, self.plan.least_odds, len(text.sentences)
            ):
                wanted = next(gold)
                guessed.append(spans)
                hits = [span in wanted for span in spans]
                told += zip(sure, hits, strict=True)
        self.calibration = calibrated(told)
        return guessed, grow(rows, right, self.plan.look)

    def _gold_spans(self) -> list[set[WordSpan]]:
        return [set(spans) for text in self.texts for spans in text.spans(EVENTS)]

    def _nearby(
        self, events: Sequence[Sequence[WordSpan]]
    ) -> tuple[list[str], csr_matrix]:
        encoder = Encoder()
        of_sentence = iter(events)
        for text in self.texts:
            for sentence, lemmas in zip(text.sentences, text.lemmas, strict=True):
                encoder.add(nearby(sentence.tokens, lemmas, next(of_sentence)))
        return encoder.matrix(self.plan.least_count)

    def _subtypes(self) -> Learned:
        encoder = Encoder()
        answers: list[str] = []
        for text in self.texts:
            weights = self.topics.weights(without=text)
            told = {lemma for lemma in text.flat() if lemma in weights}
            for mark in text.gold.marks:
                if mark.label in EVENTS and mark.subtype:
                    for lemmas, span in text.places(mark):
                        encoder.add([subtype_features(lemmas, span, text.about, told)])
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


def calibrated(told: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Return slope and offset that make probabilities of log odds: Platt's scaling.

    *told* is what was found in texts that the model had not seen: its odds, and whether
    it was right.
    """
    odds = np.array([each for each, _ in told])
    right = np.array([float(each) for _, each in told])
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
    events, arguments, subtypes, look = learned
    plan = training.plan
    names, weights = _beside([events, arguments])
    bias = names.index("bias")
    weights[bias, len(events.tags)] -= plan.argument_lean
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
            "look_columns": look.columns,
            "look_limits": look.limits,
            "look_leaves": look.leaves,
            "look_start": np.array(look.start, np.float32),
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
