"""A sentence as a dependency tree of words, with its named entities."""

from collections.abc import Iterable

from workers.domain.records import Entity, EntityType, Sentence
from workers.stages.events.syntax.postpositions import CaseMarker, case_marker
from workers.stages.events.syntax.universal import is_universal, paninian
from workers.stages.events.syntax.verb_groups import VerbGroup, read_verb_group
from workers.stages.events.syntax.word import Word
from workers.stages.text.spelling import key

NAMES = frozenset({EntityType.PER, EntityType.LOC, EntityType.ORG})
"""Types of entities that are names, and no expressions of time or number."""


class Tree:
    """The words of one sentence, linked.

    Case markers and verb groups are read once for each word and kept: the rules ask for
    those of one verb several times.
    """

    def __init__(
        self, text: str, sentence: Sentence, entities: Iterable[Entity] = ()
    ) -> None:
        """Link the words; a parse in Universal Dependencies is converted first."""
        self.text = text
        tokens = sentence.tokens
        forms = [text[token.start : token.end] for token in tokens]
        if is_universal(tokens):
            tokens = paninian(tokens, forms)
        self.words = [
            Word(index, form, key(form), token)
            for index, (form, token) in enumerate(zip(forms, tokens, strict=True))
        ]
        self._link()
        self._entity_at = {
            word.index: entity
            for entity in entities
            for word in self.words
            if entity.start <= word.token.start and word.token.end <= entity.end
        }
        self._markers: dict[int, CaseMarker] = {}
        self._verb_groups: dict[int, VerbGroup] = {}

    def _link(self) -> None:
        previous = ""
        for word in self.words:
            word.is_additive = previous == "एक"
            previous = word.key
            head = word.token.head - 1  # the parse counts from 1; 0 is the root
            if 0 <= head < len(self.words) and head != word.index:
                word.parent = self.words[head]
                word.parent.children.append(word)

    def __len__(self) -> int:
        return len(self.words)

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Return word indices [first, end) as code points [start, end)."""
        return self.words[first].token.start, self.words[end - 1].token.end

    def after(self, index: int) -> Word | None:
        """Return the word that follows, None at the end."""
        return self.words[index + 1] if index + 1 < len(self.words) else None

    def before(self, index: int) -> Word | None:
        """Return the word before, None at the beginning."""
        return self.words[index - 1] if index > 0 else None

    def entity(self, index: int) -> Entity | None:
        """Return the entity that the word at *index* belongs to."""
        return self._entity_at.get(index)

    def entity_type(self, word: Word) -> EntityType | None:
        """Return the type of the entity that *word* belongs to."""
        entity = self._entity_at.get(word.index)
        return None if entity is None else entity.type

    def entity_bounds(self, word: Word) -> tuple[int, int]:
        """Return the words [first, end) of the entity of *word*, else it alone."""
        first, end = word.index, word.index + 1
        entity = self._entity_at.get(first)
        if entity is not None:
            while self._entity_at.get(first - 1) is entity:
                first -= 1
            while self._entity_at.get(end) is entity:
                end += 1
        return first, end

    def marker(self, word: Word) -> str:
        """Return the postposition after a phrase that ends in *word*, or ''."""
        return self._case_marker(word).form

    def marker_end(self, word: Word) -> int:
        """Return the index of the first word after *word* and its postposition."""
        return self._case_marker(word).end

    def _case_marker(self, word: Word) -> CaseMarker:
        known = self._markers.get(word.index)
        if known is None:
            known = self._markers[word.index] = case_marker(self.words, word)
        return known

    def verb_group(self, verb: Word) -> VerbGroup:
        """Return the group that begins with the main verb *verb*."""
        known = self._verb_groups.get(verb.index)
        if known is None:
            known = self._verb_groups[verb.index] = read_verb_group(self.words, verb)
        return known
