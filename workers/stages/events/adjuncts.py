"""Which words tell a time or a place."""

from workers.domain.records import EntityType
from workers.stages.events.tree import NAMES, Tree, Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms

_TIME_RELATIONS = frozenset({"k7t", "k7tu", "rsp"})
_TIME_WORDS = noun_forms("time_words.nouns")
VAGUE_TIMES = lexical.keys("time_words.vague")
_PLACE_WORDS = noun_forms("places.general")
_PERSON_WORDS = noun_forms("persons.general")
PLACE_RELATIONS = frozenset({"k7p", "k7pu"})


class Circumstances:
    """What the entities of a sentence and its other words tell."""

    def __init__(self, tree: Tree) -> None:
        self.entity = tree.entity
        """Return the entity that the word at an index belongs to."""

    def is_time(self, word: Word) -> bool:
        """Tell an expression of time."""
        entity = self.entity(word.index)
        if entity is not None and entity.type is not EntityType.NUM:
            return entity.type is EntityType.TIME
        return word.key in _TIME_WORDS and (
            word.relation in _TIME_RELATIONS or word.key not in VAGUE_TIMES
        )

    def is_time_name(self, word: Word) -> bool:
        """Tell a word of an entity of time."""
        entity = self.entity(word.index)
        return entity is not None and entity.type is EntityType.TIME

    def is_place_name(self, word: Word) -> bool:
        """Tell the name of a place."""
        entity = self.entity(word.index)
        return entity is not None and entity.type is EntityType.LOC

    def is_place(self, word: Word) -> bool:
        """Tell the name of a place or a word for a kind of place."""
        return self.is_place_name(word) or word.key in _PLACE_WORDS

    def is_person(self, word: Word) -> bool:
        """Tell a person, a group or a body: whoever can want and do things."""
        entity = self.entity(word.index)
        if entity is not None:
            return entity.type in NAMES
        return word.key in _PERSON_WORDS or word.is_pronoun

    def name_bounds(self, word: Word) -> tuple[int, int]:
        """Return the words [first, end) of the name that *word* belongs to."""
        entity = self.entity(word.index)
        first, end = word.index, word.index + 1
        while entity is not None and self.entity(first - 1) is entity:
            first -= 1
        while entity is not None and self.entity(end) is entity:
            end += 1
        return first, end
