"""Write the treebank as running text with character labels, for the tokenizer.

The treebank sets every mark apart. News attaches the danda, closes quotes and brackets,
and some outlets end sentences with a full stop, so each sentence is written in one of
several manners of spacing.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.stages.treebank import Tree, spaces_after

WORD_END, SENTENCE_END = "1", "2"
_FINAL = frozenset("।.?!")


@dataclass(frozen=True)
class Sentence:
    """The words of a sentence, and whether a space follows each."""

    forms: tuple[str, ...]
    spaces: tuple[bool, ...]


def written(tree: Tree, draw: random.Random) -> Sentence:
    """Return a sentence as one outlet or another would write it.

    Seven in ten attach the danda; two in ten leave it apart, as older pages do; one in
    ten uses a full stop. A few drop the final mark, as headlines do.
    """
    forms = [word.form for word in tree]
    glued = [word.glued for word in tree]
    manner = draw.random()
    if forms[-1] == "।" and manner < 0.1:  # noqa: PLR2004  the shares are in the docstring
        forms[-1] = "."
    if len(forms) > 2 and forms[-1] in _FINAL and draw.random() < 0.04:  # noqa: PLR2004
        del forms[-1], glued[-1]
    spaces = spaces_after(forms, glued)
    if manner > 0.8 and len(forms) > 1 and forms[-1] == "।":  # noqa: PLR2004
        spaces[-2] = True
    return Sentence(tuple(forms), tuple(spaces))


def paragraph(sentences: Sequence[Sentence]) -> tuple[str, str]:
    """Return the text of a paragraph and its labels, one digit a character."""
    text: list[str] = []
    labels: list[str] = []
    for sentence in sentences:
        for i, (form, space) in enumerate(
            zip(sentence.forms, sentence.spaces, strict=True)
        ):
            last = i == len(sentence.forms) - 1
            text.append(form)
            labels.append("0" * (len(form) - 1) + (SENTENCE_END if last else WORD_END))
            if space or last:
                text.append(" ")
                labels.append("0")
    return "".join(text).rstrip(), "".join(labels)[: len("".join(text).rstrip())]


def training_text(
    trees: Iterable[Tree], seed: int, longest: int = 6
) -> tuple[str, str]:
    """Return text and labels of all trees, in paragraphs of one to `longest`."""
    draw = random.Random(seed)  # noqa: S311  reproducible, not secret
    texts: list[str] = []
    labels: list[str] = []
    pending: list[Sentence] = []
    size = draw.randint(1, longest)
    for tree in trees:
        pending.append(written(tree, draw))
        if len(pending) >= size:
            text, label = paragraph(pending)
            texts.append(text)
            labels.append(label)
            pending, size = [], draw.randint(1, longest)
    if pending:
        text, label = paragraph(pending)
        texts.append(text)
        labels.append(label)
    return "\n\n".join(texts) + "\n\n", "\n\n".join(labels) + "\n\n"
