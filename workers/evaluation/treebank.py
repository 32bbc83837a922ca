"""Read the Hindi Dependency Treebank as trees over the words that text really has.

What its tags and relations become is told by `treebank_conversion`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

NULL = "NULL"
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")


class TreebankError(ValueError):
    """A treebank file cannot be read; the message names the file, line and cause."""


def normalise(text: str) -> str:
    """Return the text in NFC without joiners and other invisible characters.

    A zero-width joiner changes how a conjunct is drawn, not which word it is: left in,
    it makes two words of one. NFC also splits the precomposed nukta letters.
    """
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


@dataclass(frozen=True)
class Word:
    """One word of a tree; `head` is 1-based, 0 for the root."""

    form: str
    lemma: str
    category: str
    tag: str
    morphology: dict[str, str] = field(default_factory=dict)
    head: int = 0
    relation: str = "main"
    glued: bool = False  # written without a space on either side


Tree = tuple[Word, ...]


def read(path: Path) -> Iterator[Tree]:
    """Yield the trees of a CoNLL-X file of the treebank, NULL words and all.

    Raises TreebankError for a damaged row.
    """
    rows: list[Word] = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                if rows:
                    yield tuple(rows)
                rows = []
                continue
            if line.startswith("# "):
                continue
            try:
                rows.append(_word(line.rstrip("\n").split("\t")))
            except (ValueError, IndexError) as error:
                message = (
                    f"{path}, line {number}: not a row of CoNLL-X (id, form, lemma, "
                    f"category, tag, features, head, relation): {line[:60]!r}"
                )
                raise TreebankError(message) from error
    if rows:
        yield tuple(rows)


def _word(columns: Sequence[str]) -> Word:
    form = normalise(columns[1]).strip()
    glued = "JOIN" in form
    if glued:
        form = form.replace("-JOIN", "-").replace("JOIN", "") or "-"
    lemma = normalise(columns[2]).strip()
    if columns[3] == "punc" or not lemma:
        lemma = form  # the treebank spells marks out: COMMA, SINGLE_QUOTE
    pairs = (part.partition("-") for part in columns[5].split("|"))
    return Word(
        form=form,
        lemma=lemma,
        category=columns[3],
        tag="UNK" if columns[4] == NULL and form != NULL else columns[4],
        morphology={name: normalise(value.strip()) for name, _, value in pairs},
        head=int(columns[6]),
        relation=columns[7],
        glued=glued,
    )


def without_null(tree: Tree) -> Tree:
    """Remove the inserted NULL words, which no raw text has.

    The child that best stands for the gap (a conjunct, then a core argument, then the
    first) takes its head and relation, and the other children attach to that child.
    Returns an empty tree if nothing else is left.
    """
    while gap := next((i for i, w in enumerate(tree, 1) if w.form == NULL), 0):
        tree = _without_word(tree, gap)
    return tree


def _without_word(tree: Tree, gap: int) -> Tree:
    """Return *tree* without its word number *gap*, whose children stay attached."""
    lost = tree[gap - 1]
    children = [i for i, word in enumerate(tree, 1) if word.head == gap]
    heir = min(children, key=lambda i: _unfitness(tree[i - 1], i), default=0)
    words = []
    for i, word in enumerate(tree, 1):
        head, relation = word.head, word.relation
        if i == heir:
            head, relation = lost.head, lost.relation
        elif head == gap:
            head = heir
        if i != gap:
            # the words behind the gap move up by one
            moved = head - 1 if head > gap else head
            words.append(replace(word, head=moved, relation=relation))
    return tuple(words)


def _unfitness(word: Word, position: int) -> tuple[bool, int, int, int]:
    if word.relation == "rsym":
        kind = 2
    else:
        kind = int(word.relation.startswith(("lwg", "mod", "pof__")))
    order = {"ccof": 0, "k1": 1, "k2": 2, "pof": 2, "k1s": 3}
    return word.form == NULL, kind, order.get(word.relation, 4), position


def is_tree(tree: Tree) -> bool:
    """Return whether there is one root and every word leads to it."""
    if sum(word.head == 0 for word in tree) != 1:
        return False
    for word in tree:
        head, steps = word.head, 0
        while head:
            if head > len(tree) or steps > len(tree):
                return False
            head = tree[head - 1].head
            steps += 1
    return True
