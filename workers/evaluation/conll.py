"""Score annotations against gold: names, syntax, tokens.

Pure functions over rows and spans; whoever calls them runs the models. All scores are
fractions. Sources: CoNLL-2003's entity scoring (exact span and type), the CoNLL-2018
shared task's alignment of words by character position.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

from workers.evaluation.treebank import Conversion, TreebankError, read, without_null

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


class Prf(TypedDict):
    """Precision, recall and their harmonic mean, as fractions."""

    p: float
    r: float
    f1: float


class NerScores(TypedDict):
    """What `khabar evaluate ner` prints."""

    micro: Prf
    by_type: dict[str, Prf]


class SyntaxScores(TypedDict):
    """Shares of words whose column is right; head and relation together are `las`."""

    upos: float
    xpos: float
    feats: float
    lemma: float
    uas: float
    las: float


class SyntaxReport(TypedDict):
    """What `khabar evaluate syntax` prints."""

    gold_tokens: SyntaxScores
    raw: SyntaxScores


class F1(TypedDict):
    """An F1 alone."""

    f1: float


class TokenScores(TypedDict):
    """What `khabar evaluate tokens` prints."""

    words: F1
    sentences: F1


def entity_type(label: str) -> str:
    """Return our type for a label of ours, IL-NER's or HiNER's."""
    return _TYPE_OF_LABEL.get(label, "MISC")


# --- entities -----------------------------------------------------------------------


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


def spans(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    """Return (type, first token, end token) of each entity; reads BIO and BIOES.

    An entity begins at B or S, or where I or E follows another type or none.
    """
    found: set[tuple[str, int, int]] = set()
    start = 0
    kind = ""
    for i, tag in enumerate([*tags, "O"]):
        position, _, label = tag.partition("-")
        if kind and (position in ("B", "S", "O") or label != kind):
            found.add((kind, start, i))
            kind = ""
        if label and not kind:
            start, kind = i, label
        if kind and position in ("E", "S"):
            found.add((kind, start, i + 1))
            kind = ""
    return found


def score_ner(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]
) -> NerScores:
    """Score tags against gold tags, sentence by sentence, by exact span and type.

    Raises ValueError when the sentences differ in number or length.
    """
    right: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for gold_tags, tags in zip(gold, predicted, strict=True):
        if len(gold_tags) != len(tags):
            message = f"{len(tags)} tags for a sentence of {len(gold_tags)} tokens"
            raise ValueError(message)
        one, other = spans(gold_tags), spans(tags)
        right.update(kind for kind, _, _ in one & other)
        guessed.update(kind for kind, _, _ in other)
        true.update(kind for kind, _, _ in one)
    return {
        "micro": prf(right.total(), guessed.total(), true.total()),
        "by_type": {
            kind: prf(right[kind], guessed[kind], true[kind])
            for kind in ENTITY_TYPES
            if true[kind] or guessed[kind]
        },
    }


def prf(right: int, guessed: int, true: int) -> Prf:
    """Return precision, recall and F1 from counts; what has no base is 0."""
    p = right / guessed if guessed else 0.0
    r = right / true if true else 0.0
    return {
        "p": round(p, 4),
        "r": round(r, 4),
        "f1": round(2 * right / (guessed + true), 4) if guessed + true else 0.0,
    }


# --- syntax -------------------------------------------------------------------------


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
                rows.append(_row(columns))
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
                yield Sentence([_row(columns) for columns in conversion.columns(tree)])
    except TreebankError as error:
        raise EvaluationError(str(error)) from error
    except UnicodeDecodeError as error:
        raise EvaluationError(_not_utf8(path, error)) from error


def _row(columns: Sequence[str]) -> Row:
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


def _same_features(one: str, other: str) -> bool:
    return set(one.split("|")) == set(other.split("|"))


def _agreement(gold: Row, guess: Row) -> dict[str, bool]:
    return {
        "upos": gold.upos == guess.upos,
        "xpos": gold.xpos == guess.xpos,
        "feats": _same_features(gold.feats, guess.feats),
        "lemma": gold.lemma == guess.lemma,
    }


def score_syntax(
    gold: Iterable[Sequence[Row]], predicted: Iterable[Sequence[Row]]
) -> SyntaxScores:
    """Score annotations of the gold words: accuracy by column, UAS and LAS.

    Raises ValueError when the words differ.
    """
    right: Counter[str] = Counter()
    total = 0
    for one, other in zip(gold, predicted, strict=True):
        if [row.form for row in one] != [row.form for row in other]:
            message = "the words differ: score raw text with score_syntax_raw"
            raise ValueError(message)
        for row, guess in zip(one, other, strict=True):
            total += 1
            right.update(k for k, same in _agreement(row, guess).items() if same)
            attached = row.head == guess.head
            right["uas"] += attached
            right["las"] += attached and row.relation == guess.relation
    return _accuracy(right, total, total)


def score_syntax_raw(
    gold: Iterable[Sequence[Row]], predicted: Iterable[Sequence[Row]]
) -> SyntaxScores:
    """Score annotations of raw text: F1 over words aligned by their characters.

    The two may differ in words and sentences, not in the text without spaces; a head is
    right when it is aligned to the gold head, or both are roots. Raises ValueError when
    the characters differ.
    """
    one, other = _located(gold), _located(predicted)
    if one.characters != other.characters:
        message = "gold and prediction are not of the same text"
        raise ValueError(message)
    right: Counter[str] = Counter()
    for span, (row, head) in one.words.items():
        if span not in other.words:
            continue
        guess, guessed_head = other.words[span]
        right.update(k for k, same in _agreement(row, guess).items() if same)
        attached = head == guessed_head
        right["uas"] += attached
        right["las"] += attached and row.relation == guess.relation
    return _accuracy(right, len(one.words), len(other.words))


def _accuracy(right: Mapping[str, int], true: int, guessed: int) -> SyntaxScores:
    def share(name: str) -> float:
        return round(2 * right[name] / (true + guessed), 4) if true + guessed else 0.0

    return {
        "upos": share("upos"),
        "xpos": share("xpos"),
        "feats": share("feats"),
        "lemma": share("lemma"),
        "uas": share("uas"),
        "las": share("las"),
    }


def score_relations(
    gold: Iterable[Sequence[Row]], predicted: Iterable[Sequence[Row]]
) -> dict[str, Prf]:
    """Score each relation of the gold words by head and relation together."""
    right: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for one, other in zip(gold, predicted, strict=True):
        for row, guess in zip(one, other, strict=True):
            true[row.relation] += 1
            guessed[guess.relation] += 1
            if row.head == guess.head and row.relation == guess.relation:
                right[row.relation] += 1
    return {k: prf(right[k], guessed[k], n) for k, n in true.most_common()}


Span = tuple[int, int]


class _Located(NamedTuple):
    """Words by their span in the text without spaces, each with its head's span."""

    characters: str
    words: dict[Span, tuple[Row, Span | None]]
    sentences: set[Span]


