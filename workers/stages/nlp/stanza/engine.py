"""Stanza behind the engine's interface; torch and stanza load only when it opens."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from workers.domain.outcomes import ConfigurationError
from workers.domain.records import Sentence, Token
from workers.stages.nlp.document import Document, Name
from workers.stages.nlp.segments import Segment, segments, whole_text
from workers.stages.nlp.stanza.tag_priors import add_tag_priors

LANGUAGE = "hi"
OWN_PACKAGE = "khabar"
PROCESSORS = ("tokenize", "pos", "lemma", "depparse", "ner")

# The tags of Stanza's official Hindi models (IL-NER) in our words.
_TYPES = {"NEP": "PER", "NEL": "LOC", "NEO": "ORG", "NEN": "NUM", "NETI": "TIME"}
_DIGEST_HEX = 12


@dataclass(frozen=True, slots=True)
class StanzaOptions:
    """Which models run, and how much at once."""

    models_dir: Path
    package: str = OWN_PACKAGE
    """Stanza's own `default` may be named where its models are in the folder."""
    threads: int = 1
    batch_characters: int = 12_000
    """About so much text goes through the models in one call."""
    parser_batch_words: int = 1_000
    """Bounds memory: the parser holds a square of scores per sentence."""


@dataclass(frozen=True, slots=True)
class StanzaEngine:
    """The models of a local folder, run by Stanza."""

    version: str
    batch_characters: int
    _pipeline: Any = field(repr=False)

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        """Return one document per text, in order; any string is survived."""
        parts: list[tuple[int, Segment]] = [
            (number, segment)
            for number, text in enumerate(texts)
            for segment in segments(text)
        ]
        analysed: list[tuple[int, Segment, Any]] = []
        for batch in _batches(parts, self.batch_characters):
            found = self._pipeline.bulk_process([segment.text for _, segment in batch])
            analysed += [
                (number, segment, document)
                for (number, segment), document in zip(batch, found, strict=True)
            ]
        documents = [Document(text) for text in texts]
        for number, group in groupby(analysed, key=lambda row: row[0]):
            documents[number] = _document(
                texts[number], [(segment, document) for _, segment, document in group]
            )
        return documents

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        """Return one document per sentence, its words given and not found."""
        from stanza.models.common.doc import Document as Analysed  # noqa: PLC0415  lazily, as below

        if not sentences:
            return []
        processors = self._pipeline.processors
        text, rows = processors["tokenize"].process_pre_tokenized_text(
            [list(words) for words in sentences]
        )
        analysed = Analysed(rows, text)
        # names before tags: without tags there are no priors, as in the ONNX engine
        for name in ("ner", *PROCESSORS[1:-1]):
            analysed = processors[name].process(analysed)
        return [
            _document_of_words(" ".join(words), found)
            for words, found in zip(sentences, analysed.sentences, strict=True)
        ]


def open_stanza(options: StanzaOptions) -> StanzaEngine:
    """Load the models; raises `ConfigurationError` where they cannot be had."""
    folder = options.models_dir
    try:
        import stanza  # noqa: PLC0415  loads torch: seconds and hundreds of megabytes
        import torch  # noqa: PLC0415  the same
    except ImportError as error:
        msg = (
            "Stanza is not installed: run `make setup-train`, or pip install "
            "'khabar[stanza]', or set KHABAR_ENTITIES_ENGINE=engine"
        )
        raise ConfigurationError(msg) from error
    if not (folder / "resources.json").is_file():
        msg = (
            f"No Stanza models in {folder} (no resources.json there): name their "
            "folder, or train them with `make train`"
        )
        raise ConfigurationError(msg)
    torch.set_num_threads(options.threads)
    try:
        with _without_optimizers():
            pipeline = stanza.Pipeline(
                lang=LANGUAGE,
                dir=str(folder),
                package=options.package,
                processors=",".join(PROCESSORS),
                download_method=None,
                use_gpu=False,
                verbose=False,
                depparse_batch_size=options.parser_batch_words,
            )
    except (FileNotFoundError, KeyError, ValueError, stanza_requirements()) as error:
        msg = f"Stanza package {options.package!r} in {folder} does not load: {error}"
        raise ConfigurationError(msg) from error
    add_tag_priors(pipeline.processors["ner"], _TYPES)
    return StanzaEngine(
        version=f"stanza-{stanza.__version__}/{options.package}@{_digest(folder)}",
        batch_characters=options.batch_characters,
        _pipeline=pipeline,
    )


@contextmanager
def _without_optimizers() -> Iterator[None]:
    """Load models to predict: Stanza makes an optimizer all the same, for seconds."""
    from stanza.models.common import utils  # noqa: PLC0415  lazily, as above

    kept = utils.get_optimizer, utils.get_split_optimizer
    utils.get_optimizer = lambda *_, **__: None
    utils.get_split_optimizer = lambda *_, **__: {}
    try:
        yield
    finally:
        utils.get_optimizer, utils.get_split_optimizer = kept


def stanza_requirements() -> type[Exception]:
    """Return the exception by which Stanza says that a model lacks another."""
    from stanza.pipeline.core import PipelineRequirementsException  # noqa: PLC0415  lazily, as above

    exception: type[Exception] = PipelineRequirementsException
    return exception


def _digest(folder: Path) -> str:
    sums = folder / "SHA256SUMS"
    source = sums if sums.is_file() else folder / "resources.json"
    return hashlib.sha256(source.read_bytes()).hexdigest()[:_DIGEST_HEX]


def _batches(
    parts: Sequence[tuple[int, Segment]], characters: int
) -> Iterator[list[tuple[int, Segment]]]:
    batch: list[tuple[int, Segment]] = []
    size = 0
    for part in parts:
        length = len(part[1].text)
        if batch and size + length > characters:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += length
    if batch:
        yield batch


def _document(text: str, analysed: Sequence[tuple[Segment, Any]]) -> Document:
    return _gathered(
        text,
        [
            (segment, found)
            for segment, document in analysed
            for found in document.sentences
            if found.words
        ],
    )


def _document_of_words(text: str, found: Any) -> Document:
    return _gathered(text, [(whole_text(text, found.words[0].start_char), found)])


def _gathered(text: str, analysed: Sequence[tuple[Segment, Any]]) -> Document:
    sentences: list[Sentence] = []
    names: list[Name] = []
    for number, (segment, found) in enumerate(analysed):
        tokens = tuple(_token(segment, word) for word in found.words)
        for name in found.ents:
            start, end = segment.span(name.start_char, name.end_char)
            names.append(Name(_TYPES.get(name.type, name.type), start, end, number))
        sentences.append(
            Sentence(start=tokens[0].start, end=tokens[-1].end, tokens=tokens)
        )
    return Document(text, tuple(sentences), tuple(names))


def _token(segment: Segment, word: Any) -> Token:
    start, end = segment.span(word.start_char, word.end_char)
    return Token(
        start=start,
        end=end,
        lemma=word.lemma or word.text,
        upos=word.upos or "X",
        xpos=word.xpos or "",
        features=word.feats or "",
        head=word.head or 0,
        relation=word.deprel or "dep",
    )
