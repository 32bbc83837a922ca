"""Find EDNIL's events and their arguments: two taggers, one after the other.

The first tells which spans may be events, and a second look at the whole text chooses
among them; the other finds arguments, knowing the events, so that an event may stand
inside the casualties that it caused. Each event then gets its subtype, and each
argument its event.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from workers.domain.records import Entity, Event, Sentence
from workers.ednil.candidates import candidates, chosen
from workers.ednil.corpus import EVENTS, Mark, MarkedText
from workers.ednil.decoding import find_spans
from workers.ednil.features import TextFeatures
from workers.ednil.links import links
from workers.ednil.model import Model
from workers.ednil.nearby import nearby
from workers.ednil.second_look import looked_at
from workers.ednil.subtypes import subtype_features
from workers.ednil.topics import strengths, topics
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
    lemmas = [[token.lemma for token in sentence.tokens] for sentence in sentences]
    promised = strengths((each for some in lemmas for each in some), model.topics)
    if sum(promised.values()) < model.least_strength:
        return ()
    about = topics(promised)
    features = TextFeatures(text, sentences, names, events, model.knowledge)
    sums = [model.words.sums(each) for each in features.sentences(about)]
    split = len(model.events.tags)
    maybe = candidates(model.events, [each[:, :split] for each in sums])
    odds = np.zeros(0)
    if maybe:
        rows = looked_at(
            text, sentences, names, maybe,
            knowledge=model.knowledge, promised=sum(promised.values()),
        )  # fmt: skip
        odds = model.second_look.odds(rows)
    of_events = chosen(maybe, odds, model.least_odds, len(sentences))
    more = [
        (each + model.words.sums(nearby(sentence.tokens, words, found)))[:, split:]
        for each, sentence, words, (found, _) in zip(
            sums, sentences, lemmas, of_events, strict=True
        )
    ]
    of_arguments = find_spans(model.arguments, more)
    told = {word for some in lemmas for word in some if word in model.topics}
    out: list[Mark] = []
    for number, sentence in enumerate(sentences):
        for found, sure in (of_events[number], of_arguments[number]):
            for span, each in zip(found, sure, strict=True):
                label, first, end = span
                subtype = ""
                if label in EVENTS:
                    subtype = _subtype(
                        model, subtype_features(lemmas[number], span, about, told)
                    )
                out.append(
                    Mark(
                        label=label,
                        subtype=subtype,
                        start=sentence.tokens[first].start,
                        end=sentence.tokens[end - 1].end,
                        confidence=_probability(model, label, each),
                    )
                )
    return tuple(sorted(out, key=lambda mark: (mark.start, -mark.end, mark.label)))


def _subtype(model: Model, features: list[str]) -> str:
    return model.subtypes[int(model.subtype_table.sums([features])[0].argmax())]


def _probability(model: Model, label: str, odds: float) -> float:
    slope, offset = model.calibration.get(label, (1.0, 0.0))
    return round(float(1 / (1 + np.exp(-slope * odds - offset))), 2)
