"""Score an engine against a file of gold: names, syntax, tokens, events.

Names, syntax and tokens are the models', without the rules that the product puts on
top of them; entities and events are what the product publishes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from workers.domain.records import Sentence as Parsed
from workers.evaluation import conll, treebank
from workers.evaluation.conll import EvaluationError, Row, Sentence
from workers.evaluation.event_scores import Item
from workers.evaluation.marked_types import unknown_value
from workers.evaluation.ner_scores import NerScores, score_ner
from workers.evaluation.syntax_scores import (
    SyntaxReport,
    score_syntax,
    score_syntax_raw,
)
from workers.evaluation.token_scores import TokenScores, score_tokens
from workers.evaluation.treebank_conversion import Conversion
from workers.stages.enrichment.plain_text import annotate
from workers.stages.nlp.document import Document, Engine

T = TypeVar("T")

PARAGRAPH_SENTENCES = 4
"""Raw text is read as paragraphs of so many sentences."""


def ner(engine: Engine, path: Path) -> NerScores:
    """Score names on the tokens of *path*: token TAB BIO tag, a blank line between.

    Raises EvaluationError for a damaged file.
    """
    sentences = _some(list(conll.read_tagged(path)), path)
    documents = engine.annotate_words(
        [[_word(token) for token, _ in rows] for rows in sentences]
    )
    return score_ner(
        [[tag for _, tag in rows] for rows in sentences], map(_tags, documents)
    )


def syntax(engine: Engine, path: Path, conversion: Conversion) -> SyntaxReport:
    """Score syntax on the gold words of *path* and from its text.

    A `.conll` file is in the treebank's own form and is read as for training; a
    `.conllu` file is taken as it is. Raises EvaluationError for a damaged file.
    """
    gold = _some(list(_trees(path, conversion)), path)
    trees = [sentence.rows for sentence in gold]
    documents = engine.annotate_words([[row.form for row in rows] for rows in trees])
    on_words = [
        _rows([row.form for row in rows], document.sentences[0])
        for rows, document in zip(trees, documents, strict=True)
    ]
    from_text = [
        _rows(forms, sentence)
        for document in engine.annotate(_paragraphs(gold))
        for forms, sentence in zip(_forms(document), document.sentences, strict=True)
    ]
    return {
        "gold_tokens": score_syntax(trees, on_words),
        "raw": score_syntax_raw(trees, from_text),
    }


def tokens(engine: Engine, path: Path) -> TokenScores:
    """Score words and sentences of the text of a CoNLL-U file.

    Raises EvaluationError for a damaged file.
    """
    gold = _some(list(conll.read_trees(path)), path)
    documents = engine.annotate(_paragraphs(gold))
    return score_tokens(
        [[row.form for row in sentence.rows] for sentence in gold],
        [forms for document in documents for forms in _forms(document)],
    )


class _Span(msgspec.Struct):
    start: Annotated[int, msgspec.Meta(ge=0)]
    end: int


class _Entity(_Span):
    type: str


class _Argument(_Span):
    role: str


class _Event(msgspec.Struct):
    trigger: _Span
    type: str
    polarity: str
    modality: str
    arguments: list[_Argument]


class _Text(msgspec.Struct):
    id: str | int
    text: str
    entities: list[_Entity] = []
    events: list[_Event] = []

    def spans(self) -> Iterator[_Span]:
        yield from self.entities
        for event in self.events:
            yield event.trigger
            yield from event.arguments


def annotations(path: Path) -> list[dict[str, Any]]:
    """Read texts with entities and events, one JSON object a line.

    Of two with the same id the last counts. Raises EvaluationError for a line that
    is none, whose offsets leave its text, or that has a type which is none of ours.
    """
    texts: dict[str | int, dict[str, Any]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = msgspec.json.decode(line, type=_Text)
        except msgspec.DecodeError as error:
            message = f"{path}:{number}: {error}"
            raise EvaluationError(message) from error
        for span in item.spans():
            if not span.start <= span.end <= len(item.text):
                message = f"{path}:{number}: no text at {span.start} to {span.end}"
                raise EvaluationError(message)
        built = msgspec.to_builtins(item)
        if (unknown := unknown_value(built)) is not None:
            message = f"{path}:{number}: {unknown}"
            raise EvaluationError(message)
        texts[item.id] = built
    if not texts:
        message = f"{path} holds no text"
        raise EvaluationError(message)
    return list(texts.values())


def annotated(engine: Engine, gold: Sequence[Item]) -> list[dict[str, Any]]:
    """Annotate the texts of gold, which the engine does not see."""
    return annotate(engine, [{"id": each["id"], "text": each["text"]} for each in gold])


def _some(sentences: list[T], path: Path) -> list[T]:
    if not sentences:
        message = f"{path} holds no sentence"
        raise EvaluationError(message)
    return sentences


def _trees(path: Path, conversion: Conversion) -> Iterator[Sentence]:
    if path.suffix == ".conllu":
        yield from conll.read_trees(path)
        return
    try:
        for raw in treebank.read(path):
            tree = treebank.without_null(raw)
            if treebank.is_tree(tree):
                columns = conversion.columns(tree)
                yield Sentence([conll.row_of(each) for each in columns])
    except (treebank.TreebankError, UnicodeDecodeError) as error:
        message = f"{path}: {error}"
        raise EvaluationError(message) from error


def _word(token: str) -> str:
    """Return a token as the models know words: NFC, nothing invisible, no space."""
    return "".join(treebank.normalise(token).split()) or "_"


def _paragraphs(sentences: Sequence[Sentence]) -> list[str]:
    return [
        conll.text_of(sentences[start : start + PARAGRAPH_SENTENCES])
        for start in range(0, len(sentences), PARAGRAPH_SENTENCES)
    ]


def _forms(document: Document) -> Iterator[list[str]]:
    for sentence in document.sentences:
        yield [document.text[token.start : token.end] for token in sentence.tokens]


def _rows(forms: Sequence[str], sentence: Parsed) -> list[Row]:
    return [
        Row(
            form=form,
            lemma=token.lemma,
            upos=token.upos,
            xpos=token.xpos or "_",
            feats=token.features or "_",
            head=token.head,
            relation=token.relation,
        )
        for form, token in zip(forms, sentence.tokens, strict=True)
    ]


def _tags(document: Document) -> list[str]:
    """Return the BIO tag of every word of a document whose words were given."""
    (sentence,) = document.sentences
    tags = ["O"] * len(sentence.tokens)
    for name in document.names:
        inside = "B"
        for place, token in enumerate(sentence.tokens):
            if name.start <= token.start and token.end <= name.end:
                tags[place] = f"{inside}-{name.type}"
                inside = "I"
    return tags
