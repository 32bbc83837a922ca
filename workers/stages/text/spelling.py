"""One key for the spellings of a Hindi word, so that the lexicon needs only one."""

import re
from functools import lru_cache

_DROPPED = re.compile("[\u093c\u200b-\u200d\u2060\ufeff\u00ad]")  # nukta, joiners
_NASALS = re.compile("ङ्(?=[कखगघ])|ञ्(?=[चछजझ])|ण्(?=[टठडढ])|न्(?=[तथदध])|म्(?=[पफबभ])|ँ")
_LETTERS = str.maketrans(
    "\u0949\u0911\u0929\u0931\u0934"  # rounded vowels, then nukta letters of one code
    "\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f",
    "\u093e\u0906\u0928\u0930\u0933\u0915\u0916\u0917\u091c\u0921\u0922\u092b\u092f",
)
_GLIDES = (("ये", "ए"), ("यी", "ई"), ("यीं", "ईं"), ("यें", "एं"))


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """Return *word* without the differences that writers of Hindi do not agree on.

    Nukta (गिरफ़्तार, गिरफ्तार), candrabindu and half nasals (हिन्दी, हिंदी; पहुँचा,
    पहुंचा), rounded vowels (डॉक्टर, डाक्टर), glides in endings (गयी, गई; किये, किए).
    """
    folded = _DROPPED.sub("", word).translate(_LETTERS)
    folded = _NASALS.sub("ं", folded)
    for written, plain in _GLIDES:
        if folded.endswith(written) and len(folded) > len(written):
            return folded[: -len(written)] + plain
    return folded.casefold()
