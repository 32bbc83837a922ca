"""Candidate phrases among the dependents of a verb.

The case marker alone does not tell the subject from the object, since both may be
bare: there the relation of the parse gives the grammatical function, and the voice of
the verb corrects it.
"""

from collections.abc import Iterator

from workers.stages.events.arguments.candidates import (
    COMPLEMENT,
    GENITIVE,
    OBJECT,
    SECOND_OBJECT,
    SUBJECT,
    UNDERGOER,
    CandidatePhrase,
)
from workers.stages.events.arguments.constituents import phrases_below
from workers.stages.events.arguments.shared_subjects import SUBJECTS
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.verb_groups import Form
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.inflection import verb_forms, verb_keys

GENITIVES = frozenset({"r6", "r6-k1", "r6-k2", "r6v"})
_OBJECTS = frozenset({"k2", "k2u", "obj"})
_GIVE = verb_keys("दे")
# With them a noun has whom it befalls for its subject: उनकी मौत हुई, उन्हें सजा मिली.
_COPULAR_VERBS = lexical.keys("copulas.third_person") | verb_forms("verbs.being")
_AFTER_PARTICIPLE = lexical.words("verbs.after_participle")

# Relation → the markers with which it tells more than they do, and what it tells.
_FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(SUBJECTS, (("", "को", "से"), SUBJECT)),
    **dict.fromkeys(_OBJECTS, (("", "को"), OBJECT)),
    **dict.fromkeys(GENITIVES, (("", "का"), GENITIVE)),
    **dict.fromkeys(("k4", "k4v"), (("",), "को")),
    **dict.fromkeys(("k1s", "k2s"), (("",), COMPLEMENT)),
}


def verb_dependents(
    tree: Tree, verb: Word, excluded: frozenset[int], *, nominal: bool
) -> Iterator[CandidatePhrase]:
    """Yield the phrases below *verb*, and the noun that it modifies as a participle.

    *nominal* says that the event is named by a noun which the verb only carries.
    """
    group = tree.verb_group(verb)
    unaccusative = group.passive or (nominal and verb.key in _COPULAR_VERBS)
    for child, member, marker in phrases_below(tree, verb, excluded):
        function = grammatical_function(
            child, marker, unaccusative=unaccusative, passive=group.passive
        )
        if function == OBJECT:
            function = _object_function(tree, verb, marker, nominal=nominal)
        path = f"{verb.form} -{child.relation}-> {member.form}"
        yield CandidatePhrase(function, member, path)
    if group.form is Form.PARTICIPLE:
        yield from _modified_noun(tree, verb)


def _object_function(tree: Tree, verb: Word, marker: str, *, nominal: bool) -> str:
    """Return which object it is of a verb that may have two."""
    if marker:  # उन्हें जमानत दी: to them
        return "को" if nominal and verb.key in _GIVE else OBJECT
    ditransitive = any(
        child.relation in _OBJECTS and tree.marker(child) == "को"
        for child in verb.children
    )
    return SECOND_OBJECT if ditransitive else OBJECT  # उन्हें राज्यपाल नियुक्त किया


def grammatical_function(
    child: Word, marker: str, *, unaccusative: bool, passive: bool
) -> str:
    """Return the function of a dependent, or its marker where that tells enough."""
    if marker == "ने":
        return SUBJECT
    markers, function = _FUNCTIONS.get(child.relation, ((), marker))
    if marker not in markers:
        return marker
    if function != SUBJECT:
        return function
    if passive:
        return "द्वारा" if marker == "से" else OBJECT
    return UNDERGOER if unaccusative else SUBJECT


def _modified_noun(tree: Tree, verb: Word) -> Iterator[CandidatePhrase]:
    """Yield the noun after a participle: its subject, or its object if passive."""
    noun = verb.parent
    if noun is None or not noun.is_nominal or noun.index < verb.index:
        return
    group = tree.verb_group(verb)
    end = group.end
    while end < len(tree) and tree.words[end].key.startswith(_AFTER_PARTICIPLE):
        end += 1
    undergoes = group.passive or verb.relation == "nmod__k2inv"
    yield CandidatePhrase(
        OBJECT if undergoes else SUBJECT,
        noun,
        f"{verb.form} <-{verb.relation}- {noun.form}",
        first=end,
    )
