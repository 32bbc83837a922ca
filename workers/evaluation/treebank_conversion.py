"""Turn trees of the Hindi Dependency Treebank into CoNLL-U, as the models know it.

The Paninian relations (k1 agent, k2 patient, k7p place, pof host of a complex
predicate, …) stay as they are, the treebank's tags become XPOS. Universal tags come
from a table learned where the treebank's UD release aligns with it; training learns the
table and the inventory of values, evaluation reads them from beside the models.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.evaluation.treebank import Tree, Word, normalise
from workers.stages.text.digits import ASCII_DIGITS

# Marks written without a space before, and without one after.
CLOSING = frozenset("।.,?!;:)]}॥%’”")
OPENING = frozenset("([{‘“")

_GENDER = {"m": "Masc", "f": "Fem"}
_NUMBER = {"sg": "Sing", "pl": "Plur"}
_CASE = {"d": "Dir", "o": "Obl"}
_PERSONS = frozenset({"1", "2", "3", "2h", "3h"})
_VOICE = {"passive": "Pass"}

# What a tag means where the aligned sentences never show it.
_UPOS_OF_TAG = {
    "NN": "NOUN", "NNC": "NOUN", "NNP": "PROPN", "NNPC": "PROPN", "PSP": "ADP",
    "VM": "VERB", "VAUX": "AUX", "JJ": "ADJ", "JJC": "ADJ", "PRP": "PRON",
    "PRPC": "PRON", "DEM": "DET", "WQ": "PRON", "CC": "CCONJ", "CCC": "CCONJ",
    "RP": "PART", "NEG": "PART", "NST": "ADP", "NSTC": "ADP", "QC": "NUM",
    "QCC": "NUM", "QO": "ADJ", "QF": "DET", "QFC": "DET", "RB": "ADV", "RBC": "ADV",
    "INTF": "ADV", "SYM": "PUNCT", "INJ": "INTJ", "UNK": "X",
}  # fmt: skip
_CONJUNCTION = "CC"
# What version 2 of Universal Dependencies renamed.
_UPOS_OF_UD1 = {"CONJ": "CCONJ"}


@dataclass(frozen=True)
class Inventory:
    """Values frequent enough to be learned; what is rarer is backed off or merged."""

    vibhaktis: frozenset[str]
    tams: frozenset[str]
    relations: frozenset[str]

    @classmethod
    def of(
        cls,
        trees: Iterable[Tree],
        vibhakti_floor: int = 20,
        tam_floor: int = 20,
        relation_floor: int = 20,
    ) -> "Inventory":
        """Count the values of the training trees."""
        vibhaktis: Counter[str] = Counter()
        tams: Counter[str] = Counter()
        relations: Counter[str] = Counter()
        for tree in trees:
            for word in tree:
                vibhaktis[word.morphology.get("vib", "").translate(ASCII_DIGITS)] += 1
                tams[word.morphology.get("tam", "")] += 1
                relations[word.relation] += 1
        return cls(
            frozenset(v for v, n in vibhaktis.items() if v and n >= vibhakti_floor),
            frozenset(
                t
                for t, n in tams.items()
                if t not in ("", "0") and t.isascii() and n >= tam_floor
            ),
            frozenset(r for r, n in relations.items() if n >= relation_floor),
        )

    def vibhakti(self, value: str) -> str | None:
        """Return the longest known front part of a vibhakti, None if there is none."""
        value = value.translate(ASCII_DIGITS)
        while value and value not in self.vibhaktis:
            value = value.rpartition("_")[0]
        return value or None

    def relation(self, word: Word) -> str:
        """Return the relation, the root named as Stanza wants, rare ones merged."""
        if word.head == 0:
            return "root"
        if word.relation == "main":
            return "ccof"
        relation = word.relation
        while relation not in self.relations:
            shorter = relation.rpartition("__")[0] or relation.rpartition("-")[0]
            if not shorter and len(relation) > 2 and relation[-1] == "u":  # noqa: PLR2004
                shorter = relation[:-1]  # k1u, k7pu: the same role, of a comparison
            if not shorter:
                return "mod"
            relation = shorter
        return relation

    def features(self, word: Word) -> str:
        """Return the morphology as `Name=Value` pairs in alphabetical order, or `_`."""
        raw = word.morphology
        found = {
            "Case": _CASE.get(raw.get("case", "")),
            "Gender": _GENDER.get(raw.get("gen", "")),
            "Number": _NUMBER.get(raw.get("num", "")),
            "Person": raw["pers"] if raw.get("pers") in _PERSONS else None,
            "Tam": raw["tam"] if raw.get("tam") in self.tams else None,
            "Vib": self.vibhakti(raw.get("vib", "")),
            "Voice": _VOICE.get(raw.get("voicetype", "")),
        }
        return "|".join(f"{k}={v}" for k, v in found.items() if v) or "_"


@dataclass(frozen=True)
class UniversalTags:
    """Universal tags by (tag, category, relation), else (tag, category), else tag.

    Conjunctions go by their word first: कि as an object subordinates, और as an object
    does not.
    """

    table: Mapping[str, str]
    """Keys are joined by spaces; the first of a word's that is there decides."""

    @classmethod
    def learn(
        cls,
        trees: Iterable[Tree],
        universal: Iterable[Sequence[Sequence[str]]],
        floor: int = 3,
    ) -> "UniversalTags":
        """Learn from trees and the UD sentences (columns) that have the same words."""
        known = {
            tuple(normalise(row[1]) for row in rows): [
                _UPOS_OF_UD1.get(row[3], row[3]) for row in rows
            ]
            for rows in universal
        }
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for tree in trees:
            # An aligned sentence is found by its words: the two releases have
            # neither ids nor order in common.
            tags = known.get(tuple(word.form for word in tree), ())
            for word, upos in zip(tree, tags, strict=False):
                for key in cls._keys(word):
                    counts[key][upos] += 1
        return cls(
            {
                key: seen.most_common(1)[0][0]
                for key, seen in sorted(counts.items())
                if seen.total() >= floor
            }
        )

    @staticmethod
    def _keys(word: Word) -> tuple[str, ...]:
        by_form = (f"{word.tag} {word.form}",) if word.tag == _CONJUNCTION else ()
        return (
            *by_form,
            f"{word.tag} {word.category} {word.relation}",
            f"{word.tag} {word.category}",
            word.tag,
        )

    def of(self, word: Word) -> str:
        """Return the universal tag of a word."""
        for key in self._keys(word):
            if key in self.table:
                return self.table[key]
        return _UPOS_OF_TAG.get(word.tag, "X")


