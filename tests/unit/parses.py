"""Parses written by hand, one word a line: form, tag, relation, head (1-based)."""

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
    rows = [line.split() for line in lines.strip().splitlines()]
    tokens = []
    at = 0
    for form, tag, relation, head in rows:
        tokens.append(
            Token(
                start=at,
                end=at + len(form),
                lemma=form,
                upos=_UPOS.get(tag, "X"),
                xpos=tag,
                features="",
                head=int(head),
                relation=relation,
            )
        )
        at += len(form) + 1
    text = " ".join(row[0] for row in rows)
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
