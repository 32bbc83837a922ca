"""Read and check the files of words; the package itself says how they are used."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from workers.stages.text.lexical.source import LexiconError, TomlSource

_FOLDER = files("workers.stages.text.lexical")
_SUFFIX = ".toml"
_NAME = re.compile(r"[a-z][a-z_]*")
_REFERENCE = "@"
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")

Groups = Mapping[str, tuple[str, ...]]
"""Words by their heading; a plain list is one group, under the empty string."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The tables of one file by their names; references not yet followed."""

    name: str
    tables: Mapping[str, Groups]
    source: TomlSource


def topics() -> list[str]:
    """Return the names of all files that are shipped, without their suffix."""
    names = (item.name for item in _FOLDER.iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in names if _SUFFIX in name)


@cache
def shipped(topic: str) -> Topic:
    """Return a file of the package by its name without suffix."""
    file = _FOLDER / f"{topic}{_SUFFIX}"
    if not file.is_file():
        known = ", ".join(topics())
        raise LexiconError(f"{file.name}: there is no such file; files: {known}")
    return read(file.name, file.read_text(encoding="utf-8"))


def read(file: str, text: str) -> Topic:
    """Check the *text* of a file; raises `LexiconError` with file and line.

    Where a reference leads is checked by `resolve`.
    """
    source = TomlSource(file, text)
    tables = {name: _table(source, name, raw) for name, raw in source.data.items()}
    return Topic(file.removesuffix(_SUFFIX), tables, source)


def resolve(topic: Topic, name: str, within: tuple[str, ...] = ()) -> Groups:
    """Return a table with its references replaced by the words they stand for.

    *within* names the tables that are being resolved, to tell a circle.
    """
    if name not in topic.tables:
        known = ", ".join(topic.tables)
        message = f"no table {name!r} in it; tables: {known}"
        raise LexiconError(f"{topic.source.name}: {message}")
    own = f"{topic.name}.{name}"
    if own in within:
        raise LexiconError(f"{own} refers to itself")
    within = (*within, own)
    resolved = {
        heading: tuple(
            word for entry in entries for word in _followed(topic, name, entry, within)
        )
        for heading, entries in topic.tables[name].items()
    }
    _refuse_doubles(topic.source, name, resolved)
    return MappingProxyType(resolved)


def _followed(
    topic: Topic, table: str, entry: str, within: tuple[str, ...]
) -> Iterator[str]:
    if not entry.startswith(_REFERENCE):
        yield entry
        return
    other, _, name = entry.removeprefix(_REFERENCE).rpartition(".")
    try:
        target = topic if other in ("", topic.name) else shipped(other)
        groups = resolve(target, name, within)
    except LexiconError as error:
        line = _line_of(topic.source, table, entry)
        raise topic.source.error(line, f"{entry}: {error}") from None
    for members in groups.values():
        yield from members


def _table(source: TomlSource, name: str, raw: Any) -> Groups:
    if not _NAME.fullmatch(name):
        line = source.line_of(name)
        raise source.error(line, f"table {name!r}: use lower-case Latin letters and _")
    lists = raw if isinstance(raw, dict) else {"": raw}
    groups = {
        heading: _list(source, name, heading, lists[heading]) for heading in lists
    }
    if not any(groups.values()):
        raise source.error(_line_of(source, name), f"{name}: no words in it")
    _refuse_doubles(source, name, groups)
    return groups


def _list(source: TomlSource, table: str, heading: str, raw: Any) -> tuple[str, ...]:
    name = heading or table
    if not isinstance(raw, list):
        raise source.error(_line_of(source, table), f"{name} must be a list of words")
    for word in raw:
        fault = _fault(word)
        if fault:
            line = _line_of(source, table, word)
            raise source.error(line, f"{name}: {word!r} {fault}")
    return tuple(raw)


def _fault(word: Any) -> str | None:
    """Return what is wrong with an entry."""
    if not isinstance(word, str):
        return "must be a word in quotes"
    if not word or word != " ".join(word.split()):
        return "is empty or has blanks too many"
    if not unicodedata.is_normalized("NFC", word):
        return f"is not NFC; write {unicodedata.normalize('NFC', word)!r}"
    if _INVISIBLE.search(word):
        return "has a joiner or another invisible character"
    return None


def _refuse_doubles(source: TomlSource, table: str, groups: Groups) -> None:
    seen: set[str] = set()
    for members in groups.values():
        for word in members:
            if word in seen:
                line = _line_of(source, table, word, again=True)
                raise source.error(line, f"{table}: {word!r} stands in it twice")
            seen.add(word)


def _line_of(
    source: TomlSource, table: str, entry: Any = None, *, again: bool = False
) -> int:
    """Return the line of a table, or of its *entry*; *again*: of the second one."""
    head = re.compile(rf"\s*(?:{table}\s*=|\[{table}\])")
    numbered = enumerate(source.lines, 1)
    start = next((number for number, line in numbered if head.match(line)), 1)
    if entry is None:
        return start
    quoted = f'"{entry}"' if isinstance(entry, str) else str(entry)
    places = [
        number
        for number, line in enumerate(source.lines[start - 1 :], start)
        for _ in range(line.count(quoted))
    ]
    return places[min(again, len(places) - 1)] if places else start