@dataclass(frozen=True)
class Conversion:
    """What must be known of the training set to read a treebank file as it was read."""

    inventory: Inventory
    universal: UniversalTags

    def save(self, path: Path) -> None:
        """Write it as JSON, keys and lists sorted."""
        value = {
            "relations": sorted(self.inventory.relations),
            "tams": sorted(self.inventory.tams),
            "upos": dict(self.universal.table),
            "vibhaktis": sorted(self.inventory.vibhaktis),
        }
        path.write_text(
            json.dumps(value, ensure_ascii=False, indent=0, sort_keys=True) + "\n",
            encoding="utf-8",
        )

    @classmethod
    def load(cls, path: Path) -> "Conversion":
        """Read it back."""
        value = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            Inventory(
                vibhaktis=frozenset(value["vibhaktis"]),
                tams=frozenset(value["tams"]),
                relations=frozenset(value["relations"]),
            ),
            UniversalTags(value["upos"]),
        )

    def columns(self, tree: Tree) -> list[tuple[str, ...]]:
        """Return the ten columns of CoNLL-U for each word."""
        spaces = spaces_after([w.form for w in tree], [w.glued for w in tree])
        return [
            (
                str(number),
                word.form,
                word.lemma,
                self.universal.of(word),
                word.tag,
                self.inventory.features(word),
                str(word.head),
                self.inventory.relation(word),
                "_",
                "_" if space else "SpaceAfter=No",
            )
            for number, (word, space) in enumerate(zip(tree, spaces, strict=True), 1)
        ]

    def conllu(self, tree: Tree, sentence_id: str, *, repaired: bool = False) -> str:
        """Return one sentence of CoNLL-U, with its text as it would be written."""
        rows = self.columns(tree)
        text = "".join(row[1] + " " * (row[9] == "_") for row in rows).strip()
        lines = [f"# sent_id = {sentence_id}", f"# text = {text}"]
        if repaired:
            lines.append("# null_repaired = 1")
        lines += ["\t".join(row) for row in rows]
        return "\n".join(lines) + "\n\n"


def spaces_after(
    forms: Sequence[str], glued: Sequence[bool] | None = None
) -> list[bool]:
    """Return after which words running text has a space.

    Straight quotes open and close in turn; a glued hyphen has no space on either side.
    """
    glued = glued or [False] * len(forms)
    spaces = [True] * len(forms)
    inside: dict[str, bool] = {}
    for i, form in enumerate(forms):
        before = i > 0
        if form in ("'", '"'):
            if inside.get(form):
                if before:
                    spaces[i - 1] = False
            elif i + 1 < len(forms):
                spaces[i] = False
            inside[form] = not inside.get(form, False)
        if form in CLOSING and before:
            spaces[i - 1] = False
        if form in OPENING:
            spaces[i] = False
        if glued[i]:
            spaces[i] = False
            if before:
                spaces[i - 1] = False
    return spaces