def _located(sentences: Iterable[Sequence[Row]]) -> _Located:
    pieces: list[str] = []
    words: dict[Span, tuple[Row, Span | None]] = {}
    bounds: set[Span] = set()
    at = 0
    for rows in sentences:
        first = at
        places: list[Span] = []
        for row in rows:
            form = bare(row.form)
            pieces.append(form)
            places.append((at, at + len(form)))
            at += len(form)
        for row, place in zip(rows, places, strict=True):
            known = 0 < row.head <= len(places)
            words[place] = row, places[row.head - 1] if known else None
        bounds.add((first, at))
    return _Located("".join(pieces), words, bounds)


def bare(text: str) -> str:
    """Return the characters that count for alignment: NFC, no spaces, no joiners."""
    return "".join(
        c
        for c in unicodedata.normalize("NFC", text)
        if not c.isspace() and unicodedata.category(c) != "Cf"
    )


# --- tokens -------------------------------------------------------------------------


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


def score_tokens(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]
) -> TokenScores:
    """Score words and sentences by their spans in the text without spaces.

    Raises ValueError when the characters differ.
    """
    (text, words, sentences), (guessed_text, guessed, guessed_sentences) = (
        _word_spans(gold),
        _word_spans(predicted),
    )
    if text != guessed_text:
        message = "gold and prediction are not of the same text"
        raise ValueError(message)
    f1: Callable[[set[Span], set[Span]], float] = lambda one, other: prf(  # noqa: E731
        len(one & other), len(other), len(one)
    )["f1"]
    return {
        "words": {"f1": f1(words, guessed)},
        "sentences": {"f1": f1(sentences, guessed_sentences)},
    }


def _word_spans(sentences: Iterable[Sequence[str]]) -> tuple[str, set[Span], set[Span]]:
    pieces: list[str] = []
    words: set[Span] = set()
    bounds: set[Span] = set()
    at = 0
    for forms in sentences:
        first = at
        for form in map(bare, forms):
            pieces.append(form)
            words.add((at, at + len(form)))
            at += len(form)
        bounds.add((first, at))
    return "".join(pieces), words, bounds


def _numbered(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise EvaluationError(_not_utf8(path, error)) from error


def _not_utf8(path: Path, error: UnicodeDecodeError) -> str:
    return f"{path} is not UTF-8 text: {error.reason} at byte {error.start}"
