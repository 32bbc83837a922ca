"""Which article a page says that it is: by its canonical link (RFC 6596) or address.

Outlets change slug and guid with the title; the old address then redirects to the new.
"""

import re

from workers.domain.records import Entry
from workers.stages.pages.page import Page
from workers.web.urls import ambiguous_parameters, canonical_url, split_url

_SLUG_WORD = re.compile(r"[^\W_]+")
_ARTICLE_NUMBER = re.compile(r"\d{5,}")


def declared_canonical(
    entry: Entry, page: Page | None, final_url: str = ""
) -> str | None:
    """Return the canonical URL that a page names, if it is another than its entry's.

    That is its canonical link, else the address *final_url* to which redirects led.
    AMP and mobile pages name their desktop form. A canonical link that shares neither
    number nor words of the address with it is a template's mistake and not believed;
    one to another host is not followed, because that host's articles may be in another
    process's partition. Nor is one with another key, or without the key where nothing
    but the script's name is left (`news.php`).
    """
    stated_url = page.canonical_url if page else None
    return _other_name(entry, stated_url) or _other_name(entry, final_url)


def _other_name(entry: Entry, stated_url: str | None) -> str | None:
    keys = ambiguous_parameters(entry.canonical_url)
    named = canonical_url(stated_url, keys=keys.keys()) if stated_url else None
    if named is None or named == entry.canonical_url:
        return None
    own, other = split_url(entry.canonical_url), split_url(named)
    if own is None or other is None or own.netloc != other.netloc:
        return None
    stated = ambiguous_parameters(named)
    if any(stated.get(name, value) != value for name, value in keys.items()):
        return None
    numbers = set(_ARTICLE_NUMBER.findall(own.path))
    same_number = not numbers.isdisjoint(_ARTICLE_NUMBER.findall(other.path))
    words = _slug_words(other.path)
    same_words = words and words == _slug_words(own.path)
    same_keys = keys.keys() <= stated.keys()
    return named if same_number or (same_words and same_keys) else None


def _slug_words(path: str) -> frozenset[str]:
    last = path.rstrip("/").rpartition("/")[2]
    words = _SLUG_WORD.findall(last.rpartition(".")[0] or last)
    return frozenset(word.lower() for word in words) - {"amp"}
