"""The training texts of EDNIL as the product sees them, and what they tell by counting.

What is counted of a text for training leaves out the text's own events, so that a model
learns from what it can know of a new text.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workers.domain.records import Entity, Event, Sentence
from workers.ednil import corpus, scores
from workers.ednil.corpus import EVENTS, Mark, MarkedText
from workers.ednil.features.phrases import LONGEST, phrases_in
from workers.ednil.features.words import Knowledge
from workers.ednil.inference.spans import WordSpan
from workers.stages.entities import entities
from workers.stages.events import find_events
from workers.stages.events.lexicon import shipped
from workers.stages.nlp.onnx.engine import EngineOptions, open_engine

log = logging.getLogger(__name__)

_CONTENT = ("NN", "VM", "JJ", "XC", "UNK")
_BATCH = 16
_ALIKE = 0.3
"""Share of runs of words from which two texts are of one story."""
_RUN = 5
_FOLDS = 5
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
    expected_events: float = 0.0
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
