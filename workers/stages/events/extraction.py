"""Extract the events of a text, sentence by sentence, and write them as records."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.domain.records import (
    Argument,
    Count,
    Entity,
    Event,
    EventTime,
    Modality,
    Polarity,
    Role,
    Sentence,
    Span,
    Token,
    Trigger,
)
from workers.stages.events.arguments.roles import assign_roles
from workers.stages.events.arguments.spans import ArgumentSpan
from workers.stages.events.attributes.attribution import attribution
from workers.stages.events.attributes.modality import is_habitual, modality
from workers.stages.events.attributes.polarity import polarity
from workers.stages.events.confidence import confidence
from workers.stages.events.counts import counts
from workers.stages.events.dates import resolve
from workers.stages.events.lexicon import Kind, Lexicon
from workers.stages.events.predicates.matching import Match, matches
from workers.stages.events.syntax.tree import Tree

METHOD = "frames"
_FARTHEST_VERB = 3
"""Words from a noun to its light verb, with which they are still one trigger."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One event of a sentence, with what shows how it was found."""

    match: Match
    arguments: tuple[ArgumentSpan, ...]
    polarity: Polarity
    modality: Modality
    attribution: Span | None
    counts: tuple[Count, ...]


def find_events(
    text: str,
    sentences: Sequence[Sentence],
    entities: Sequence[Entity],
    lexicon: Lexicon,
    published: dt.datetime | None = None,
) -> tuple[Event, ...]:
    """Return the events of a text, numbered v1, v2, … in text order.

    Offsets are code points into *text*, end exclusive. Relative dates are resolved
    from *published*, which must have a time zone.
    """
    by_sentence = entities_by_sentence(entities)
    events: list[Event] = []
    for number, sentence in enumerate(sentences):
        own = by_sentence.get(number, ())
        tree = Tree(text, sentence, own)
        for finding in findings(tree, lexicon):
            name = f"v{len(events) + 1}"
            events.append(
                _event(name, number, tree, finding, entities=own, published=published)
            )
    return tuple(events)


def entities_by_sentence(entities: Sequence[Entity]) -> dict[int, list[Entity]]:
    """Return the entities of each sentence that has any, by its index."""
    by_sentence: dict[int, list[Entity]] = {}
    for entity in entities:
        by_sentence.setdefault(entity.sentence, []).append(entity)
    return by_sentence


def findings(tree: Tree, lexicon: Lexicon) -> Iterator[Finding]:
    """Yield the events of one sentence, in text order."""
    found = matches(tree, lexicon)
    if not found:
        return
    for match, arguments in zip(found, assign_roles(tree, found), strict=True):
        mode = modality(tree, match)
        if mode is Modality.ASSERTED and is_habitual(tree, match, arguments):
            continue
        yield Finding(
            match=match,
            arguments=arguments,
            polarity=polarity(tree, match),
            modality=mode,
            attribution=attribution(tree, match),
            counts=counts(tree, match, arguments),
        )


def _event(
    name: str,
    sentence: int,
    tree: Tree,
    finding: Finding,
    *,
    entities: Sequence[Entity],
    published: dt.datetime | None,
) -> Event:
    frame = finding.match.entry.frame
    arguments = tuple(_argument(tree, span, entities) for span in finding.arguments)
    ahead = finding.modality is Modality.PLANNED
    return Event(
        id=name,
        type=frame.type,
        subtype=frame.name,
        trigger=_trigger(tree, finding.match),
        sentence=sentence,
        polarity=finding.polarity,
        modality=finding.modality,
        confidence=confidence(finding.match, finding.arguments),
        method=METHOD,
        arguments=arguments,
        time=_time(arguments, published, ahead=ahead),
        place=_place(arguments),
        attribution=finding.attribution,
        counts=finding.counts,
    )


def _trigger(tree: Tree, match: Match) -> Trigger:
    """Return the trigger; an event noun leaves a verb far off out of it."""
    words = list(match.words)
    if (
        match.entry.kind is not Kind.COMPOUND
        and match.verb is words[-1]
        and len(words) > 1
        and match.verb.index - words[-2].index > _FARTHEST_VERB
    ):
        words.pop()
    start, end = words[0].token.start, words[-1].token.end
    lemma = match.entry.text
    return Trigger(text=tree.text[start:end], start=start, end=end, lemma=lemma)


def _argument(tree: Tree, span: ArgumentSpan, entities: Sequence[Entity]) -> Argument:
    start, end = tree.span(span.first, span.end)
    inside = [e for e in entities if start <= e.start and e.end <= end]
    return Argument(
        role=span.role,
        text=tree.text[start:end],
        start=start,
        end=end,
        entity_id=_entity_id(inside, span.head.token, end),
    )


def _entity_id(inside: Sequence[Entity], head: Token, end: int) -> str | None:
    """Return the entity that the head is in, else the last that ends the argument."""
    for entity in inside:
        if entity.start <= head.start and head.end <= entity.end:
            return entity.id
    return next((e.id for e in reversed(inside) if e.end == end), None)


def _time(
    arguments: Sequence[Argument], published: dt.datetime | None, *, ahead: bool
) -> EventTime | None:
    text = next((a.text for a in arguments if a.role is Role.TIME), None)
    if text is None:
        return None
    return EventTime(text=text, value=resolve(text, published, ahead=ahead))


def _place(arguments: Sequence[Argument]) -> Span | None:
    place = next((a for a in arguments if a.role is Role.PLACE), None)
    if place is None:
        return None
    return Span(text=place.text, start=place.start, end=place.end)
