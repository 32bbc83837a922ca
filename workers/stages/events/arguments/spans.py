"""The words of an argument: a noun phrase, corrected by the entities in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workers.domain.records import EntityType, Role
from workers.stages.events.arguments.adjuncts import is_time_name
from workers.stages.events.arguments.candidates import MODIFIER, CandidatePhrase
from workers.stages.events.predicates.matching import Match
from workers.stages.events.syntax.noun_phrases import noun_phrase
from workers.stages.events.syntax.tree import NAMES, Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical

_GENITIVE = lexical.keys("postpositions.genitive")


@dataclass(frozen=True, slots=True)
class ArgumentSpan:
    """One argument: its role, its words [first, end), and how it was found."""

    role: Role
    first: int
    end: int
    head: Word
    path: str

    def overlaps(self, other: "ArgumentSpan") -> bool:
        """Return whether they are one phrase, or share words in the same role."""
        if (self.first, self.end) == (other.first, other.end):
            return True
        return (
            self.role is other.role
            and self.first < other.end
            and other.first < self.end
        )


def argument_span(
    tree: Tree, match: Match, role: Role, phrase: CandidatePhrase
) -> ArgumentSpan | None:
    """Return the words that fill *role*, None where nothing is left of the phrase."""
    # A parse may hang any word of a name on the predicate; the last one heads it.
    head = tree.words[tree.entity_bounds(phrase.head)[1] - 1]
    if any(head is word for word in match.words):
        return None
    first, end = _phrase_bounds(tree, head, phrase)
    if role is not Role.TIME:
        first = _without_time(tree, first, head)
    first = _without_person(tree, first, head)
    if any(first <= word.index < end for word in match.words):
        first = match.last + 1  # it holds its own event: only what comes after it
    if first < end and tree.words[first].is_postposition:
        return None
    first = _with_quantity(tree, first)
    if role is Role.TIME:
        first, end = _time_bounds(tree, head, first, end)
    if first >= end or head.index < first:
        return None
    if role in (Role.TIME, Role.PLACE):
        end = max(end, tree.entity_bounds(head)[1])
    path = f"{phrase.path} [{phrase.marker or '–'}]"
    return ArgumentSpan(role, first, end, head, path)


def _phrase_bounds(tree: Tree, head: Word, phrase: CandidatePhrase) -> tuple[int, int]:
    first, end = noun_phrase(tree, head)
    name_start, _ = tree.entity_bounds(head)
    first = min(first, name_start)
    if phrase.first is not None:
        return max(first, phrase.first), end
    # what stands unmarked before an event noun is one name, and no phrase of its own
    return (name_start if phrase.marker == MODIFIER else first), end


def _without_time(tree: Tree, first: int, head: Word) -> int:
    """Leave out a time before a phrase that it does not belong to."""
    end = _entity_end(tree, first, EntityType.TIME)
    if end is None or end > head.index or tree.words[end].key in _GENITIVE:
        return first
    return end


def _without_person(tree: Tree, first: int, head: Word) -> int:
    """Leave out a person before a common noun: ट्रंप राष्ट्रपति बने."""
    end = _entity_end(tree, first, EntityType.PER)
    if end is None or end > head.index or not tree.words[end].is_noun:
        return first
    return end


def _entity_end(tree: Tree, first: int, kind: EntityType) -> int | None:
    """Return where the entity of this kind ends that the word at *first* is in."""
    # A phrase that begins behind its participle may be empty, and begin at the end.
    word = tree.words[first] if first < len(tree) else None
    if word is None or tree.entity_type(word) is not kind:
        return None
    return tree.entity_bounds(word)[1]


def _with_quantity(tree: Tree, first: int) -> int:
    """Take in a number that stands right before a phrase: 66 प्रतिशत मतदाता."""
    before = tree.before(first)
    if before is None or tree.entity_type(before) is not EntityType.NUM:
        return first
    return tree.entity_bounds(before)[0]


def _time_bounds(tree: Tree, head: Word, first: int, end: int) -> tuple[int, int]:
    """Cut a time to its entity, and take in where it begins: सात मई से 14 मई."""
    if is_time_name(tree, head):
        first, end = tree.entity_bounds(head)
    if first > 1 and tree.words[first - 1].key == "से":
        start = tree.words[first - 2]
        if is_time_name(tree, start):
            return tree.entity_bounds(start)[0], end
    return first, end


def with_listed_names(tree: Tree, span: ArgumentSpan) -> Iterator[ArgumentSpan]:
    """Yield an argument and the names that a list joins to it: A, B और C."""
    yield span
    at = span.first - 1
    joined = at > 0 and tree.words[at].is_conjunction
    while joined and at > 0:
        name = tree.words[at - 1]
        if tree.entity_type(name) not in NAMES:
            return
        first, end = tree.entity_bounds(name)
        yield ArgumentSpan(span.role, first, end, name, f"{span.path}, listed")
        at = first - 1
        joined = at > 0 and tree.words[at].form == ","


def merge_adjacent(tree: Tree, spans: Sequence[ArgumentSpan]) -> list[ArgumentSpan]:
    """Join what the parse has parted: बैंक, कर्मचारी as two subjects."""
    merged: list[ArgumentSpan] = []
    for span in spans:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.role is span.role
            and last.end == span.first
            and tree.entity(last.head.index) is None
        ):
            merged[-1] = replace(span, first=last.first)
        else:
            merged.append(span)
    return merged
