"""Read raw text as words, in the one spelling of all training data."""

import re
from collections.abc import Iterator
from pathlib import Path

from workers.evaluation.treebank import normalise

_TOKEN = re.compile(
    r"[\u0900-\u0963\u0966-\u097f]+|[A-Za-z]+|[0-9]+(?:[.,:/-][0-9]+)*|[^\s]"
)
PUNCTUATED = ("news.txt", "mixed.txt")
"""The raw texts, in the folder `text`, whose punctuation is there."""
# The digit that ends many lines of the mixed prose is a class label of its source.
_STRAY_CLASS = re.compile(r"\s\d$")


def words(text: str) -> list[str]:
    """Split running text into words, numbers and single marks."""
    return _TOKEN.findall(normalise(text))


def prose(path: Path) -> Iterator[str]:
    """Yield the lines of a raw text file, stray class digits cut."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield _STRAY_CLASS.sub("", line.rstrip())
