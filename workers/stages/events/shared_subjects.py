"""The subject that a verb shares with the clause above or beside it."""

from collections.abc import Iterator

from workers.stages.events.tree import Tree, Word
from workers.stages.events.verbgroup import Form, verb_group
from workers.stages.text import lexical

SUBJECTS = frozenset({"k1", "pk1", "k4a", "mk1", "jk1", "nsubj"})

# A clause in one of these relations has the subject of the clause above: करके, करने को.
_CONTROLLED = frozenset({
    "vmod", "rt", "rh", "k2", "r6", "r6-k2", "k7t", "k7", "k5", "vmod__adv", "rd",
})  # fmt: skip
_FARTHEST_AGENT = 14
_CLAUSE_ENDS = frozenset({"।", ";"})
_CLAUSE_WORDS = frozenset(lexical.words("particles.subordinating"))


def shared_subject(
    tree: Tree, verb: Word, barred: frozenset[int]
) -> tuple[Word, str] | None:
    """Return the head of the subject and how it was reached, None if there is none.

    Words in *barred* are no subjects: they name events.
    """
    group = verb_group(tree, verb)
    if group.passive or group.form is Form.PARTICIPLE:
        return None
    for other in _sharers(verb):
        found = own_subject(tree, other, barred)
        if found is not None:
            return found, f"{verb.form} shares {other.form} -> {found.form}"
    nearest = _agent_before(tree, verb)
    if nearest is not None and nearest.index not in barred:
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


def own_subject(tree: Tree, verb: Word, barred: frozenset[int]) -> Word | None:
    """Return the subject among the children of *verb*."""
    children = [
        (child, tree.marker(_last_member(child)))
        for child in verb.children
        if child.index not in barred and (child.is_nominal or child.is_conjunction)
    ]
    agent = next((child for child, marker in children if marker == "ने"), None)
    if agent is not None or verb_group(tree, verb).passive:
        return agent
    return next(
        (
            child
            for child, marker in children
            if child.relation in SUBJECTS and marker in ("", "को")
        ),
        None,
    )


def _last_member(word: Word) -> Word:
    members = [c for c in word.children if c.relation == "ccof"]
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
