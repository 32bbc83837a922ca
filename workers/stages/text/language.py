"""Identify the language of a text: by script first, then by py3langid."""

import re
from functools import cache
from typing import Any, NamedTuple

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from workers.domain.records import Language
from workers.stages.text import lexical

HINDI = "hi"
ROMANISED_HINDI = "hi-Latn"
UNKNOWN = "und"

_SAMPLE = 900
"""Code points that are read; more of them change no result and cost time."""
_DEVANAGARI = re.compile("[\u0904-\u0939\u0958-\u0961\u0972-\u097f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff]")
_OTHER = re.compile("[^\\W\\d_A-Za-z\u00c0-\u024f\u0600-\u06ff\u0900-\u097f]")
_DEVANAGARI_RUNS = re.compile("[\u0900-\u097f\u200c\u200d\\s.,!?-]+")
_MAIN = 0.5
_IN_DEVANAGARI = frozenset(("hi", "mr", "ne", "sa", "gom"))
_IN_ARABIC = frozenset(("ur", "ar", "fa", "ps", "sd"))
_OTHERS = "en bn as gu pa or ta te kn ml si my th zh ja ko ru fr de es pt id"
_LANGUAGES = _IN_DEVANAGARI | _IN_ARABIC | frozenset(_OTHERS.split())
"""Those that Indian news sites also write, and the most frequent of the rest."""

# Words that Hindi does not have and its neighbours, unknown to py3langid, cannot do
# without: the copula and the commonest postpositions, pronouns and verb endings.
_NEIGHBOURS = {
    "bho": frozenset(lexical.words("languages.bhojpuri")),
    "mai": frozenset(lexical.words("languages.maithili")),
}
_OF_HINDI = frozenset(lexical.words("languages.hindi"))
_OF_HINDI_IN_LATIN = frozenset(lexical.words("languages.hindi_in_latin"))
_OF_ENGLISH = frozenset(lexical.words("languages.english"))
_DEVANAGARI_WORD = re.compile("[\u0900-\u0963\u0971-\u097f]+")
_LATIN_WORD = re.compile("[a-z]+")
_MIN_EVIDENCE = 0.06
_MIN_ROMANISED = 0.15
_DOUBT = 0.7


class _Shares(NamedTuple):
    devanagari: float
    latin: float
    arabic: float


def identify(text: str) -> Language:
    """Return the language of *text* and how sure that is, 0 to 1.

    Codes are ISO 639; `hi-Latn` is Hindi in Latin letters, `und` no letters at all.
    """
    sample = _sample(text)
    shares = _script_shares(sample)
    if shares is None:
        return Language(code=UNKNOWN, confidence=0.0)
    if shares.devanagari >= _MAIN:
        return _in_devanagari(sample)
    if shares.arabic >= _MAIN:
        return _best(sample, _IN_ARABIC)
    if shares.latin >= _MAIN:
        words = _LATIN_WORD.findall(sample.lower())
        romanised = _share(words, _OF_HINDI_IN_LATIN)
        if romanised >= _MIN_ROMANISED and romanised > _share(words, _OF_ENGLISH):
            return Language(code=ROMANISED_HINDI, confidence=min(1.0, 2 * romanised))
    return _best(sample, _LANGUAGES)


def load() -> None:
    """Load the model now, so that the first text does not wait for it."""
    _model()


def _in_devanagari(sample: str) -> Language:
    words = _DEVANAGARI_WORD.findall(sample)
    hindi = _share(words, _OF_HINDI)
    for code, evidence in _NEIGHBOURS.items():
        share = _share(words, evidence)
        if share >= _MIN_EVIDENCE and share > hindi:
            return Language(code=code, confidence=round(share / (share + hindi), 3))
    # names and quotations in Latin letters would only blur the picture
    best = _best(" ".join(_DEVANAGARI_RUNS.findall(sample)), _IN_DEVANAGARI)
    if best.code != HINDI and best.confidence < _DOUBT and hindi >= _MIN_EVIDENCE:
        return Language(code=HINDI, confidence=0.5)
    return best


def _sample(text: str) -> str:
    """Return the beginning of *text*, or for a long one its middle as well."""
    if len(text) <= _SAMPLE:
        return text
    half = _SAMPLE // 2
    middle = len(text) // 2
    return f"{text[:half]} {text[middle : middle + half]}"


def _script_shares(text: str) -> _Shares | None:
    counts = [
        len(script.findall(text)) for script in (_DEVANAGARI, _LATIN, _ARABIC, _OTHER)
    ]
    letters = sum(counts)
    if not letters:
        return None
    return _Shares(*(count / letters for count in counts[:3]))


def _share(words: list[str], evidence: frozenset[str]) -> float:
    return sum(word in evidence for word in words) / len(words) if words else 0.0


def _best(text: str, among: frozenset[str]) -> Language:
    ranked = [(code, share) for code, share in _model().rank(text) if code in among]
    code, share = ranked[0]
    total = sum(share for _, share in ranked)
    confidence = share / total if total else 0.0
    return Language(code=code, confidence=round(min(1.0, confidence), 3))


@cache
def _model() -> Any:
    """Return the model with our languages only: a fifth of the columns."""
    full = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    columns = [at for at, code in enumerate(full.nb_classes) if code in _LANGUAGES]
    return LanguageIdentifier(
        full.nb_ptc[:, columns].copy(),
        full.nb_pc[columns],
        [full.nb_classes[at] for at in columns],
        full.tk_nextmove,
        full.tk_output,
        norm_probs=True,
        tk_row=full.tk_row,
    )
