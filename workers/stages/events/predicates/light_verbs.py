"""Light-verb constructions: a noun or adjective whose verb only carries it.

हमला किया, घायल हुए: the noun has the meaning and the verb the tense. The treebank
relates the noun to its verb as pof (part of); parsers often miss that, so that word
order counts beside the relation. The event noun that a light verb has as object or
subject, with another noun as its pof, is here as well: जांच शुरू की.
"""

from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_forms, verb_forms

LIGHT_VERBS = verb_forms("light_verbs.all")
PREDICATIVE_NOUNS = noun_forms("event_nouns.predicative")
"""Between an event noun and its light verb: प्रदान करना, दर्ज कराना."""

_FREQUENT_LIGHT_VERBS = verb_forms("light_verbs.frequent")
_ASPECT_NOUNS = noun_forms("event_nouns.aspect")
_COPULAS = lexical.keys("copulas.third_person")
_INTERPOSED = PREDICATIVE_NOUNS | lexical.keys(
    "particles.negations", "particles.emphatic"
)
_INTERPOSED_IN_COMPOUNDS = lexical.keys(
    "particles.negations",
    "particles.emphatic",
    "particles.adverbs_in_verbs",
    "postpositions.genitive",
    "postpositions.dative",
    "postpositions.local",
)
_ARGUMENT_RELATIONS = frozenset({"k1", "k2", "r6-k2", "r6-k1", "pof"})
_FARTHEST_VERB = 6
"""Words from a noun to the verb that the parse has it carried by."""


def light_verb(tree: Tree, noun: Word) -> Word | None:
    """Return the verb that carries *noun*, None if it stands alone."""
    following = _next_verb(tree, noun, _INTERPOSED)
    if following is not None:
        is_light = following.key in LIGHT_VERBS
        if is_light and following.tag != "VAUX":
            return following
        if following.index == noun.index + 1 and noun.relation == "pof":
            return following if is_light else None
    parent = noun.parent
    if (
        parent is not None
        and noun.relation == "pof"
        and parent.key in LIGHT_VERBS
        and 0 < parent.index - noun.index <= _FARTHEST_VERB
    ):
        return parent
    return None


def verb_of_compound(tree: Tree, word: Word, keys: frozenset[str]) -> Word | None:
    """Return the verb, one of *keys*, that makes a compound with *word* before it."""
    parent = word.parent
    if parent is not None and parent.key in keys and _carries(tree, parent, word):
        return parent
    following = _next_verb(tree, word, _INTERPOSED_IN_COMPOUNDS)
    return following if following is not None and following.key in keys else None


def _carries(tree: Tree, verb: Word, word: Word) -> bool:
    """Return whether a verb is near enough, with no noun of its own between."""
    return (
        verb.is_verb
        and 0 < verb.index - word.index <= _FARTHEST_VERB
        and (word.is_postposition or tree.marker(word) in ("", "को", "का"))
        and not any(
            child.relation == "pof" and word.index < child.index < verb.index
            for child in verb.children
        )
    )


def _next_verb(tree: Tree, word: Word, interposed: frozenset[str]) -> Word | None:
    """Return the verb after *word*, with only *interposed* words between."""
    for following in tree.words[word.index + 1 :]:
        if following.key not in interposed:
            return following if following.is_verb else None
    return None


def copula_after(tree: Tree, word: Word) -> Word | None:
    """Return है in वे संक्रमित हैं: a state that something has brought about."""
    following = tree.after(word.index)
    if (
        following is None
        or following.key not in _COPULAS
        or not word.tag.startswith(("JJ", "NN"))
    ):
        return None
    return following if following.is_main_verb else None


def support_verb(noun: Word, *, is_state: bool) -> Word | None:
    """Return the verb that a bare event noun shares its arguments with.

    जांच शुरू की, बैठक में हिस्सा लिया, मैच खेला: the noun is the event, the verb says who
    takes part in it. *is_state* says that the copula has for its subject whom the
    event befell: वे संक्रमित हैं.
    """
    verb = noun.parent
    if verb is None or not verb.is_verb or verb.index < noun.index:
        return None
    if verb.key in _COPULAS and verb.index == noun.index + 1:
        return verb if is_state else None
    return verb if _supports(verb, noun) else None


def _supports(verb: Word, noun: Word) -> bool:
    aspectual = [
        child.key in _ASPECT_NOUNS
        for child in verb.children
        if child.relation == "pof" and child is not noun
    ]
    if noun.relation == "k7":  # बैठक में हिस्सा लिया
        return any(aspectual)
    return (
        noun.relation in _ARGUMENT_RELATIONS
        and verb.key in _FREQUENT_LIGHT_VERBS
        and all(aspectual)
    )
