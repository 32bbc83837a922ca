"""One file of the lexicon: its frames and their entries, each field checked.

Errors are `LexiconError` with file and line. What the fields mean is said in the
package.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from workers.domain.records import EventType, Role
from workers.stages.events.lexicon.entries import Entry, Frame, Kind
from workers.stages.text import lexical
from workers.stages.text.inflection import noun_keys, verb_keys
from workers.stages.text.lexical.source import TomlSource

MARKERS = frozenset({
    "subject", "object", "genitive", "modifier", "undergoer", "genitive place",
    "genitive person", "complement", *lexical.words("case_markers.known"),
})  # fmt: skip
"""What `roles` may name; `subject` and `object` are found by the parse."""

NO_ROLE = "none"
DEFAULT_WEIGHT = 0.8
_WORD_LISTS = (
    "nouns", "carried", "compounds", "verbs", "needs", "excludes", "not_before",
)  # fmt: skip
_SINGLE_WORDS = ("verbs", "needs", "excludes", "not_before")
_FRAME_FIELDS = frozenset(
    {"name", "roles", "weight", "agentless", "fills", *_WORD_LISTS}
)
_NAME = re.compile(r"[a-z][a-z-]*")
_ENTRY = re.compile(r"[\u0900-\u097fA-Za-z0-9 /\-]+")
_ENTRIES_OF = {
    "nouns": Kind.NOUN,
    "carried": Kind.CARRIED,
    "compounds": Kind.COMPOUND,
    "verbs": Kind.VERB,
}


class FrameFile(TomlSource):
    """One file of the lexicon."""

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in their order; raises `LexiconError`."""
        for unknown in self.data.keys() - {"type", "roles", "frame"}:
            raise self.error(self.line_of(unknown), f"unknown field {unknown!r}")
        try:
            kind = EventType(str(self.data.get("type")))
        except ValueError:
            msg = f"type must be one of {', '.join(EventType)}"
            raise self.error(self.line_of("type"), msg) from None
        roles = self._roles(self.data.get("roles", {}), 1)
        frames = self.data.get("frame", [])
        if not isinstance(frames, list) or not frames:
            raise self.error(1, "no [[frame]] in it")
        line = 0
        for frame in frames:
            line = self.line_of("[[frame]]", line + 1)
            yield from self._frame(kind, roles, frame, line)

    def _frame(
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
        lists = {each: self._words(raw, each, line) for each in _WORD_LISTS}
        frame = Frame(
            type=kind,
            name=name,
            roles={**roles, **self._roles(raw.get("roles", {}), line)},
            weight=self._weight(raw, line),
            agentless=self._flag(raw, "agentless", line),
            fills=self._role(raw.get("fills", NO_ROLE), self.line_of("fills", line)),
            needs=_any_form(lists["needs"]),
            excludes=_any_form(lists["excludes"]),
            not_before=_any_form(lists["not_before"]),
            source=f"{self.name}:{line}",
        )
        if not any(lists[each] for each in _ENTRIES_OF):
            raise self.error(line, f"a frame needs one of {', '.join(_ENTRIES_OF)}")
        self._check_word_counts(lists, line)
        for each, entry_kind in _ENTRIES_OF.items():
            for text in lists[each]:
                yield from _entries(entry_kind, text, frame)

    def _check_word_counts(self, lists: Mapping[str, Sequence[str]], line: int) -> None:
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

    def _weight(self, raw: Mapping[str, Any], line: int) -> float:
        value = raw.get("weight", DEFAULT_WEIGHT)
        if isinstance(value, float) and 0 < value <= 1:
            return value
        raise self.error(
            self.line_of("weight", line), "weight must be a number above 0, up to 1.0"
        )

    def _flag(self, raw: Mapping[str, Any], name: str, line: int) -> bool:
        value = raw.get(name, False)
        if isinstance(value, bool):
            return value
        raise self.error(self.line_of(name, line), f"{name} must be true or false")

    def _words(self, raw: Mapping[str, Any], name: str, line: int) -> list[str]:
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

    def _roles(self, raw: Any, line: int) -> dict[str, Role | None]:
        if not isinstance(raw, dict):
            raise self.error(self.line_of("roles", line), "roles must be a table")
        for marker in raw:
            if marker not in MARKERS:
                known = ", ".join(sorted(MARKERS))
                msg = f"unknown case marker {marker!r}; known: {known}"
                raise self.error(self.line_of(marker, line), msg)
        return {
            marker: self._role(role, self.line_of(marker, line))
            for marker, role in raw.items()
        }

    def _role(self, raw: Any, line: int) -> Role | None:
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


def _entries(kind: Kind, text: str, frame: Frame) -> Iterator[Entry]:
    """Yield an entry for each choice of alternatives: जान ले/गंवा."""
    for words in product(*(part.split("/") for part in text.split())):
        yield _entry(kind, words, frame)


def _entry(kind: Kind, words: tuple[str, ...], frame: Frame) -> Entry:
    last = verb_keys if kind in (Kind.COMPOUND, Kind.VERB) else noun_keys
    keys = [*(noun_keys(word) for word in words[:-1]), last(words[-1])]
    return Entry(kind, words, tuple(keys), frame)
