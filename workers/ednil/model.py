"""The taggers' weights on disk: one compressed file of plain arrays, with its digest.

`models/training/ednil/train.py` writes it; it is opened only as it was written.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from workers.domain.outcomes import ConfigurationError
from workers.ednil.features.topics import Weights
from workers.ednil.features.words import Knowledge
from workers.ednil.inference.crf import Array, Chain, Table
from workers.ednil.inference.trees import Trees

FORMAT = 2
FOLDER = "events"
"""In the folder of the models."""
FILE = "ednil.npz"
MANIFEST = "ednil.json"
_DIGEST_HEX = 12


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a model is, and the SHA-256 of its file."""

    format: int
    digest: str
    event_tags: list[str]
    argument_tags: list[str]
    subtypes: list[str]
    topics: dict[str, dict[str, float]]
    """Of a lemma: how often it is the trigger of a subtype."""
    least_strength: float
    """Texts whose words lead to expect fewer events than this are not read further."""
    least_odds: float
    """Log odds after rescoring below which a span is no event."""
    forms: dict[str, tuple[int, int]]
    """Phrases as written: as a trigger so often, in all so often."""
    lemmas: dict[str, tuple[int, int]]
    """The same of dictionary forms."""
    calibration: dict[str, tuple[float, float]]
    """Slope and offset that make a probability of a label's odds."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that a tagger needs, opened."""

    version: str
    topics: Weights = field(repr=False)
    least_strength: float
    knowledge: Knowledge = field(repr=False)
    words: Table = field(repr=False)
    """Columns of the event tags, then of the argument tags."""
    events: Chain
    rescorer: Trees
    """Gives candidates their final log odds."""
    least_odds: float
    arguments: Chain
    subtypes: tuple[str, ...]
    subtype_table: Table = field(repr=False)
    calibration: Mapping[str, tuple[float, float]]


class ModelError(ConfigurationError):
    """There is no model, or it is not what its manifest says."""


def save(
    folder: Path, manifest: Mapping[str, Any], arrays: Mapping[str, Array]
) -> None:
    """Write a model; its digest and format are added to the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    (folder / FILE).write_bytes(content.getvalue())
    whole = {
        **manifest,
        "format": FORMAT,
        "digest": hashlib.sha256(content.getvalue()).hexdigest(),
    }
    text = msgspec.json.format(msgspec.json.encode(msgspec.convert(whole, Manifest)))
    (folder / MANIFEST).write_bytes(text + b"\n")


def packed(lines: Sequence[str]) -> Array:
    """Return lines as an array of bytes."""
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def problems(folder: Path) -> list[str]:
    """Return what is wrong with a model, empty if nothing is."""
    try:
        _read(folder)
    except ModelError as error:
        return [str(error)]
    return []


def open_model(folder: Path) -> Model:
    """Open the model in a folder.

    Raises ModelError where there is none, or where it is not as it was written.
    """
    manifest, content = _read(folder)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        forms = _lines(arrays["cluster_words"])
        groups = arrays["clusters"].tolist()
        return Model(
            version=manifest.digest[:_DIGEST_HEX],
            topics=manifest.topics,
            least_strength=manifest.least_strength,
            knowledge=Knowledge(
                clusters={
                    form: (str(coarse), str(fine))
                    for form, (coarse, fine) in zip(forms, groups, strict=True)
                },
                forms=manifest.forms,
                lemmas=manifest.lemmas,
            ),
            words=_table(arrays, "words"),
            events=Chain(tuple(manifest.event_tags), arrays["event_transitions"]),
            rescorer=Trees(
                arrays["look_columns"],
                arrays["look_limits"],
                arrays["look_leaves"],
                float(arrays["look_start"]),
            ),
            least_odds=manifest.least_odds,
            arguments=Chain(
                tuple(manifest.argument_tags), arrays["argument_transitions"]
            ),
            subtypes=tuple(manifest.subtypes),
            subtype_table=_table(arrays, "subtypes"),
            calibration=manifest.calibration,
        )


def _read(folder: Path) -> tuple[Manifest, bytes]:
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        content = (folder / FILE).read_bytes()
    except OSError as error:
        msg = f"no model of EDNIL's events: {error.filename}: {error.strerror}"
        raise ModelError(msg) from error
    except msgspec.DecodeError as error:
        msg = f"{path}: {error}; restore it, or train it anew"
        raise ModelError(msg) from error
    if manifest.format != FORMAT:
        msg = f"{path}: format {manifest.format}, this version reads {FORMAT}"
        raise ModelError(msg)
    if hashlib.sha256(content).hexdigest() != manifest.digest:
        msg = f"{folder / FILE}: differs from its recorded SHA-256; restore it"
        raise ModelError(msg)
    return manifest, content


def _table(arrays: Mapping[str, Array], name: str) -> Table:
    features = _lines(arrays[f"{name}_features"])
    return Table(
        {feature: row for row, feature in enumerate(features)},
        arrays[f"{name}_weights"],
    )


def _lines(packed_lines: Array) -> list[str]:
    return packed_lines.tobytes().decode().split("\n")
