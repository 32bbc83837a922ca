"""From a document to its entities: the model's names, made whole by rule, and linked.

The rules are those of how entities are annotated: no title in a person's name, no case
marker at an edge, numbers with their unit, dates whole.
"""

from collections.abc import Iterable
from itertools import chain

from workers.domain.records import Entity, EntityType
from workers.stages.entities.expressions import (
    extend_time,
    is_informative,
    numbers,
    times,
)
from workers.stages.entities.gazetteer import Gazetteer, shipped
from workers.stages.entities.linking import link
from workers.stages.entities.names import (
    NAMED,
    acronyms,
    extend,
    join_hyphenated,
    known_names,
    organisations,
    retype,
    trim,
)
from workers.stages.entities.words import Found, Words
from workers.stages.nlp.document import Document

_TYPE_NAMES = frozenset(t.value for t in EntityType if t is not EntityType.MISC)


def entities(
    document: Document, gazetteer: Gazetteer | None = None
) -> tuple[Entity, ...]:
    """Return the entities of a document in text order, none overlapping another."""
    names = gazetteer or shipped()
    by_sentence: dict[int, list[tuple[EntityType, int, int]]] = {}
    for name in document.names:
        if name.type in _TYPE_NAMES:
            by_sentence.setdefault(name.sentence, []).append(
                (EntityType(name.type), name.start, name.end)
            )
    found: list[Entity] = []
    for number, sentence in enumerate(document.sentences):
        words = Words(document.text, sentence.tokens)
        spans = _of_sentence(words, by_sentence.get(number, ()), names)
        for span in sorted(spans, key=lambda each: each.first):
            start, end = words.span(span.first, span.end)
            found.append(
                Entity(
                    id=f"e{len(found) + 1}",
                    type=span.type,
                    text=document.text[start:end],
                    start=start,
                    end=end,
                    sentence=number,
                    canonical_name=document.text[start:end],
                )
            )
    return link(found, names)


def _of_sentence(
    words: Words,
    given: Iterable[tuple[EntityType, int, int]],
    gazetteer: Gazetteer,
) -> list[Found]:
    """Return spans that do not overlap; what is found first keeps its words."""
    listed = list(known_names(words, gazetteer))
    trimmed = (
        trim(words, Found(kind, *words.inside(start, end)))
        for kind, start, end in given
    )
    found = [span for span in trimmed if span is not None]
    model = [
        retype(words, extend(join_hyphenated(words, span, found), listed))
        for span in found
    ]
    taken: set[int] = set()
    kept: list[Found] = []
    for span in chain(
        (extend_time(words, time, model) for time in times(words)),
        (span for span in model if span.type in NAMED),
        (retype(words, span) for span in listed),
        organisations(words),
        acronyms(words),
        numbers(words),
        (span for span in model if is_informative(words, span)),
    ):
        inside = set(range(span.first, span.end))
        if inside and not inside & taken:
            taken |= inside
            kept.append(span)
    return kept
