"""The subject that a verb has outside its own dependents.

A converb or an infinitive shares the subject of the verb that governs it (control), a
conjunct that of the clause before it; failing both, the nearest noun in the ergative
is taken. A name that the parse ran together with another is found by its entity.
"""

from collections.abc import Iterator

from workers.stages.events.arguments.candidates import SUBJECT, CandidatePhrase
from workers.stages.events.arguments.constituents import conjuncts
from workers.stages.events.syntax.tree import NAMES, Tree
from workers.stages.events.syntax.verb_groups import Form
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical

SUBJECTS = frozenset({"k1", "pk1", "k4a", "mk1", "jk1", "nsubj"})

# A clause in one of these relations has the subject of the clause above: करके, करने को.
_CONTROLLED = frozenset({
    "vmod", "rt", "rh", "k2", "r6", "r6-k2", "k7t", "k7", "k5", "vmod__adv", "rd",
})  # fmt: skip
_FARTHEST_AGENT = 14
"""Words from a verb to the noun in the ergative before it."""
_CLAUSE_ENDS = lexical.keys("sentence_ends.danda", "sentence_ends.semicolon")
_CLAUSE_WORDS = frozenset(lexical.words("particles.subordinating"))


def inherited_subjects(
    tree: Tree, verb: Word, own: frozenset[int], triggers: frozenset[int]
) -> Iterator[CandidatePhrase]:
    """Yield the conjuncts of the subject of a verb that has none below it.

    Neither words of the event itself, *own*, nor other *triggers* are subjects.
    """
    name = _bare_name_before(tree, verb, triggers)
    if name is not None:
        found: tuple[Word, str] | None = (name, f"{verb.form} … {name.form}")
    else:
        found = _shared_subject(tree, verb, own | triggers)
    if found is not None:
        head, path = found
        for member, _ in conjuncts(tree, head):
            yield CandidatePhrase(SUBJECT, member, path)


def _shared_subject(
    tree: Tree, verb: Word, excluded: frozenset[int]
) -> tuple[Word, str] | None:
    """Return the head of the subject and how it was reached, None if there is none."""
    group = tree.verb_group(verb)
    if group.passive or group.form is Form.PARTICIPLE:
        return None
    for other in _sharers(verb):
        found = _own_subject(tree, other, excluded)
        if found is not None:
            return found, f"{verb.form} shares {other.form} -> {found.form}"
    nearest = _agent_before(tree, verb)
    if nearest is not None and nearest.index not in excluded:
        return nearest, f"{verb.form} … {nearest.form} ने"
    return None


def _sharers(verb: Word) -> Iterator[Word]:
    """Yield the verbs that *verb* may share its subject with, nearest first."""
    below = verb
    for above in verb.ancestors():
        if above.key in _CLAUSE_WORDS:
            return  # what is said, thought or hoped has its own subject
        if above.is_conjunction:
            yield from (
                sibling
                for sibling in reversed(above.children)
                if sibling.is_verb and sibling.index < below.index
            )
        elif above.is_verb:
            if below is verb and below.relation not in _CONTROLLED:
                return
            yield above
        below = above


def _own_subject(tree: Tree, verb: Word, excluded: frozenset[int]) -> Word | None:
    """Return the subject among the children of *verb*: ergative, else bare or को."""
    children = [
        (child, tree.marker(_last_conjunct(child)))
        for child in verb.children
        if child.index not in excluded and (child.is_nominal or child.is_conjunction)
    ]
    agent = next((child for child, marker in children if marker == "ने"), None)
    if agent is not None or tree.verb_group(verb).passive:
        return agent
    subjects = (
        child
        for child, marker in children
        if child.relation in SUBJECTS and marker in ("", "को")
    )
    return next(subjects, None)


def _last_conjunct(word: Word) -> Word:
    members = [child for child in word.children if child.relation == "ccof"]
    return members[-1] if word.is_conjunction and members else word


def _agent_before(tree: Tree, verb: Word) -> Word | None:
    """Return the nearest noun with ने on the left, in the same clause."""
    for at in range(verb.index - 1, max(-1, verb.index - _FARTHEST_AGENT), -1):
        word = tree.words[at]
        if word.form in _CLAUSE_ENDS or word.key in _CLAUSE_WORDS:
            return None
        if word.is_nominal and tree.marker(word) == "ने":
            return word
    return None


def _bare_name_before(tree: Tree, verb: Word, triggers: frozenset[int]) -> Word | None:
    """Return a name without a marker before a finite verb that lacks its subject.

    Parsers take भारत इंग्लैंड को for one name; two entities are two.
    """
    group = tree.verb_group(verb)
    if group.passive or group.form is not Form.FINITE:
        return None
    for word in reversed(tree.words[: verb.index]):
        if word.is_mark or word.is_conjunction or word.is_verb or word.key == "कि":
            return None
        if word.index not in triggers and _is_apart(tree, word, verb):
            return word
    return None


def _is_apart(tree: Tree, word: Word, verb: Word) -> bool:
    """Return whether a bare name ends here and another phrase follows at once."""
    if tree.entity_type(word) not in NAMES or tree.marker(word):
        return False
    follower = tree.words[word.index + 1]
    if follower.index >= verb.index:
        return False
    other = tree.entity(follower.index)
    if other is None:
        return follower.tag in ("QC", "DEM")
    return other is not tree.entity(word.index)
