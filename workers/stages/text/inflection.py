"""Written forms of Hindi nouns and verbs from the form that a dictionary has.

The lexicon is matched on these forms, so that a word which the lemmatizer never saw
is found all the same. Grammar after McGregor, Outline of Hindi Grammar (1995).
"""

from collections.abc import Iterator

from workers.stages.text.lexical import words
from workers.stages.text.spelling import key

_VOWEL_SIGNS = frozenset("ािीुूृेैोौआईऊएऐओऔअइउ")

_IRREGULAR = {
    "कर": "किया किए की कीं कीजिए कीजिएगा",
    "दे": "दिया दिए दी दीं दें दूं दूंगा दूंगी देगा देगी देंगे देंगी दो दोगे दीजिए",
    "ले": "लिया लिए ली लीं लें लूं लूंगा लूंगी लेगा लेगी लेंगे लेंगी लो लोगे लीजिए",
    "जा": "गया गए गई गईं",
    "हो": "हुआ हुए हुई हुईं हों होगा होगी होंगे होंगी",
    "पी": "पिया पिए",
    "छू": "छुआ छुए छुई",
    "मर": "मुए",
}

_AFTER_CONSONANT = (
    "", "ना", "ने", "नी", "ता", "ते", "ती", "तीं", "ा", "े", "ी", "ीं", "ो", "ें", "ूं",
    "ेगा", "ेगी", "ेंगे", "ेंगी", "ूंगा", "ूंगी", "ोगे", "कर", "के", "िए",
)  # fmt: skip
_AFTER_VOWEL = (
    "", "ना", "ने", "नी", "ता", "ते", "ती", "तीं", "या", "ए", "ई", "ईं", "ओ", "एं", "ऊं",
    "एगा", "एगी", "एंगे", "एंगी", "ऊंगा", "ऊंगी", "ओगे", "कर", "के", "इए", "यी",
)  # fmt: skip


def verb_keys(root: str) -> frozenset[str]:
    """Return the keys of all simple forms of the verb with this root (मार, दे, लगा)."""
    vowel = root[-1] in _VOWEL_SIGNS
    forms = [root + ending for ending in (_AFTER_VOWEL if vowel else _AFTER_CONSONANT)]
    forms += _IRREGULAR.get(root, "").split()
    if root[-1] in "ीू":  # the long vowel is short before another: पी, पिया
        short = root[:-1] + {"ी": "ि", "ू": "ु"}[root[-1]]
        forms += [short + ending for ending in ("या", "ए", "एगा", "एंगे", "आ", "ई")]
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


# Feminine nouns in -ा take -एं, -ओं; all others change the vowel (हमला, हमले).
_FEMININE_ENDINGS = (
    "षा", "णा", "्या", "्रा", "ंसा", "ंदा", "र्चा", "र्ता", "यता", "िता", "ष्ठा", "ज्ञा",
    "क्षा", "मना", "हना", "चना", "जना", "टना", "दना", "ड़ना", "त्सना", "र्थना", "याचना",
    "पदा", "सभा", "सेवा", "सजा", "हवा",
)  # fmt: skip


def _inflected(noun: str) -> Iterator[str]:
    stem, last = noun[:-1], noun[-1]
    if noun.endswith(_FEMININE_ENDINGS):
        yield from (noun + "एं", noun + "ओं")
    elif last == "ा":
        yield from (stem + "े", stem + "ों", stem + "ी")
    elif last in "ीि":
        yield from (stem + "ियां", stem + "ियों", stem + "ियाँ")
    elif last in "ूु":
        yield from (stem + "ुओं", stem + "ुएं")
    elif last not in _VOWEL_SIGNS:
        yield from (noun + "ों", noun + "ें")
