"""Stanza's models without Stanza: the same documents, several times as fast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from workers.domain.records import Sentence, Token
from workers.stages.nlp.document import Document, Name
from workers.stages.nlp.onnx.entity_tagger import EntityTagger
from workers.stages.nlp.onnx.lemmatizer import Lemmatizer
from workers.stages.nlp.onnx.network import by_length
from workers.stages.nlp.onnx.package import Package, open_package
from workers.stages.nlp.onnx.parser import Arcs, Parser
from workers.stages.nlp.onnx.tagger import Tagger, Tags
from workers.stages.nlp.onnx.tokenizer import Tokenizer, Word
from workers.stages.nlp.onnx.word_vectors import UniqueWords
from workers.stages.nlp.segments import Segment, segments, whole_text
from workers.stages.nlp.tag_priors import tag_priors


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which models run, how much at once, and what is kept."""

    models_dir: Path
    """Folder of a package that `models/export.py` made."""
    threads: int = 1
    batch_characters: int = 24_000
    """About so much text is analysed together."""
    cache_size: int = 20_000
    """Words whose rows are kept, per model; about 1 kB each."""


@dataclass(slots=True)
class _Line:
    """A sentence on its way: its words, and the segment of which text they stand in."""

    text: int
    segment: Segment
    words: list[Word]
    tokens: tuple[Token, ...] = ()
    names: list[tuple[int, int, str]] = field(default_factory=list)


class OnnxEngine:
    """The models of a package, run by onnxruntime."""

    def __init__(self, package: Package, options: EngineOptions) -> None:
        threads, cache = options.threads, options.cache_size
        self._version = package.version
        self._batch_characters = options.batch_characters
        self._tokenizer = Tokenizer(package, threads)
        self._tagger = Tagger(package, cache, threads)
        self._lemmatizer = Lemmatizer(package, cache, threads)
        self._parser = Parser(
            package, self._tagger.upos, self._tagger.xpos, cache, threads
        )
        self._entity_tagger = EntityTagger(package, cache, threads)
        self._tag_priors = tag_priors(self._tagger.xpos, self._entity_tagger.tags)

    @property
    def version(self) -> str:
        """Name and digest of the models."""
        return self._version

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        """Return one document per text, in order; any string is survived."""
        parts = [
            (number, segment)
            for number, text in enumerate(texts)
            for segment in segments(text)
        ]
        found: list[list[_Line]] = [[] for _ in texts]
        for batch in _batches(parts, self._batch_characters):
            lines = self._split(batch)
            self._analyse(lines, with_priors=True)
            for line in lines:
                found[line.text].append(line)
        return [
            _document(text, lines) for text, lines in zip(texts, found, strict=True)
        ]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        """Return one document per sentence, its words given and not found."""
        texts = [" ".join(words) for words in sentences]
        parts = [(number, whole_text(text)) for number, text in enumerate(texts)]
        documents = []
        for batch in _batches(parts, self._batch_characters):
            lines = [
                _Line(number, segment, _given(sentences[number]))
                for number, segment in batch
            ]
            self._analyse(lines, with_priors=False)
            documents += [_document(texts[line.text], [line]) for line in lines]
        return documents

    def _split(self, parts: Sequence[tuple[int, Segment]]) -> list[_Line]:
        split = self._tokenizer.split([segment.text for _, segment in parts])
        return [
            _Line(number, segment, words)
            for (number, segment), sentences in zip(parts, split, strict=True)
            for words in sentences
        ]

    def _analyse(self, lines: Sequence[_Line], *, with_priors: bool) -> None:
        """Fill in what the models say of *lines*, names with priors or without."""
        if not lines:
            return
        longest_first = [lines[n] for n in by_length([len(x.words) for x in lines])]
        lengths = [len(line.words) for line in longest_first]
        forms = UniqueWords.of([w.form for line in longest_first for w in line.words])
        tags = self._tagger.tag(forms, lengths)
        lemmas = self._lemmatizer.lemmas(forms, tags.upos, self._tagger.upos)
        arcs = self._parser.parse(forms, lemmas, tags, lengths)
        priors = self._tag_priors.take(tags.xpos, axis=0) if with_priors else None
        names = self._entity_tagger.find(forms, lengths, priors)
        rows = self._tokens(longest_first, lemmas, tags, arcs)
        for line, found in zip(longest_first, names, strict=True):
            line.tokens = tuple(next(rows) for _ in line.words)
            line.names = found

    def _tokens(
        self,
        lines: Sequence[_Line],
        lemmas: UniqueWords,
        tags: Tags,
        arcs: Arcs,
    ) -> Iterator[Token]:
        upos = UniqueWords(self._tagger.upos, tags.upos).expand()
        shown = ["" if tag == "_" else tag for tag in self._tagger.xpos]
        xpos = UniqueWords(shown, tags.xpos).expand()
        places = chain.from_iterable(
            [
                (line.segment.span(word.start, word.end), word.form)
                for word in line.words
            ]
            for line in lines
        )
        columns = zip(
            places, lemmas.expand(), upos, xpos, tags.features.expand(), arcs.heads,
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
    parts: Sequence[tuple[int, Segment]], characters: int
) -> Iterator[Sequence[tuple[int, Segment]]]:
    start = size = 0
    for place, (_, segment) in enumerate(parts):
        if place > start and size + len(segment.text) > characters:
            yield parts[start:place]
            start, size = place, 0
        size += len(segment.text)
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
            start, end = line.segment.span(
                line.words[first].start, line.words[last].end
            )
            names.append(Name(kind, start, end, number))
        tokens = line.tokens
        sentences.append(
            Sentence(start=tokens[0].start, end=tokens[-1].end, tokens=tokens)
        )
    return Document(text, tuple(sentences), tuple(names))
