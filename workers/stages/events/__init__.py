"""Events from sentences: predicates of a lexicon over the dependency parse."""

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
    Trigger,
)
from workers.stages.events.attributes import attribution, generic, modality, polarity
from workers.stages.events.confidence import confidence
from workers.stages.events.counts import counts
from workers.stages.events.dates import resolve
from workers.stages.events.lexicon import Kind, Lexicon
from workers.stages.events.match import Match, matches
from workers.stages.events.roles import Arguments, Filler
from workers.stages.events.tree import Tree

METHOD = "frames"
_FARTHEST_VERB = 3
"""Words from a noun to its light verb, with which they are still one trigger."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One event of a sentence, with what shows how it was found."""

    match: Match
    fillers: tuple[Filler, ...]
    polarity: Polarity
    modality: Modality
    attribution: Span | None
    counts: tuple[Count, ...]


def findings(tree: Tree, lexicon: Lexicon) -> list[Finding]:
    """Return the events of one sentence, in text order."""
    found = matches(tree, lexicon)
    if not found:
        return []
    arguments = Arguments(tree, found)
    out = []
    for match, fillers in zip(found, arguments.of_all(found), strict=True):
        mode = modality(tree, match)
        if mode is Modality.ASSERTED and generic(tree, match, fillers):
            continue
        out.append(
            Finding(
                match=match,
                fillers=fillers,
                polarity=polarity(tree, match),
                modality=mode,
                attribution=attribution(tree, match),
                counts=counts(tree, match, fillers),
            )
        )
    return out


def find_events(
    text: str,
    sentences: Sequence[Sentence],
    entities: Sequence[Entity],
    lexicon: Lexicon,
    published: dt.datetime | None = None,
) -> tuple[Event, ...]:
    """Return the events of a text, numbered v1, v2, … in text order."""
    by_sentence: dict[int, list[Entity]] = {}
    for entity in entities:
        by_sentence.setdefault(entity.sentence, []).append(entity)
    found = (
        (number, tree, finding)
        for number, sentence in enumerate(sentences)
        for own in (by_sentence.get(number, ()),)
        for tree in (Tree(text, sentence, own),)
        for finding in findings(tree, lexicon)
    )
    return tuple(
        _event(
            f"v{count}",
            number,
            tree,
            finding,
            entities=by_sentence.get(number, ()),
            published=published,
        )
        for count, (number, tree, finding) in enumerate(found, 1)
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
    match = finding.match
    frame = match.entry.frame
    start, end = _trigger_span(match)
    arguments = tuple(_argument(tree, filler, entities) for filler in finding.fillers)
    return Event(
        id=name,
        type=frame.type,
        subtype=frame.name,
        trigger=Trigger(
            text=tree.text[start:end], start=start, end=end, lemma=match.entry.text
        ),
        sentence=sentence,
        polarity=finding.polarity,
        modality=finding.modality,
        confidence=confidence(match, finding.fillers),
        method=METHOD,
        arguments=arguments,
        time=next(
            _times(arguments, published, ahead=finding.modality is Modality.PLANNED),
            None,
        ),
        place=next(
            (
                Span(text=a.text, start=a.start, end=a.end)
                for a in arguments
                if a.role is Role.PLACE
            ),
            None,
        ),
        attribution=finding.attribution,
        counts=finding.counts,
    )


def _trigger_span(match: Match) -> tuple[int, int]:
    """Return the trigger's span; an event noun leaves a verb far off out of it."""
    words = list(match.words)
    if (
        match.entry.kind is not Kind.COMPOUND
        and match.verb is words[-1]
        and len(words) > 1
        and match.verb.index - words[-2].index > _FARTHEST_VERB
    ):
        words.pop()
    return words[0].token.start, words[-1].token.end


def _argument(tree: Tree, filler: Filler, entities: Sequence[Entity]) -> Argument:
    start, end = tree.span(filler.first, filler.end)
    head = filler.head.token
    inside = [e for e in entities if start <= e.start and e.end <= end]
    named = next(
        (e for e in inside if e.start <= head.start and head.end <= e.end), None
    ) or next((e for e in reversed(inside) if e.end == end), None)
    return Argument(
        role=filler.role,
        text=tree.text[start:end],
        start=start,
        end=end,
        entity_id=named.id if named else None,
    )


def _times(
    arguments: Sequence[Argument], published: dt.datetime | None, *, ahead: bool
) -> Iterator[EventTime]:
    for argument in arguments:
        if argument.role is Role.TIME:
            yield EventTime(
                text=argument.text, value=resolve(argument.text, published, ahead=ahead)
            )
