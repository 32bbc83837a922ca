"""Read files of gold: words with BIO tags, and trees in CoNLL-U or the treebank's form.

What is read is scored by `ner_scores`, `syntax_scores` and `token_scores`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from workers.evaluation.treebank import TreebankError, read, without_null
from workers.evaluation.treebank_conversion import Conversion

ENTITY_TYPES = ("PER", "LOC", "ORG", "TIME", "NUM", "MISC")

# Ours, IL-NER's and HiNER's labels; the kinds of thing that only one corpus marks
# (festivals, games, artefacts, …) are MISC.
_TYPE_OF_LABEL = {
    **{name: name for name in ENTITY_TYPES},
    "NEP": "PER", "NEL": "LOC", "NEO": "ORG", "NETI": "TIME", "NEN": "NUM",
    "PERSON": "PER", "LOCATION": "LOC", "ORGANIZATION": "ORG",
    "TIMEX": "TIME", "NUMEX": "NUM",
}  # fmt: skip


class EvaluationError(ValueError):
    """A gold file cannot be read; the message names the file, line and cause."""


def entity_type(label: str) -> str:
    """Return our type for a label of ours, IL-NER's or HiNER's."""
    return _TYPE_OF_LABEL.get(label, "MISC")


def read_tagged(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Yield sentences of (token, BIO tag in our types) from a token TAB tag file.

    IL-NER's damaged tags are read as they were meant: `-X` is I-X, a bare dash is O.
    Raises EvaluationError for a line without a tab.
    """
    rows: list[tuple[str, str]] = []
    for number, line in _numbered(path):
        if not line.strip():
            if rows:
                yield rows
            rows = []
            continue
        token, tab, tag = line.partition("\t")
        if not tab:
            message = f"{path}, line {number}: no tab between token and tag"
            raise EvaluationError(message)
        rows.append((token.strip() or "_", _our_tag(tag.strip())))
    if rows:
        yield rows


def _our_tag(tag: str) -> str:
    position, _, label = tag.partition("-")
    if not label:
        return "O"
    return f"{position or 'I'}-{entity_type(label)}"


class Row(NamedTuple):
    """One word of a tree; `head` is 1-based within the sentence, 0 for the root."""

    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int
    relation: str
    space_after: bool = True


class Sentence(NamedTuple):
    """The words of a sentence, and its text where the file gives it."""

    rows: list[Row]
    text: str | None = None


def read_trees(path: Path, conversion: Conversion | None = None) -> Iterator[Sentence]:
    """Yield the trees of a CoNLL-U file (`.conllu`) or of the treebank (`.conll`).

    Ranges and empty nodes are left out. The treebank's own form is read with the
    `conversion` that stands beside the models (`treebank.json`), so that tags, features
    and relations are those that the models know, and without its inserted NULL words.
    Raises EvaluationError for a damaged row, or for a `.conll` without a conversion.
    """
    if path.suffix == ".conllu":
        yield from _conllu_trees(path)
    elif conversion is None:
        message = (
            f"{path} is in the treebank's own form: it is read with the treebank.json "
            "of the models, which is missing"
        )
        raise EvaluationError(message)
    else:
        yield from _treebank_trees(path, conversion)


def _conllu_trees(path: Path) -> Iterator[Sentence]:
    rows: list[Row] = []
    text: str | None = None
    for number, line in _numbered(path):
        columns = line.split("\t")
        if not line.strip():
            if rows:
                yield Sentence(rows, text)
            rows, text = [], None
        elif line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        elif columns[0].isdigit():
            try:
                rows.append(row_of(columns))
            except (ValueError, IndexError) as error:
                message = (
                    f"{path}, line {number}: not a row of CoNLL-U (ten columns, the "
                    f"seventh the head's number): {line[:60]!r}"
                )
                raise EvaluationError(message) from error
    if rows:
        yield Sentence(rows, text)


def _treebank_trees(path: Path, conversion: Conversion) -> Iterator[Sentence]:
    try:
        for tree in map(without_null, read(path)):
            if tree:
                yield Sentence(
                    [row_of(columns) for columns in conversion.columns(tree)]
                )
    except TreebankError as error:
        raise EvaluationError(str(error)) from error
    except UnicodeDecodeError as error:
        raise EvaluationError(_not_utf8(path, error)) from error


def row_of(columns: Sequence[str]) -> Row:
    """Return the ten columns of CoNLL-U as a row.

    Raises ValueError or IndexError where they are not of that form.
    """
    return Row(
        form=columns[1],
        lemma=columns[2],
        upos=columns[3],
        xpos=columns[4],
        feats=columns[5],
        head=int(columns[6]),
        relation=columns[7],
        space_after="SpaceAfter=No" not in columns[9].split("|"),
    )


def read_conllu(path: Path) -> Iterator[list[list[str]]]:
    """Yield the word lines of a CoNLL-U file, ranges and empty nodes left out."""
    rows: list[list[str]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if columns[0].isdigit():
                rows.append(columns)
            elif not line.strip() and rows:
                yield rows
                rows = []
    if rows:
        yield rows


def text_of(sentences: Sequence[Sentence]) -> str:
    """Return the text of a CoNLL-U file, one space between sentences.

    Where a sentence has no text, its words and their spaces make it.
    """
    return " ".join(
        sentence.text
        if sentence.text is not None
        else "".join(row.form + " " * row.space_after for row in sentence.rows).strip()
        for sentence in sentences
    )


def _numbered(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise EvaluationError(_not_utf8(path, error)) from error


def _not_utf8(path: Path, error: UnicodeDecodeError) -> str:
    return f"{path} is not UTF-8 text: {error.reason} at byte {error.start}"
