"""The engine's models on disk: a manifest, networks, word vectors, vocabularies.

`models/export.py` writes a package; a package is opened only whole and unchanged.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

import workers
from workers.domain.outcomes import ConfigurationError

Array = NDArray[Any]

FORMAT = 1
MANIFEST = "manifest.json"
VOCABULARIES = "vocabularies.json"
LEMMAS = "lemmas.json"
TRANSITIONS = "transitions.npy"
VECTORS, VECTOR_WORDS = "vectors.npy", "vectors.txt"
NETWORKS = (
    "tokenizer", "tagger-words", "tagger", "lemma-encoder", "lemma-decoder",
    "parser-words", "parser", "relations", "names-words", "names",
)  # fmt: skip
REQUIRED = {
    VOCABULARIES, LEMMAS, TRANSITIONS, VECTORS, VECTOR_WORDS,
    *(f"{name}.onnx" for name in NETWORKS),
}  # fmt: skip
_DIGEST_HEX = 12

PAD, UNKNOWN, EMPTY, ROOT = range(4)
"""The first rows of every vocabulary of Stanza's taggers and of its vectors."""


def default_models_dir() -> Path:
    """Return `models/` beside the package, where a checkout has it."""
    return Path(workers.__file__).resolve().parents[1] / "models"


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a package is, and what it was made from."""

    format: int
    name: str
    stanza: str
    """The version of Stanza whose behaviour the engine reproduces."""
    models: dict[str, str]
    """Each trained model, with its SHA-256."""
    files: dict[str, str]
    """Each file of the package, with its SHA-256."""


class TokenizerVocabulary(Struct, frozen=True):
    """Characters of the tokenizer, and the patterns that Stanza tokenizes by."""

    characters: list[str]
    longest_word: int
    number: str
    space: str
    unbroken: str


class SyntaxVocabulary(Struct, frozen=True):
    """What tagger and parser have in common."""

    characters: list[str]
    words: list[str]
    questions: str
    exclamations: str
    upos: list[str]
    xpos: list[str]


class TaggerVocabulary(SyntaxVocabulary, frozen=True):
    """Tags and features."""

    features: list[tuple[str, list[str]]]


class ParserVocabulary(SyntaxVocabulary, frozen=True):
    """Lemmas that the parser knows, and relations."""

    lemmas: list[str]
    relations: list[str]


class NamesVocabulary(Struct, frozen=True):
    """Characters, the words with a row of their own if any, and tags."""

    characters: list[str]
    words: list[str]
    tags: list[str]


class LemmatizerVocabulary(Struct, frozen=True):
    """Characters and tags of the speller of lemmas."""

    characters: list[str]
    tags: list[str]
    caseless: bool
    longest: int


class Vocabularies(Struct, frozen=True):
    """Every vocabulary of a package."""

    tokenizer: TokenizerVocabulary
    tagger: TaggerVocabulary
    parser: ParserVocabulary
    names: NamesVocabulary
    lemmatizer: LemmatizerVocabulary


@dataclass(frozen=True, slots=True)
class Vectors:
    """Word vectors in half precision; processes share their pages."""

    rows: dict[str, int] = field(repr=False)
    table: Array = field(repr=False)

    def row(self, form: str) -> int:
        """Return the row of a word, that of the unknown word if it has none."""
        return self.rows.get(form.lower().replace(" ", "\xa0"), UNKNOWN)

    def read(self, rows: list[int]) -> Array:
        """Return vectors in single precision."""
        return self.table[rows].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package."""

    folder: Path
    manifest: Manifest
    vocabularies: Vocabularies = field(repr=False)
    vectors: Vectors = field(repr=False)
    lemmas: dict[str, dict[str, str]] = field(repr=False)
    transitions: Array = field(repr=False)

    @property
    def version(self) -> str:
        """Name and digest: two packages with one version give the same documents."""
        models = "".join(sorted(self.manifest.files.values()))
        digest = hashlib.sha256(models.encode()).hexdigest()[:_DIGEST_HEX]
        return f"stanza-{self.manifest.stanza}/{self.manifest.name}@{digest}"


class PackageError(ConfigurationError):
    """There is no package, or it is not what its manifest says."""


def read_manifest(folder: Path) -> Manifest:
    """Read what a package says of itself."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = (
            f"No engine models in {folder} ({error.strerror}: {MANIFEST}): name their "
            "folder, or make them with `make export`"
        )
        raise PackageError(msg) from error
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        msg = f"{path}: {error}; make the package anew with `make export`"
        raise PackageError(msg) from error
    if manifest.format != FORMAT:
        msg = (
            f"{path}: the package has format {manifest.format}, this version of khabar "
            f"reads {FORMAT}; make it anew with `make export`"
        )
        raise PackageError(msg)
    return manifest


def differences(folder: Path, digests: dict[str, str]) -> list[str]:
    """Return what is wrong with files, by name; empty where all are as they were."""
    wrong = []
    for name, expected in sorted(digests.items()):
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            wrong.append(f"{folder / name}: {error.strerror}")
            continue
        if hashlib.sha256(content).hexdigest() != expected:
            wrong.append(f"{folder / name}: differs from its recorded SHA-256")
    return wrong


def open_package(folder: Path) -> Package:
    """Open a package after checking every file.

    Raises `PackageError` where there is none, and where a file is missing, changed, or
    not what this version reads.
    """
    manifest = read_manifest(folder)
    wrong = differences(folder, manifest.files)
    wrong += [
        f"{folder / name}: not in the manifest"
        for name in sorted(REQUIRED - manifest.files.keys())
    ]
    if wrong:
        msg = "; ".join(wrong) + "; restore it, or make it anew with `make export`"
        raise PackageError(msg)
    words = (folder / VECTOR_WORDS).read_text(encoding="utf-8").splitlines()
    try:
        vocabularies = msgspec.json.decode(
            (folder / VOCABULARIES).read_bytes(), type=Vocabularies
        )
    except msgspec.DecodeError as error:
        msg = f"{folder / VOCABULARIES}: {error}"
        raise PackageError(msg) from error
    return Package(
        folder=folder,
        manifest=manifest,
        vocabularies=vocabularies,
        vectors=Vectors(index(words), np.load(folder / VECTORS, mmap_mode="r")),
        lemmas=msgspec.json.decode(
            (folder / LEMMAS).read_bytes(), type=dict[str, dict[str, str]]
        ),
        transitions=np.load(folder / TRANSITIONS).astype(np.float32),
    )


def index(units: list[str]) -> dict[str, int]:
    """Return the row of each unit; the first where one occurs twice."""
    return {unit: row for row, unit in reversed(list(enumerate(units)))}
