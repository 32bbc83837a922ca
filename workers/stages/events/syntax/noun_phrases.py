"""Which words make up the noun phrase of a head.

Hindi noun phrases end in their head: what belongs to one goes left from there as far as
the tree has it without a gap. Parsers attach too much; where case or punctuation
forbid what the tree says, they are right and the tree is not.
"""

from workers.stages.events.syntax.tree import NAMES, Tree
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical

_OPENERS = frozenset("([{‘“'\"«-–—")
_CLOSED_BY = {"(": ")", "[": "]", "{": "}", "‘": "’", "“": "”", "«": "»"}
_STRAY_MARKS = frozenset({"-", "–", "—", "'", '"'})
_SEPARATORS = lexical.keys(
    "sentence_ends.marks",
    "sentence_ends.semicolon",
    "sentence_ends.colon",
    "sentence_ends.pipe",
)
_CLAUSE_WORDS = lexical.keys("particles.complementiser", "particles.causal")
_NEVER_FIRST = lexical.keys("particles.of_clauses_only")
_DETERMINERS = frozenset({"QC", "DEM"})
# A phrase so marked depends on a verb, never on a noun.
_ADVERBAL_MARKERS = frozenset(lexical.words("case_markers.outside_noun_phrase"))


def noun_phrase(tree: Tree, head: Word) -> tuple[int, int]:
    """Return the phrase before its postposition, as word indices [first, end).

    It neither cuts an entity nor runs two names together.
    """
    members = head.descendants()
    for child in misattached(tree, head):
        members -= child.descendants()
    first = head.index
    while first > 0 and first - 1 in members and not _begins(tree, first):
        first -= 1
    while first < head.index and (
        _cannot_begin(tree.words[first]) or _is_unclosed(tree, first, head)
    ):
        first += 1
    return first, head.index + 1


def misattached(tree: Tree, head: Word) -> list[Word]:
    """Return what the tree puts under *head* and no noun phrase can hold."""
    return [child for child in head.children if _is_misattached(tree, child)]


def _is_misattached(tree: Tree, child: Word) -> bool:
    if child.is_nominal:
        return tree.marker(child) in _ADVERBAL_MARKERS
    return child.is_verb and tree.marker(child) not in ("", "का")


def _begins(tree: Tree, first: int) -> bool:
    """Return whether the word at *first* must begin a phrase."""
    before = tree.words[first - 1]
    here, left = tree.entity(first), tree.entity(first - 1)
    if here is not None and here is left:
        return False
    if here is not None and left is not None and {here.type, left.type} <= NAMES:
        return True
    if before.form in _SEPARATORS or before.key in _CLAUSE_WORDS:
        return True
    if before.relation == "pof__cn" and any(
        child.tag in ("QC", "DEM", "QF") for child in before.children
    ):
        return True  # दोनों देश: a whole phrase, and no part of a compound noun
    # a numeral or demonstrative opens a phrase, except inside a genitive's
    return tree.words[first].tag in _DETERMINERS and before.tag.startswith("NN")


def _cannot_begin(word: Word) -> bool:
    return (
        (word.is_mark and word.form not in _OPENERS)
        or word.form in _STRAY_MARKS
        or word.is_conjunction
        or word.is_postposition
        or word.key in _NEVER_FIRST
    )


def _is_unclosed(tree: Tree, first: int, head: Word) -> bool:
    """Return whether a bracket or quote opens that the phrase does not close."""
    closing = _CLOSED_BY.get(tree.words[first].form)
    return closing is not None and not any(
        word.form == closing for word in tree.words[first + 1 : head.index + 1]
    )
