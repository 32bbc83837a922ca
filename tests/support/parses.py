"""Parses written by hand, one word a line: form, tag, relation, head (1-based).

A fifth column, `joined`, lets a word follow the one before without a space.
"""

from workers.domain.records import Entity, EntityType, Sentence, Token

_UPOS = {
    "NNP": "PROPN",
    "NNPC": "PROPN",
    "NN": "NOUN",
    "NNC": "NOUN",
    "PSP": "ADP",
    "NST": "ADP",
    "VM": "VERB",
    "VAUX": "AUX",
    "JJ": "ADJ",
    "PRP": "PRON",
    "CC": "CCONJ",
    "QC": "NUM",
    "NEG": "PART",
    "SYM": "PUNCT",
}


def parse(lines: str) -> tuple[str, Sentence]:
    """Return the text, words joined by single spaces, and its sentence."""
    text = ""
    tokens: list[Token] = []
    for line in lines.strip().splitlines():
        form, tag, relation, head, *joined = line.split()
        if tokens and not joined:
            text += " "
        tokens.append(
            Token(
                start=len(text),
                end=len(text) + len(form),
                lemma=form,
                upos=_UPOS.get(tag, "X"),
                xpos=tag,
                features="",
                head=int(head),
                relation=relation,
            )
        )
        text += form
    return text, Sentence(start=0, end=len(text), tokens=tuple(tokens))


def entity(text: str, kind: EntityType, name: str, number: int = 1) -> Entity:
    """Return the first mention of *name* as an entity of sentence 0."""
    start = text.index(name)
    return Entity(
        id=f"e{number}",
        type=kind,
        text=name,
        start=start,
        end=start + len(name),
        sentence=0,
        canonical_name=name,
    )
