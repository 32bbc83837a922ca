"""Whether the verb above an event noun speaks for the noun."""

from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text.inflection import verb_forms

# Their tense and negation are those of the noun: हमला हुआ, बैठक टली.
_EVENT_VERBS = verb_forms("verbs.habitual")
_CORE_RELATIONS = frozenset({"k1", "k2", "pof", "r6-k2", "k1s"})


def shares_tense(tree: Tree, noun: Word, verb: Word) -> bool:
    """Return whether the tense and negation of *verb* are also those of the noun."""
    return (
        noun.parent is verb
        and noun.relation in _CORE_RELATIONS
        and tree.marker(noun) in ("", "को", "का")
        and verb.key in _EVENT_VERBS
    )
