"""The lexicon of event predicates: TOML files, read, checked, and indexed by word.

One file per type. A `[[frame]]` is a family of predicates with one case frame:

    name        subtype, in lower case
    nouns       event nouns; found alone or with any light verb (हमला, हमला किया)
    carried     nouns that are an event only with a light verb (समझौता हुआ)
    compounds   words that make an event only together, the verb last (जान ले)
    verbs       roots of plain verbs (मार)
    needs       one of these words must stand in the sentence
    excludes    none of these words may stand in the sentence
    not_before  a noun is no event if one of these follows it at once (जांच एजेंसी)
    roles       case marker to role; the file's own [roles] hold unless given here
    fills       role of a compound's first word; the rest is the trigger (दल में शामिल हो)
    agentless   true: only in the passive and with no agent (मारे गए)
    weight      how far to trust the frame, 0 to 1

`/` gives alternatives for one word: `जान ले/गंवा`.

The reading and checking of one file is in `frame_files`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from workers.stages.events.lexicon.entries import Entry, Frame, Kind
from workers.stages.events.lexicon.frame_files import (
    DEFAULT_WEIGHT,
    MARKERS,
    FrameFile,
)
from workers.stages.text.lexical.source import LexiconError

__all__ = [
    "DEFAULT_WEIGHT",
    "MARKERS",
    "Entry",
    "Frame",
    "Kind",
    "Lexicon",
    "load",
    "shipped",
    "with_folder",
]

_DIGEST_HEX = 12


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All entries, found by any written form of the word that anchors them.

    The anchor of a verb is the verb, of a noun its last word, of a compound the last
    word before the verb.
    """

    entries: tuple[Entry, ...]
    version: str
    _by_key: Mapping[str, tuple[Entry, ...]] = field(repr=False)

    def at(self, word_key: str) -> tuple[Entry, ...]:
        """Return the entries whose anchor may be written so."""
        return self._by_key.get(word_key, ())

    @classmethod
    def of(cls, entries: Iterable[Entry], version: str) -> "Lexicon":
        """Index the entries."""
        kept = tuple(entries)
        index: dict[str, list[Entry]] = {}
        for entry in kept:
            anchor = entry.keys[-2 if entry.kind is Kind.COMPOUND else -1]
            for form in anchor:
                index.setdefault(form, []).append(entry)
        return cls(kept, version, {form: tuple(found) for form, found in index.items()})


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """Return the lexicon that comes with the package."""
    return load(_shipped_sources())


def with_folder(folder: Path) -> Lexicon:
    """Return the shipped lexicon with the frames of the files `*.toml` in *folder*.

    They have the form of the shipped ones. Raises `LexiconError` with file and line,
    and OSError where the folder cannot be read.
    """
    own: dict[str, str] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix != ".toml":
            continue
        try:
            own[str(file)] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            msg = f"{file}:1: not UTF-8"
            raise LexiconError(msg) from error
    if not own:
        msg = f"{folder}: no file .toml in it"
        raise LexiconError(msg)
    return load(_shipped_sources() | own)


def _shipped_sources() -> dict[str, str]:
    return {
        item.name: item.read_text(encoding="utf-8")
        for item in files(__name__).iterdir()
        if item.name.endswith(".toml")
    }


def load(sources: Mapping[str, str]) -> Lexicon:
    """Read the lexicon from file contents by name; raises `LexiconError`."""
    digest = hashlib.sha256()
    entries: list[Entry] = []
    # by their last part: a folder has another path on another machine
    for name in sorted(sources, key=lambda path: Path(path).name):
        digest.update(f"{Path(name).name}\0{sources[name]}\0".encode())
        entries += FrameFile(name, sources[name]).entries()
    _check_unique(entries)
    return Lexicon.of(entries, digest.hexdigest()[:_DIGEST_HEX])


def _check_unique(entries: Sequence[Entry]) -> None:
    seen: dict[tuple[Any, ...], Entry] = {}
    for entry in entries:
        frame = entry.frame
        same = (entry.kind, entry.words, frame.needs, frame.excludes)
        first = seen.setdefault(same, entry)
        if first is not entry:
            msg = (
                f"{frame.source}: {entry.text!r} stands already at {first.frame.source}"
            )
            raise LexiconError(msg)
