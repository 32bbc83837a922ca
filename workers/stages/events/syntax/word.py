"""One word of a parse, with its place in the tree and the questions its tags answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workers.domain.records import Token
from workers.stages.text import lexical

_VERB_TAGS = frozenset({"VM", "VAUX"})
_POSTPOSITION_TAGS = frozenset({"PSP", "NST", "NSTC", "PSPC"})
_CONJUNCTIONS = lexical.keys("particles.conjunctions", "particles.conjunctions_formal")


@dataclass(slots=True)
class Word:
    """One word; `index` counts from 0 in its sentence."""

    index: int
    form: str
    key: str
    """The form with its variants of spelling folded."""
    token: Token
    children: list["Word"] = field(default_factory=list)
    parent: "Word | None" = None
    is_additive: bool = False
    """और after एक means one more, and joins nothing."""

    @property
    def relation(self) -> str:
        """Relation to the parent."""
        return self.token.relation

    @property
    def tag(self) -> str:
        """Tag of the treebank, empty where the parser gives universal tags only."""
        return self.token.xpos

    @property
    def is_verb(self) -> bool:
        """Return whether it is a main or an auxiliary verb."""
        return self.tag in _VERB_TAGS or self.token.upos in ("VERB", "AUX")

    @property
    def is_main_verb(self) -> bool:
        """Return whether it is a main verb."""
        return self.tag == "VM" or (not self.tag and self.token.upos == "VERB")

    @property
    def is_noun(self) -> bool:
        """Return whether it is a noun or a proper name."""
        return self.tag.startswith("NN") or self.token.upos in ("NOUN", "PROPN")

    @property
    def is_nominal(self) -> bool:
        """Return whether it can head a noun phrase."""
        return self.is_noun or self.is_pronoun or self.tag.startswith("Q")

    @property
    def is_pronoun(self) -> bool:
        """Return whether it is a pronoun."""
        return self.tag.startswith(("PRP", "WQ")) or self.token.upos == "PRON"

    @property
    def is_postposition(self) -> bool:
        """Return whether it is a case marker, a postposition or a noun of place."""
        return self.tag in _POSTPOSITION_TAGS or (
            not self.tag and self.token.upos == "ADP"
        )

    @property
    def is_mark(self) -> bool:
        """Return whether it is punctuation."""
        return self.tag == "SYM" or self.token.upos in ("PUNCT", "SYM")

    @property
    def is_conjunction(self) -> bool:
        """Return whether it coordinates."""
        return self.key in _CONJUNCTIONS and not self.is_additive

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
        """Yield the parent, its parent, and so on; a circle of heads ends it."""
        seen = {self.index}
        word = self.parent
        while word is not None and word.index not in seen:
            yield word
            seen.add(word.index)
            word = word.parent

    def governing_verb(self) -> "Word | None":
        """Return the nearest verb above, None if there is none."""
        return next((above for above in self.ancestors() if above.is_verb), None)
