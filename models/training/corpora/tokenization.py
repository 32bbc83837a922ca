"""Write the treebank as running text with character labels, for the tokenizer.

The treebank sets every mark apart and hardly has quotes, per cent signs, currencies,
addresses or foreign words. So each sentence is written in one of several manners of
spacing, and what the press writes and the treebank lacks is put in at random places:
whether that makes sense does not matter to where words end.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workers.evaluation.treebank import Tree
from workers.evaluation.treebank_conversion import spaces_after

WORD_END, SENTENCE_END = "1", "2"
FINAL = frozenset("।.?!")
QUOTES = ("“”", '""', "‘’", "''", "“”", '""')
CURRENCIES = ("$", "£", "€", "₹")
LATIN = ("BBC", "WhatsApp", "USA", "Covid-19", "AI", "iPhone", "NDTV", "G20", "IPL")
HOSTS = ("example", "khabar", "samachar", "news24")


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
    # Where the treebank parts a hyphen from its words, the press mostly does not.
    glued = [w.glued or (w.form == "-" and draw.random() < 0.6) for w in tree]  # noqa: PLR2004
    manner = draw.random()
    if forms[-1] == "।" and manner < 0.1:  # noqa: PLR2004  the shares are said above
        forms[-1] = "."
    if len(forms) > 2 and forms[-1] in FINAL and draw.random() < 0.04:  # noqa: PLR2004
        del forms[-1], glued[-1]
    spaces = spaces_after(forms, glued)
    if manner > 0.8 and len(forms) > 1 and forms[-1] == "।":  # noqa: PLR2004
        spaces[-2] = True
    words = list(zip(forms, spaces, strict=True))
    for share, change in _CHANGES:
        if draw.random() < share:
            words = change(words, draw)
    return Sentence(tuple(w for w, _ in words), tuple(space for _, space in words))


Words = list[tuple[str, bool]]  # form, and whether a space follows


def _span(words: Words, draw: random.Random, longest: int) -> tuple[int, int]:
    """Draw a span that leaves the final mark out."""
    last = len(words) - 1 if words[-1][0] in FINAL else len(words)
    start = draw.randrange(max(1, last))
    return start, min(max(last, 1), start + draw.randint(1, longest))


def _wrapped(words: Words, start: int, end: int, marks: str) -> Words:
    inner = list(words[start:end])
    follows = inner[-1][1]
    inner[-1] = inner[-1][0], False
    return [
        *words[:start],
        (marks[0], False),
        *inner,
        (marks[1], follows),
        *words[end:],
    ]


def _quote(words: Words, draw: random.Random) -> Words:
    return _wrapped(words, *_span(words, draw, 5), draw.choice(QUOTES))


def _bracket(words: Words, draw: random.Random) -> Words:
    return _wrapped(words, *_span(words, draw, 3), "()")


def _speech(words: Words, draw: random.Random) -> Words:
    """Quote the whole sentence, its final mark inside or outside."""
    end = len(words)
    if words[-1][0] in FINAL and draw.random() < 0.3:  # noqa: PLR2004  fewer outside
        end -= 1
    if end == 0:
        return words
    start = draw.randrange(end) if draw.random() < 0.5 else 0  # noqa: PLR2004  “he said:”
    return _wrapped(words, start, end, draw.choice(QUOTES))


def _inserted(words: Words, draw: random.Random, added: Words) -> Words:
    at, _ = _span(words, draw, 1)
    return [*words[:at], *added, *words[at:]]


def _number(draw: random.Random) -> str:
    return draw.choice(
        (
            str(draw.randint(1, 9999)),
            f"{draw.randint(0, 99)}.{draw.randint(0, 99)}",
            f"{draw.randint(1, 99)},{draw.randint(0, 999):03}",
            f"{draw.randint(1, 99)},{draw.randint(0, 99):02},{draw.randint(0, 999):03}",
        )
    )


def _amount(words: Words, draw: random.Random) -> Words:
    number = _number(draw)
    if draw.random() < 0.5:  # noqa: PLR2004  per cent or money
        return _inserted(words, draw, [(number, False), ("%", True)])
    return _inserted(words, draw, [(draw.choice(CURRENCIES), False), (number, True)])


def _foreign(words: Words, draw: random.Random) -> Words:
    host = draw.choice(HOSTS)
    return _inserted(
        words,
        draw,
        draw.choice(
            (
                [(draw.choice(LATIN), True)],
                [("(", False), (draw.choice(LATIN), False), (")", True)],
                [(f"https://www.{host}.com/{draw.randint(1, 9999)}", True)],
                [(f"www.{host}.in", True)],
                [(f"{host}@{draw.choice(HOSTS)}.com", True)],
            )
        ),
    )


def _dash(words: Words, draw: random.Random) -> Words:
    tight = draw.random() < 0.3  # noqa: PLR2004  most dashes stand between spaces
    at, _ = _span(words, draw, 1)
    if at == 0:
        return words
    before = (words[at - 1][0], not tight)
    mark = draw.choice(("--", "–", "—", "-"))
    return [*words[: at - 1], before, (mark, not tight), *words[at:]]


def _ellipsis(words: Words, draw: random.Random) -> Words:
    if words[-1][0] not in FINAL or len(words) == 1:
        return words
    return [*words[:-2], (words[-2][0], False), (draw.choice(("…", "...")), True)]


_CHANGES: tuple[tuple[float, Callable[[Words, random.Random], Words]], ...] = (
    (0.06, _amount),
    (0.05, _foreign),
    (0.05, _dash),
    (0.04, _bracket),
    (0.14, _quote),
    (0.01, _ellipsis),
    (0.10, _speech),
)


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
    whole = "".join(text).rstrip()
    return whole, "".join(labels)[: len(whole)]


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
