"""Written forms of Hindi nouns and verbs from the form that a dictionary has.

The lexicon is matched on these forms, so that a word which the lemmatizer never saw
is found all the same. Grammar after McGregor, Outline of Hindi Grammar (1995).
"""

from collections.abc import Iterator

from workers.stages.text.lexical import groups, words
from workers.stages.text.spelling import key

_VOWEL_SIGNS = frozenset("ािीुूृेैोौआईऊएऐओऔअइउ")

_IRREGULAR = groups("inflection.irregular")

_AFTER_CONSONANT = words("inflection.after_consonant")
_AFTER_VOWEL = words("inflection.after_vowel")
_AFTER_SHORT_VOWEL = words("inflection.after_short_vowel")
_FEMININE_IN_A = words("inflection.feminine_in_a")


def verb_keys(root: str) -> frozenset[str]:
    """Return the keys of all simple forms of the verb with this root (मार, दे, लगा)."""
    vowel = root[-1] in _VOWEL_SIGNS
    forms = [root + ending for ending in (_AFTER_VOWEL if vowel else _AFTER_CONSONANT)]
    forms += [root, *_IRREGULAR.get(root, ())]
    if root[-1] in "ीू":  # the long vowel is short before another: पी, पिया
        short = root[:-1] + {"ी": "ि", "ू": "ु"}[root[-1]]
        forms += [short + ending for ending in _AFTER_SHORT_VOWEL]
    return frozenset(key(form) for form in forms)


def noun_keys(noun: str) -> frozenset[str]:
    """Return the keys of direct, oblique and plural forms of a noun or adjective."""
    return frozenset(key(form) for form in (noun, *_inflected(noun)))


def verb_forms(*tables: str) -> frozenset[str]:
    """Return the keys of all simple forms of the roots in these tables of words."""
    return frozenset(form for root in words(*tables) for form in verb_keys(root))


def noun_forms(*tables: str) -> frozenset[str]:
    """Return the keys of all forms of the nouns in these tables of words."""
    return frozenset(form for noun in words(*tables) for form in noun_keys(noun))


def _inflected(noun: str) -> Iterator[str]:
    stem, last = noun[:-1], noun[-1]
    if noun.endswith(_FEMININE_IN_A):
        yield from (noun + "एं", noun + "ओं")
    elif last == "ा":
        yield from (stem + "े", stem + "ों", stem + "ी")
    elif last in "ीि":
        yield from (stem + "ियां", stem + "ियों", stem + "ियाँ")
    elif last in "ूु":
        yield from (stem + "ुओं", stem + "ुएं")
    elif last not in _VOWEL_SIGNS:
        yield from (noun + "ों", noun + "ें")
