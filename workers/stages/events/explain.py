"""Show how the events of a text were found, for whoever writes the lexicon."""

import datetime as dt
from collections.abc import Iterator, Sequence

from workers.domain.records import Entity, Modality, Role, Sentence
from workers.stages.events.confidence import confidence
from workers.stages.events.dates import resolve
from workers.stages.events.extraction import (
    Finding,
    entities_by_sentence,
    findings,
)
from workers.stages.events.lexicon import Entry, Lexicon
from workers.stages.events.predicates.matching import matches
from workers.stages.events.predicates.near_misses import near_misses
from workers.stages.events.syntax.tree import Tree


def explain(
    text: str,
    sentences: Sequence[Sentence],
    entities: Sequence[Entity],
    lexicon: Lexicon,
    published: dt.datetime | None = None,
) -> list[str]:
    """Return lines: the parse, each matched entry, each argument's path, the date.

    Relative dates are resolved from *published*, which must have a time zone.
    """
    return list(_lines(text, sentences, entities, lexicon, published))


def _lines(
    text: str,
    sentences: Sequence[Sentence],
    entities: Sequence[Entity],
    lexicon: Lexicon,
    published: dt.datetime | None,
) -> Iterator[str]:
    by_sentence = entities_by_sentence(entities)
    for number, sentence in enumerate(sentences):
        tree = Tree(text, sentence, by_sentence.get(number, ()))
        yield text[sentence.start : sentence.end]
        yield from _parse_lines(tree)
        found = list(findings(tree, lexicon))
        if not found:
            yield from _no_event(tree, lexicon)
        for finding in found:
            yield from _event_lines(tree, finding, published)


def _no_event(tree: Tree, lexicon: Lexicon) -> Iterator[str]:
    """Say why there is none, and what came closest."""
    habitual = matches(tree, lexicon)
    closest = near_misses(tree, lexicon)
    if not habitual and not closest:
        yield "  no event: no word of the sentence is in the lexicon"
        return
    yield "  no event; closest came"
    for match in habitual:
        yield f"    {_entry(match.entry)}: it tells of what is usual"
    for miss in closest:
        yield f"    {_entry(miss.entry)}: {'; '.join(miss.reasons)}"


def _entry(entry: Entry) -> str:
    frame = entry.frame
    return f"{frame.type} ({frame.name}) {entry.kind} '{entry.text}' of {frame.source}"


def _parse_lines(tree: Tree) -> Iterator[str]:
    for word in tree.words:
        token = word.token
        head = tree.words[token.head - 1].form if token.head else "–"
        yield (
            f"  {word.index + 1:>3} {word.form}\t{token.lemma}\t{token.xpos}\t"
            f"{token.relation} → {head}"
        )


def _event_lines(
    tree: Tree, finding: Finding, published: dt.datetime | None
) -> Iterator[str]:
    match = finding.match
    frame = match.entry.frame
    trigger = " ".join(word.form for word in match.words)
    yield (
        f"  {frame.type} ({frame.name}) {trigger}: "
        f"{match.entry.kind} '{match.entry.text}' of {frame.source}; "
        f"{finding.polarity}, {finding.modality}, "
        f"confidence {confidence(match, finding.arguments):.2f}"
    )
    for span in finding.arguments:
        start, end = tree.span(span.first, span.end)
        yield f"      {span.role}: {tree.text[start:end]}  ({span.path})"
    time = next((s for s in finding.arguments if s.role is Role.TIME), None)
    if time is not None:
        start, end = tree.span(time.first, time.end)
        ahead = finding.modality is Modality.PLANNED
        date = resolve(tree.text[start:end], published, ahead=ahead)
        yield f"      date: {date or 'not known'}  ({tree.text[start:end]})"
    for count in finding.counts:
        high = "…" if count.high is None else count.high
        yield f"      {count.kind}: {count.low} to {high}  ({count.text})"
    if finding.attribution is not None:
        yield f"      says: {finding.attribution.text}"
