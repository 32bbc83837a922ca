"""Read the entity corpora, mend them, and bring them to one set of labels."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from workers.evaluation.conll import entity_type
from workers.evaluation.treebank import normalise

Tagged = list[tuple[str, str]]

STUB_PLACES = 3
VILLAGE = frozenset({"गाँव", "गांव", "ग्राम", "गाव"})


def read(path: Path) -> Iterator[Tagged]:
    """Yield the sentences of a token TAB tag file, BIO tags mended, in our labels."""
    rows: Tagged = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                token, _, tag = line.rstrip("\n").partition("\t")
                token = normalise(token).replace(" ", "").strip()
                if token:
                    rows.append((token, mapped(tag)))
            elif rows:
                yield well_formed(rows)
                rows = []
    if rows:
        yield well_formed(rows)


def mapped(tag: str) -> str:
    """Return a tag in our labels; `-X` is a damaged `I-X`, a bare dash is `O`."""
    tag = tag.strip()
    position, _, label = tag.partition("-")
    if not label or position == "O":
        return "O"
    return f"{position or 'I'}-{entity_type(label)}"


def well_formed(rows: Iterable[tuple[str, str]]) -> Tagged:
    """Let every entity begin with B."""
    out: Tagged = []
    before = "O"
    for token, given in rows:
        tag = given
        if tag.startswith("I-") and before[2:] != tag[2:]:
            tag = "B" + tag[1:]
        out.append((token, tag))
        before = tag
    return out


def without_stray_stop(rows: Tagged) -> Tagged:
    """Return a sentence without the full stop that HiNER puts after its own end."""
    return rows[:-1] if len(rows) > 2 and rows[-1][0] == "." else rows  # noqa: PLR2004


def is_village_stub(rows: Tagged) -> bool:
    """Return whether this is one of the sentences `X is a village of Y in Z`.

    Some name the state, division and district as well, so length tells nothing.
    """
    places = sum(tag == "B-LOC" for _, tag in rows)
    return places >= STUB_PLACES and any(
        tag == "O" and word.rstrip("।.") in VILLAGE for word, tag in rows
    )


def training(
    il_ner: Iterable[Tagged], hiner: Iterable[Tagged], keep_stub: int = 50
) -> list[Tagged]:
    """Mix both corpora: duplicates once, one village stub in `keep_stub` kept.

    HiNER's stray full stops stay: the corpora label numbers and times in different
    ways, and the stop is what tells a model which of them it reads.
    """
    seen: set[tuple[str, ...]] = set()
    out: list[Tagged] = []
    stubs = 0
    for corpus, rows in [("il", r) for r in il_ner] + [("hiner", r) for r in hiner]:
        bare = without_stray_stop(rows) if corpus == "hiner" else rows
        key = tuple(token for token, _ in bare)
        if key in seen:
            continue
        seen.add(key)
        if corpus == "hiner" and is_village_stub(bare):
            stubs += 1
            if stubs % keep_stub:
                continue
        out.append(rows)
    return out


def as_stanza(sentences: Iterable[Tagged]) -> list[list[dict[str, str]]]:
    """Return sentences in the JSON form that Stanza's entity tagger reads."""
    return [[{"text": w, "ner": t} for w, t in rows] for rows in sentences]
