"""A sentence as a tree of words, with what rules ask of it again and again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from workers.domain.records import Entity, EntityType, Sentence, Token
from workers.stages.events.universal import is_universal, paninian
from workers.stages.text import lexical
from workers.stages.text.spelling import key

NAMES = frozenset({EntityType.PER, EntityType.LOC, EntityType.ORG})

_VERBS = frozenset({"VM", "VAUX"})
_CONJUNCTIONS = lexical.keys("particles.conjunctions", "particles.conjunctions_formal")
_POSTPOSITION_TAGS = frozenset({"PSP", "NST", "NSTC", "PSPC"})
_PARTICLES = lexical.keys("particles.emphatic", "particles.limiting")
_OPENERS = frozenset("([{‘“'\"«-–—")
_CLOSED_BY = {"(": ")", "[": "]", "{": "}", "‘": "’", "“": "”", "«": "»"}
_QUOTES = frozenset("'\"’”‘“)")

# After का के की: what makes one postposition of several words.
_COMPOUND_POSTPOSITIONS = frozenset(lexical.phrases("postpositions.compound"))
_LONGEST_POSTPOSITION = 2
_SIMPLE_POSTPOSITIONS = frozenset(
    lexical.words(
        "postpositions.agent", "postpositions.local", "postpositions.misspelt"
    )
)
_SAME_MARKER = lexical.headings("postpositions.synonyms", "postpositions.misspelt")

_PARTING = frozenset("।;:?!|")
# No noun phrase holds a phrase with one of these: then the parse is wrong.
_OUTSIDE = frozenset(lexical.words("case_markers.outside_noun_phrase"))


@dataclass(slots=True)
class Word:
    """One word; `index` counts from 0 in its sentence."""

    index: int
    form: str
    key: str
    token: Token
    children: list["Word"] = field(default_factory=list)
    parent: "Word | None" = None
    adds: bool = False
    """This is the और of एक और, one more."""

    @property
    def relation(self) -> str:
        """Relation to the parent."""
        return self.token.relation

    @property
    def tag(self) -> str:
        """Tag of the treebank, or the universal tag where there is none."""
        return self.token.xpos

    @property
    def is_verb(self) -> bool:
        """Tell a main or auxiliary verb."""
        return self.tag in _VERBS or self.token.upos in ("VERB", "AUX")

    @property
    def is_main_verb(self) -> bool:
        """Tell a main verb."""
        return self.tag == "VM" or (not self.tag and self.token.upos == "VERB")

    @property
    def is_noun(self) -> bool:
        """Tell a noun or a proper name."""
        return self.tag.startswith("NN") or self.token.upos in ("NOUN", "PROPN")

    @property
    def is_nominal(self) -> bool:
        """Tell what can head a noun phrase."""
        return self.is_noun or self.is_pronoun or self.tag.startswith("Q")

    @property
    def is_pronoun(self) -> bool:
        """Tell a pronoun."""
        return self.tag.startswith(("PRP", "WQ")) or self.token.upos == "PRON"

    @property
    def is_postposition(self) -> bool:
        """Tell a case marker or a postposition."""
        return self.tag in _POSTPOSITION_TAGS or (
            not self.tag and self.token.upos == "ADP"
        )

    @property
    def is_mark(self) -> bool:
        """Tell punctuation."""
        return self.tag == "SYM" or self.token.upos in ("PUNCT", "SYM")

    @property
    def is_conjunction(self) -> bool:
        """Tell a conjunction that joins equals."""
        return self.key in _CONJUNCTIONS and not self.adds

    def descendants(self) -> set[int]:
        """Return the indices of the word and everything below it."""
        seen = {self.index}
        waiting = [self]
        while waiting:
            for child in waiting.pop().children:
                if child.index not in seen:
                    seen.add(child.index)
                    waiting.append(child)
        return seen

    def ancestors(self) -> Iterator["Word"]:
        """Yield the parent, its parent, and so on."""
        seen = {self.index}
        word = self.parent
        while word is not None and word.index not in seen:
            yield word
            seen.add(word.index)
            word = word.parent


class Tree:
    """The words of one sentence, linked."""

    def __init__(
        self, text: str, sentence: Sentence, entities: Iterable[Entity] = ()
    ) -> None:
        """Link the words; no phrase parts an entity or runs two names together."""
        self.text = text
        tokens: Sequence[Token] = sentence.tokens
        forms = [text[token.start : token.end] for token in tokens]
        if is_universal(tokens):
            tokens = paninian(tokens, forms)
        self.words = [
            Word(i, form, key(form), token)
            for i, (form, token) in enumerate(zip(forms, tokens, strict=True))
        ]
        for word in self.words:
            word.adds = word.index > 0 and self.words[word.index - 1].key == "एक"
            head = word.token.head - 1
            if 0 <= head < len(self.words) and head != word.index:
                word.parent = self.words[head]
                word.parent.children.append(word)
        self._entity_at = {
            word.index: entity
            for entity in entities
            for word in self.words
            if entity.start <= word.token.start and word.token.end <= entity.end
        }
        self._markers: dict[int, tuple[str, int]] = {}

    def __len__(self) -> int:
        return len(self.words)

    def entity(self, index: int) -> Entity | None:
        """Return the entity that the word at *index* belongs to."""
        return self._entity_at.get(index)

    def after(self, index: int) -> Word | None:
        """Return the word that follows, None at the end."""
        return self.words[index + 1] if index + 1 < len(self.words) else None

    def before(self, index: int) -> Word | None:
        """Return the word before, None at the beginning."""
        return self.words[index - 1] if index > 0 else None

    def marker(self, word: Word) -> str:
        """Return the postposition after a phrase that ends in *word*, or ''.

        Compound postpositions come in one form: `के खिलाफ` also for के विरुद्ध,
        `द्वारा` also for के हाथों, `का` for का, के and की.
        """
        return self._marker(word)[0]

    def marker_end(self, word: Word) -> int:
        """Return the index of the first word after *word* and its postposition."""
        return self._marker(word)[1]

    def _marker(self, word: Word) -> tuple[str, int]:
        known = self._markers.get(word.index)
        if known is None:
            known = self._markers[word.index] = self._read_marker(word)
        return known

    def _read_marker(  # noqa: PLR0911 a ladder of rules
        self, word: Word
    ) -> tuple[str, int]:
        at = word.index + 1
        while at < len(self.words) and (
            self.words[at].key in _PARTICLES or self.words[at].form in _QUOTES
        ):
            at += 1
        fused = _PRONOUN_MARKERS.get(word.key, "")
        if fused == "का":  # उनके खिलाफ: the pronoun has the first half in it
            return self._compound_marker(word.key[-1] == "ी", word.index + 1)
        if at >= len(self.words):
            return fused, word.index + 1
        first = self.words[at].key
        if first in ("का", "के", "की"):
            return self._compound_marker(first == "की", at + 1)
        if first == "को":
            if at + 1 < len(self.words) and self.words[at + 1].key == "लेकर":
                return "को लेकर", at + 2
            return "को", at + 1
        if first in _SIMPLE_POSTPOSITIONS:
            marker = _SAME_MARKER.get(first, first)
            return "में से" if (fused, marker) == ("में", "से") else marker, at + 1
        if first in ("बाद", "दौरान", "समेत", "सहित") and at == word.index + 1:
            return "के " + first, at + 1
        return fused, word.index + 1

    def _compound_marker(self, feminine: bool, at: int) -> tuple[str, int]:  # noqa: FBT001 की or के
        """Return का, or what it makes with the words from *at* on: के खिलाफ."""
        for length in range(_LONGEST_POSTPOSITION, 0, -1):
            rest = tuple(w.key for w in self.words[at : at + length])
            if len(rest) == length and rest in _COMPOUND_POSTPOSITIONS:
                phrase = " ".join(("की" if feminine else "के", *rest))
                return _SAME_MARKER.get(phrase, phrase), at + length
        return "का", at

    def phrase(self, head: Word) -> tuple[int, int]:
        """Return the noun phrase before its postposition, as word indices [a, b).

        Hindi noun phrases end in their head; what belongs to one goes left from
        there as far as the tree has it without a gap. Where the grammar forbids what
        the tree says, the grammar is right.
        """
        members = head.descendants()
        for child in self.outside(head):
            members -= child.descendants()
        first = head.index
        while first > 0 and first - 1 in members and not self._begins(first):
            first -= 1
        while first < head.index and (
            self._cannot_begin(self.words[first]) or self._opens_nothing(first, head)
        ):
            first += 1
        return first, head.index + 1

    def _opens_nothing(self, first: int, head: Word) -> bool:
        """Tell a bracket or quote that the phrase does not close."""
        closing = _CLOSED_BY.get(self.words[first].form)
        return closing is not None and not any(
            word.form == closing for word in self.words[first + 1 : head.index + 1]
        )

    def outside(self, head: Word) -> list[Word]:
        """Return what the tree puts under *head* and no noun phrase can hold."""
        return [child for child in head.children if self._is_outside(child)]

    def _is_outside(self, child: Word) -> bool:
        marker = self.marker(child)
        if child.is_nominal:
            return marker in _OUTSIDE
        return child.is_verb and marker not in ("", "का")

    def _begins(self, first: int) -> bool:
        """Tell whether the word at *first* must begin a phrase."""
        before = self.words[first - 1]
        here, left = self.entity(first), self.entity(first - 1)
        if here is not None and here is left:
            return False
        if here is not None and left is not None and {here.type, left.type} <= NAMES:
            return True
        if before.form in _PARTING or before.key in ("कि", "क्योंकि"):
            return True
        if before.relation == "pof__cn" and any(
            child.tag in ("QC", "DEM", "QF") for child in before.children
        ):
            return True  # दोनों देश: a whole phrase, and no part of a compound
        # a numeral or demonstrative opens a phrase, but for what a genitive adds
        return self.words[first].tag in ("QC", "DEM") and before.tag.startswith("NN")

    @staticmethod
    def _cannot_begin(word: Word) -> bool:
        return (
            (word.is_mark and word.form not in _OPENERS)
            or word.form in ("-", "–", "—", "'", '"')
            or word.is_conjunction
            or word.is_postposition
            or word.key in ("भी", "ही", "तो", "कि", "लेकिन", "पर", "मगर", "जबकि")
        )

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Return word indices [first, end) as code points [start, end)."""
        return self.words[first].token.start, self.words[end - 1].token.end


_PRONOUN_MARKERS = {
    key(form): marker
    for form, marker in lexical.headings("pronouns.with_marker").items()
}
