"""Find EDNIL's events and their arguments: two taggers, one after the other.

The first finds candidates for events, which are rescored over the whole text before
some are chosen; the other finds arguments, knowing the events, so that an event may
stand inside the casualties that it caused. Each event then gets its subtype, and each
argument its event.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from workers.domain.records import Entity, Event, Sentence
from workers.ednil.corpus import EVENTS, Mark, MarkedText
from workers.ednil.features.candidates import candidate_features
from workers.ednil.features.nearby_events import nearby_events
from workers.ednil.features.subtypes import subtype_features
from workers.ednil.features.topics import strengths, topics
from workers.ednil.features.words import TextFeatures
from workers.ednil.inference.candidates import choose, find_candidates
from workers.ednil.inference.crf import Array
from workers.ednil.inference.decoding import find_spans
from workers.ednil.inference.spans import SentenceSpans, WordSpan
from workers.ednil.links import links
from workers.ednil.model import Model
from workers.stages.entities import entities
from workers.stages.events import find_events
from workers.stages.events.lexicon import shipped
from workers.stages.nlp.document import Document, Engine

BATCH = 32


def mark_texts(
    engine: Engine, model: Model, items: Sequence[Mapping[str, Any]]
) -> Iterator[MarkedText]:
    """Yield what is found in each text, in order; each item must have `text`."""
    for start in range(0, len(items), BATCH):
        some = items[start : start + BATCH]
        documents = engine.annotate([item["text"] for item in some])
        for item, document in zip(some, documents, strict=True):
            yield _named(str(item.get("id", "")), document, model)


def _named(name: str, document: Document, model: Model) -> MarkedText:
    """Return a document's events and arguments with ids and links."""
    found = mark_document(model, document)
    ids = {mark: str(number) for number, mark in enumerate(found, 1)}
    return MarkedText(
        id=name,
        text=document.text,
        marks=tuple(dataclasses.replace(mark, id=ids[mark]) for mark in found),
        links=tuple(
            (ids[argument], ids[event])
            for argument, event in links(found, document.sentences)
        ),
    )


def mark_document(model: Model, document: Document) -> tuple[Mark, ...]:
    """Return what is found in a document, in text order."""
    names = entities(document)
    events = find_events(document.text, document.sentences, names, shipped())
    return marks(model, document.text, document.sentences, names, events)


def marks(
    model: Model,
    text: str,
    sentences: Sequence[Sentence],
    names: Sequence[Entity],
    events: Sequence[Event],
) -> tuple[Mark, ...]:
    """Return events and arguments of a text, in text order.

    *names* and *events* are those that the product finds in it.
    """
    tagger = _TextTagger(model, text, sentences, names)
    if tagger.expected_events < model.least_strength:
        return ()
    # one table holds the weights of both taggers, those of events in its first columns
    split = len(model.events.tags)
    scores = tagger.score_words(events)
    found_events = tagger.find_events([each[:, :split] for each in scores])
    found_arguments = tagger.find_arguments(scores, found_events, split)
    found = [
        tagger.mark(number, span, odds)
        for of_sentences in (found_events, found_arguments)
        for number, (spans, odds_of_spans) in enumerate(of_sentences)
        for span, odds in zip(spans, odds_of_spans, strict=True)
    ]
    return tuple(sorted(found, key=lambda mark: (mark.start, -mark.end, mark.label)))


class _TextTagger:
    """Runs the models of both taggers over one text."""

    def __init__(
        self,
        model: Model,
        text: str,
        sentences: Sequence[Sentence],
        names: Sequence[Entity],
    ) -> None:
        self._model = model
        self._text = text
        self._sentences = sentences
        self._names = names
        self._lemmas = [[token.lemma for token in each.tokens] for each in sentences]
        all_lemmas = [*chain.from_iterable(self._lemmas)]
        expected = strengths(all_lemmas, model.topics)
        self.expected_events = sum(expected.values())
        self._topics = topics(expected)
        self._topic_words = {lemma for lemma in all_lemmas if lemma in model.topics}

    def score_words(self, events: Sequence[Event]) -> list[Array]:
        """Return of each sentence words by tags: the scores that features give."""
        features = TextFeatures(
            self._text, self._sentences, self._names, events, self._model.knowledge
        )
        sums = self._model.words.sums
        return [sums(each) for each in features.sentences(self._topics)]

    def find_events(self, scores: Sequence[Array]) -> list[SentenceSpans]:
        """Return the events of each sentence, chosen among rescored candidates."""
        model = self._model
        candidates = find_candidates(model.events, scores)
        odds = np.zeros(0)
        if candidates:
            rows = candidate_features(
                self._text, self._sentences, self._names, candidates,
                knowledge=model.knowledge, expected_events=self.expected_events,
            )  # fmt: skip
            odds = model.rescorer.odds(rows)
        return choose(candidates, odds, model.least_odds, len(self._sentences))

    def find_arguments(
        self, scores: Sequence[Array], events: Sequence[SentenceSpans], split: int
    ) -> list[SentenceSpans]:
        """Return the arguments of each sentence; their tags begin at column *split*."""
        sums = self._model.words.sums
        with_events = [
            each + sums(nearby_events(sentence.tokens, lemmas, spans))
            for each, sentence, lemmas, (spans, _) in zip(
                scores, self._sentences, self._lemmas, events, strict=True
            )
        ]
        return find_spans(
            self._model.arguments, [each[:, split:] for each in with_events]
        )

    def mark(self, number: int, span: WordSpan, odds: float) -> Mark:
        """Return a span of the sentence *number* as a mark of the text."""
        label, first, end = span
        tokens = self._sentences[number].tokens
        subtype = ""
        if label in EVENTS:
            features = subtype_features(
                self._lemmas[number], span, self._topics, self._topic_words
            )
            subtype = _subtype(self._model, features)
        return Mark(
            label=label,
            subtype=subtype,
            start=tokens[first].start,
            end=tokens[end - 1].end,
            confidence=_probability(self._model, label, odds),
        )


def _subtype(model: Model, features: list[str]) -> str:
    return model.subtypes[int(model.subtype_table.sums([features])[0].argmax())]


def _probability(model: Model, label: str, odds: float) -> float:
    slope, offset = model.calibration.get(label, (1.0, 0.0))
    return round(float(1 / (1 + np.exp(-slope * odds - offset))), 2)
