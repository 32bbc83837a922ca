"""Stanza's models without Stanza: the same documents, several times as fast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from workers.domain.records import Sentence, Token
from workers.stages.nlp.document import Document, Name
from workers.stages.nlp.entity_tagger import EntityTagger
from workers.stages.nlp.lemmatizer import Lemmatizer
from workers.stages.nlp.network import by_length
from workers.stages.nlp.package import Package, open_package
from workers.stages.nlp.parser import Arcs, Parser
from workers.stages.nlp.proper_nouns import leanings
from workers.stages.nlp.segments import Piece, pieces, whole
from workers.stages.nlp.tagger import Tagger, Tags
from workers.stages.nlp.tokenizer import Tokenizer, Word
from workers.stages.nlp.word_vectors import Distinct


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which models run, how much at once, and what is kept."""

    models_dir: Path
    """Folder of a package that `models/export.py` made."""
    threads: int = 1
    batch_characters: int = 24_000
    """About so much text is analysed together."""
    kept_words: int = 20_000
    """Words whose rows are kept, per model; about 1 kB each."""


@dataclass(slots=True)
class _Line:
    """A sentence on its way: its words, and the piece of which text they stand in."""

    text: int
    piece: Piece
    words: list[Word]
    tokens: tuple[Token, ...] = ()
    names: list[tuple[int, int, str]] = field(default_factory=list)


class OnnxEngine:
    """The models of a package, run by onnxruntime."""

    def __init__(self, package: Package, options: EngineOptions) -> None:
        threads, kept = options.threads, options.kept_words
        self._version = package.version
        self._batch_characters = options.batch_characters
        self._tokenizer = Tokenizer(package, threads)
        self._tagger = Tagger(package, kept, threads)
        self._lemmatizer = Lemmatizer(package, kept, threads)
        self._parser = Parser(
            package, self._tagger.upos, self._tagger.xpos, kept, threads
        )
        self._entity_tagger = EntityTagger(package, kept, threads)
        self._leanings = leanings(self._tagger.xpos, self._entity_tagger.tags)

    @property
    def version(self) -> str:
        """Name and digest of the models."""
        return self._version

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        """Return one document per text, in order; any string is survived."""
        parts = [
            (number, piece)
            for number, text in enumerate(texts)
            for piece in pieces(text)
        ]
        found: list[list[_Line]] = [[] for _ in texts]
        for batch in _batches(parts, self._batch_characters):
            lines = self._split(batch)
            self._analyse(lines, lean=True)
            for line in lines:
                found[line.text].append(line)
        return [
            _document(text, lines) for text, lines in zip(texts, found, strict=True)
        ]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        """Return one document per sentence, its words given and not found."""
        texts = [" ".join(words) for words in sentences]
        parts = [(number, whole(text)) for number, text in enumerate(texts)]
        documents = []
        for batch in _batches(parts, self._batch_characters):
            lines = [
                _Line(number, piece, _given(sentences[number]))
                for number, piece in batch
            ]
            self._analyse(lines, lean=False)
            documents += [_document(texts[line.text], [line]) for line in lines]
        return documents

    def _split(self, parts: Sequence[tuple[int, Piece]]) -> list[_Line]:
        split = self._tokenizer.split([piece.text for _, piece in parts])
        return [
            _Line(number, piece, words)
            for (number, piece), sentences in zip(parts, split, strict=True)
            for words in sentences
        ]

    def _analyse(self, lines: Sequence[_Line], *, lean: bool) -> None:
        """Fill in what the models say of *lines*; names may lean on the tags."""
        if not lines:
            return
        longest_first = [lines[n] for n in by_length([len(x.words) for x in lines])]
        lengths = [len(line.words) for line in longest_first]
        forms = Distinct.of([w.form for line in longest_first for w in line.words])
        tags = self._tagger.tag(forms, lengths)
        lemmas = self._lemmatizer.lemmas(forms, tags.upos, self._tagger.upos)
        arcs = self._parser.parse(forms, lemmas, tags, lengths)
        gains = self._leanings.take(tags.xpos, axis=0) if lean else None
        names = self._entity_tagger.find(forms, lengths, gains)
        rows = self._tokens(longest_first, lemmas, tags, arcs)
        for line, found in zip(longest_first, names, strict=True):
            line.tokens = tuple(next(rows) for _ in line.words)
            line.names = found

    def _tokens(
        self,
        lines: Sequence[_Line],
        lemmas: Distinct,
        tags: Tags,
        arcs: Arcs,
    ) -> Iterator[Token]:
        upos = Distinct(self._tagger.upos, tags.upos).read()
        shown = ["" if tag == "_" else tag for tag in self._tagger.xpos]
        xpos = Distinct(shown, tags.xpos).read()
        places = chain.from_iterable(
            [(line.piece.span(word.start, word.end), word.form) for word in line.words]
            for line in lines
        )
        columns = zip(
            places, lemmas.read(), upos, xpos, tags.features.read(), arcs.heads,
            arcs.relations, strict=True,
        )  # fmt: skip
        for ((start, end), form), lemma, tag, fine, features, head, relation in columns:
            yield Token(
                start=start,
                end=end,
                lemma=form if lemma == "_" else lemma,
                upos=tag,
                xpos=fine,
                features=features,
                head=head,
                relation=relation,
            )


def open_engine(options: EngineOptions) -> OnnxEngine:
    """Open the package and load its networks.

    Raises `PackageError` where there is none, or it is damaged or not for this version.
    """
    return OnnxEngine(open_package(options.models_dir), options)


def _batches(
    parts: Sequence[tuple[int, Piece]], characters: int
) -> Iterator[Sequence[tuple[int, Piece]]]:
    start = size = 0
    for place, (_, piece) in enumerate(parts):
        if place > start and size + len(piece.text) > characters:
            yield parts[start:place]
            start, size = place, 0
        size += len(piece.text)
    if start < len(parts):
        yield parts[start:]


def _given(forms: Sequence[str]) -> list[Word]:
    words = []
    start = 0
    for form in forms:
        words.append(Word(form, start, start + len(form)))
        start += len(form) + 1
    return words


def _document(text: str, lines: Sequence[_Line]) -> Document:
    sentences = []
    names = []
    for number, line in enumerate(lines):
        for first, last, kind in line.names:
            start, end = line.piece.span(line.words[first].start, line.words[last].end)
            names.append(Name(kind, start, end, number))
        tokens = line.tokens
        sentences.append(
            Sentence(start=tokens[0].start, end=tokens[-1].end, tokens=tokens)
        )
    return Document(text, tuple(sentences), tuple(names))
