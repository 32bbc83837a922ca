"""Which words tell a time, a place or a person: by their entity, else by the word.

What case a phrase of time or place must have is not here.
"""

from workers.domain.records import EntityType
from workers.stages.events.syntax.tree import NAMES, Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms

_TIME_RELATIONS = frozenset({"k7t", "k7tu", "rsp"})
_TIME_WORDS = noun_forms("time_words.nouns")
_VAGUE_TIMES = lexical.keys("time_words.vague")
_PLACE_RELATIONS = frozenset({"k7p", "k7pu"})
_PLACE_WORDS = noun_forms("places.general")
_PERSON_WORDS = noun_forms("persons.general")


def is_time(tree: Tree, word: Word) -> bool:
    """Return whether it is an expression of time."""
    kind = tree.entity_type(word)
    if kind is not None and kind is not EntityType.NUM:
        return kind is EntityType.TIME
    return word.key in _TIME_WORDS and (
        word.relation in _TIME_RELATIONS or word.key not in _VAGUE_TIMES
    )


def is_vague_time(word: Word) -> bool:
    """Return whether it names a time without a date: देर, वक्त."""
    return word.key in _VAGUE_TIMES


def is_time_name(tree: Tree, word: Word) -> bool:
    """Return whether it belongs to an entity of time."""
    return tree.entity_type(word) is EntityType.TIME


def is_place_name(tree: Tree, word: Word) -> bool:
    """Return whether it belongs to the name of a place."""
    return tree.entity_type(word) is EntityType.LOC


def is_place(tree: Tree, word: Word) -> bool:
    """Return whether it is the name of a place or a word for a kind of place."""
    return is_place_name(tree, word) or word.key in _PLACE_WORDS


def is_locative(word: Word) -> bool:
    """Return whether the parse has it as a place (k7p)."""
    return word.relation in _PLACE_RELATIONS


def is_person(tree: Tree, word: Word) -> bool:
    """Return whether it is a person, a group or an organisation: a possible agent."""
    kind = tree.entity_type(word)
    if kind is not None:
        return kind in NAMES
    return word.key in _PERSON_WORDS or word.is_pronoun


def is_quantity(tree: Tree, word: Word) -> bool:
    """Return whether it belongs to an expression of number."""
    return tree.entity_type(word) is EntityType.NUM
