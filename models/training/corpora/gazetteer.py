"""Read names from the gazetteers, as tokens in the spelling of the corpora."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from workers.evaluation.treebank import normalise

_NOT_PLACES = frozenset({"XA", "XB", "ZZ"})  # CLDR's test locales and "unknown"
_NUKTA = "\u093c"
_NAME = re.compile(r"[\u0900-\u0963\u0966-\u097f]+(?:[ .-]+[\u0900-\u097f]+){0,3}")


def tokens(name: str) -> tuple[str, ...] | None:
    """Return the words of a Devanagari name of up to four words, None if it is none."""
    name = normalise(name).strip()
    return tuple(name.replace("-", " ").split()) if _NAME.fullmatch(name) else None


def spellings(name: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the name as it is and as most papers write it, without nuktas."""
    plain = tuple(word.replace(_NUKTA, "") for word in name)
    return [name] if plain == name else [name, plain]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def places(folder: Path, smallest: int = 100_000) -> list[tuple[str, ...]]:
    """Return countries, Indian states and cities, and cities of `smallest` people."""
    found: dict[tuple[str, ...], None] = {}

    def add(name: str | None) -> None:
        words = tokens(name or "")
        for spelling in spellings(words) if words else ():
            found[spelling] = None

    for row in _rows(folder / "places.tsv"):
        indian = row["native_devanagari"]
        if row["kind"] == "country" or indian:
            add(indian or row["name_hi"])
    for row in _rows(folder / "geonames-cities.tsv"):
        if int(row["population"] or 0) >= smallest:
            add(row["devanagari_altnames"].split(",")[0].split("|")[0])
    territories = json.loads(
        (folder / "cldr_territories_hi.json").read_text(encoding="utf-8")
    )
    for code, name in territories.items():
        if code.isalpha() and code not in _NOT_PLACES:
            add(name)
    return list(found)


def people(folder: Path) -> list[tuple[str, ...]]:
    """Return the politicians' names; parties among them are marked and left out."""
    found: dict[tuple[str, ...], None] = {}
    listed = json.loads((folder / "politicians.json").read_text(encoding="utf-8"))
    for name, _english, note in listed.values():
        words = tokens(name)
        if words and not note.endswith("/ORG"):
            for spelling in spellings(words):
                found[spelling] = None
    return list(found)
