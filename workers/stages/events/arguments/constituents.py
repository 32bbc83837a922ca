"""Dependents of a word as the phrases that they stand for.

Function words are left out, coordinations resolved into their conjuncts, and nouns that
only build a postposition (के आरोप में) give way to what stands before them.
"""

from collections.abc import Iterable, Iterator

from workers.stages.events.arguments.adjuncts import is_time
from workers.stages.events.lexicon import MARKERS
from workers.stages.events.syntax.noun_phrases import misattached
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.verb_groups import Form
from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical

_REFLEXIVES = lexical.keys("pronouns.reflexive")
_FUNCTION_RELATIONS = (
    "lwg", "rsym", "pof", "nmod__neg", "jjmod", "psp", "sent-adv", "adv", "undef",
)  # fmt: skip
_FUNCTION_TAGS = frozenset({"NEG", "RP", "RB", "INTF", "VAUX", "DEM", "CC"})
_CONJUNCT_RELATIONS = frozenset({"ccof", "conj"})
_ABOUT = "लेकर"


def is_phrase_head(tree: Tree, word: Word) -> bool:
    """Return whether a word can head a phrase that fills a role."""
    if word.is_mark or word.is_postposition:
        return False
    if word.relation.startswith(_FUNCTION_RELATIONS) and not is_time(tree, word):
        return False
    if word.is_main_verb and word.key != _ABOUT:
        return tree.verb_group(word).form is Form.INFINITIVE
    return word.key not in _REFLEXIVES and (
        word.tag not in _FUNCTION_TAGS or word.is_conjunction
    )


def phrases_below(
    tree: Tree, verb: Word, excluded: frozenset[int]
) -> Iterator[tuple[Word, Word, str]]:
    """Yield a verb's dependent, the head of a phrase in it, and the phrase's marker."""
    for child in verb.children:
        if child.tag == "NST":  # के सामने, parsed as a noun of place
            yield from ((child, *each) for each in _nominals(tree, child.children))
        if child.index in excluded or not is_phrase_head(tree, child):
            continue
        for member, marker in _resolved(tree, child):
            if member.index in excluded:
                continue
            for stray, case in _nominals(tree, misattached(tree, member)):
                yield stray, stray, case
            yield child, member, marker


def _nominals(tree: Tree, words: Iterable[Word]) -> Iterator[tuple[Word, str]]:
    return ((word, tree.marker(word)) for word in words if word.is_nominal)


def _resolved(tree: Tree, child: Word) -> Iterator[tuple[Word, str]]:
    """Yield the conjuncts of a phrase; of ठगी के आरोप में, what stands before."""
    if child.key == _ABOUT:  # को लेकर is a verb by its form
        yield from ((below, "को लेकर") for below in child.children if below.is_nominal)
        return
    for member, marker in conjuncts(tree, child):
        compound = f"के {member.key} {marker}"
        inner = [
            below
            for below in member.children
            if compound in MARKERS and tree.marker(below).startswith(compound)
        ]
        yield (inner[-1], compound) if inner else (member, marker)


def conjuncts(tree: Tree, head: Word) -> Iterator[tuple[Word, str]]:
    """Yield the conjuncts of a coordination, each with the marker of the whole.

    In the treebank the conjunction is the head; what other parsers hang on the last
    conjunct counts as well. Of a phrase without conjuncts, it is the only one.
    """
    joined = sorted(
        (child for child in head.children if child.relation in _CONJUNCT_RELATIONS),
        key=lambda word: word.index,
    )
    if head.is_conjunction:
        yield from _of_conjunction(tree, head, joined)
        return
    marker = tree.marker(head)
    yield from ((each, marker) for each in joined if each.index < head.index)
    yield head, marker


def _of_conjunction(
    tree: Tree, head: Word, joined: list[Word]
) -> Iterator[tuple[Word, str]]:
    # only the last conjunct bears the postposition: दिल्ली और मुंबई में
    marker = tree.marker(joined[-1] if joined else head)
    for member in joined:
        if member.is_conjunction:
            yield from conjuncts(tree, member)
        elif not member.tag.startswith("JJ"):
            own = tree.marker(member)
            yield member, own if own not in ("", "का") else marker
