"""Show how the events of a text were found, for whoever writes the lexicon."""

from collections.abc import Iterator, Sequence

from workers.domain.records import Entity, Sentence
from workers.stages.events import findings
from workers.stages.events.lexicon import Lexicon
from workers.stages.events.tree import Tree


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
    for number, sentence in enumerate(sentences):
        own = [entity for entity in entities if entity.sentence == number]
        tree = Tree(text, sentence, own)
        yield text[sentence.start : sentence.end]
        for word in tree.words:
            token = word.token
            head = tree.words[token.head - 1].form if token.head else "–"
            yield (
                f"  {word.index + 1:>3} {word.form}\t{token.lemma}\t{token.xpos}\t"
                f"{token.relation} → {head}"
            )
        found = findings(tree, lexicon)
        if not found:
            yield "  no event"
        for finding in found:
            match = finding.match
            trigger = " ".join(word.form for word in match.words)
            yield (
                f"  {match.entry.frame.type} ({match.entry.frame.name}) {trigger}: "
                f"{match.entry.kind} '{match.entry.text}' of "
                f"{match.entry.frame.source}; "
                f"{finding.polarity}, {finding.modality}"
            )
            for filler in finding.fillers:
                start, end = tree.span(filler.first, filler.end)
                yield f"      {filler.role}: {text[start:end]}  ({filler.path})"
            for count in finding.counts:
                high = "…" if count.high is None else count.high
                yield f"      {count.kind}: {count.low} to {high}  ({count.text})"
            if finding.attribution is not None:
                yield f"      says: {finding.attribution.text}"
