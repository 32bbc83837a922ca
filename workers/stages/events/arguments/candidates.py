"""A phrase near a predicate that may fill a role, before it has one."""

from dataclasses import dataclass

from workers.stages.events.syntax.word import Word

SUBJECT, OBJECT, GENITIVE, MODIFIER = "subject", "object", "genitive", "modifier"
UNDERGOER = "undergoer"
"""The subject of a verb without an agent: of हुआ, of the copula."""
COMPLEMENT = "complement"
SECOND_OBJECT = "second object"
"""The unmarked object beside one with को: उन्हें राज्यपाल नियुक्त किया."""
ENTRY_FILLER = "host"
"""A word of the lexicon's entry that fills a role by itself."""


@dataclass(frozen=True, slots=True)
class CandidatePhrase:
    """A phrase with its case and how it was reached."""

    marker: str
    """Its case marker, or its grammatical function where case does not tell."""
    head: Word
    path: str
    """The way from the predicate to the phrase, for `explain`."""
    first: int | None = None
    """Index of the word where the phrase begins, if not where the tree says."""
