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
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

from workers.domain.records import EventType, Role
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_keys, verb_keys
from workers.stages.text.lexical.source import LexiconError, TomlSource

MARKERS = frozenset({
    "subject", "object", "genitive", "modifier", "undergoer", "genitive place",
    "genitive person", "complement", *lexical.words("case_markers.known"),
})  # fmt: skip
"""What `roles` may name; `subject` and `object` are found by the parse."""

NO_ROLE = "none"
DEFAULT_WEIGHT = 0.8
_DIGEST_HEX = 12
_WORD_LISTS = (
    "nouns", "carried", "compounds", "verbs", "needs", "excludes", "not_before",
)  # fmt: skip
_SINGLE_WORDS = ("verbs", "needs", "excludes", "not_before")
_FRAME_FIELDS = frozenset(
    {"name", "roles", "weight", "agentless", "fills", *_WORD_LISTS}
)
_NAME = re.compile(r"[a-z][a-z-]*")
_ENTRY = re.compile(r"[\u0900-\u097fA-Za-z0-9 /\-]+")


class Kind(StrEnum):
    """How an entry is matched."""

    NOUN = "noun"
    CARRIED = "carried"
    COMPOUND = "compound"
    VERB = "verb"


_ENTRIES_OF = {
    "nouns": Kind.NOUN,
    "carried": Kind.CARRIED,
    "compounds": Kind.COMPOUND,
    "verbs": Kind.VERB,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A family of predicates with one case frame."""

    type: EventType
    name: str
    roles: Mapping[str, Role | None]
    weight: float
    agentless: bool
    fills: Role | None
    needs: frozenset[str]
    excludes: frozenset[str]
    not_before: frozenset[str]
    source: str
    """File and line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One predicate; `words` are the dictionary forms, in order."""

    kind: Kind
    words: tuple[str, ...]
    keys: tuple[frozenset[str], ...]
    """All written forms of each word, folded."""
    frame: Frame

    @property
    def text(self) -> str:
        """The entry as a dictionary has it."""
        return " ".join(self.words)


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
    folder = files("workers.stages.events") / "lexicon"
    sources = {
        item.name: item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    }
    return load(sources)


def load(sources: Mapping[str, str]) -> Lexicon:
    """Read the lexicon from file contents by name; raises `LexiconError`."""
    digest = hashlib.sha256()
    entries: list[Entry] = []
    for name in sorted(sources):
        digest.update(f"{name}\0{sources[name]}\0".encode())
        entries += _File(name, sources[name]).entries()
    _refuse_doubles(entries)
    return Lexicon.of(entries, digest.hexdigest()[:_DIGEST_HEX])


def _refuse_doubles(entries: Sequence[Entry]) -> None:
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


class _File(TomlSource):
    """One file of the lexicon."""

    def entries(self) -> Iterator[Entry]:
        for unknown in self.data.keys() - {"type", "roles", "frame"}:
            raise self.error(self.line_of(unknown), f"unknown field {unknown!r}")
        try:
            kind = EventType(str(self.data.get("type")))
        except ValueError:
            msg = f"type must be one of {', '.join(EventType)}"
            raise self.error(self.line_of("type"), msg) from None
        roles = self.roles(self.data.get("roles", {}), 1)
        frames = self.data.get("frame", [])
        if not isinstance(frames, list) or not frames:
            raise self.error(1, "no [[frame]] in it")
        line = 0
        for frame in frames:
            line = self.line_of("[[frame]]", line + 1)
            yield from self.frame(kind, roles, frame, line)

    def frame(
        self,
        kind: EventType,
        roles: Mapping[str, Role | None],
        raw: Mapping[str, Any],
        line: int,
    ) -> Iterator[Entry]:
        for unknown in raw.keys() - _FRAME_FIELDS:
            raise self.error(self.line_of(unknown, line), f"unknown field {unknown!r}")
        name = raw.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise self.error(line, "name must be a word in lower-case Latin letters")
        lists = {each: self.words(raw, each, line) for each in _WORD_LISTS}
        frame = Frame(
            type=kind,
            name=name,
            roles={**roles, **self.roles(raw.get("roles", {}), line)},
            weight=self.weight(raw, line),
            agentless=self.flag(raw, "agentless", line),
            fills=self.role(raw.get("fills", NO_ROLE), self.line_of("fills", line)),
            needs=_any_form(lists["needs"]),
            excludes=_any_form(lists["excludes"]),
            not_before=_any_form(lists["not_before"]),
            source=f"{self.name}:{line}",
        )
        if not any(lists[each] for each in _ENTRIES_OF):
            raise self.error(line, f"a frame needs one of {', '.join(_ENTRIES_OF)}")
        self.count_words(lists, line)
        for each, entry_kind in _ENTRIES_OF.items():
            for text in lists[each]:
                for words in product(*(part.split("/") for part in text.split())):
                    yield _entry(entry_kind, words, frame)

    def count_words(self, lists: Mapping[str, Sequence[str]], line: int) -> None:
        for name, values in lists.items():
            for value in values:
                alone = " " not in value
                if name == "compounds" and alone:
                    msg = (
                        f"compound {value!r} has one word: list it under verbs or nouns"
                    )
                elif name in _SINGLE_WORDS and not alone:
                    msg = f"{name}: {value!r} must be one word"
                else:
                    continue
                raise self.error(self.line_of(f'"{value}"', line), msg)

    def weight(self, raw: Mapping[str, Any], line: int) -> float:
        value = raw.get("weight", DEFAULT_WEIGHT)
        if isinstance(value, float) and 0 < value <= 1:
            return value
        raise self.error(
            self.line_of("weight", line), "weight must be a number above 0, up to 1.0"
        )

    def flag(self, raw: Mapping[str, Any], name: str, line: int) -> bool:
        value = raw.get(name, False)
        if isinstance(value, bool):
            return value
        raise self.error(self.line_of(name, line), f"{name} must be true or false")

    def words(self, raw: Mapping[str, Any], name: str, line: int) -> list[str]:
        values = raw.get(name, [])
        if not isinstance(values, list):
            raise self.error(self.line_of(name, line), f"{name} must be a list")
        for value in values:
            if not isinstance(value, str) or not _ENTRY.fullmatch(value):
                raise self.error(
                    self.line_of(str(value), line),
                    f"{name}: {value!r} must be words, `/` between alternatives",
                )
            if any(not part for word in value.split(" ") for part in word.split("/")):
                raise self.error(
                    self.line_of(value, line), f"{name}: {value!r} has an empty word"
                )
        return values

    def roles(self, raw: Any, line: int) -> dict[str, Role | None]:
        if not isinstance(raw, dict):
            raise self.error(self.line_of("roles", line), "roles must be a table")
        for marker in raw:
            if marker not in MARKERS:
                known = ", ".join(sorted(MARKERS))
                msg = f"unknown case marker {marker!r}; known: {known}"
                raise self.error(self.line_of(marker, line), msg)
        return {
            marker: self.role(role, self.line_of(marker, line))
            for marker, role in raw.items()
        }

    def role(self, raw: Any, line: int) -> Role | None:
        if raw == NO_ROLE:
            return None
        if raw in set(Role):
            return Role(raw)
        msg = f"unknown role {raw!r}; known: {', '.join(Role)}, {NO_ROLE}"
        raise self.error(line, msg)


def _any_form(words: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for text in words:
        for word in text.split("/"):
            found |= noun_keys(word)
    return frozenset(found)


def _entry(kind: Kind, words: tuple[str, ...], frame: Frame) -> Entry:
    last = verb_keys if kind in (Kind.COMPOUND, Kind.VERB) else noun_keys
    keys = [*(noun_keys(word) for word in words[:-1]), last(words[-1])]
    return Entry(kind, words, tuple(keys), frame)
