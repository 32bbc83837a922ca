"""The case marker of a noun phrase: the postposition after it, simple or compound.

Hindi marks case by postpositions: ने (ergative), को (dative and accusative), से
(instrumental and ablative), में, पर, तक (locative), का (genitive). After the genitive in
its oblique form के or की stand the compound ones: के खिलाफ, की ओर से. Pronouns fuse with
them: उसने, उनके. Synonyms come under one name, so that a case frame lists each once.
"""

from collections.abc import Sequence
from typing import NamedTuple

from workers.stages.events.syntax.word import Word
from workers.stages.text import lexical
from workers.stages.text.spelling import key

_GENITIVE = lexical.keys("postpositions.genitive")
_SIMPLE = frozenset(
    lexical.words(
        "postpositions.agent", "postpositions.local", "postpositions.misspelt"
    )
)
# After का के की: what makes one postposition of several words.
_COMPOUND = frozenset(lexical.phrases("postpositions.compound"))
_LONGEST_COMPOUND = max(map(len, _COMPOUND))
# These also stand without the genitive: शुक्रवार बाद, युद्ध दौरान.
_BARE_COMPOUND = lexical.keys("postpositions.without_genitive")
_SYNONYMS = lexical.headings("postpositions.synonyms", "postpositions.misspelt")
_PRONOUN_CASES = {
    key(form): marker
    for form, marker in lexical.headings("pronouns.with_marker").items()
}
_PARTICLES = lexical.keys("particles.emphatic", "particles.limiting")
_QUOTES = frozenset("'\"’”‘“)")


class CaseMarker(NamedTuple):
    """The postposition of a phrase, and where it ends."""

    form: str
    """`के खिलाफ` also for के विरुद्ध, `का` for का, के and की; '' for none."""
    end: int
    """Index of the first word after the phrase and its postposition."""


def case_marker(words: Sequence[Word], word: Word) -> CaseMarker:
    """Return the case marker of the phrase that ends in *word*."""
    fused = _PRONOUN_CASES.get(word.key, "")
    if fused == "का":  # उनके खिलाफ: the pronoun contains the genitive
        return _genitive(words, word.index + 1, oblique=word.key[-1])
    at = _after_particles(words, word.index + 1)
    first = words[at].key if at < len(words) else ""
    if first in _GENITIVE:
        return _genitive(words, at + 1, oblique=first[-1])
    if first in _SIMPLE:
        marker = _SYNONYMS.get(first, first)
        # इनमें से: partitive, of these
        partitive = (fused, marker) == ("में", "से")
        return CaseMarker("में से" if partitive else marker, at + 1)
    if first == "को":
        about = at + 1 < len(words) and words[at + 1].key == "लेकर"
        return CaseMarker("को लेकर", at + 2) if about else CaseMarker("को", at + 1)
    if first in _BARE_COMPOUND and at == word.index + 1:
        return CaseMarker("के " + first, at + 1)
    return CaseMarker(fused, word.index + 1)


def _after_particles(words: Sequence[Word], at: int) -> int:
    """Skip भी, ही, closing quotes: they stand between a noun and its postposition."""
    while at < len(words) and _is_skipped(words[at]):
        at += 1
    return at


def _is_skipped(word: Word) -> bool:
    return word.key in _PARTICLES or word.form in _QUOTES


def _genitive(words: Sequence[Word], at: int, *, oblique: str) -> CaseMarker:
    """Return का, or the compound that it makes with the words from *at* on."""
    for length in range(_LONGEST_COMPOUND, 0, -1):
        rest = tuple(word.key for word in words[at : at + length])
        if len(rest) == length and rest in _COMPOUND:
            phrase = " ".join(("की" if oblique == "ी" else "के", *rest))
            return CaseMarker(_SYNONYMS.get(phrase, phrase), at + length)
    return CaseMarker("का", at)
