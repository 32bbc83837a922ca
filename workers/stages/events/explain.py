"""Show how the events of a text were found, for whoever writes the lexicon."""

from collections.abc import Iterator, Sequence

from workers.domain.records import Entity, Sentence
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
) -> list[str]:
    """Return lines: the parse, each matched entry, each argument's path."""
    return list(_lines(text, sentences, entities, lexicon))


def _lines(
    text: str,
    sentences: Sequence[Sentence],
    entities: Sequence[Entity],
    lexicon: Lexicon,
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
            yield from _event_lines(tree, finding)


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


def _event_lines(tree: Tree, finding: Finding) -> Iterator[str]:
    match = finding.match
    frame = match.entry.frame
    trigger = " ".join(word.form for word in match.words)
    yield (
        f"  {frame.type} ({frame.name}) {trigger}: "
        f"{match.entry.kind} '{match.entry.text}' of {frame.source}; "
        f"{finding.polarity}, {finding.modality}"
    )
    for span in finding.arguments:
        start, end = tree.span(span.first, span.end)
        yield f"      {span.role}: {tree.text[start:end]}  ({span.path})"
    for count in finding.counts:
        high = "…" if count.high is None else count.high
        yield f"      {count.kind}: {count.low} to {high}  ({count.text})"
    if finding.attribution is not None:
        yield f"      says: {finding.attribution.text}"
