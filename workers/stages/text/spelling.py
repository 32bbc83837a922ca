"""Spellings of a Hindi word folded into one, so that tables need only one of them.

Writers of Hindi do not agree on nukta (गिरफ़्तार, गिरफ्तार), candrabindu and half nasals
(हिन्दी, हिंदी; पहुँचा, पहुंचा), rounded vowels (डॉक्टर, डाक्टर) and glides in endings
(गयी, गई; किये, किए). What is folded is for comparing only, never for a record.
"""

import re
from functools import lru_cache
from types import MappingProxyType

NUKTA, CANDRABINDU, ANUSVARA = "\u093c", "\u0901", "\u0902"
OPTIONAL_SIGNS = MappingProxyType(
    {NUKTA: "", "\u200c": "", "\u200d": "", CANDRABINDU: ANUSVARA}
)
"""Signs and joiners that a word may be written with or without."""

# rounded vowels as आ, nukta letters of one code point as their plain letters
_LETTERS = str.maketrans(
    "\u0949\u0911\u0929\u0931\u0934\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f",
    "\u093e\u0906\u0928\u0930\u0933\u0915\u0916\u0917\u091c\u0921\u0922\u092b\u092f",
)
_SIGNS_AND_LETTERS = _LETTERS | str.maketrans(dict(OPTIONAL_SIGNS))
_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""))
_OF_WORD = _SIGNS_AND_LETTERS | _INVISIBLE
_HALF_NASAL = re.compile("ङ्(?=[कखगघ])|ञ्(?=[चछजझ])|ण्(?=[टठडढ])|न्(?=[तथदध])|म्(?=[पफबभ])")
_FINAL_GLIDES = (("ये", "ए"), ("यी", "ई"), ("यीं", "ईं"), ("यें", "एं"))
_GLIDES = (("ये", "ए"), ("यी", "ई"))


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """Return *word* in the one spelling that stands for all."""
    folded = _HALF_NASAL.sub(ANUSVARA, word.translate(_OF_WORD))
    for written, plain in _FINAL_GLIDES:
        if folded.endswith(written) and len(folded) > len(written):
            return folded[: -len(written)] + plain
    return folded.casefold()


def fold_text(text: str) -> str:
    """Return a normalised *text* with its spellings folded, its words not yet parted.

    Coarser than `key` at glides, which are folded inside words too, and finer at half
    nasals, which stay. Fingerprints on the topics were made so.
    """
    folded = text.translate(_SIGNS_AND_LETTERS).casefold()
    for written, plain in _GLIDES:
        folded = folded.replace(written, plain)
    return folded
